"""Dates as agents type them: `12/3`, `120319`, `12032019`, `12/03/2019`, `+7`, `-2`. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tui_portail.errors import InvalidInput

_RELATIVE = re.compile(r"([+-])([0-9]{1,3})")
_WRITTEN = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})(?:[/.\- ]([0-9]{2}|[0-9]{4}))?")
_RUN = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2}|[0-9]{4})")


def parse_date(text: str, today: date, *, past: bool = False) -> date:
    """Return the day meant. A year left out is the one nearest `today` (with `past`: the last such day); two digits of a year are those
    nearest below ten years from now (with `past`: below today). Raises InvalidInput with the sentence to show.
    """
    typed = " ".join(text.split())
    if match := _RELATIVE.fullmatch(typed):
        days = int(match[2])
        return today + timedelta(days=days if match[1] == "+" else -days)
    found = _WRITTEN.fullmatch(typed) or _RUN.fullmatch(typed)
    if found is None:
        examples = "12/03/2019 ou 120319" if past else "12/3, 12/03/2019 ou +7"
        raise InvalidInput(f"« {typed[:20]} » n’est pas une date : tapez par exemple {examples}.")
    day, month, year = int(found[1]), int(found[2]), found[3]
    try:
        if year is None:
            return _nearest(day, month, today, past)
        if len(year) == 2:
            return _in_century(day, month, int(year), today, past)
        return date(int(year), month, day)
    except ValueError:
        raise InvalidInput(f"Le {typed[:20]} n’existe pas dans le calendrier : vérifiez le jour et le mois.") from None


def _nearest(day: int, month: int, today: date, past: bool) -> date:
    candidates = []
    for year in range(today.year - 8, today.year + 9):  # 1900, 2100: eight years without a 29 February
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    if past:
        candidates = [candidate for candidate in candidates if candidate <= today]
    if not candidates:
        raise ValueError
    return min(candidates, key=lambda candidate: abs(candidate - today))


def _in_century(day: int, month: int, year: int, today: date, past: bool) -> date:
    latest = today.year if past else today.year + 10
    full = latest - (latest - year) % 100
    found = date(full, month, day)
    return date(full - 100, month, day) if past and found > today else found
