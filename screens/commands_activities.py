"""The commands of the life of the activities: one tuple a screen."""

from __future__ import annotations

from screens.command import Command

ACTIVITIES: tuple[Command, ...] = (
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
