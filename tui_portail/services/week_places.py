"""A site's week as the service looks at its places: each activity's day, who is on it, who waits, what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tui_portail.capacity import SlotPlaces
from tui_portail.commune import Commune
from tui_portail.errors import InvalidInput
from tui_portail.full_days import ages_words
from tui_portail.services.desk import Desk
from tui_portail.services.places_reading import places_between
from tui_portail.services.rights import Right
from tui_portail.site_day import SiteDay, SlotCount

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LimitLeft:
    """A limit over ages or several activities that bears on an activity's day: what it is, its places, those left (below 0: overfull)."""

    words: str
    places: int
    left: int


@dataclass(frozen=True, slots=True)
class DayPlaces:
    """One activity's day: what it starts with, who is on it, what is left to a newcomer of any age, and its other limits."""

    activity: str
    label: str
    day: date
    places: SlotPlaces
    count: SlotCount
    left: int
    limits: tuple[LimitLeft, ...]


@dataclass(frozen=True, slots=True)
class WeekPlaces:
    """A site's week; `sites` are (code, name) of those that offer something."""

    sites: tuple[tuple[str, str], ...]
    site: str
    monday: date
    rows: tuple[DayPlaces, ...]


def week_places(desk: Desk, site: str, monday: date) -> WeekPlaces:
    """Return the places of a site's week (the first site where `site` is empty), day by day. Raises NotAllowed, InvalidInput."""
    with desk.read(Right.PLACES) as connection:
        commune, now = desk.commune(connection), desk.instant(connection)
        offering = {one.site for one in commune.offerings}
        sites = tuple((one.code, one.name) for one in commune.sites if one.code in offering)
        chosen = site or (sites[0][0] if sites else "")
        if chosen and chosen not in offering:
            raise InvalidInput(f"« {chosen} » ne propose aucune activité : choisissez un autre site.")
        found = places_between(connection, commune, {chosen}, monday, monday + WEEK - timedelta(days=1), now)
    rows = [row for (_, day), counted in sorted(found.items()) for row in _rows(commune, chosen, day, counted)]
    return WeekPlaces(sites, chosen, monday, tuple(rows))


def _rows(commune: Commune, site: str, day: date, counted: SiteDay) -> list[DayPlaces]:
    """Return a day's activities, in their order: those that run, and any that has somebody on it."""
    policy = commune.policy
    rows = []
    for code in sorted(counted.slots, key=lambda code: policy.activity(code).order):
        places, count = counted.slots[code], counted.counts.get(code, SlotCount())
        runs = commune.calendar.opens(policy.activity(code), day, policy.bridge_days_open_alsh, site)
        if not runs and not count.taken:
            continue
        left = max(0, places.capacity - places.withheld - count.taken - count.waiting)
        limits = tuple(
            LimitLeft(
                _limit_words(commune, one.limit.activities, one.limit.from_age, one.limit.under_age),
                one.limit.places,
                one.left,
            )
            for one in counted.others
            if code in one.limit.activities
        )
        rows.append(DayPlaces(code, policy.activity(code).label, day, places, count, left, limits))
    return rows


def _limit_words(commune: Commune, activities: Sequence[str], from_age: int, under_age: int | None) -> str:
    words = ages_words(from_age, under_age)
    if len(activities) == 1:
        return words
    return f"{words}, {' + '.join(commune.policy.activity(code).label for code in activities)}"
