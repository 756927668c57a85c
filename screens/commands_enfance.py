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

RETENTION: tuple[Command, ...] = (
    Command("retention.open", "enter", "Dossier", "Ouvrir le dossier choisi", "open_dossier", shown=True),
    Command(
        "retention.give", "d", "Données", "Remettre les données de la famille en un ZIP", "give", "GIVE_DATA", True
    ),
    Command("retention.erase", "e", "Effacer", "Effacer la famille choisie", "erase_one", "GIVE_DATA", True),
    Command(
        "retention.all",
        "f5,t",
        "Tout effacer",
        "Effacer tout ce qui est échu, avec progrès",
        "erase_all",
        "GIVE_DATA",
        True,
    ),
    Command("retention.stop", "f8", "Arrêter", "Arrêter après la famille commencée", "stop", shown=True),
)

FAMILY_DATA: tuple[Command, ...] = (
    Command(
        "dossier.data",
        "k",
        "Données",
        "Remettre ou effacer les données de la famille (RGPD)",
        "family_data",
        "GIVE_DATA",
    ),
)

ENFANCE: tuple[Command, ...] = (*PLACES, *RETENTION, *FAMILY_DATA)
