"""A child's usual week as a value: pairs of weekday and activity, kept as text, read in words. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from tui_portail.french import join_words
from tui_portail.service_rules import WEEKDAYS

WeekDays = tuple[tuple[int, str], ...]
"""Pairs of weekday (0 is Monday) and activity code, sorted."""


def week_to_text(days: WeekDays) -> str:
    """Return a week as it is kept: JSON, pairs of weekday and activity code, sorted."""
    return json.dumps(sorted(set(days)), ensure_ascii=False, separators=(",", ":"))


def week_from_text(kept: str) -> WeekDays:
    """Return a week from what was kept of it."""
    return tuple(sorted((int(weekday), str(code)) for weekday, code in json.loads(kept)))


def known_days(days: WeekDays, activities: Collection[str]) -> tuple[WeekDays, tuple[str, ...]]:
    """Return the days of a week whose activity is one of these, and the codes of the others: activities taken out since it was kept."""
    gone = tuple(dict.fromkeys(code for _, code in days if code not in activities))
    return tuple((weekday, code) for weekday, code in days if code in activities), gone


def week_words(days: WeekDays, labels: Mapping[str, str]) -> str:
    """Return a week in words: « lundi, mardi, jeudi et vendredi : restaurant scolaire ; mercredi : ALSH mercredi ».

    Activities come in the order of `labels` (by code); one that it does not know keeps its code.
    """
    order = {code: place for place, code in enumerate(labels)}
    of_day: dict[int, list[str]] = {}
    for weekday, code in sorted(days, key=lambda pair: (pair[0], order.get(pair[1], len(order)), pair[1])):
        of_day.setdefault(weekday, []).append(labels.get(code, code))
    alike: dict[tuple[str, ...], list[str]] = {}
    for weekday, found in of_day.items():
        alike.setdefault(tuple(found), []).append(WEEKDAYS[weekday])
    return " ; ".join(f"{join_words(weekdays)} : {', '.join(found)}" for found, weekdays in alike.items())
