"""Which days of a closure may be booked again when it is undone, and why the others stay cancelled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, select, text

from models import tables as t
from models.states import LIVE_STATES, BookingState, ClosedDayOutcome, NotRestored
from tui_portail.closed_days import ClosedDays
from tui_portail.commune import Commune
from tui_portail.payment_rules import age_on
from tui_portail.services.accounts import living_of
from tui_portail.services.family_facts import avoir_balances, record_of, shown_as
from tui_portail.services.gesture import Gesture
from tui_portail.services.places_reading import places_between
from tui_portail.services.recorded_closures import without
from tui_portail.site_day import Seat, Tally

_BOOKED_AGAIN = (ClosedDayOutcome.AVOIR.value, ClosedDayOutcome.NOTHING.value)
_WHY_NOT = {ClosedDayOutcome.RELEASED.value: NotRestored.ON_HOLD, ClosedDayOutcome.DEBT_DROPPED.value: NotRestored.DEBT}


def lines_left(closure_id: int, dossier_id: int) -> Select[Any]:
    """Return the query of a family's days still to be booked again or left, in order."""
    line, booking = t.day_closure_line.c, t.booking.c
    return (
        select(
            line.id,
            line.outcome,
            booking.state,
            booking.slot_id,
            booking.day,
            booking.care_cents,
            booking.meal_cents,
            booking.price_cents,
            booking.tariff,
            shown_as().label("child_id"),
            t.child.c.birth_on,
            living_of(booking.payer_id).label("payer_id"),
            t.slot.c.site_code,
            t.slot.c.activity_code,
        )
        .join(t.booking, booking.id == line.booking_id)
        .join(t.child, t.child.c.id == booking.child_id)
        .join(t.slot, t.slot.c.id == booking.slot_id)
        .where(
            line.closure_id == closure_id,
            line.dossier_id == dossier_id,
            line.restored_booking_id.is_(None),
            line.not_restored.is_(None),
        )
        .order_by(booking.day, line.id)
    )


def why_not(
    gesture: Gesture, days: ClosedDays, dossier_id: int, lines: Sequence[Any], with_basket: Collection[int]
) -> dict[int, NotRestored]:
    """Return, by line, why its day stays cancelled, its family and slots locked; a line that is not in it is booked again.

    `with_basket`: the payers with a basket that waits for its payment.
    """
    connection, commune = gesture.connection, gesture.commune
    opened = replace(commune, calendar=replace(commune.calendar, closures=without(commune, days)))
    dossier = connection.execute(select(t.dossier).where(t.dossier.c.id == dossier_id)).one()
    closed_dossier = dossier.archived_at is not None or dossier.erased_at is not None
    child = t.child.c
    gone = set(
        connection.scalars(select(child.id).where(child.dossier_id == dossier_id, child.archived_at.is_not(None)))
    )
    spent = _spent(connection, lines)
    live = _live(connection, lines)
    tallies = _tallies(gesture, lines)
    why: dict[int, NotRestored] = {}
    for line in lines:
        others = live[line.child_id, line.day]
        reason: NotRestored | None = None
        if line.outcome not in _BOOKED_AGAIN:
            reason = _WHY_NOT[line.outcome]
        elif line.state == BookingState.CANCELLED_LATE.value:
            reason = NotRestored.LATE
        elif closed_dossier or line.child_id in gone:
            reason = NotRestored.GONE
        elif line.outcome == ClosedDayOutcome.AVOIR.value and line.payer_id in spent:
            reason = NotRestored.AVOIR_USED
        elif line.payer_id in with_basket:
            reason = NotRestored.BASKET
        elif not _opens(opened, line):
            reason = NotRestored.CLOSED
        elif line.activity_code in others or _excluded(commune, line.activity_code, others):
            reason = NotRestored.BOOKED
        else:
            seat = Seat(line.child_id, line.activity_code, age_on(line.birth_on, line.day))
            tally = tallies[line.site_code, line.day]
            if tally.room(seat).first > 0:
                tally.give(seat)
            else:
                reason = NotRestored.FULL
        if reason is not None:
            why[line.id] = reason
    return why | _without_what_they_bring(commune, lines, live, why)


def _spent(connection: Connection, lines: Sequence[Any]) -> set[int]:
    """Return the payers whom what is left of all their avoirs no longer pays for what these days gave back.

    Avoirs are one purse, used oldest first: those given by another closure, or before, may have been used in the place of these.
    """
    given: Counter[int] = Counter()
    for line in lines:
        if line.outcome == ClosedDayOutcome.AVOIR.value and line.state != BookingState.CANCELLED_LATE.value:
            given[line.payer_id] += line.price_cents
    left = avoir_balances(connection, list(given))
    return {
        payer_id
        for payer_id, cents in given.items()
        if sum(avoir.remaining_cents for avoir in left.get(payer_id, ())) < cents
    }


def _live(connection: Connection, lines: Sequence[Any]) -> defaultdict[tuple[int, date], set[str]]:
    """Return what the children are booked on, on the days of these lines."""
    live: defaultdict[tuple[int, date], set[str]] = defaultdict(set)
    booking = t.booking.c
    children = {line.child_id for line in lines}
    rows = connection.execute(
        select(record_of(booking.child_id).label("child_id"), booking.day, t.slot.c.activity_code)
        .join(t.slot, t.slot.c.id == booking.slot_id)
        .join(t.child, t.child.c.id == booking.child_id)
        .where(shown_as().in_(children), booking.day.in_({line.day for line in lines}), text(LIVE_STATES))
    )
    for row in rows:
        live[row.child_id, row.day].add(row.activity_code)
    return live


def _tallies(gesture: Gesture, lines: Sequence[Any]) -> dict[tuple[str, date], Tally]:
    """Return the places of the days of these lines, to be counted as they are given."""
    if not lines:
        return {}
    sites, days = {line.site_code for line in lines}, [line.day for line in lines]
    counted = places_between(gesture.connection, gesture.commune, sites, min(days), max(days), gesture.under_lock())
    return {key: Tally(day) for key, day in counted.items()}


def _opens(commune: Commune, line: Any) -> bool:
    rule = commune.policy.activities.get(line.activity_code)
    bridges = commune.policy.bridge_days_open_alsh
    return rule is not None and bool(commune.calendar.opens(rule, line.day, bridges, line.site_code))


def _excluded(commune: Commune, activity: str, others: set[str]) -> bool:
    rules = commune.policy.activities
    return any(other in rules[activity].excludes or activity in rules[other].excludes for other in others)


def _without_what_they_bring(
    commune: Commune, lines: Sequence[Any], live: Mapping[tuple[int, date], set[str]], why: Mapping[int, NotRestored]
) -> dict[int, NotRestored]:
    """Return the lines that would stand without what they bring (a meal without its break), for want of it."""
    lacking: dict[int, NotRestored] = {}
    while True:
        again = [line for line in lines if line.id not in why and line.id not in lacking]
        there = {(line.child_id, line.day, line.activity_code) for line in again}
        there |= {(*cell, code) for cell, codes in live.items() for code in codes}
        alone = [
            line.id
            for line in again
            for code in commune.policy.activities[line.activity_code].brings
            if (line.child_id, line.day, code) not in there
        ]
        if not alone:
            return lacking
        lacking |= dict.fromkeys(alone, NotRestored.BOOKED)
