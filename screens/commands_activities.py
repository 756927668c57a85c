"""The commands of the life of the activities: one tuple a screen."""

from __future__ import annotations

from screens.command import Command
from screens.commands_attendance import ATTENDANCE, CAF_REPORT

PLACES: tuple[Command, ...] = (
    Command("activities.open", "enter", "Ouvrir", "Aller à l’endroit choisi", "open_place", shown=True),
    Command(
        "usual_weeks.keep", "n", "Garder", "Garder sous un nom la semaine affichée de l’enfant", "keep", right="BOOK"
    ),
    Command(
        "usual_weeks.aside",
        "x",
        "Mettre de côté",
        "Ne plus proposer la semaine choisie ; ce qui est réservé reste",
        "put_aside",
        right="BOOK",
    ),
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

DAY_PLACES: tuple[Command, ...] = (
    Command(
        "day_places.change",
        "enter",
        "Changer",
        "Changer les places, les places retenues ou les limites d’âge, d’un jour ou de plusieurs",
        "change",
        "PLACES",
        True,
    ),
    Command(
        "day_places.give_back",
        "r",
        "Rendre au réglage",
        "Laisser ces jours suivre à nouveau les réglages de la commune",
        "give_back",
        "PLACES",
        True,
    ),
    Command("day_places.site", "t", "Site", "Passer au site suivant", "next_site", shown=True),
    Command("day_places.earlier", "comma", "Avant", "Semaine d’avant", "step(-1)", shown=True),
    Command("day_places.later", "semicolon", "Suite", "Semaine d’après", "step(1)", shown=True),
    Command("day_places.today", "h", "Aujourd’hui", "Revenir à cette semaine", "today"),
    Command("day_places.day", "d", "Jour", "Aller à un jour tapé", "ask_day"),
    Command("day_places.reload", "f5", "Relire", "Lire à nouveau les places", "reload"),
)

MENUS: tuple[Command, ...] = (
    Command("menus.edit", "enter", "Saisir", "Saisir le menu du jour choisi", "edit", "PUBLISH", True),
    Command("menus.later", "pagedown,semicolon", "Suite", "Semaine suivante", "move_week(1)", shown=True),
    Command("menus.earlier", "pageup,comma", "Avant", "Semaine précédente", "move_week(-1)", shown=True),
    Command("menus.today", "h", "Aujourd’hui", "Revenir à la semaine d’aujourd’hui", "this_week"),
    Command("menus.site", "t", "Site", "Passer aux menus d’un site, ou de tous", "next_site", shown=True),
    Command("menus.import", "i", "Importer", "Enregistrer les menus d’un fichier, vus d’abord", "import", "PUBLISH"),
    Command("menus.print", "f10", "Affiche", "Dessiner et imprimer l’affiche de la semaine", "print", shown=True),
)

NEWS: tuple[Command, ...] = (
    Command(
        "news.edit", "enter", "Lire", "Lire l’actualité choisie ; qui publie peut la changer", "open_news", shown=True
    ),
    Command("news.new", "n", "Publier", "Écrire une actualité, du … au …", "publish", "PUBLISH", True),
    Command("news.withdraw", "x", "Retirer", "Ne plus montrer l’actualité choisie", "withdraw", "PUBLISH", True),
    Command("news.past", "ctrl+n", "Passées", "Montrer aussi les passées et les retirées", "toggle_past", shown=True),
    Command("news.print", "f10", "Affiche", "Dessiner et imprimer les actualités en cours", "print", shown=True),
)

WAITING: tuple[Command, ...] = (
    Command(
        "waiting.planning",
        "enter",
        "Planning",
        "Ouvrir le planning de la famille à ce jour",
        "open_planning",
        shown=True,
    ),
    Command("waiting.dossier", "d", "Dossier", "Ouvrir le dossier de la famille", "open_dossier", shown=True),
    Command(
        "waiting.offer", "o", "Proposer", "Proposer les places libres, dans l’ordre des demandes", "offer", "BOOK", True
    ),
    Command("waiting.decline", "n", "Refuse", "La famille refuse la place proposée", "decline", "BOOK", True),
    Command("waiting.withdraw", "x", "Retirer", "Retirer l’enfant de la liste d’attente", "withdraw", "BOOK", True),
    Command("waiting.print", "f10", "Imprimer", "Dessiner et imprimer la liste d’appel", "print_list"),
    Command("waiting.reload", "f5", "Relire", "Relire les listes d’attente", "reload"),
)

FIGURES: tuple[Command, ...] = (
    Command(
        "figures.open", "enter", "Liste", "Ouvrir la liste de ce qui fait la barre choisie", "open_list", shown=True
    ),
    Command(
        "figures.occupation",
        "f5",
        "Occupation",
        "Journées réservées sur les places offertes, par semaine",
        "show('occupation')",
    ),
    Command("figures.attendance", "f6", "Présences", "Prévus et présents, par semaine", "show('presences')"),
    Command("figures.revenue", "f8", "Recettes", "Recettes nettes par activité", "show('recettes')"),
    Command("figures.brackets", "f9", "Tranches", "Familles par tranche de quotient, aujourd’hui", "show('tranches')"),
    Command(
        "figures.activity", "t", "Activité", "Une activité après l’autre, puis toutes", "next_activity", shown=True
    ),
    Command("figures.site", "l", "Site", "Un site après l’autre, puis tous", "next_site", shown=True),
    Command("figures.print", "f10", "Imprimer", "Dessiner et imprimer ce chiffre", "print", shown=True),
)

COMMUNE: tuple[Command, ...] = (
    Command("commune.edit", "enter", "Ouvrir", "Ouvrir la rubrique choisie", "edit", right="SETTINGS", shown=True),
    Command(
        "commune.record",
        "f10,ctrl+r",
        "Enregistrer",
        "Voir tout ce qui change, dire pourquoi, enregistrer",
        "record",
        right="SETTINGS",
        shown=True,
    ),
    Command(
        "commune.history",
        "h",
        "Historique",
        "Qui a changé quoi, quand et pourquoi",
        "app.open('commune_history')",
        "SETTINGS",
        shown=True,
    ),
    Command("commune.export", "e", "Exporter", "Écrire tous les réglages dans un fichier TOML", "export", "SETTINGS"),
    Command(
        "commune.import",
        "i",
        "Importer",
        "Lire tous les réglages d’un fichier TOML, à relire puis enregistrer",
        "import",
        "SETTINGS",
    ),
    Command(
        "commune.abandon", "u", "Abandonner", "Abandonner les changements non enregistrés", "abandon", right="SETTINGS"
    ),
)

COMMUNE_HISTORY: tuple[Command, ...] = (
    Command(
        "commune_history.changes",
        "enter",
        "Voir",
        "Ce que la version choisie a changé",
        "show_changes",
        "SETTINGS",
        shown=True,
    ),
    Command(
        "commune_history.export",
        "e",
        "Exporter",
        "Écrire la version choisie dans un fichier TOML",
        "export",
        "SETTINGS",
        shown=True,
    ),
)

COMMUNE_SECTION: tuple[Command, ...] = (
    Command("commune_section.edit", "enter", "Modifier", "Modifier la ligne choisie", "edit", "SETTINGS", shown=True),
    Command("commune_section.add", "n", "Ajouter", "Ajouter une ligne", "add", "SETTINGS", shown=True),
    Command("commune_section.copy", "c", "Copier", "Ajouter une ligne qui commence comme celle-ci", "copy", "SETTINGS"),
    Command("commune_section.remove", "delete,x", "Enlever", "Enlever la ligne choisie", "remove", "SETTINGS"),
    Command("commune_section.up", "h", "Monter", "Monter la ligne choisie", "move_line(-1)", "SETTINGS"),
    Command("commune_section.down", "b", "Descendre", "Descendre la ligne choisie", "move_line(1)", "SETTINGS"),
    Command(
        "commune_section.record",
        "f10,ctrl+r",
        "Enregistrer",
        "Voir tout ce qui change dans les réglages, dire pourquoi, enregistrer",
        "record",
        "SETTINGS",
        shown=True,
    ),
)


def _about_days(area: str, detail: str, detail_tooltip: str, print_tooltip: str) -> tuple[Command, ...]:
    """Return the commands of a list about some days (`days_screen`)."""
    return (
        Command(f"{area}.detail", "enter", detail, detail_tooltip, "detail", "NUMBERS", True),
        Command(
            f"{area}.week", "w", "Jour/semaine", "Passer du jour à sa semaine, et retour", "toggle_week", shown=True
        ),
        Command(f"{area}.site", "s", "Site", "Un site après l’autre, puis tous", "next_site", shown=True),
        Command(f"{area}.print", "f10,p", "Imprimer", print_tooltip, "print", "NUMBERS", True),
        Command(
            f"{area}.export", "ctrl+x", "Exporter", "Écrire ces chiffres en CSV ou XLSX", "export", "NUMBERS", True
        ),
        Command(f"{area}.earlier", "comma", "Avant", "Jour ou semaine d’avant", "step(-1)"),
        Command(f"{area}.later", "semicolon", "Suite", "Jour ou semaine d’après", "step(1)"),
        Command(f"{area}.today", "h", "Aujourd’hui", "Revenir à aujourd’hui", "today"),
        Command(f"{area}.day", "d", "Jour", "Aller à un jour tapé", "ask_day"),
        Command(f"{area}.reload", "f5", "Relire", "Lire à nouveau", "reload"),
    )


EXPECTED = _about_days(
    "expected",
    "Liste",
    "Les enfants derrière le nombre choisi",
    "Imprimer les effectifs ; un jour seul, avec ses listes",
)

MEALS = _about_days(
    "meals",
    "Détail",
    "Les menus, les écarts et les enfants de la ligne choisie",
    "Imprimer la commande de la cuisine, sans nom d’enfant",
)

ACTIVITIES: tuple[Command, ...] = (
    *PLACES,
    *CLOSURES,
    *DAY_PLACES,
    *MENUS,
    *NEWS,
    *WAITING,
    *FIGURES,
    *COMMUNE,
    *COMMUNE_HISTORY,
    *COMMUNE_SECTION,
    *EXPECTED,
    *MEALS,
    *ATTENDANCE,
    *CAF_REPORT,
)
