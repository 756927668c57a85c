"""Days, dates, hours and small words as a French agent reads them aloud. Pure: no locale, no library.

Dates are written out in sentences (« mercredi 2 décembre 2026 »), short in lists, and two letters and a number in the
planning grid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from tui_portail.instants import PARIS, in_paris

__all__ = [
    "PARIS",
    "date_time_text",
    "day_name",
    "elide",
    "grid_day",
    "join_words",
    "long_date",
    "month_name",
    "plural",
    "run_of_days",
    "short_date",
    "time_text",
]

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_ELIDED = {"le", "la", "de", "que", "ne", "je", "me", "te", "se", "ce", "jusque", "lorsque", "puisque"}
_VOWELS = frozenset("aàâäeéèêëiîïoôöuùûüœæ")
_NOT_ELIDED_BEFORE = ("hall", "handicap", "hangar", "haut", "hors", "huit", "héros", "onz", "oui", "ouistiti")


def day_name(day: date) -> str:
    """Return « mercredi »."""
    return _DAYS[day.weekday()]


def month_name(day: date) -> str:
    """Return « décembre »."""
    return _MONTHS[day.month - 1]


def long_date(day: date) -> str:
    """Return « mercredi 2 décembre 2026 », « jeudi 1er octobre 2026 »."""
    return f"{day_name(day)} {day_number(day)} {month_name(day)} {day.year}"


def short_date(day: date) -> str:
    """Return « mer. 02/12/2026 »."""
    return f"{day_name(day)[:3]}. {day:%d/%m}/{day.year:04d}"


def grid_day(day: date) -> str:
    """Return « me 02 », the head of a column of the planning grid."""
    return f"{day_name(day)[:2]} {day.day:02d}"


def time_text(at: datetime | time) -> str:
    """Return « 12 h » or « 10 h 30 ». An aware datetime is read in Paris time, a naive time as it is."""
    wall = in_paris(at) if isinstance(at, datetime) else at
    return f"{wall.hour} h" if wall.minute == 0 else f"{wall.hour} h {wall.minute:02d}"


def date_time_text(instant: datetime) -> str:
    """Return « mercredi 2 décembre 2026 à 12 h », Paris time. Raises ValueError on a datetime without zone."""
    wall = in_paris(instant)
    return f"{long_date(wall.date())} à {time_text(wall)}"


def join_words(words: Iterable[str], conjunction: str = "et") -> str:
    """Return « a », « a et b », « a, b et c »."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {conjunction} {listed[-1]}"


def plural(count: int, noun: str, several: str | None = None) -> str:
    """Return « 0 jour », « 1 jour », « 2 jours »; `several`: the plural of a noun that takes no plain s or x."""
    if abs(count) < 2:
        return f"{count} {noun}"
    return f"{count} {several or _regular_plural(noun)}"


def _regular_plural(noun: str) -> str:
    if noun.endswith(("s", "x", "z")):
        return noun
    return noun + ("x" if noun.endswith(("au", "eu")) else "s")


def elide(word: str, following: str) -> str:
    """Return both words, the first elided if need be: « d’ALP », « de restaurant », « l’avoir », « le huit »."""
    start = following.lower()
    silent = start[:1] in _VOWELS or start[:1] == "h"
    if word.lower() in _ELIDED and silent and not start.startswith(_NOT_ELIDED_BEFORE):
        return f"{word[:-1]}’{following}"
    return f"{word} {following}"


def run_of_days(days: Iterable[date]) -> str:
    """Return days in words, as short as stays clear, for a receipt or a letter; an empty text for no day.

    « le lundi 30 novembre 2026 », « du lundi 30 novembre au vendredi 4 décembre 2026 » for three days or more in a
    row, « les mercredis 2, 9 et 16 décembre 2026 », « les lundi 7, mardi 8 et jeudi 10 décembre 2026 ». Never says «
    du … au … » over a day that is not in the list.
    """
    ordered = sorted(set(days))
    groups = _groups(ordered)
    phrases = [
        _phrase(group, groups[place + 1][0] if place + 1 < len(groups) else None) for place, group in enumerate(groups)
    ]
    return join_words(phrases)


def day_number(day: date) -> str:
    """Return a day of the month as it is written: « 1er », « 2 »."""
    return "1er" if day.day == 1 else str(day.day)


def _groups(ordered: Sequence[date]) -> list[list[date]]:
    """Split sorted days into runs of three or more days in a row, and what lies between runs."""
    runs: list[list[date]] = []
    for day in ordered:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    groups: list[list[date]] = []
    for run in runs:
        scattered = bool(groups) and not _in_a_row(groups[-1])
        if len(run) < 3 and scattered:
            groups[-1].extend(run)
        else:
            groups.append(run)
    return groups


def _in_a_row(group: Sequence[date]) -> bool:
    return len(group) >= 3 and group[-1] - group[0] == timedelta(days=len(group) - 1)


def _phrase(group: Sequence[date], following: date | None) -> str:
    """Write one group; month and year are said once, by the last day they hold for."""
    if _in_a_row(group):
        first, last = group[0], group[-1]
        return f"du {day_name(first)} {_number(first, last)} au {day_name(last)} {_number(last, following, month=True)}"
    numbers = [_number(day, after) for day, after in pairwise(group)]
    numbers.append(_number(group[-1], following, month=True))
    if len(group) == 1:
        return f"le {day_name(group[0])} {numbers[0]}"
    if len({day.weekday() for day in group}) == 1:
        return f"les {day_name(group[0])}s {join_words(numbers)}"
    return "les " + join_words(f"{day_name(day)} {number}" for day, number in zip(group, numbers, strict=True))


def _number(day: date, following: date | None, month: bool = False) -> str:
    """Return « 2 », « 2 décembre » or « 2 décembre 2026 », as much as the day said next does not repeat."""
    same_year = following is not None and following.year == day.year
    if same_year and following is not None and following.month == day.month and not month:
        return day_number(day)
    return f"{day_number(day)} {month_name(day)}" + ("" if same_year else f" {day.year}")
