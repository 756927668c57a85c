"""What is said of a day without a place for a child: which limit is reached, or who comes first. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from tui_portail.capacity import CapacityLimit
from tui_portail.french import join_words, plural
from tui_portail.policy import ActivityRule
from tui_portail.site_day import Room

FULL, KEPT = "COMPLET", "PLACES_GARDEES"


def ages_words(from_age: int, under_age: int | None) -> str:
    """Return the ages of a limit as they are said: « les moins de 6 ans », « les 3 à 5 ans », « les 6 ans et plus », « tous les âges »."""
    if under_age is None:
        return f"les {plural(from_age, 'an')} et plus" if from_age else "tous les âges"
    if not from_age:
        return f"les moins de {plural(under_age, 'an')}"
    if under_age == from_age + 1:
        return f"les {plural(from_age, 'an')}"
    return f"les {from_age} à {plural(under_age - 1, 'an')}"


def why_no_place(what: str, room: Room, activities: Mapping[str, ActivityRule]) -> tuple[str, str]:
    """Return the code and the sentence that refuse a day (`what`: « ALP soir » du … pour Léa) whose `room` is empty."""
    if room.first <= 0:
        return FULL, f"{what} : il ne reste plus de place{_of(room.limit, activities)} ce jour-là."
    who = plural(room.waiting, "enfant")
    waits, them = ("attend", "lui") if room.waiting == 1 else ("attendent", "leur")
    return KEPT, (
        f"{what} : {who} {waits} déjà une place{_of(room.limit, activities)} ce jour-là, "
        f"celles qui restent {them} sont gardées. Inscrivez la famille sur la liste d’attente."
    )


def _of(limit: CapacityLimit | None, activities: Mapping[str, ActivityRule]) -> str:
    """Return what of the day is full where it is not the whole of the activity."""
    if limit is None:
        return ""
    words = f" pour {ages_words(limit.from_age, limit.under_age)}" if limit.of_some_ages else ""
    if len(limit.activities) > 1:
        together = join_words(
            f"« {activities[code].label} »" if code in activities else code for code in limit.activities
        )
        words += f" en tout pour {together}" if not words else f", en tout pour {together},"
    return words
