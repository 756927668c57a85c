"""The commands of the life of the activities: one tuple a screen."""

from __future__ import annotations

from screens.command import Command

ACTIVITIES: tuple[Command, ...] = (
    Command("activities.open", "enter", "Ouvrir", "Aller à l’endroit choisi", "open_place", shown=True),
)

CLOSURES: tuple[Command, ...] = (
    Command(
        "closures.open", "enter", "Ouvrir", "Voir les familles de l’annulation choisie", "open_closure", shown=True
    ),
    Command(
        "closures.new",
        "f5,n",
        "Annuler des jours",
        "Annuler des journées pour toutes les familles : grève, site fermé",
        "new_closure",
        "CLOSE_DAYS",
        True,
    ),
    Command(
        "closure_preview.dossier", "enter", "Dossier", "Ouvrir le dossier de la famille", "open_dossier", shown=True
    ),
    Command(
        "closure_preview.close",
        "f10,ctrl+r",
        "Annuler ces journées",
        "Fermer ces jours, annuler ce qui est réservé, donner les avoirs",
        "close_days",
        "CLOSE_DAYS",
        True,
    ),
    Command("closure.dossier", "enter", "Dossier", "Ouvrir le dossier de la famille", "open_dossier", shown=True),
    Command(
        "closure.go_on",
        "f10,ctrl+r",
        "Continuer",
        "Reprendre où l’annulation, ou sa remise en place, s’est arrêtée",
        "go_on",
        "CLOSE_DAYS",
        True,
    ),
    Command("closure.letters", "l", "Courriers", "Écrire aux familles touchées, en un PDF", "letters", "LETTERS", True),
    Command(
        "closure.print",
        "p",
        "Imprimer",
        "Imprimer les courriers qui viennent d’être écrits",
        "print_letters",
        "LETTERS",
    ),
    Command("closure.phones", "i,f5", "Téléphones", "Imprimer la liste des familles à appeler", "phones", shown=True),
    Command("closure.export", "x", "Tableur", "Les familles en CSV, pour un tableur", "export"),
    Command(
        "closure.undo",
        "d",
        "Défaire",
        "Réserver de nouveau les journées, payées par leurs avoirs s’ils n’ont pas servi",
        "undo",
        "CLOSE_DAYS",
        True,
    ),
    Command(
        "closure.stop",
        "f8",
        "Arrêter",
        "Arrêter entre deux familles : le reste se continue ensuite",
        "stop",
        shown=True,
    ),
)
