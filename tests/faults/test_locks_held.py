"""A desk keeps for too long what others need: they are told within the time-out, nothing is written, and the same gesture passes then."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, event, select

from models import tables as t
from models.database_errors import DatabaseBusy
from models.engine import LOCK_TIMEOUT_MS, Database, lock_rows
from tests.factories import Family, a_desk, a_family
from tests.faults.after_a_fault import holds
from tests.tui_portail.services.desk_acts import EVENING, MORNING, THURSDAY, add, card, clock_of, hold, row_counts
from tui_portail.services.booking import finish_changes
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket


@dataclass
class Counter:
    """A desk whose patience is short, its family, and a basket it is about to cash; and the base, opened by another."""

    desk: Desk
    family: Family
    basket_id: int
    due_cents: int
    other: Database


@pytest.fixture
def counter(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    monkeypatch.setattr("models.engine.LOCK_TIMEOUT_MS", 40)
    hurried = Database.open(database.url)
    if hurried.dialect == "sqlite":
        event.listen(hurried.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 10"))
    at_it = Desk(hurried, desk.documents_dir, desk.clock, desk.agent)
    yield Counter(at_it, family, basket.basket_id, basket.due_cents, database)
    hurried.close()


def keep_dossier(connection: Connection, counter: Counter) -> None:
    lock_rows(connection, t.dossier, [counter.family.dossier_id])


def keep_slot(connection: Connection, _counter: Counter) -> None:
    lock_rows(connection, t.slot, list(connection.scalars(select(t.slot.c.id))))


def keep_head(connection: Connection, _counter: Counter) -> None:
    lock_rows(connection, t.journal_head, list(connection.scalars(select(t.journal_head.c.regie_id))))


def book(counter: Counter, operation: str) -> object:
    return finish_changes(
        counter.desk, counter.family.dossier_id, add(counter.family.child_id, MORNING, THURSDAY), operation
    )


def pay(counter: Counter, operation: str) -> object:
    return cash_basket(counter.desk, counter.basket_id, [card(counter.due_cents)], operation)


@pytest.mark.parametrize(
    ("keep", "act"), [(keep_dossier, book), (keep_slot, pay), (keep_head, pay)], ids=["dossier", "slot", "head"]
)
def test_a_row_kept_too_long_refuses_the_others_who_succeed_after(counter: Counter, keep: object, act: object) -> None:
    operation, before = new_operation(), row_counts(counter.other)
    with counter.other.write() as holding:
        keep(holding, counter)  # type: ignore[operator]
        with pytest.raises(DatabaseBusy, match="Recommencez dans quelques instants"):
            act(counter, operation)  # type: ignore[operator]
    assert row_counts(counter.other) == before
    done = act(counter, operation)  # type: ignore[operator]
    assert act(counter, operation) == done  # type: ignore[operator]
    holds(counter.desk, (), clock_of(counter.desk).instant)


def test_desks_wait_three_seconds_for_a_lock() -> None:
    assert LOCK_TIMEOUT_MS == 3_000
