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

ENFANCE: tuple[Command, ...] = (*PLACES, *PAPERS, *MISSING_PAPERS, *QUOTIENTS)
