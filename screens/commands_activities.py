"""The commands of the life of the activities: one tuple a screen."""

from __future__ import annotations

from screens.command import Command

ACTIVITIES: tuple[Command, ...] = (
    Command("activities.open", "enter", "Ouvrir", "Aller à l’endroit choisi", "open_place", shown=True),
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
    Command("day_places.site", "s", "Site suivant", "Passer au site suivant", "next_site", shown=True),
    Command("day_places.earlier", "comma", "Avant", "Semaine d’avant", "step(-1)", shown=True),
    Command("day_places.later", "semicolon", "Suite", "Semaine d’après", "step(1)", shown=True),
    Command("day_places.today", "h", "Aujourd’hui", "Revenir à cette semaine", "today"),
    Command("day_places.day", "d", "Jour", "Aller à un jour tapé", "ask_day"),
    Command("day_places.reload", "f5", "Relire", "Lire à nouveau les places", "reload"),
)
