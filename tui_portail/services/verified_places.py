"""Places: no limit was passed by who came after it was set. A limit lowered under what was taken is no fault: nobody was put out.

A day's own capacity is checked for every slot; limits over ages or several activities for the days to come, the only ones that the
set-up in force bears on. A child who came without booking takes a place from nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, or_, select

from models import tables as t
from models.states import BasketState, BookingState
from tui_portail.capacity import CapacityLimit
from tui_portail.commune import Commune
from tui_portail.french import plural
from tui_portail.full_days import ages_words
from tui_portail.instants import in_paris
from tui_portail.payment_rules import age_on
from tui_portail.services.attendance_facts import came_unbooked
from tui_portail.services.commune import latest_version, read_commune_version
from tui_portail.services.day_places import GESTURE
from tui_portail.services.family_facts import shown_as
from tui_portail.services.findings import MOST_OF_A_KIND, Finding
from tui_portail.services.places_reading import places_between

_TAKES_A_PLACE = [BookingState.CONFIRMED.value, BookingState.DUE.value]
_AT_ONCE = timedelta(days=31)  # days counted together: memory stays flat


@dataclass(frozen=True, slots=True)
class _Set:
    """When places were last set: by the set-up in force, and slot by slot by hand."""

    by_set_up: datetime
    by_hand: Mapping[int, datetime]

    def of(self, slot_id: int, by_hand: bool) -> datetime:
        at = self.by_hand.get(slot_id)
        if at is None:
            return self.by_set_up
        return at if by_hand else max(at, self.by_set_up)


def check_places(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Yield the slots where more children have a place at `now` than a limit allows, somebody having come since it was set."""
    version = latest_version(connection)
    if not version:
        return
    recorded = select(t.commune_version.c.recorded_at).where(t.commune_version.c.id == version)
    last_set = _Set(connection.scalars(recorded).one(), _set_by_hand(connection))
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
        select(slot.id, slot.by_hand, (slot.capacity - slot.withheld).label("places"), taken.c.taken)
        .join(taken, taken.c.slot_id == slot.id)
        .where(taken.c.taken > slot.capacity - slot.withheld)
        .order_by(slot.id)
    ).all()
    for row in rows:
        if _came_since(connection, row.id, last_set.of(row.id, row.by_hand), now):
            yield Finding("slot", str(row.id), f"{row.taken} places prises pour {row.places}.")


def _came_since(connection: Connection, slot_id: int, at: datetime, now: datetime) -> bool:
    """Whether somebody who has a place on a slot was given it since."""
    last = connection.scalar(
        select(func.max(_GIVEN_AT))
        .select_from(_places_given())
        .where(t.booking.c.slot_id == slot_id, _has_a_place(now))
    )
    return last is not None and last >= at


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
    """Yield a finding where the children counted by a limit are too many, one having come since it was set."""
    slot = t.slot.c
    where = (slot.site_code == site, slot.day == day, slot.activity_code.in_(limit.activities))
    slots: list[Any] = list(connection.execute(select(slot.id, slot.by_hand).where(*where).order_by(slot.id)))
    set_at = max(last_set.of(row.id, row.by_hand) for row in slots)
    given = connection.execute(
        select(shown_as().label("child_id"), t.child.c.birth_on, _GIVEN_AT.label("at"))
        .select_from(_places_given().join(t.child, t.child.c.id == t.booking.c.child_id))
        .where(t.booking.c.slot_id.in_([row.id for row in slots]), _has_a_place(now))
    ).all()
    counted = [row for row in given if limit.holds_for(age_on(row.birth_on, day))]
    children = {row.child_id for row in counted}
    if len(children) > limit.places and max(row.at for row in counted) >= set_at:
        who, places = ages_words(limit.from_age, limit.under_age), plural(limit.places, "place")
        yield Finding("slot", str(slots[0].id), f"{plural(len(children), 'enfant')} pour {places} ({who}).")
