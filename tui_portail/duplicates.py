"""Whether two persons written down twice are one: how alike they are, and why, in words an agent can check with the family.

A telephone is never a key (rules: two contacts share a number), nor is a name (ten thousand families are called alike): each only counts
with something else. Twins share a name and a birth date: their first names tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from tui_portail.folding import fold, words_of


class Likeness(IntEnum):
    """How sure it is that two records are of one person; ordered."""

    NONE = 0
    POSSIBLE = 1
    LIKELY = 2
    CERTAIN = 3  # nearly: the agent decides


@dataclass(frozen=True, slots=True)
class PersonTraits:
    """What tells a person from another. `other_name` is the name of birth where it is another; `phones` are digits as dialled."""

    last_name: str
    first_name: str
    birth_on: date | None = None
    other_name: str = ""
    phones: frozenset[str] = frozenset()
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike two persons are, and why in French (« même enfant : Inès Dupont, 12/03/2019 »); no words when they are not."""

    likeness: Likeness
    why: str = ""


DIFFERENT = Comparison(Likeness.NONE)


def compare_children(one: PersonTraits, other: PersonTraits) -> Comparison:
    """Compare two children: the same names and birth date make one child; one typing error or two numbers swapped, probably."""
    first = _names_apart(one.first_name, other.first_name)
    last = _last_names_apart(one, other)
    if first > 1 or last > 1:
        return DIFFERENT
    called = f"{other.first_name} {other.last_name}"
    if one.birth_on == other.birth_on and one.birth_on is not None:
        if first + last == 0:
            return Comparison(Likeness.CERTAIN, f"même enfant : {called}, {_day(other)}")
        if first + last == 1:
            return Comparison(Likeness.LIKELY, f"enfant presque de même nom : {called}, {_day(other)}")
    if first + last == 0 and _swapped(one.birth_on, other.birth_on):
        return Comparison(Likeness.POSSIBLE, f"enfant de même nom, à une date près : {called}, {_day(other)}")
    return DIFFERENT


def compare_guardians(one: PersonTraits, other: PersonTraits) -> Comparison:
    """Compare two guardians: the same names are one person with the same birth date, telephone, e-mail or address."""
    apart = _names_apart(one.first_name, other.first_name) + _last_names_apart(one, other)
    if apart > 1 or (one.birth_on and other.birth_on and one.birth_on != other.birth_on):
        return DIFFERENT
    called = f"{other.first_name} {other.last_name}"
    name = "même nom" if apart == 0 else "presque même nom"
    if one.birth_on and one.birth_on == other.birth_on:
        sure = Likeness.CERTAIN if apart == 0 else Likeness.LIKELY
        return Comparison(sure, f"{name} et même naissance : {called}, {_day(other)}")
    for same, what in (
        (bool(one.phones & other.phones), "même téléphone"),
        (bool(one.email) and one.email.casefold() == other.email.casefold(), "même adresse électronique"),
    ):
        if same:
            return Comparison(Likeness.LIKELY if apart == 0 else Likeness.POSSIBLE, f"{name} et {what} : {called}")
    if apart == 0 and one.address and words_of(one.address) == words_of(other.address):
        return Comparison(Likeness.LIKELY, f"{name} et même adresse : {called}")
    return DIFFERENT


def one_error_apart(one: str, other: str) -> bool:
    """Say whether a letter missing, added, wrong, or two neighbours swapped make one word of the other (they differ)."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    start = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[:start] + short[start : start + 2][::-1] + short[start + 2 :]
    return short[start + 1 :] == long[start + 1 :] or swapped == long


def _names_apart(one: str, other: str) -> int:
    """Return 0 for the same name whatever its accents, hyphens and spaces, 1 at one typing error, 2 for another name."""
    first, second = "".join(words_of(one)), "".join(words_of(other))
    if first == second:
        return 0
    return 1 if min(len(first), len(second)) >= 4 and one_error_apart(first, second) else 2


def _last_names_apart(one: PersonTraits, other: PersonTraits) -> int:
    """Compare last names, the name of birth as good as the one used."""
    ours, theirs = (
        [name for name in (person.last_name, person.other_name) if fold(name).strip()] for person in (one, other)
    )
    return min((_names_apart(mine, yours) for mine in ours for yours in theirs), default=2)


def _swapped(one: date | None, other: date | None) -> bool:
    """Say whether two dates differ by one number only: the day, the month or the year, or day and month exchanged."""
    if one is None or other is None:
        return False
    differ = [one.day != other.day, one.month != other.month, one.year != other.year]
    return sum(differ) == 1 or (one.year == other.year and (one.day, one.month) == (other.month, other.day))


def _day(person: PersonTraits) -> str:
    return f"{person.birth_on:%d/%m/%Y}" if person.birth_on else ""
