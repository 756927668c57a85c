"""Places: no limit was passed by who came after it was set. A limit lowered under what was taken is no fault: nobody was put out.

A day's own capacity is checked for every slot; limits over ages or several activities for the days to come, the only ones that the
set-up in force bears on. A child who came without booking takes a place from nobody.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, or_, select

from models import tables as t
from models.states import BasketState, BookingState
from tui_portail.capacity import CapacityLimit
from tui_portail.commune import Commune, OfferingRules
from tui_portail.french import plural
from tui_portail.full_days import ages_words
from tui_portail.instants import in_paris
from tui_portail.services.attendance_facts import came_unbooked
from tui_portail.services.births_then import read_births
from tui_portail.services.commune import latest_version, read_commune_version
from tui_portail.services.day_places import GESTURE
from tui_portail.services.family_facts import shown_as
from tui_portail.services.findings import MOST_OF_A_KIND, Finding
from tui_portail.services.places_reading import places_between

_TAKES_A_PLACE = [BookingState.CONFIRMED.value, BookingState.DUE.value]
_AT_ONCE = timedelta(days=31)  # days counted together: memory stays flat


@dataclass(frozen=True, slots=True)
class _SetUp:
    """What one version of the set-up said of places, and since when."""

    since: datetime
    offerings: Mapping[tuple[str, str], OfferingRules]
    limits: frozenset[CapacityLimit]

    def places(self, site: str, activity: str, day: date) -> int:
        offering = self.offerings.get((site, activity))
        return 0 if offering is None else offering.by_weekday.get(day.weekday(), offering.capacity)


@dataclass(slots=True)
class _Set:
    """When places were last set: by the set-up, whose versions are read as far back as is asked, and slot by slot by hand."""

    connection: Connection
    latest: int
    by_hand: Mapping[int, datetime]
    versions: list[_SetUp] = field(default_factory=list)

    def of(self, row: Any) -> datetime:
        """Return when the places of a slot, a row with its id, `by_hand` and what it is of, were last set."""
        at = self.by_hand.get(row.id)
        if at is not None and row.by_hand:
            return at
        followed = self._since(lambda set_up: set_up.places(row.site_code, row.activity_code, row.day))
        return followed if at is None else max(at, followed)

    def of_limit(self, limit: CapacityLimit, slot_ids: Iterable[int]) -> datetime:
        """Return when a limit was last set: by the set-up, or with the places by hand of one of its slots."""
        hands = [self.by_hand[slot_id] for slot_id in slot_ids if slot_id in self.by_hand]
        return max([self._since(lambda set_up: limit in set_up.limits), *hands])

    def _since(self, said: Callable[[_SetUp], object]) -> datetime:
        """Return since when the set-up says what it does: other versions recorded since, of a closure say, changed nothing of it."""
        versions = self._newest_first()
        last = next(versions)
        since, now_said = last.since, said(last)
        for version in versions:
            if said(version) != now_said:
                break
            since = version.since
        return since

    def _newest_first(self) -> Iterator[_SetUp]:
        yield from self.versions
        for number in range(self.latest - len(self.versions), 0, -1):
            version = t.commune_version.c
            since = self.connection.scalar(select(version.recorded_at).where(version.id == number))
            if since is None:
                continue
            commune = read_commune_version(self.connection, number)
            offerings = {(one.site, one.activity): one for one in commune.offerings}
            self.versions.append(_SetUp(since, offerings, frozenset(commune.limits)))
            yield self.versions[-1]


def check_places(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Yield the slots where more children have a place at `now` than a limit allows, somebody having come since it was set."""
    version = latest_version(connection)
    if not version:
        return
    last_set = _Set(connection, version, _set_by_hand(connection))
    yield from islice(_over_capacity(connection, now, last_set), MOST_OF_A_KIND)
    commune = read_commune_version(connection, version)
    yield from islice(_over_other_limits(connection, commune, now, last_set), MOST_OF_A_KIND)


def _set_by_hand(connection: Connection) -> dict[int, datetime]:
    event = t.audit_event.c
    found: dict[int, datetime] = {}
    for at, details in connection.execute(select(event.at, event.details).where(event.gesture == GESTURE)):
        try:
            slots = [int(slot["id"]) for slot in json.loads(details)["slots"]]
        except (ValueError, KeyError, TypeError):  # `verified_audit` says what is wrong with the gesture
            continue
        for slot_id in slots:
            found[slot_id] = max(at, found.get(slot_id, at))
    return found


def _has_a_place(now: datetime) -> ColumnElement[bool]:
    """Say of a booking, beside its basket, that it takes a place: confirmed or due, or a hold that lives; not a child who came unbooked."""
    live = and_(
        t.booking.c.state == BookingState.HELD.value,
        t.basket.c.state == BasketState.OPEN.value,
        t.basket.c.expires_at > now,
    )
    return and_(or_(t.booking.c.state.in_(_TAKES_A_PLACE), live), ~came_unbooked())


def _over_capacity(connection: Connection, now: datetime, last_set: _Set) -> Iterator[Finding]:
    # counted before slots are read: bookings of any number of slots are then read once
    taken = (
        select(t.booking.c.slot_id, func.count().label("taken"))
        .outerjoin(t.basket, t.basket.c.id == t.booking.c.basket_id)
        .where(_has_a_place(now))
        .group_by(t.booking.c.slot_id)
        .subquery()
    )
    slot = t.slot.c
    rows = connection.execute(
        select(
            slot.id,
            slot.by_hand,
            slot.site_code,
            slot.activity_code,
            slot.day,
            (slot.capacity - slot.withheld).label("places"),
            taken.c.taken,
        )
        .join(taken, taken.c.slot_id == slot.id)
        .where(taken.c.taken > slot.capacity - slot.withheld)
        .order_by(slot.id)
    ).all()
    for row in rows:
        if _came_since(connection, row.id, last_set.of(row), now):
            yield Finding("slot", str(row.id), f"{row.taken} places prises pour {row.places}.")


def _came_since(connection: Connection, slot_id: int, at: datetime, now: datetime) -> bool:
    """Whether somebody who has a place on a slot was given it since."""
    last = connection.scalar(
        select(func.max(_GIVEN_AT))
        .select_from(_places_given())
        .where(t.booking.c.slot_id == slot_id, _has_a_place(now))
    )
    return last is not None and last > at


_GIVEN_AT = func.coalesce(t.waiting_entry.c.offered_at, t.booking.c.booked_at)
"""When a place was given: one that was offered, when it was offered."""


def _places_given() -> FromClause:
    return t.booking.outerjoin(t.basket, t.basket.c.id == t.booking.c.basket_id).outerjoin(
        t.waiting_entry, t.waiting_entry.c.booking_id == t.booking.c.id
    )


def _over_other_limits(connection: Connection, commune: Commune, now: datetime, last_set: _Set) -> Iterator[Finding]:
    today, slot = in_paris(now).date(), t.slot.c
    last = connection.scalar(select(func.max(slot.day)))
    with_ages = select(slot.site_code).distinct().join(t.slot_age_limit, t.slot_age_limit.c.slot_id == slot.id)
    sites = {limit.site for limit in commune.limits} | set(connection.scalars(with_ages.where(slot.day >= today)))
    for site in sorted(sites):
        first = today
        while last is not None and first <= last:
            until = min(last, first + _AT_ONCE)
            for (_, day), counted in sorted(places_between(connection, commune, {site}, first, until, now).items()):
                for count in counted.others:
                    if count.left < 0:
                        yield from _judged(connection, site, day, count.limit, now, last_set)
            first = until + timedelta(days=1)


def _judged(
    connection: Connection, site: str, day: date, limit: CapacityLimit, now: datetime, last_set: _Set
) -> Iterator[Finding]:
    """Yield a finding where a child who came since a limit was set made too many, by the ages known when it came."""
    slot = t.slot.c
    where = (slot.site_code == site, slot.day == day, slot.activity_code.in_(limit.activities))
    slots = list(connection.scalars(select(slot.id).where(*where).order_by(slot.id)))
    set_at = last_set.of_limit(limit, slots)
    given: list[Any] = list(
        connection.execute(
            select(
                shown_as().label("child_id"), t.child.c.id.label("record"), t.child.c.birth_on, _GIVEN_AT.label("at")
            )
            .select_from(_places_given().join(t.child, t.child.c.id == t.booking.c.child_id))
            .where(t.booking.c.slot_id.in_(slots), _has_a_place(now))
        )
    )
    births = read_births(connection, {row.record for row in given})
    for at in sorted({row.at for row in given if row.at > set_at}, reverse=True):
        ages = {row: births.age_known(row.record, row.birth_on, at, day) for row in given if row.at <= at}
        counted = [row for row, age in ages.items() if age is not None and limit.holds_for(age)]
        children, before = {row.child_id for row in counted}, {row.child_id for row in counted if row.at < at}
        if len(children) > limit.places and children - before:
            who, places = ages_words(limit.from_age, limit.under_age), plural(limit.places, "place")
            yield Finding("slot", str(slots[0]), f"{plural(len(children), 'enfant')} pour {places} ({who}).")
            return
