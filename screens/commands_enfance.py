"""The commands of Enfance/Jeunesse: its places, and what one does in each."""

from __future__ import annotations

from screens.command import Command

PLACES: tuple[Command, ...] = (
    Command(
        "app.enfance",
        "ctrl+z",
        "Enfance/Jeunesse",
        "Rendez-vous, renouvellements, pièces, courriers, imports, conservation",
        "app.open('enfance')",
        "EDIT_DOSSIER",
        priority=True,
    ),
    Command("enfance.open", "enter", "Ouvrir", "Ouvrir la ligne choisie", "open_place", shown=True),
)

PAPERS: tuple[Command, ...] = (
    Command("dossier.papers", "i", "Pièces", "Les pièces de la famille, vues ou à demander", "open_papers", "SEE_DIET"),
    Command(
        "family_papers.seen",
        "enter",
        "Vue aujourd’hui",
        "Noter vue aujourd’hui la pièce, ou celles choisies",
        "seen",
        "EDIT_DOSSIER",
        True,
    ),
    Command(
        "family_papers.choose", "space", "Choisir", "Choisir la pièce avec d’autres", "choose", "EDIT_DOSSIER", True
    ),
    Command(
        "family_papers.withdraw",
        "r,delete",
        "Retirer",
        "Retirer une pièce notée vue par erreur",
        "withdraw",
        "EDIT_DOSSIER",
        True,
    ),
    Command("family_papers.dossier", "o", "Dossier", "Ouvrir le dossier", "open_dossier", "SEARCH"),
    Command("family_papers.reload", "f5", "Relire", "Relire les pièces", "reload"),
)

MISSING_PAPERS: tuple[Command, ...] = (
    Command(
        "missing_papers.open", "enter", "Dossier", "Ouvrir le dossier de la famille", "open_dossier", "SEARCH", True
    ),
    Command("missing_papers.papers", "i", "Pièces", "Les pièces de la famille", "open_papers", "SEE_DIET", True),
    Command("missing_papers.kind", "t", "Sorte", "Ne garder qu’une sorte de pièce", "next_kind", shown=True),
    Command("missing_papers.site", "s", "Site", "Ne garder que les familles d’un site", "next_site", shown=True),
    Command(
        "missing_papers.ahead",
        "m",
        "D’ici un mois",
        "Celles qui expirent d’ici un mois aussi",
        "look_ahead",
        shown=True,
    ),
    Command("missing_papers.earlier", "pageup,comma", "Avant", "Les familles d’avant", "move_page(-1)"),
    Command("missing_papers.later", "pagedown,semicolon", "Après", "Les familles d’après", "move_page(1)"),
    Command("missing_papers.reload", "f5", "Relire", "Relire la liste", "reload"),
)

QUOTIENTS: tuple[Command, ...] = (
    Command("quotients.open", "enter", "Dossier", "Ouvrir le dossier du payeur", "open_dossier", "SEARCH", True),
    Command("quotients.ahead", "m", "D’ici un mois", "Ceux qui expirent d’ici un mois aussi", "look_ahead", shown=True),
    Command(
        "quotients.print", "f10,i", "Imprimer", "La liste en PDF, pour le guichet", "print_list", "EDIT_DOSSIER", True
    ),
    Command("quotients.export", "e", "Exporter", "La liste en CSV", "export_list", "EDIT_DOSSIER", True),
    Command("quotients.earlier", "pageup,comma", "Avant", "Les payeurs d’avant", "move_page(-1)"),
    Command("quotients.later", "pagedown,semicolon", "Après", "Les payeurs d’après", "move_page(1)"),
    Command("quotients.reload", "f5", "Relire", "Relire la liste", "reload"),
)

LETTERS: tuple[Command, ...] = (
    Command("dossier.letters", "c", "Courrier", "Écrire un courrier à cette famille", "write_letter", "LETTERS"),
    Command("letters.write", "enter,f5", "Écrire", "Écrire en un PDF le courrier choisi", "write_letters", shown=True),
    Command("letters.print", "f10", "Imprimer", "Imprimer ce qui vient d’être écrit", "print_letters", shown=True),
    Command("letters.stop", "f8", "Arrêter", "Arrêter l’écriture en cours : rien n’est gardé", "stop", shown=True),
    Command("letter_texts.edit", "enter", "Modifier", "Ouvrir le texte choisi", "edit", shown=True),
    Command("letter_texts.arms", "b", "Blason", "Donner l’image du blason, ou ne plus en imprimer", "arms", shown=True),
    Command(
        "letter_text.preview", "f5", "Essai", "Dessiner le courrier pour une famille inventée", "preview", shown=True
    ),
    Command("letter_text.undo", "f8", "Défaire", "Défaire la dernière frappe", "undo_typing", shown=True),
    Command(
        "letter_text.restore",
        "f9",
        "Texte fourni",
        "Reprendre le texte fourni avec le programme",
        "restore",
        shown=True,
    ),
    Command(
        "letter_text.save",
        "f10,ctrl+r",
        "Enregistrer",
        "Enregistrer ce texte pour les prochains courriers",
        "save",
        shown=True,
    ),
    Command(
        "agents.letter_texts",
        "l",
        "Courriers",
        "Les textes des courriers et le blason",
        "app.open('letter_texts')",
        "LETTER_TEXTS",
    ),
)

ENFANCE: tuple[Command, ...] = (*PLACES, *PAPERS, *MISSING_PAPERS, *QUOTIENTS, *LETTERS)
