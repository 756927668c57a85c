"""What is over and not closed yet: the next day with its entries, the next month with its days, the next year with its months.

An entry dated after today, by a clock that was ahead, is not over: it waits for its day, and with it the entries that follow. The months
and years that these are dated of wait too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, select

from models import tables as t
from models.states import PeriodKind
from tui_portail.instants import day_begins, in_paris

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DuePeriod:
    """A period to be closed, after the one before of its kind."""

    kind: PeriodKind
    previous: Row[Any] | None
    starts_on: date
    ends_on: date
    first_seq: int
    last_seq: int
    received_cents: int
    reversed_cents: int


def next_due(connection: Connection, regie_id: int, today: date) -> DuePeriod | None:
    """Return the first period that is over and not closed: a month waits for its days, a year for its months."""
    return (
        _next_day(connection, regie_id, today)
        or _next_made_of(connection, regie_id, PeriodKind.MONTH, PeriodKind.DAY, today)
        or _next_made_of(connection, regie_id, PeriodKind.YEAR, PeriodKind.MONTH, today)
    )


def held_until(connection: Connection, regie_id: int, today: date) -> date | None:
    """Return the day after `today` that an entry not closed yet bears, the first of them, None when there is none.

    Before that day is over, neither that entry, nor those that follow it, nor their months and years are closed.
    """
    entry = t.journal_entry.c
    ahead = _following(regie_id, _last_closed(connection, regie_id, PeriodKind.DAY)).where(
        entry.entered_at >= day_begins(today + ONE_DAY)
    )
    first = connection.execute(ahead).first()
    return None if first is None else in_paris(first.entered_at).date()


def _last_closed(connection: Connection, regie_id: int, kind: PeriodKind) -> Row[Any] | None:
    closing = t.period_closing.c
    return connection.execute(
        select(t.period_closing)
        .where(closing.regie_id == regie_id, closing.kind == kind.value)
        .order_by(closing.last_seq.desc())
        .limit(1)
    ).first()


def _next_day(connection: Connection, regie_id: int, today: date) -> DuePeriod | None:
    """Return the next day with the entries that follow, up to the first of a later day. It never goes back, whatever the clock did."""
    first = _first_waiting(connection, regie_id)
    if first is None or first.day >= today:
        return None
    previous, day, entry = first.previous, first.day, t.journal_entry.c
    after_it = _following(regie_id, previous).where(entry.entered_at >= day_begins(day + ONE_DAY))
    later = connection.execute(after_it).first()
    head = select(t.journal_head.c.last_seq).where(t.journal_head.c.regie_id == regie_id)
    last_seq = later.seq - 1 if later else connection.execute(head).scalar_one()
    entries = (first.seq, last_seq)
    received = _sum_of(connection, t.payment, t.payment.c.total_cents - t.payment.c.avoir_cents, regie_id, entries)
    lost = _sum_of(connection, t.reversal, t.reversal.c.lost_cents, regie_id, entries)
    lost += _sum_of(connection, t.late_unpaid, t.late_unpaid.c.amount_cents, regie_id, entries)
    return DuePeriod(PeriodKind.DAY, previous, day, day, *entries, received, lost)


class _FirstWaiting(NamedTuple):
    """The first entry no day holds yet: the last day closed, its number, the day it begins."""

    previous: Row[Any] | None
    seq: int
    day: date


def _first_waiting(connection: Connection, regie_id: int) -> _FirstWaiting | None:
    """Return the first entry that waits; its day is its own, never one already closed."""
    previous = _last_closed(connection, regie_id, PeriodKind.DAY)
    first = connection.execute(_following(regie_id, previous)).first()
    if first is None:
        return None
    day = in_paris(first.entered_at).date()
    return _FirstWaiting(previous, first.seq, max(day, previous.ends_on + ONE_DAY) if previous else day)


def _following(regie_id: int, previous: Row[Any] | None) -> Select[Any]:
    """Ask for the first entry after those of a closing."""
    entry = t.journal_entry.c
    return (
        select(entry.seq, entry.entered_at)
        .where(entry.regie_id == regie_id, entry.seq > (previous.last_seq if previous else 0))
        .order_by(entry.seq)
        .limit(1)
    )


def _sum_of(
    connection: Connection, table: Table, amount: ColumnElement[int], regie_id: int, entries: tuple[int, int]
) -> int:
    """Return what the rows of some entries, from the first to the last, add up to (cents)."""
    seq = table.c.entry_seq
    wanted = select(func.coalesce(func.sum(amount), 0)).where(table.c.regie_id == regie_id, seq.between(*entries))
    return int(connection.execute(wanted).scalar_one())


def _next_made_of(
    connection: Connection, regie_id: int, kind: PeriodKind, parts: PeriodKind, today: date
) -> DuePeriod | None:
    """Return the next month with its days closed, or the next year with its months."""
    previous = _last_closed(connection, regie_id, kind)
    closing = t.period_closing.c
    waiting = [
        closing.regie_id == regie_id,
        closing.kind == parts.value,
        closing.first_seq > (previous.last_seq if previous else 0),
    ]
    first_on = connection.execute(select(func.min(closing.starts_on)).where(*waiting)).scalar_one()
    if first_on is None:
        return None
    starts_on = _first_of(kind, first_on)
    ends_on = _first_of(kind, starts_on + timedelta(days=31 if kind is PeriodKind.MONTH else 366)) - ONE_DAY
    if ends_on >= today or _waits(connection, regie_id, ends_on):
        return None
    made = connection.execute(
        select(
            func.min(closing.first_seq),
            func.max(closing.last_seq),
            func.sum(closing.received_cents),
            func.sum(closing.reversed_cents),
        ).where(*waiting, closing.starts_on <= ends_on)
    ).one()
    return DuePeriod(kind, previous, starts_on, ends_on, *map(int, made))


def _waits(connection: Connection, regie_id: int, ends_on: date) -> bool:
    """Say whether an entry of that day, or of one before, is in no day closed yet: it follows one that was dated ahead."""
    entry = t.journal_entry.c
    waiting = _following(regie_id, _last_closed(connection, regie_id, PeriodKind.DAY))
    return connection.execute(waiting.where(entry.entered_at < day_begins(ends_on + ONE_DAY))).first() is not None


def _first_of(kind: PeriodKind, day: date) -> date:
    return day.replace(day=1) if kind is PeriodKind.MONTH else day.replace(month=1, day=1)
