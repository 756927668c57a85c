"""The commands of the life of the activities: one tuple a screen."""

from __future__ import annotations

from screens.command import Command

ACTIVITIES: tuple[Command, ...] = (
    Command("activities.open", "enter", "Ouvrir", "Aller à l’endroit choisi", "open_place", shown=True),
)
