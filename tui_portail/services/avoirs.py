"""Giving days back: a numbered avoir with its lines and its journal entry, for the payer who had paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from models import tables as t
from models.states import AvoirReason, EntryKind, SeriesKind
from tui_portail.services.gesture import Gesture
from tui_portail.services.ledger import (
    AVOIRS,
    CARE_REVENUE,
    MEAL_REVENUE,
    Movement,
    enter,
    lock_head,
    next_number,
)

AVOIR_LINE_FACTS = ("booking_id", "child_snapshot_id", "activity_label", "care_cents", "meal_cents")  # what is chained


@dataclass(frozen=True, slots=True)
class GivenAvoir:
    """An avoir just given: its number as printed, the payer it belongs to, in cents."""

    avoir_id: int
    number: str
    payer_id: int
    payer_name: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A booking given back, at what was paid for it."""

    booking_id: int
    care_cents: int
    meal_cents: int


def avoir_number(year: int, number: int) -> str:
    """Return the number of an avoir as printed."""
    return f"AV-{year}-{number:06d}"


def give_avoir(gesture: Gesture, payer_id: int, reason: AvoirReason, lines: Sequence[ReturnedLine]) -> GivenAvoir:
    """Give a payer the avoir of these bookings: numbered, journalled, once a booking."""
    care, meal = sum(line.care_cents for line in lines), sum(line.meal_cents for line in lines)
    described = gesture.connection.execute(
        select(t.booking.c.id, t.child.c.snapshot_id, t.activity.c.label)
        .join(t.child, t.child.c.id == t.booking.c.child_id)
        .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
        .join(t.activity, t.activity.c.code == t.slot.c.activity_code)
        .where(t.booking.c.id.in_([line.booking_id for line in lines]))
    )
    labels = {row.id: row for row in described}
    rows = [
        {
            "booking_id": line.booking_id,
            "child_snapshot_id": labels[line.booking_id].snapshot_id,
            "activity_label": labels[line.booking_id].label,
            "care_cents": line.care_cents,
            "meal_cents": line.meal_cents,
        }
        for line in lines
    ]
    avoir = _write_avoir(gesture, payer_id, reason, care, meal, rows)
    gesture.connection.execute(insert(t.avoir_line), [row | {"avoir_id": avoir.avoir_id} for row in rows])
    return avoir


def keep_as_avoir(
    gesture: Gesture,
    payer_id: int,
    payer_snapshot_id: int,
    number: tuple[int, int],
    cents: int,
    entry_seq: int,
    entry_hash: str,
) -> GivenAvoir:
    """Write the avoir of the money kept from a reversed payment, carried by the reversal's own entry. It gives no day back.

    Its `care_cents` hold the whole: nothing is split before it is used.
    """
    payer = _payer(gesture.connection, payer_id)
    avoir_id = _insert_avoir(
        gesture, payer_id, payer_snapshot_id, number, AvoirReason.REVERSAL, (cents, 0), entry_seq, entry_hash
    )
    return GivenAvoir(avoir_id, avoir_number(*number), payer_id, f"{payer.first_name} {payer.last_name}", cents)


def avoir_from(kept: Mapping[str, Any]) -> GivenAvoir:
    """Build a given avoir from the JSON of a gesture's result."""
    return GivenAvoir(**kept)


def _write_avoir(
    gesture: Gesture,
    payer_id: int,
    reason: AvoirReason,
    care_cents: int,
    meal_cents: int,
    lines: Sequence[Mapping[str, Any]],
) -> GivenAvoir:
    connection, amount = gesture.connection, care_cents + meal_cents
    payer = _payer(connection, payer_id)
    regie_id = gesture.regie_id
    year, number = next_number(connection, regie_id, SeriesKind.AVOIR, gesture.now)
    head = lock_head(connection, regie_id)
    given_back = [Movement(CARE_REVENUE, care_cents), Movement(MEAL_REVENUE, meal_cents)]
    entry_hash = enter(
        connection,
        head,
        EntryKind.AVOIR,
        gesture.now,
        gesture.agent.agent_id,
        gesture.operation,
        [*given_back, Movement(AVOIRS, -amount, payer_id)],
        {
            "avoir": [year, number],
            "payer": payer_id,
            "payer_snapshot": payer.snapshot_id,
            "reason": reason.value,
            "care": care_cents,
            "meal": meal_cents,
            "lines": sorted([row[column] for column in AVOIR_LINE_FACTS] for row in lines),
        },
    )
    avoir_id = _insert_avoir(
        gesture, payer_id, payer.snapshot_id, (year, number), reason, (care_cents, meal_cents), head.seq, entry_hash
    )
    name = f"{payer.first_name} {payer.last_name}"
    return GivenAvoir(avoir_id, avoir_number(year, number), payer_id, name, amount)


def _payer(connection: Connection, payer_id: int) -> Any:
    return connection.execute(
        select(t.guardian.c.first_name, t.guardian.c.last_name, t.guardian.c.snapshot_id)
        .join(t.payer, t.payer.c.guardian_id == t.guardian.c.id)
        .where(t.payer.c.id == payer_id)
    ).one()


def _insert_avoir(
    gesture: Gesture,
    payer_id: int,
    payer_snapshot_id: int,
    number: tuple[int, int],
    reason: AvoirReason,
    care_and_meal: tuple[int, int],
    entry_seq: int,
    entry_hash: str,
) -> int:
    return int(
        gesture.connection.execute(
            insert(t.avoir)
            .values(
                regie_id=gesture.regie_id,
                payer_id=payer_id,
                payer_snapshot_id=payer_snapshot_id,
                year=number[0],
                number=number[1],
                reason=reason.value,
                issued_at=gesture.now,
                amount_cents=sum(care_and_meal),
                care_cents=care_and_meal[0],
                meal_cents=care_and_meal[1],
                entry_seq=entry_seq,
                agent_id=gesture.agent.agent_id,
                agent_name=gesture.agent.name,
                head_hash=entry_hash,
            )
            .returning(t.avoir.c.id)
        ).scalar_one()
    )
