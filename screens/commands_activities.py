"""The commands of the life of the activities: one tuple a screen."""

from __future__ import annotations

from screens.command import Command

ACTIVITIES: tuple[Command, ...] = (
    Command("activities.open", "enter", "Ouvrir", "Aller à l’endroit choisi", "open_place", shown=True),
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
        "commune.abandon", "u", "Abandonner", "Abandonner les changements non enregistrés", "abandon", right="SETTINGS"
    ),
)
COMMUNE_SECTION: tuple[Command, ...] = (
    Command("commune_section.edit", "enter", "Modifier", "Modifier la ligne choisie", "edit", "SETTINGS", shown=True),
    Command("commune_section.add", "n", "Ajouter", "Ajouter une ligne", "add", "SETTINGS", shown=True),
    Command("commune_section.copy", "c", "Copier", "Ajouter une ligne qui commence comme celle-ci", "copy", "SETTINGS"),
    Command(
        "commune_section.remove", "delete,x", "Enlever", "Enlever la ligne choisie", "remove", "SETTINGS", shown=True
    ),
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
