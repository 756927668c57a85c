"""Waiting lists: each entry is in a state that its booking and the others allow, and no offer passed one who had asked before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from models import tables as t
from models.states import BookingState, WaitingState
from tui_portail.services.attendance_facts import came_unbooked
from tui_portail.services.births_then import read_births
from tui_portail.services.family_facts import record_of, shown_as
from tui_portail.services.findings import MOST_OF_A_KIND, Finding, Rule, asked

entry, booking = t.waiting_entry.c, t.booking.c
_OPEN = [WaitingState.WAITING.value, WaitingState.OFFERED.value]
_BOOKED = [BookingState.CONFIRMED.value, BookingState.DUE.value]


def check_waiting(connection: Connection) -> Iterator[Finding]:
    """Yield the entries that contradict the others, a rule after the other."""
    yield from _entries(connection)
    yield from _passed(connection)


@asked
def _entries() -> Iterator[Rule]:
    for broken, sentence in _rules():
        yield t.waiting_entry, broken, sentence


def _rules() -> Iterator[tuple[ColumnElement[bool], str]]:
    def booked(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        same_child = record_of(booking.child_id) == record_of(entry.child_id)
        return exists().where(booking.slot_id == entry.slot_id, same_child, *conditions)

    other = t.waiting_entry.alias("other")
    is_open = entry.state.in_(_OPEN)
    yield (
        and_(entry.state == WaitingState.TAKEN.value, ~booked(booking.id == entry.booking_id)),
        "la réservation qu’elle nomme n’est pas celle de cet enfant ce jour-là.",
    )
    reserved = booked(
        booking.state.in_(_BOOKED), ~came_unbooked()
    )  # who came unbooked took no place, and waits for none
    yield and_(is_open, reserved), "l’enfant attend une journée déjà réservée."
    yield (
        or_(and_(is_open, entry.ended_at.is_not(None)), and_(~is_open, entry.ended_at.is_(None))),
        "sa date de fin ne va pas avec son état.",
    )
    yield (
        and_(
            is_open,
            exists().where(
                other.c.slot_id == entry.slot_id,
                other.c.id < entry.id,
                other.c.state.in_(_OPEN),
                record_of(other.c.child_id) == record_of(entry.child_id),
            ),
        ),
        "l’enfant attend deux fois la même journée.",
    )
    yield (
        exists().where(t.child.c.id == entry.child_id, t.child.c.dossier_id != entry.dossier_id),
        "l’enfant n’est pas de son dossier.",
    )
    yield (
        or_(entry.offered_at < entry.asked_at, entry.offer_until <= entry.offered_at),
        "ses instants ne se suivent pas : demandée, proposée, jusqu’à quand.",
    )


def _passed(connection: Connection) -> Iterator[Finding]:
    """Yield the offers made while a child of the same age, who had asked before for the same day, waited and waits still.

    A child with another place that day may lack less than the others, where activities share their places: it is left out.
    """
    first = t.waiting_entry.alias("first")
    elder = t.child.alias("elder")
    elsewhere = exists().where(
        booking.day == entry.day, booking.slot_id != entry.slot_id, record_of(booking.child_id) == shown_as()
    )
    rows: list[Any] = list(
        connection.execute(
            select(
                entry.id,
                first.c.id.label("passed"),
                entry.day,
                entry.offered_at,
                t.child.c.id.label("child_id"),
                t.child.c.birth_on,
                elder.c.id.label("elder_id"),
                elder.c.birth_on.label("elder_on"),
            )
            .join(t.child, t.child.c.id == entry.child_id)
            .join(first, first.c.slot_id == entry.slot_id)
            .join(elder, elder.c.id == first.c.child_id)
            .where(
                entry.state == WaitingState.OFFERED.value,
                first.c.state == WaitingState.WAITING.value,
                first.c.asked_at < entry.asked_at,
                ~elsewhere,
            )
            .order_by(entry.id, first.c.id)
        )
    )
    births = read_births(connection, {child for row in rows for child in (row.child_id, row.elder_id)})

    def same_age(row: Any) -> bool:
        ages = (
            births.age_known(child, birth_on, row.offered_at, row.day)
            for child, birth_on in ((row.child_id, row.birth_on), (row.elder_id, row.elder_on))
        )
        younger, elder = ages
        return younger is not None and younger == elder

    passed = [row for row in rows if same_age(row)]
    for row in passed[:MOST_OF_A_KIND]:
        yield Finding(
            "waiting_entry", str(row.id), f"une place lui est proposée avant la demande {row.passed}, plus ancienne."
        )
