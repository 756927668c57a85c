"""Slips: a payment in one slip only, deposited to the cent, never changed; periods closed follow each other without gap nor fork."""

import sqlite3
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, update

from models import tables as t
from models.engine import Database
from tests.models.regie_world import (
    cheque_back,
    close_period,
    deposit,
    draft,
    journal,
    pay_other,
    reverse_keeping_a_cheque,
    reverse_other,
    seq_of,
    slip_cash,
    slip_line,
    validate,
)
from tests.models.world import HASH_1, NOW, OTHER_PAYMENT, PAYMENT, build, refused


@pytest.fixture
def world(database: Database) -> Database:
    build(database)
    return database


def written(world: Database, write: Any) -> None:
    with world.engine.connect() as connection:
        write(connection)
        connection.rollback()


def test_a_slip_is_a_draft_without_number_then_validated_for_ever(world: Database) -> None:
    terms = ({"number": 1}, {"year": 2026}, {"validated_at": NOW}, {"validated_by": 1}, {"entry_seq": 1})
    for changed in (*terms, {"state": "valide"}):
        refused(world, "deposit_slip_", lambda c, v=changed: draft(c, **v))
    with world.write() as connection:
        draft(connection)
    for changed in terms:
        refused(world, "deposit_slip_", lambda c, v=changed: c.execute(update(t.deposit_slip).values(**v)))
    with world.write() as connection:
        slip_line(connection)
        slip_cash(connection)
        validate(connection)
    for values in ({"agent_name": "B"}, {"fictitious": False}):
        refused(world, "deposit_slip_validated", lambda c, v=values: c.execute(update(t.deposit_slip).values(**v)))
    for values in ({"state": "brouillon"}, {"head_hash": HASH_1}):  # other guards see these too
        refused(world, "deposit_slip_", lambda c, v=values: c.execute(update(t.deposit_slip).values(**v)))


def test_a_till_has_one_draft_and_a_draft_changes_neither_till_nor_author(world: Database) -> None:
    with world.write() as connection:
        draft(connection)
    refused(world, "deposit_slip", lambda c: draft(c, 2))
    for values in ({"id": 9}, {"created_by": 2}, {"till_id": 2}):
        refused(world, "deposit_slip_terms_fixed", lambda c, v=values: c.execute(update(t.deposit_slip).values(**v)))


def test_a_payment_stands_in_one_slip_only(world: Database) -> None:
    with world.write() as connection:
        deposit(connection)
        draft(connection, 2)
    refused(world, "deposit_slip_line", lambda c: slip_line(c, slip_id=2))


def test_nothing_joins_nor_leaves_a_validated_slip(world: Database) -> None:
    with world.write() as connection:
        pay_other(connection)
        deposit(connection)
    refused(world, "deposit_slip_line_slip_sealed", lambda c: slip_line(c, OTHER_PAYMENT))
    refused(world, "deposit_slip_cash_slip_sealed", lambda c: slip_cash(c, 1))
    refused(world, "deposit_slip_line_not_deleted", lambda c: c.execute(delete(t.deposit_slip_line)))
    refused(world, "deposit_slip_cash_not_deleted", lambda c: c.execute(delete(t.deposit_slip_cash)))


def test_what_leaves_a_draft_is_gone_and_may_come_back(world: Database) -> None:
    with world.write() as connection:
        draft(connection)
        slip_line(connection)
    with world.write() as connection:
        connection.execute(delete(t.deposit_slip_line))
    with world.read() as connection:
        assert connection.execute(select(t.deposit_slip_line)).all() == []
    with world.write() as connection:
        slip_line(connection)


def test_a_slip_deposits_the_cash_of_its_payments_to_the_cent(world: Database) -> None:
    def validating(*pieces: tuple[int, int], before: Any = None) -> Any:
        def write(connection: Connection) -> None:
            pay_other(connection)
            if before is not None:
                before(connection)
            draft(connection)
            slip_line(connection)
            slip_line(connection, OTHER_PAYMENT)
            for value, how_many in pieces:
                slip_cash(connection, value, how_many)
            validate(connection)

        return write

    for wrong in ((), ((1000, 1),), ((1000, 1), (50, 4)), ((1250, 2),)):
        refused(world, "deposit_slip_cash_sum", validating(*wrong))
    written(world, validating((1000, 1), (50, 5)))
    refused(world, "deposit_slip_cash_sum", validating((1000, 1), (50, 5), before=reverse_other))
    written(world, validating((1000, 1), before=reverse_other))  # lost before: not deposited


def test_what_was_deposited_then_reversed_is_taken_off_the_next_slip_once(world: Database) -> None:
    def negative(connection: Connection) -> None:
        slip_line(connection, OTHER_PAYMENT, "contrepassation", slip_id=2)

    with world.write() as connection:
        pay_other(connection)
        draft(connection)
        slip_line(connection, OTHER_PAYMENT)
        slip_cash(connection, 250)
        validate(connection)
        draft(connection, 2)
    refused(world, "deposit_slip_line_reversed", negative)  # still paid
    with world.write() as connection:
        reverse_other(connection)
        slip_line(connection, PAYMENT, slip_id=2)
    refused(world, "deposit_slip_line_reversed", lambda c: slip_line(c, PAYMENT, "contrepassation", slip_id=2))
    with world.write() as connection:
        negative(connection)
    refused(world, "deposit_slip_line", negative)
    refused(world, "deposit_slip_cash_sum", lambda c: (slip_cash(c, 1000, 1, 2), validate(c, 2, number=2)))
    with world.write() as connection:
        slip_cash(connection, 750, 1, 2)
        validate(connection, 2, number=2)


def test_what_was_reversed_before_its_slip_is_not_taken_off_another(world: Database) -> None:
    with world.write() as connection:
        pay_other(connection)
        reverse_other(connection)
        draft(connection)
        slip_line(connection, OTHER_PAYMENT)
        validate(connection)
        draft(connection, 2)
    refused(world, "deposit_slip_line_reversed", lambda c: slip_line(c, OTHER_PAYMENT, "contrepassation", slip_id=2))


def test_a_cheque_come_back_after_its_deposit_is_taken_off_a_slip_once(world: Database) -> None:
    def negative(connection: Connection, rank: int = 1) -> None:
        slip_line(connection, OTHER_PAYMENT, "impaye", slip_id=2, rank=rank)

    with world.write() as connection:
        pay_other(connection, "cheque")
        draft(connection)
        slip_line(connection, OTHER_PAYMENT)
        validate(connection)
        draft(connection, 2)
        reverse_keeping_a_cheque(connection)
    refused(world, "deposit_slip_line_reversed", negative)  # still kept
    with world.write() as connection:
        cheque_back(connection)
    refused(world, "deposit_slip_line_", lambda c: negative(c, 2))
    refused(world, "of_one_tender", lambda c: slip_line(c, PAYMENT, "paiement", slip_id=2, rank=1))
    with world.write() as connection:
        negative(connection)
    refused(world, "deposit_slip_line", negative)


def test_slips_are_numbered_without_gap_and_of_the_entry_just_written(world: Database) -> None:
    with world.write() as connection:
        draft(connection)
        slip_line(connection)
        slip_cash(connection)
    for number in (0, 2):
        refused(world, "deposit_slip_number_next", lambda c, n=number: validate(c, number=n))
    for entry in ({"entry_seq": 1, "head_hash": HASH_1}, {"head_hash": HASH_1}):
        refused(world, "deposit_slip_entry_last", lambda c, v=entry: validate(c, **v))
    refused(world, "deposit_slip_entry_last", lambda c: validate(c, **journal(c, "paiement", 1, -1)))
    refused(world, "ck_deposit_slip_validated_whole", lambda c: validate(c, validated_by=None))
    with world.write() as connection:
        validate(connection)
        draft(connection, 2)
    refused(world, "deposit_slip_number_next", lambda c: validate(c, 2, number=1))
    refused(world, "deposit_slip_number_next", lambda c: validate(c, 2, number=1, year=2026, **_last(c)))
    with world.write() as connection:
        validate(connection, 2, number=2)


def test_validating_a_slip_replaces_no_other_on_sqlite(world: Database) -> None:
    if world.dialect != "sqlite":
        return
    with world.write() as connection:
        deposit(connection)
        draft(connection, 2)
    with world.engine.connect() as connection:
        connection.connection.execute("PRAGMA recursive_triggers = OFF")
        try:
            for number in (1, 2):  # the number of the first, then its entry
                with pytest.raises(sqlite3.IntegrityError, match="deposit_slip_"):
                    connection.connection.execute(
                        "UPDATE OR REPLACE deposit_slip SET (state, year, number, entry_seq, head_hash, validated_at, validated_by) = "
                        f"(SELECT state, year, {number}, entry_seq, head_hash, validated_at, validated_by FROM deposit_slip WHERE id = 1) "
                        "WHERE id = 2"
                    )
        finally:
            connection.connection.execute("PRAGMA recursive_triggers = ON")


def _last(connection: Connection) -> dict[str, Any]:
    slip = connection.execute(select(t.deposit_slip).where(t.deposit_slip.c.id == 1)).one()
    return {"entry_seq": slip.entry_seq, "head_hash": slip.head_hash}


def test_a_period_continues_the_one_before_of_its_kind(world: Database) -> None:
    with world.write() as connection:
        close_period(connection, id=1)
        first = connection.execute(select(t.period_closing)).one()
    later: dict[str, Any] = {"starts_on": date(2026, 12, 2), "ends_on": date(2026, 12, 2), "previous_id": 1}
    later |= {"first_seq": first.last_seq + 1, "received_cents": 0, "perpetual_cents": 1000}
    for changed in (
        {"previous_id": None},
        {"previous_id": None, "first_seq": 1, "perpetual_cents": 0},
        {"first_seq": first.last_seq},  # an entry in two days
        {"first_seq": first.last_seq + 2},  # an entry in none
        {"perpetual_cents": 0},
        {"received_cents": 5},
        {"reversed_cents": 5},
        {"starts_on": date(2026, 12, 1)},
        {"kind": "mois"},
    ):
        guard = "period_closing_" if "starts_on" in changed else "period_closing_continues"  # the same day twice
        refused(world, guard, lambda c, v=changed: close_period(c, **{"kind": "jour"} | later | v))
    with world.write() as connection:
        close_period(connection, **later)
    refused(world, "period_closing", lambda c: close_period(c, **later))  # a fork


def test_the_first_period_begins_with_the_first_entry(world: Database) -> None:
    for changed in ({"first_seq": 2}, {"perpetual_cents": 999}, {"received_cents": 5}):
        refused(world, "period_closing_continues", lambda c, v=changed: close_period(c, **v))
    with world.write() as connection:
        close_period(connection)
        close_period(connection, "mois", ends_on=date(2026, 12, 31))


def test_a_period_is_whole_and_of_the_entry_just_written(world: Database) -> None:
    refused(world, "period_closing_entry_last", lambda c: close_period(c, **seq_of({"entry_seq": 2})))
    refused(world, "period_closing_entry_last", lambda c: close_period(c, head_hash=HASH_1))
    refused(world, "period_closing_entry_last", lambda c: close_period(c, **journal(c, "paiement", 1, -1)))
    for changed in ({"ends_on": date(2026, 11, 30)}, {"last_seq": 0}, {"last_seq": 99}, {"kind": "semaine"}):
        refused(world, "ck_period_closing_", lambda c, v=changed: close_period(c, **{"kind": "jour"} | v))
