"""The bookings of days with a meal, as `meal_counts` counts them: their own instants, and their child as recorded then and now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, or_, select, text, union_all

from models import tables as t
from models.states import ENDED_STATES, LIVE_STATES, AttendanceState, BookingState, ChangeSubject
from tui_portail.commune import Commune
from tui_portail.holds import is_live
from tui_portail.instants import is_before
from tui_portail.meal_counts import Cause, ChildRecord, FactChange, MealBooking
from tui_portail.policy import BasketKind

BATCH = 5_000
_LED, _ADDED = "merged_into_id", ""  # fields of the history
_FACTS = ("diet", "meal_supplied", "birth_on")


@dataclass(frozen=True, slots=True)
class SlotBookings:
    """The bookings of a site's activity on a day that count or counted, and the children whose day is on hold now."""

    slot_id: int
    site: str
    activity: str
    day: date
    bookings: tuple[MealBooking, ...]
    on_hold: tuple[ChildRecord, ...]


def meal_activities(commune: Commune) -> list[str]:
    """Return the activities that the kitchen cooks for, in the policy's order."""
    rules = sorted(commune.policy.activities.values(), key=lambda rule: (rule.order, rule.code))
    return [rule.code for rule in rules if rule.has_meal]


def read_slots(connection: Connection, commune: Commune, where: Iterable[ColumnElement[bool]]) -> Sequence[Any]:
    """Return the slots with a meal that conditions over `slot` keep: id, site, activity, day."""
    slot = t.slot.c
    return connection.execute(
        select(slot.id, slot.site_code, slot.activity_code, slot.day)
        .where(slot.activity_code.in_(meal_activities(commune)), *where)
        .order_by(slot.day, slot.id)
    ).all()


def read_bookings(
    connection: Connection, slots: Sequence[Any], now: datetime, frozen: Mapping[int, datetime]
) -> tuple[SlotBookings, ...]:
    """Return the bookings of slots. `frozen`, by slot: the instant it will be asked at; what changed before the earliest is not read."""
    since = min(frozen.values(), default=None)
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    for ids in batches([slot.id for slot in slots]):
        for row in connection.execute(_bookings(ids)):
            rows[row.slot_id].append(row)
    records = _records(connection, {row.child_id for of_slot in rows.values() for row in of_slot}, since)
    return tuple(
        SlotBookings(
            slot.id,
            slot.site_code,
            slot.activity_code,
            slot.day,
            tuple(
                _booking(row, records[row.child_id], frozen.get(slot.id))
                for row in rows[slot.id]
                if row.state != BookingState.HELD.value
            ),
            tuple(
                records[row.child_id]
                for row in rows[slot.id]
                if row.state == BookingState.HELD.value and is_live(row.expires_at, now)
            ),
        )
        for slot in slots
    )


def _bookings(slot_ids: Collection[int]) -> Select[Any]:
    """Select the bookings of slots, live or ended, each found by its own partial index."""
    booking, basket, line = t.booking.c, t.basket.c, t.day_closure_line.c
    wanted = union_all(
        *(
            select(booking.id).where(booking.slot_id.in_(slot_ids), text(states))
            for states in (LIVE_STATES, ENDED_STATES)
        )
    ).subquery()
    paid_in = t.basket.alias("paid_in")
    first_paid = (
        select(func.min(t.payment.c.paid_at))
        .join(t.payment_line, t.payment_line.c.payment_id == t.payment.c.id)
        .join(paid_in, paid_in.c.id == t.payment.c.basket_id)
        .where(t.payment_line.c.booking_id == booking.id, paid_in.c.kind == BasketKind.RESERVATION.value)
        .scalar_subquery()
    )
    unbooked = exists().where(
        t.attendance.c.booking_id == booking.id, t.attendance.c.state == AttendanceState.UNBOOKED.value
    )
    return (
        select(
            booking.id,
            booking.child_id,
            booking.slot_id,
            booking.day,
            booking.state,
            booking.booked_at,
            booking.ended_at,
            booking.derogation.is_not(None).label("derogation"),
            basket.expires_at,
            first_paid.label("first_paid_at"),
            unbooked.label("unbooked"),
            exists().where(line.booking_id == booking.id).label("closed"),
            exists().where(line.restored_booking_id == booking.id).label("restored"),
        )
        .select_from(wanted)
        .join(t.booking, booking.id == wanted.c.id)
        .outerjoin(t.basket, basket.id == booking.basket_id)
        .order_by(booking.id)
    )


def _booking(row: Any, child: ChildRecord, frozen_at: datetime | None) -> MealBooking:
    """Return a booking that was confirmed or owed at once: what a payment of a régularisation settles counted already."""
    first_paid = row.first_paid_at
    counted_from = row.booked_at if first_paid is None else first_paid
    ended = row.state not in (BookingState.CONFIRMED.value, BookingState.DUE.value)
    return MealBooking(
        row.id,
        row.day,
        child,
        counted_from,
        (row.ended_at or row.booked_at) if ended else None,
        _came(row, frozen_at),
        _left(row),
    )


def _came(row: Any, frozen_at: datetime | None) -> Cause:
    if row.restored:
        return Cause.RESTORED
    if row.unbooked:
        return Cause.UNBOOKED
    if row.derogation:
        return Cause.DEROGATION
    return Cause.PAID if frozen_at is not None and is_before(row.booked_at, frozen_at) else Cause.BOOKED


def _left(row: Any) -> Cause:
    if row.closed:
        return Cause.CLOSED
    late = row.state in (BookingState.CANCELLED_LATE.value, BookingState.DUE_LATE.value)
    return Cause.CANCELLED_LATE if late else Cause.CANCELLED


def _records(connection: Connection, child_ids: set[int], since: datetime | None) -> Mapping[int, ChildRecord]:
    """Return the record of each child, with those it leads to and what was changed of both from an instant on."""
    rows: dict[int, Any] = {}
    wanted = child_ids
    while wanted:
        for ids in batches(wanted):
            rows |= {row.id: row for row in connection.execute(_CHILDREN.where(t.child.c.id.in_(ids)))}
        wanted = {row.merged_into_id for row in rows.values() if row.merged_into_id is not None} - rows.keys()
    changes, led = _changes(connection, rows, since) if since is not None else ({}, {})
    plain = {
        child_id: ChildRecord(
            child_id,
            row.birth_on,
            row.diet,
            bool(row.meal_supplied),
            tuple(changes.get(child_id, ())),
            erased=bool(row.erased),
        )
        for child_id, row in rows.items()
    }
    return {
        child_id: replace(
            plain[child_id],
            shown_as=tuple(
                (at, plain[to]) for at, to in led.get(child_id, [(None, row.merged_into_id)]) if to in plain
            ),
        )
        for child_id, row in rows.items()
    }


# A subquery, not a join: for the children of a large school PostgreSQL would read every dossier of the town.
_ERASED = select(t.dossier.c.erased_at.is_not(None)).where(t.dossier.c.id == t.child.c.dossier_id).scalar_subquery()
_CHILDREN = select(
    t.child.c.id, t.child.c.dossier_id, t.child.c.birth_on, t.child.c.diet, t.child.c.meal_supplied
).add_columns(t.child.c.merged_into_id, _ERASED.label("erased"))


def _changes(
    connection: Connection, children: Mapping[int, Any], since: datetime
) -> tuple[dict[int, list[FactChange]], dict[int, list[tuple[datetime | None, int]]]]:
    """Return what was changed of children since an instant, and which records they were led to, when.

    A child moved to another dossier is written as taken out of one and added to the other: nothing of it changed. A row that says nothing
    is one of an erased family: what changed is no longer known, nor when a record was led to the one it leads to.
    """
    change, dossier = t.dossier_change.c, t.dossier.c
    found: list[Any] = []
    for ids in batches({row.dossier_id for row in children.values()}):
        of_families = select(dossier.id).where(or_(dossier.id.in_(ids), dossier.merged_into_id.in_(ids)))
        found.extend(
            connection.execute(
                select(change.operation_id, change.dossier_id, change.changed_at, change.subject_id, change.field)
                .add_columns(change.before, change.after)
                .where(
                    change.dossier_id.in_(of_families),
                    change.changed_at >= since,
                    change.subject == ChangeSubject.CHILD.value,
                    change.field.in_((*_FACTS, _LED, _ADDED)),
                )
                .order_by(change.changed_at, change.id)
            )
        )
    moved = {(row.operation_id, row.dossier_id, row.subject_id) for row in found if row.field == _ADDED}
    changes: defaultdict[int, list[FactChange]] = defaultdict(list)
    led: defaultdict[int, list[tuple[datetime | None, int]]] = defaultdict(list)
    for row in found:
        if not row.before and not row.after:
            continue
        if row.field == _LED and row.after:
            led[row.subject_id].append((row.changed_at, int(row.after)))
        elif row.field == _LED:
            led[row.subject_id].append((None, int(row.before)))  # where it led before
        elif row.field in _FACTS and (row.operation_id, row.dossier_id, row.subject_id) not in moved:
            changes[row.subject_id].append(FactChange(row.changed_at, row.field, _value(row.field, row.before)))
    return changes, led


def _value(field: str, written: str) -> date | str | bool:
    """Return a value as the history wrote it."""
    if field == "birth_on":
        return date.fromisoformat(written)
    return bool(written) if field == "meal_supplied" else written


def batches(ids: Iterable[int]) -> Iterable[list[int]]:
    """Give ids few enough for one statement of either engine."""
    ordered = sorted(ids)
    return (ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH))
