"""Limits by age as agents type them: « moins de 6 : 20, 6 à 9 : 30, 10 et plus : 5 », also `-6:20`, `6-9:30`, `10+:5`. Pure."""

from __future__ import annotations

import re

from tui_portail.capacity import AgePlaces
from tui_portail.errors import InvalidInput
from tui_portail.full_days import ages_words

_UNDER = r"(?:moins de|-|<)\s*(?P<under>\d{1,2})"
_FROM = r"(?P<from>\d{1,2})\s*(?:ans?\s*)?(?:et plus|\+)"
_BETWEEN = r"(?P<first>\d{1,2})\s*(?:à|a|-)\s*(?P<last>\d{1,2})"
_ONE = r"(?P<one>\d{1,2})"
_ALL = r"(?P<all>tous(?: les [aâ]ges)?)"
_LIMIT = re.compile(
    rf"(?:les\s+)?(?:{_UNDER}|{_FROM}|{_BETWEEN}|{_ALL}|{_ONE})\s*(?:ans?)?\s*[:=]\s*(?P<places>\d{{1,4}})"
)
_EXAMPLE = "moins de 6 : 20, 6 à 9 : 30"


def parse_ages(text: str) -> tuple[AgePlaces, ...]:
    """Return the limits meant, none for an empty text. Raises InvalidInput with the sentence to show."""
    return tuple(_parse_one(part) for part in re.split(r"[,;]", text.casefold()) if part.strip())


def _parse_one(part: str) -> AgePlaces:
    typed = " ".join(part.split())
    found = _LIMIT.fullmatch(typed)
    if found is None:
        raise InvalidInput(f"« {typed[:30]} » n’est pas une limite d’âge : tapez par exemple {_EXAMPLE}.")
    places = int(found["places"])
    if found["all"]:
        return AgePlaces(places)
    if found["under"]:
        return _in_order(AgePlaces(places, 0, int(found["under"])))
    if found["from"]:
        return AgePlaces(places, int(found["from"]))
    first = int(found["first"] or found["one"])
    return _in_order(AgePlaces(places, first, int(found["last"] or found["one"]) + 1))


def _in_order(ages: AgePlaces) -> AgePlaces:
    if ages.under_age is not None and ages.under_age <= ages.from_age:
        raise InvalidInput(f"Le plus petit âge d’abord : tapez par exemple {_EXAMPLE}.")
    return ages


def ages_text(ages: tuple[AgePlaces, ...]) -> str:
    """Return limits as they are typed: « moins de 6 ans : 20, 6 à 9 ans : 30 »."""
    return ", ".join(
        f"{ages_words(one.from_age, one.under_age).removeprefix('les ')} : {one.places}".replace("\u00a0", " ")
        for one in ages
    )
