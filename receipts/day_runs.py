"""From days charged one by one to the lines a parent reads: one child, one activity, one price, the days of one week.

A line never crosses a week: « du lundi 8 au vendredi 12 février » stays readable and every day it covers can be
named. Each day charged comes out exactly once, at its price; the sum never changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from receipts.documents import QuittanceLine
from tui_portail.weeks import monday_of

_MOST_DAYS = 7


@dataclass(frozen=True, slots=True)
class ChargedDay:
    """One booking as charged (or given back): who, what, when, how much in cents."""

    child: str
    activity: str
    day: date
    cents: int


def lines_from_days(charged: Iterable[ChargedDay]) -> tuple[QuittanceLine, ...]:
    """Group days into lines, children and activities in the order they first come, then by date.

    The same child, activity and day charged twice makes two lines: nothing is merged that a parent should see.
    """
    items = list(charged)
    child_rank = _ranks(item.child for item in items)
    activity_rank = _ranks(item.activity for item in items)
    weeks: dict[tuple[str, str, date, int, int], list[date]] = {}
    for item in sorted(items, key=lambda item: item.day):
        monday = monday_of(item.day)
        copy = 0
        while item.day in weeks.setdefault((item.child, item.activity, monday, item.cents, copy), []):
            copy += 1
        weeks[item.child, item.activity, monday, item.cents, copy].append(item.day)
    lines = [
        QuittanceLine(child, activity, tuple(days), cents)
        for (child, activity, _monday, cents, _copy), days in weeks.items()
    ]
    return tuple(sorted(lines, key=lambda line: (child_rank[line.child], activity_rank[line.activity], line.days[0])))


def _ranks(names: Iterable[str]) -> dict[str, int]:
    return {name: rank for rank, name in enumerate(dict.fromkeys(names))}


def split_long_lines(lines: Iterable[QuittanceLine]) -> list[QuittanceLine]:
    """Return lines of at most a month each, so that the days of one can always be written out in its row."""
    short: list[QuittanceLine] = []
    for line in lines:
        if len(line.days) <= _MOST_DAYS:
            short.append(line)
            continue
        months: dict[tuple[int, int], list[date]] = {}
        for day in line.days:
            months.setdefault((day.year, day.month), []).append(day)
        short.extend(replace(line, days=tuple(days)) for days in months.values())
    return short
