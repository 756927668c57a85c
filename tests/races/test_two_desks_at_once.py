"""Two desks at the same gesture, on PostgreSQL: the second begins while the first writes, waits for its lock, then is told in our words.

Each test stops the first desk at a statement chosen so that, without the lock, the second would overtake it or meet a constraint instead
of a sentence. Nothing is timed: the second is known to wait because the server says so.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, event, select, text

from models import tables as t
from models.engine import Database, lock_rows
from tests.factories import a_desk, a_family
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    MORNING,
    NEXT_WEDNESDAY,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    book_and_pay,
    card,
    clock_of,
    finish,
    hold,
    remove,
)
from tui_portail.errors import PortailError
from tui_portail.services.baskets import BasketExpired
from tui_portail.services.cancellations import judge_proof_received, proof_reasons, waiting_proofs
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.till import open_session

pytestmark = [pytest.mark.race, pytest.mark.postgresql]
T = TypeVar("T")
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def waits_or_is_done(database: Database, other: Future[Any]) -> None:
    """Return once the other desk waits for a lock, or has finished without waiting for any."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
        while not other.done():
            if watching.scalar(text(WAITING)):
                return


@contextmanager
def meanwhile(database: Database, statement: str, gesture: Callable[[], T]) -> Iterator[Future[T]]:
    """Start `gesture` at another desk when this one is about to send a statement; give what becomes of it."""
    answer: Future[T] = Future()
    with ThreadPoolExecutor(1) as desk:
        started: list[Future[T]] = []

        def begin(_c: Connection, _cursor: object, sent: str, *_: object) -> None:
            if started or statement not in sent:
                return
            started.append(desk.submit(gesture))
            waits_or_is_done(database, started[0])

        event.listen(database.engine, "before_cursor_execute", begin)
        try:
            yield answer
        finally:
            event.remove(database.engine, "before_cursor_execute", begin)
        assert started, f"the first desk never sent {statement!r}"
        if error := started[0].exception(60):
            answer.set_exception(error)
        else:
            answer.set_result(started[0].result())


def told(answer: Future[Any]) -> str:
    """The code of what the second desk was told; a bug is raised."""
    error = answer.exception(0)
    if not isinstance(error, PortailError):
        raise error or AssertionError(f"the second desk was not refused: {answer.result()}")
    return error.code


def test_the_same_operation_sent_twice_at_once_is_done_once_and_answers_both(postgresql: Database) -> None:
    desk = a_desk(postgresql)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    operation = new_operation()

    def cash() -> object:
        return cash_basket(desk, basket.basket_id, [card(1_95)], operation)

    with meanwhile(postgresql, "UPDATE basket", cash) as second:
        first = cash()
    assert second.result() == first
    books_hold(postgresql, desk.now())


def test_two_desks_that_open_the_till_at_once_open_it_once(postgresql: Database) -> None:
    desk, other = a_desk(postgresql), a_desk(postgresql)
    with meanwhile(postgresql, "INSERT INTO till_session", lambda: open_session(other, 0, new_operation())) as second:
        open_session(desk, 50_00, new_operation())
    assert told(second) == "CAISSE_DEJA_OUVERTE"


def test_two_desks_that_judge_one_justificatif_at_once_give_one_avoir(postgresql: Database) -> None:
    desk = a_desk(postgresql)
    family = a_family(desk, renew_alsh_years=(2026,))
    book_and_pay(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    clock_of(desk).advance(days=8)
    finish(desk, family.dossier_id, remove(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    [proof] = waiting_proofs(desk)
    reason = proof_reasons(desk, True)[0]

    def judge() -> object:
        return judge_proof_received(desk, proof.proof_id, NEXT_WEDNESDAY, True, reason, new_operation())

    with meanwhile(postgresql, "UPDATE absence_proof", judge) as second:
        judge()
    assert told(second) == "JUSTIFICATIF_DEJA_TRAITE"
    books_hold(postgresql, desk.now())


def test_two_desks_that_book_for_one_family_at_once_share_one_basket(postgresql: Database) -> None:
    desk, other = a_desk(postgresql), a_desk(postgresql)
    family = a_family(desk)

    def book(at: Desk, activity: str, day: date) -> int:
        return hold(at, family.dossier_id, add(family.child_id, activity, day)).basket_id

    with meanwhile(postgresql, "INSERT INTO basket", lambda: book(other, MORNING, FRIDAY)) as second:
        first = book(desk, EVENING, THURSDAY)
    assert second.result() == first
    books_hold(postgresql, desk.now())


def test_a_payment_that_waits_for_its_places_is_judged_by_the_clock_once_it_has_them(postgresql: Database) -> None:
    desk = a_desk(postgresql)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    desk.clock = clock = FixedClock(postgresql, basket.expires_at - timedelta(seconds=1))
    with ThreadPoolExecutor(1) as other:
        with postgresql.write() as connection:  # another desk counts these places
            lock_rows(connection, t.slot, list(connection.scalars(select(t.slot.c.id))))
            cashing = other.submit(cash_basket, desk, basket.basket_id, [card(1_95)], new_operation())
            waits_or_is_done(postgresql, cashing)
            clock.instant = basket.expires_at
        with pytest.raises(BasketExpired):
            cashing.result(60)
    books_hold(postgresql, desk.now())
