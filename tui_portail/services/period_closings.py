"""Days, months and years of the régie closed once they are over: what was received, and the total since the first entry.

A day holds the entries that follow the last day closed, so that none is left out nor counted twice: one that a corrected clock dates before
falls in the day being written. Months are made of days, years of months. Each closing is chained to the one before of its kind, and by its
own entry in the journal (design, guarantee 7; no certification is claimed).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, insert, select

from models import tables as t
from models.engine import lock_rows
from models.states import EntryKind
from models.states import PeriodKind as PeriodKind
from tui_portail.errors import PortailError
from tui_portail.instants import in_paris
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import enter, lock_head
from tui_portail.services.rights import Right

ONE_DAY = timedelta(days=1)


class NothingToClose(PortailError):
    """Every period that is over is closed."""

    code = "RIEN_A_CLOTURER"

    def __init__(self) -> None:
        super().__init__("Toutes les journées terminées sont déjà clôturées : la prochaine clôture se fera demain.")


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """A period closed: its days, the entries it holds; in cents what was received, what reversals took back, the total since the first."""

    closing_id: int
    kind: PeriodKind
    starts_on: date
    ends_on: date
    first_seq: int
    last_seq: int
    received_cents: int
    reversed_cents: int
    perpetual_cents: int
    closed_at: datetime
    agent_name: str
    head_hash: str

    @property
    def total_cents(self) -> int:
        """What the period brought."""
        return self.received_cents - self.reversed_cents


@dataclass(frozen=True, slots=True)
class _Period:
    """A period to be closed."""

    starts_on: date
    ends_on: date
    first_seq: int
    last_seq: int
    received_cents: int
    reversed_cents: int


def close_due_periods(desk: Desk, operation: str) -> tuple[ClosedPeriod, ...]:
    """Close every day, month and year that is over and not closed yet, oldest first; return what was closed.

    Raises NothingToClose, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        lock_rows(connection, t.journal_head, [gesture.regie_id])
        today = in_paris(gesture.now).date()
        closed = [
            closing_id
            for kind in PeriodKind
            for period in _due(connection, gesture.regie_id, kind, today)
            for closing_id in (_close(gesture, kind, period),)
        ]
        if not closed:
            raise NothingToClose
        return Done({"closings": closed}, "period_closing", closed[-1], details={"clotures": len(closed)})

    def answer(result: Mapping[str, Any]) -> tuple[ClosedPeriod, ...]:
        wanted = t.period_closing.c.id.in_(result["closings"])
        with desk.read(Right.CLOSE_PERIODS) as connection:
            return tuple(_read(connection, select(t.period_closing).where(wanted).order_by(t.period_closing.c.id)))

    return perform(desk, "cloturer_periodes", Right.CLOSE_PERIODS, operation, [], work, answer)


def list_closings(desk: Desk, kind: PeriodKind, limit: int = 200) -> tuple[ClosedPeriod, ...]:
    """Return the closings of a kind, the latest first."""
    with desk.read(Right.REGISTERS) as connection:
        regie_id, _ = desk.place(connection)
        closing = t.period_closing.c
        wanted = select(t.period_closing).where(closing.regie_id == regie_id, closing.kind == kind.value)
        return tuple(_read(connection, wanted.order_by(closing.starts_on.desc()).limit(limit)))


def _read(connection: Connection, query: Any) -> Iterator[ClosedPeriod]:
    for row in connection.execute(query):
        yield ClosedPeriod(
            row.id,
            PeriodKind(row.kind),
            row.starts_on,
            row.ends_on,
            row.first_seq,
            row.last_seq,
            row.received_cents,
            row.reversed_cents,
            row.perpetual_cents,
            row.closed_at,
            row.agent_name,
            row.head_hash,
        )


def _due(connection: Connection, regie_id: int, kind: PeriodKind, today: date) -> list[_Period]:
    """Return the periods of a kind that are over and not closed."""
    if kind is PeriodKind.DAY:
        return _days(connection, regie_id, today)
    parts = PeriodKind.DAY if kind is PeriodKind.MONTH else PeriodKind.MONTH
    closing = t.period_closing.c
    after = _last_closed(connection, regie_id, kind)
    rows = connection.execute(
        select(t.period_closing)
        .where(
            closing.regie_id == regie_id,
            closing.kind == parts.value,
            closing.first_seq > (after.last_seq if after else 0),
        )
        .order_by(closing.first_seq)
    ).all()
    periods = []
    for starts_on, found in groupby(rows, key=lambda row: _first_of(kind, row.starts_on)):
        ends_on = _first_of(kind, starts_on + timedelta(days=31 if kind is PeriodKind.MONTH else 366)) - ONE_DAY
        if ends_on < today:
            periods.append(_whole(starts_on, ends_on, list(found)))
    return periods


def _first_of(kind: PeriodKind, day: date) -> date:
    return day.replace(day=1) if kind is PeriodKind.MONTH else day.replace(month=1, day=1)


def _whole(starts_on: date, ends_on: date, parts: list[Any]) -> _Period:
    return _Period(
        starts_on,
        ends_on,
        parts[0].first_seq,
        parts[-1].last_seq,
        sum(part.received_cents for part in parts),
        sum(part.reversed_cents for part in parts),
    )


def _last_closed(connection: Connection, regie_id: int, kind: PeriodKind) -> Any:
    closing = t.period_closing.c
    return connection.execute(
        select(t.period_closing)
        .where(closing.regie_id == regie_id, closing.kind == kind.value)
        .order_by(closing.last_seq.desc())
        .limit(1)
    ).first()


def _days(connection: Connection, regie_id: int, today: date) -> list[_Period]:
    """Return the days over since the last one closed, each with the entries that follow the day before's."""
    last = _last_closed(connection, regie_id, PeriodKind.DAY)
    after = last.last_seq if last else 0
    entry = t.journal_entry.c
    rows = connection.execute(
        select(entry.seq, entry.entered_at).where(entry.regie_id == regie_id, entry.seq > after).order_by(entry.seq)
    )
    first_day = last.ends_on + ONE_DAY if last else date.min
    ranges = list(_ranges(rows, first_day))
    firsts = [first for _, first, _ in ranges]
    received = _sums(connection, t.payment, regie_id, after, firsts)
    lost = _sums(connection, t.reversal, regie_id, after, firsts)
    return [
        _Period(day, day, first, last_seq, received[first], lost[first])
        for day, first, last_seq in ranges
        if day < today
    ]


def _ranges(entries: Iterable[Any], first_day: date) -> Iterator[tuple[date, int, int]]:
    """Yield each day with its first and last entry; a day never goes back, whatever the clock did."""
    day, first, last = first_day, 0, 0
    for entry in entries:
        written = max(day, in_paris(entry.entered_at).date())
        if first and written > day:
            yield day, first, last
            first = 0
        day, first, last = written, first or entry.seq, entry.seq
    if first:
        yield day, first, last


def _sums(connection: Connection, table: Any, regie_id: int, after: int, firsts: Sequence[int]) -> Counter[int]:
    """Return what payments received, or reversals lost, in each range of entries, by its first (cents)."""
    amount = table.c.lost_cents if table is t.reversal else table.c.total_cents - table.c.avoir_cents
    rows = connection.execute(
        select(table.c.entry_seq, amount).where(table.c.regie_id == regie_id, table.c.entry_seq > after)
    )
    sums: Counter[int] = Counter()
    for seq, cents in rows:
        sums[firsts[bisect_right(firsts, seq) - 1]] += int(cents)
    return sums


def _close(gesture: Gesture, kind: PeriodKind, period: _Period) -> int:
    """Write a closing after the one before of its kind, and its entry."""
    connection = gesture.connection
    previous = _last_closed(connection, gesture.regie_id, kind)
    perpetual = (previous.perpetual_cents if previous else 0) + period.received_cents - period.reversed_cents
    head = lock_head(connection, gesture.regie_id)
    facts = {
        "kind": kind.value,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "previous": [previous.id, previous.head_hash] if previous else None,
        "entries": [period.first_seq, period.last_seq],
        "received": period.received_cents,
        "reversed": period.reversed_cents,
        "perpetual": perpetual,
        "fictitious": gesture.commune.policy.fictitious,
    }
    entry_hash = enter(
        connection, head, EntryKind.CLOSING, gesture.now, gesture.agent.agent_id, gesture.operation, [], facts
    )
    return int(
        connection.execute(
            insert(t.period_closing)
            .values(
                regie_id=gesture.regie_id,
                kind=kind.value,
                starts_on=period.starts_on,
                ends_on=period.ends_on,
                previous_id=previous.id if previous else None,
                first_seq=period.first_seq,
                last_seq=period.last_seq,
                received_cents=period.received_cents,
                reversed_cents=period.reversed_cents,
                perpetual_cents=perpetual,
                closed_at=gesture.now,
                agent_id=gesture.agent.agent_id,
                agent_name=gesture.agent.name,
                entry_seq=head.seq,
                head_hash=entry_hash,
                fictitious=gesture.commune.policy.fictitious,
            )
            .returning(t.period_closing.c.id)
        ).scalar_one()
    )
