"""Tills: sessions that follow each other, counted before they close, never joined afterwards; differences and movements of their entry."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from models import tables as t
from models.engine import Database
from tests.models.regie_world import (
    cheque_seen,
    close_till,
    count,
    count_cash,
    difference,
    journal,
    movement,
    open_debt,
    pay_other,
    pieces,
    reverse,
    seal,
    seq_of,
    session,
    shut,
)
from tests.models.world import HASH_1, NOW, OTHER_PAYMENT, PAYMENT, add, build, posting, refused


@pytest.fixture
def world(database: Database) -> Database:
    build(database)
    return database


def written(world: Database, write: Any) -> None:
    """Assert that a write is accepted, and leave the world as it was."""
    with world.engine.connect() as connection:
        write(connection)
        connection.rollback()


def test_a_session_closes_once_it_is_counted_and_never_changes_again(world: Database) -> None:
    refused(world, "till_session_", lambda c: shut(c, float_cents=1))  # its float is fixed, and it is not counted
    refused(world, "till_session_terms_fixed", lambda c: c.execute(update(t.till_session).values(float_cents=1)))
    refused(world, "till_session_counted", shut)
    with world.write() as connection:
        close_till(connection)
    for values in ({"state": "ouverte"}, {"closed_at": NOW + timedelta(hours=1)}, {"closed_by": None}):
        refused(world, "till_session_c", lambda c, v=values: shut(c, **v))  # closed, or counted otherwise
    refused(world, "till_session_closed", lambda c: c.execute(update(t.till_session).values(state="close")))


def test_a_session_is_closed_when_and_by_whom_its_closing_says(world: Database) -> None:
    def closing(connection: Connection, **changed: Any) -> None:
        count_cash(connection)
        seal(connection)
        shut(connection, **changed)

    for changed in ({"closed_at": NOW + timedelta(seconds=1)}, {"closed_at": None}, {"closed_by": None}):
        refused(world, "till_session_counted", lambda c, v=changed: closing(c, **v))


def test_an_open_session_has_no_end(world: Database) -> None:
    for changed in ({"closed_at": NOW}, {"closed_by": 1}):
        values = {"state": "ouverte", "closed_at": None, "closed_by": None} | changed
        refused(world, "till_session_counted", lambda c, v=values: shut(c, **v))


def test_a_session_continues_the_one_just_closed_without_fork(world: Database) -> None:
    def opening(*terms: Any, **changed: Any) -> Any:
        return lambda c: add(c, t.till_session, **session(*terms, **changed))

    refused(world, "till_session_continues", opening(2, 1))  # still open
    refused(world, "till_session_", opening(2, None))  # a second beginning
    with world.write() as connection:
        close_till(connection)
        add(connection, t.till, id=2, regie_id=1, name="Annexe")
    refused(world, "till_session_continues", opening(2, 1, till_id=2))
    refused(world, "till_session_continues", opening(2, 1, state="close", closed_at=NOW, closed_by=1))
    refused(world, "till_session_continues", opening(2, 1, closed_at=NOW))
    refused(world, "till_session_continues", opening(2, None))
    with world.write() as connection:
        opening(2, 1)(connection)
    refused(world, "till_", opening(3, 1))  # forks, and is open twice


def test_nothing_joins_a_session_that_is_counted_or_closed(world: Database) -> None:
    def pay(connection: Connection) -> None:
        pay_other(connection)

    def post(connection: Connection) -> None:
        add(connection, t.posting, **posting(9, 0, 5) | {"till_session_id": 1})

    def undo(connection: Connection) -> None:
        open_debt(connection)
        reverse(connection, till_session_id=1)

    with world.write() as connection:
        pay_other(connection, till_session_id=None, means="cheque")
        count_cash(connection)
        seal(connection)
    joins = {
        "posting": post,
        "cash_movement": movement,
        "till_difference": lambda c: difference(c, counted_at="ouverture"),
        "reversal": undo,
    }
    for table, join in joins.items():
        refused(world, f"{table}_session_open", join)
    with world.write() as connection:
        shut(connection)
    for table, join in joins.items():
        refused(world, f"{table}_session_open", join)


def test_a_payment_joins_no_closed_session_and_cash_joins_one(world: Database) -> None:
    refused(world, "payment_cash_in_session", lambda c: pay_other(c, till_session_id=None))
    written(world, lambda c: pay_other(c, "carte", till_session_id=None))
    with world.write() as connection:
        close_till(connection)
    refused(world, "payment_session_open", pay_other)


def test_what_was_counted_is_sealed_by_the_closing(world: Database) -> None:
    with world.write() as connection:
        count_cash(connection)
        seal(connection)
    refused(world, "till_count_sealed", lambda c: count(c, "cesu", 0, 0))
    refused(world, "cash_count_sealed", lambda c: pieces(c, 1, 1))
    refused(world, "cheque_count_sealed", lambda c: cheque_seen(c, PAYMENT, 1, found=True))


def test_a_closing_counts_its_cash_piece_by_piece(world: Database) -> None:
    def counting(counted: int, *found: tuple[int, int]) -> Any:
        def write(connection: Connection) -> None:
            if counted >= 0:
                count(connection, "especes", counted, counted)
            for value, how_many in found:
                pieces(connection, value, how_many)
            seal(connection)

        return write

    for wrong in (counting(-1), counting(-1, (5000, 1)), counting(5001, (5000, 1)), counting(5000)):
        refused(world, "till_closing_cash_sum", wrong)
    written(world, counting(5000, (2000, 2), (500, 2)))
    written(world, counting(0))


def test_a_closing_holds_the_cheques_found_one_by_one(world: Database) -> None:
    with world.write() as connection:
        pay_other(connection, "cheque")

    def closing(*, found: bool | None, counted: int, payment_id: str = OTHER_PAYMENT) -> Any:
        def write(connection: Connection) -> None:
            count_cash(connection)
            count(connection, "cheque", counted, counted)
            if found is not None:
                cheque_seen(connection, payment_id, 1, found=found)
            seal(connection)

        return write

    refused(world, "till_closing_cheques_sum", closing(found=True, counted=249))
    refused(world, "till_closing_cheques_sum", closing(found=False, counted=250))
    refused(world, "till_closing_cheques_sum", closing(found=None, counted=250))
    refused(world, "till_closing_cheques_sum", closing(found=False, counted=0, payment_id=PAYMENT))  # cash
    for right in (closing(found=True, counted=250), closing(found=False, counted=0), closing(found=None, counted=0)):
        written(world, right)


def test_a_closing_enters_each_difference_it_counts_and_no_other(world: Database) -> None:
    def closing(counted: int, *differences: dict[str, Any]) -> Any:
        def write(connection: Connection) -> None:
            for changed in differences:
                difference(connection, **changed)
            count(connection, "especes", 6000, counted)
            pieces(connection, counted, 1)
            seal(connection)

        return write

    entered = "till_closing_differences_entered"
    refused(world, entered, closing(5990))
    refused(world, entered, closing(5990, {"counted_cents": 5980}))
    refused(world, entered, closing(5990, {"expected_cents": 5980, "counted_cents": 5970}))
    refused(world, entered, closing(5990, {"counted_at": "ouverture"}))
    refused(world, entered, closing(5990, {"means": "cesu"}))
    refused(world, entered, closing(6000, {}))
    refused(world, entered, closing(5990, {}, {"means": "cesu", "expected_cents": 0, "counted_cents": 5}))
    written(world, closing(5990, {}))
    written(world, closing(6000, {"counted_at": "ouverture"}))


def test_what_comes_back_to_a_till_had_been_taken_out_of_it(world: Database) -> None:
    def moving(kind: str, cents: int) -> Any:
        def write(connection: Connection) -> None:
            seq = connection.execute(select(t.journal_head.c.last_seq)).scalar_one() + 1
            cash = cents if kind == "retour" else -cents
            add(connection, t.posting, **posting(seq, 9, -cash) | {"account": "especes_a_verser"})
            row = {"regie_id": 1, "till_session_id": 1, "kind": kind, "amount_cents": cents, "reason": "Trésor fermé"}
            row |= {"moved_at": NOW, "agent_id": 1}
            add(connection, t.cash_movement, **seq_of(journal(connection, "mouvement", cash)) | row)

        return write

    refused(world, "cash_movement_was_taken_out", moving("retour", 500))
    with world.write() as connection:
        moving("versement", 500)(connection)
    refused(world, "cash_movement_was_taken_out", moving("retour", 501))
    written(world, moving("retour", 500))


@pytest.mark.parametrize(
    ("table", "write"), [("till_closing", seal), ("cash_movement", movement), ("till_difference", difference)]
)
def test_what_happens_in_a_till_is_of_the_entry_just_written(world: Database, table: str, write: Any) -> None:
    with world.write() as connection:
        count_cash(connection)
        count(connection, "cesu", 1, 1)
    if table == "till_difference":
        write = _difference_alone

    refused(world, f"{table}_entry_last", lambda c: write(c, entry_seq=1))
    refused(world, f"{table}_entry_last", lambda c: write(c, **seq_of(journal(c, "paiement", 1, -1))))
    if table == "till_closing":
        refused(world, "till_closing_entry_last", lambda c: write(c, head_hash=HASH_1))
    written(world, write)


def _difference_alone(connection: Connection, **changed: Any) -> None:
    difference(connection, **{"counted_at": "ouverture"} | changed)


def test_a_movement_and_a_difference_have_an_amount_and_a_reason(world: Database) -> None:
    for changed in ({"amount_cents": 0}, {"amount_cents": -500}, {"reason": ""}, {"kind": "cadeau"}):
        refused(world, "ck_cash_movement_", lambda c, v=changed: movement(c, **v))
    for changed in ({"counted_cents": 6000}, {"reason": ""}, {"counted_at": "midi"}, {"means": "troc"}):
        refused(world, "ck_till_difference_", lambda c, v=changed: difference(c, **v))
    refused(world, "ck_till_count_counted_positive", lambda c: count(c, "especes", 0, -1))
    refused(world, "ck_cash_count_pieces_positive", lambda c: pieces(c, 500, 0))
    refused(world, "ck_cash_count_denomination_positive", lambda c: pieces(c, -500, 1))
