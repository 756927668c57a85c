"""What a closure touches: the days booked that it cancels, those kept because the child came, the places waited for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, or_, select, update

from models import tables as t
from models.states import OWED, AttendanceState, BookingState, ClosedDayOutcome, WaitingState
from tui_portail.closed_days import ClosedDays
from tui_portail.policy import Policy
from tui_portail.services.accounts import living
from tui_portail.services.family_facts import shown_as
from tui_portail.services.gesture import Gesture
from tui_portail.services.slots import SlotKey

_CAME = (AttendanceState.PRESENT.value, AttendanceState.UNBOOKED.value)
_STANDS = (BookingState.CONFIRMED.value, *OWED)


def slots_of(days: ClosedDays) -> ColumnElement[bool]:
    """Say, in a query over `slot`, that a closure closes it."""
    slot = t.slot.c
    here = [] if days.site is None else [slot.site_code == days.site]
    return and_(slot.day.between(days.first, days.last), slot.activity_code.in_(days.activities), *here)


def closed_keys(connection: Connection, days: ClosedDays) -> list[SlotKey]:
    """Return the slots that a closure closes."""
    slot = t.slot.c
    rows = connection.execute(select(slot.site_code, slot.activity_code, slot.day).where(slots_of(days)))
    return [(row.site_code, row.activity_code, row.day) for row in rows]


def booked(days: ClosedDays, now: datetime, policy: Policy, *, came: bool = False) -> Select[Any]:
    """Return the query of the days booked that a closure cancels, by dossier: paid, owed, or on a hold that lives.

    A family that cancelled too late paid for a day that did not take place: it is given back too. A child marked present came: that day
    is not, nor what it brings (the break of a meal). `came`: the query of those instead. A family erased is left out.
    """
    booking, marked = t.booking.c, t.attendance.c
    came_to = t.slot.alias("came_to")
    brought = [
        and_(t.slot.c.activity_code == code, came_to.c.activity_code.in_(bringing))
        for code in policy.activities
        if (bringing := [rule.code for rule in policy.activities.values() if code in rule.brings])
    ]
    present = exists().where(
        or_(marked.child_id == booking.child_id, marked.child_id == shown_as()),
        marked.day == booking.day,
        marked.state.in_(_CAME),
        came_to.c.id == marked.slot_id,
        or_(marked.slot_id == booking.slot_id, and_(came_to.c.site_code == t.slot.c.site_code, or_(false(), *brought))),
    )
    paid_late = and_(
        booking.state == BookingState.CANCELLED_LATE.value,
        booking.price_cents > 0,
        ~exists().where(t.avoir_line.c.booking_id == booking.id),
    )
    on_hold = and_(booking.state == BookingState.HELD.value, t.basket.c.expires_at > now)
    return (
        select(
            booking.id.label("booking_id"),
            booking.state,
            booking.care_cents,
            booking.meal_cents,
            booking.price_cents,
            booking.slot_id,
            booking.day,
            booking.basket_id,
            booking.proof_id,
            t.child.c.dossier_id,
            shown_as().label("child_id"),
            living().label("payer_id"),
            t.slot.c.activity_code,
        )
        .join(t.slot, t.slot.c.id == booking.slot_id)
        .join(t.child, t.child.c.id == booking.child_id)
        .join(t.payer, t.payer.c.id == booking.payer_id)
        .join(t.dossier, t.dossier.c.id == t.child.c.dossier_id)
        .outerjoin(t.basket, t.basket.c.id == booking.basket_id)
        .where(
            slots_of(days),
            or_(booking.state.in_(_STANDS), paid_late, on_hold),
            present if came else ~present,
            t.dossier.c.erased_at.is_(None),
        )
        .order_by(t.child.c.dossier_id, booking.day, booking.id)
    )


def outcome_of(row: Any) -> ClosedDayOutcome:
    """Return what a closure makes of a day booked, by its state and its price."""
    if row.state == BookingState.HELD.value:
        return ClosedDayOutcome.RELEASED
    if row.state in OWED:
        return ClosedDayOutcome.DEBT_DROPPED
    return ClosedDayOutcome.AVOIR if row.price_cents else ClosedDayOutcome.NOTHING


def dossiers_to_close(connection: Connection, days: ClosedDays, now: datetime, policy: Policy) -> list[int]:
    """Return the dossiers of which a day is still booked, by id."""
    days_booked = booked(days, now, policy).order_by(None).subquery()
    return list(connection.scalars(select(days_booked.c.dossier_id).distinct().order_by(days_booked.c.dossier_id)))


def waiting_for(days: ClosedDays) -> ColumnElement[bool]:
    """Say, in a query over `waiting_entry`, that a place closed is waited for, or was offered."""
    entry = t.waiting_entry.c
    closed = select(t.slot.c.id).where(slots_of(days))
    return entry.slot_id.in_(closed) & entry.state.in_([WaitingState.WAITING.value, WaitingState.OFFERED.value])


def withdraw_waiting(gesture: Gesture, days: ClosedDays) -> int:
    """Withdraw those who wait for a place closed, with the closure's reason; its slots are locked. Return how many."""
    return gesture.connection.execute(
        update(t.waiting_entry)
        .where(waiting_for(days))
        .values(
            state=WaitingState.WITHDRAWN.value,
            ended_at=gesture.now,
            ended_by=gesture.agent.agent_id,
            reason=days.reason,
        )
    ).rowcount


def waiting_count(connection: Connection, days: ClosedDays) -> int:
    """Return how many wait for a place closed."""
    return connection.scalar(select(func.count()).select_from(t.waiting_entry).where(waiting_for(days))) or 0
