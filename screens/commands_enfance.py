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

MERGING: tuple[Command, ...] = (
    Command(
        "dossier.merge", "f", "Réunir", "Réunir à ce dossier un autre dossier de la même famille", "merge", "MERGE"
    ),
    Command(
        "dossier.archive", "x", "Archiver", "Archiver ce dossier, ou le rouvrir, avec un motif", "archive", "MERGE"
    ),
    Command(
        "merging.turn",
        "space",
        "Changer",
        "Dire qui est la personne choisie dans le dossier gardé",
        "turn",
        "MERGE",
        True,
    ),
    Command("merging.merge", "f10,ctrl+e", "Réunir", "Réunir les deux dossiers, avec un motif", "merge", "MERGE", True),
    Command("merging.exchange", "c", "Échanger", "Garder l’autre dossier", "exchange", "MERGE", True),
    Command("archived.open", "enter", "Ouvrir", "Ouvrir le dossier choisi", "open_dossier", "SEARCH", True),
    Command("archived.reopen", "r", "Rouvrir", "Rouvrir le dossier choisi, avec un motif", "reopen", "MERGE", True),
)

ENFANCE: tuple[Command, ...] = (*PLACES, *MERGING)
