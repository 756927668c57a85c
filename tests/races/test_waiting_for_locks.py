"""What may happen while a gesture waits for a lock on PostgreSQL: time passes, and others may have taken locks in another order."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text

from models import tables as t
from models.database_errors import DatabaseFailure
from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    HARMONIE,
    MEAL,
    MORNING,
    NEXT_WEDNESDAY,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    book_and_pay,
    card,
    cash,
    finish,
    hold,
    remove,
    set_capacity,
)
from tui_portail.services.baskets import BasketExpired, ExtensionRefused, extend_basket
from tui_portail.services.cancellations import judge_proof_received, proof_reasons, waiting_proofs
from tui_portail.services.clock import FixedClock
from tui_portail.services.commune import record_commune
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.slots import ensure_slots
from tui_portail.services.till import open_session

pytestmark = [pytest.mark.race, pytest.mark.postgresql]


def test_days_opened_by_a_gesture_that_began_before_a_change_of_places_follow_it(postgresql: Database) -> None:
    """And while they are written, no set-up is recorded: it could not see them, nor give them its places."""
    desk = a_desk(postgresql)
    before = desk.commune()
    fewer = replace(before, offerings=tuple(replace(one, capacity=0, by_weekday={}) for one in before.offerings))
    key = (HARMONIE, EVENING, FRIDAY)
    with postgresql.write() as connection:
        record_commune(connection, fewer, "essai", desk.now())
    with postgresql.write() as connection:
        [slot_id] = ensure_slots(connection, before, [key]).values()
        assert connection.scalar(select(t.slot.c.capacity).where(t.slot.c.id == slot_id)) == 0
        with pytest.raises(DatabaseFailure), postgresql.write() as other:
            other.execute(text("SET LOCAL lock_timeout = 100"))
            record_commune(other, before, "essai", desk.now())
    with postgresql.write() as connection:
        record_commune(connection, before, "essai", desk.now())
        assert connection.scalar(select(t.slot.c.capacity).where(t.slot.c.id == slot_id)) == before.capacity(*key)


class ClockWhileWaiting(FixedClock):
    """Reads one instant before the locks; `meanwhile` happens, and it is another instant, once they are held."""

    def __init__(self, database: Database, before: datetime, after: datetime, meanwhile: Callable[[], object]) -> None:
        super().__init__(database, before)
        self.later = after
        self.meanwhile: Callable[[], object] | None = meanwhile

    def now(self, connection: Connection) -> datetime:
        instant = self.instant
        if self.meanwhile is not None:
            happening, self.meanwhile = self.meanwhile, None
            happening()
            self.instant = self.later
        return instant


def a_place_sold_meanwhile(database: Database) -> tuple[Desk, int]:
    """Hold the last place; at this desk the clock reads one second before the expiry, then another desk sells the place after it."""
    desk = a_desk(database)
    first, second = a_family(desk), a_family(desk, last_name="Martin")
    set_capacity(database, EVENING, FRIDAY, 1)
    basket = hold(desk, first.dossier_id, add(first.child_id, EVENING, FRIDAY))
    second_after = basket.expires_at + timedelta(seconds=1)
    other = a_desk(database, at=second_after)

    def sell() -> None:
        book_and_pay(other, second.dossier_id, add(second.child_id, EVENING, FRIDAY))

    desk.clock = ClockWhileWaiting(database, basket.expires_at - timedelta(seconds=1), second_after, sell)
    return desk, basket.basket_id


def test_a_payment_that_waited_past_the_expiry_does_not_confirm_a_place_sold_meanwhile(postgresql: Database) -> None:
    desk, basket_id = a_place_sold_meanwhile(postgresql)
    with pytest.raises(BasketExpired):
        cash_basket(desk, basket_id, [card(1_95)], new_operation())
    books_hold(postgresql, desk.now())


def test_an_extension_that_waited_past_the_expiry_does_not_revive_a_place_sold_meanwhile(postgresql: Database) -> None:
    desk, basket_id = a_place_sold_meanwhile(postgresql)
    with pytest.raises(ExtensionRefused):
        extend_basket(desk, basket_id, "File d’attente", new_operation())
    books_hold(postgresql, desk.now())


ORDER = ("dossier", "absence_proof", "till_session", "basket", "avoir", "slot", "number_series", "journal_head")
LOCKS = (
    re.compile(r"FROM (\w+).*FOR UPDATE(?: OF (\w+))?", re.DOTALL),
    re.compile(r"INSERT INTO (number_series)\b"),
    re.compile(r"UPDATE (basket)\b"),
)


@contextmanager
def locks_taken(database: Database) -> Iterator[list[str]]:
    """Gather, in order, the rows a gesture locks for the first time: their table, and for a series its name.

    A basket that the gesture itself made is nobody else's yet: it is not waited for.
    """
    taken: list[str] = []
    made: set[str] = set()

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("INSERT INTO basket "):
            made.add("basket")
        for pattern in LOCKS:
            if found := pattern.search(statement):
                table = next(name for name in reversed(found.groups()) if name)
                if table == "number_series":
                    rows = parameters if isinstance(parameters, list) else [parameters]
                    names = {str(value) for row in rows for value in dict(row).values()} & {"quittance", "avoir"}
                    found_locks = [f"number_series.{name}" for name in sorted(names)]
                else:
                    found_locks = [table]
                taken.extend(lock for lock in found_locks if lock not in taken and lock not in made)
                return

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield taken
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def in_order(taken: list[str]) -> bool:
    known = [lock for lock in taken if lock.partition(".")[0] in ORDER]
    return known == sorted(known, key=lambda lock: (ORDER.index(lock.partition(".")[0]), lock))


def swap_settled_at_once(desk: Desk, family: Family) -> Callable[[], object]:
    """Give an avoir and use it in the same gesture: both series and the head."""
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    swap = remove(family.child_id, EVENING, THURSDAY) + add(family.child_id, EVENING, FRIDAY)
    return lambda: finish(desk, family.dossier_id, swap)


def additions_and_removals(desk: Desk, family: Family) -> Callable[[], object]:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    hold(desk, family.dossier_id, add(family.child_id, MORNING, FRIDAY))
    both = remove(family.child_id, EVENING, THURSDAY) + add(family.child_id, MEAL, THURSDAY, FRIDAY)
    return lambda: finish(desk, family.dossier_id, both)


def payment_in_cash(desk: Desk, family: Family) -> Callable[[], object]:
    open_session(desk, 0, new_operation())
    basket = hold(desk, family.dossier_id, add(family.child_id, MEAL, FRIDAY))
    return lambda: cash_basket(desk, basket.basket_id, [cash(basket.due_cents)], new_operation())


def extension(desk: Desk, family: Family) -> Callable[[], object]:
    basket = hold(desk, family.dossier_id, add(family.child_id, MEAL, FRIDAY))
    return lambda: extend_basket(desk, basket.basket_id, "File d’attente", new_operation())


def accepted_proof(desk: Desk, family: Family) -> Callable[[], object]:
    book_and_pay(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    desk.clock.advance(days=8)  # type: ignore[attr-defined]
    finish(desk, family.dossier_id, remove(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    [proof] = waiting_proofs(desk)
    reason = proof_reasons(desk, True)[0]
    return lambda: judge_proof_received(desk, proof.proof_id, NEXT_WEDNESDAY, True, reason, new_operation())


@pytest.mark.parametrize(
    ("arrange", "expected"),
    [
        (swap_settled_at_once, {"dossier", "avoir", "slot", "number_series.avoir", "number_series.quittance"}),
        (additions_and_removals, {"dossier", "basket", "slot", "number_series.avoir", "journal_head"}),
        (payment_in_cash, {"till_session", "basket", "avoir", "slot", "number_series.quittance", "journal_head"}),
        (extension, {"basket", "slot"}),
        (accepted_proof, {"dossier", "absence_proof", "avoir", "number_series.avoir", "journal_head"}),
    ],
)
def test_every_gesture_takes_its_locks_in_the_one_order_of_the_design(
    postgresql: Database, arrange: Callable[[Desk, Family], Callable[[], object]], expected: set[str]
) -> None:
    desk = a_desk(postgresql)
    gesture = arrange(desk, a_family(desk, renew_alsh_years=(2026,)))
    with locks_taken(postgresql) as taken:
        gesture()
    assert expected <= set(taken)
    assert in_order(taken), taken
