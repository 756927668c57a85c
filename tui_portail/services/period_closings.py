"""Days, months and years of the régie closed once they are over: what was received, and the total since the first entry.

A day holds the entries that follow the last day closed, so that none is left out nor counted twice: one that a corrected clock dates before
falls in the day being written. Months are made of days, years of months. Each closing is chained to the one before of its kind, and by its
own entry in the journal (design, guarantee 7; no certification is claimed).

However long the past, one transaction closes a month of days at most: the journal's head is held for an instant, cashing goes on, and
what is closed stays so when the closing is stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, insert, select

from models import tables as t
from models.engine import lock_rows
from models.states import EntryKind
from models.states import PeriodKind as PeriodKind
from tui_portail.errors import PortailError
from tui_portail.instants import in_paris
from tui_portail.services.desk import Desk
from tui_portail.services.due_periods import ONE_DAY, DuePeriod, held_until, next_due
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import enter, lock_head
from tui_portail.services.rights import Right

MOST_AT_ONCE = 31
"""How many periods one transaction closes."""
MOST_LISTED = 200


class NothingToClose(PortailError):
    """Every period that is over is closed, but for what an entry dated `held_until`, a day to come, holds."""

    code = "RIEN_A_CLOTURER"

    def __init__(self, held_until: date | None) -> None:
        super().__init__(
            f"Une écriture est datée du {held_until:%d/%m/%Y}, après aujourd’hui : l’horloge avançait alors, ou retarde maintenant. "
            f"Elle, les suivantes, leurs mois et leurs années ne se clôturent pas avant le {held_until + ONE_DAY:%d/%m/%Y}. "
            "Vérifiez l’horloge ; si elle est juste, attendez cette date : rien n’est perdu."
            if held_until
            else "Toutes les journées terminées sont déjà clôturées : la prochaine clôture se fera demain."
        )


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


def close_due_periods(
    desk: Desk, operation: str, on_closed: Callable[[ClosedPeriod], None] | None = None
) -> tuple[ClosedPeriod, ...]:
    """Close every day, then every month and year, that is over and not closed yet, oldest first; return what was closed.

    `on_closed` is told of the last one after each transaction; what it raises stops the closing, and the next goes on from there.
    Raises NothingToClose, NotAllowed.
    """
    closed: list[ClosedPeriod] = []
    for batch in count():
        try:
            some = _close_some(desk, operation if not batch else uuid5(NAMESPACE_OID, f"{operation}{batch}").hex)
        except NothingToClose:
            if not closed:
                raise
            break
        closed += some
        if on_closed is not None:
            on_closed(some[-1])
        if len(some) < MOST_AT_ONCE:
            break
    return tuple(closed)


def _close_some(desk: Desk, operation: str) -> list[ClosedPeriod]:
    """Close as many periods as one transaction may."""

    def work(gesture: Gesture) -> Done:
        lock_rows(gesture.connection, t.journal_head, [gesture.regie_id])
        today = in_paris(gesture.now).date()
        closed: list[int] = []
        while len(closed) < MOST_AT_ONCE and (period := next_due(gesture.connection, gesture.regie_id, today)):
            closed.append(_close(gesture, period))
        if not closed:
            raise NothingToClose(held_until(gesture.connection, gesture.regie_id, today))
        return Done({"closings": closed}, "period_closing", closed[-1], details={"clotures": len(closed)})

    def answer(result: Mapping[str, Any]) -> list[ClosedPeriod]:
        wanted = t.period_closing.c.id.in_(result["closings"])
        with desk.read(Right.CLOSE_PERIODS) as connection:
            return list(_read(connection, select(t.period_closing).where(wanted).order_by(t.period_closing.c.id)))

    return perform(desk, "cloturer_periodes", Right.CLOSE_PERIODS, operation, [], work, answer)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be closed: the first day of it, None when there is nothing to close; then the day to come that holds the rest."""

    first_on: date | None
    held_until: date | None


def waiting_periods(desk: Desk) -> Waiting:
    """Return since when something that is over is not closed."""
    with desk.read(Right.REGISTERS) as connection:
        regie_id, _ = desk.place(connection)
        today = in_paris(desk.instant(connection)).date()
        due = next_due(connection, regie_id, today)
        return Waiting(due.starts_on, None) if due else Waiting(None, held_until(connection, regie_id, today))


def list_closings(desk: Desk, kind: PeriodKind, limit: int | None = MOST_LISTED) -> tuple[ClosedPeriod, ...]:
    """Return the closings of a kind, the latest first; all of them without a limit."""
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


def _close(gesture: Gesture, period: DuePeriod) -> int:
    """Write a closing after the one before of its kind, and its entry."""
    connection, previous = gesture.connection, period.previous
    perpetual = (previous.perpetual_cents if previous else 0) + period.received_cents - period.reversed_cents
    head = lock_head(connection, gesture.regie_id)
    facts = {
        "kind": period.kind.value,
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
                kind=period.kind.value,
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
