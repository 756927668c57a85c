"""What moves, moves only forward: bookings, baskets, till sessions, numbers and the journal's head."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from models import tables as t
from models.engine import Database
from models.states import BookingState
from tests.models.regie_world import DEBT_BASKET, journal, open_debt, pay_other, reverse, reverse_other
from tests.models.world import (
    DAY,
    HASH_1,
    HASH_2,
    HASH_3,
    NOW,
    OTHER_PAYMENT,
    add,
    booking,
    build,
    entry,
    pay,
    refused,
    win,
)

OTHER_DAY = DAY + timedelta(days=1)
ALLOWED = {
    ("held", "confirmed"),
    ("held", "released"),
    ("confirmed", "cancelled"),
    ("confirmed", "cancelled_late"),
    ("confirmed", "due"),
    ("due", "confirmed"),
    ("due", "cancelled"),
    ("cancelled_late", "due_late"),
    ("due_late", "cancelled_late"),
    ("due_late", "cancelled"),
    ("unkept", "cancelled"),
}
OWED_AGAIN = {("confirmed", "due"), ("cancelled_late", "due_late")}


@pytest.fixture
def world(database: Database) -> Database:
    build(database)
    return database


def _changed(table: Any, row_id: int, **values: object) -> Any:
    return update(table).where(table.c.id == row_id).values(**values)


def test_a_booking_moves_only_as_its_states_say(world: Database) -> None:
    for before, after in product(BookingState, BookingState):

        def move(connection: Connection, before: str = before, after: str = after) -> None:
            # the live bookings of child 3 give way, so that any state may be inserted
            connection.execute(_changed(t.booking, 3, state="released"))
            if (before, after) in OWED_AGAIN:
                _pay_and_reverse(connection, before, after)
                connection.execute(_changed(t.booking, 100, state=after, basket_id=DEBT_BASKET))
                return
            add(connection, t.booking, **booking(100, basket_id=2, state=before, child_id=3))
            if after == "confirmed" or (before, after) == ("due_late", "cancelled_late"):
                _pay_free(connection, ((100, 0),) if before in ("held", "due", "due_late", "unkept") else ())
            connection.execute(_changed(t.booking, 100, state=after))

        if before == after or (before, after) in ALLOWED:
            with world.engine.connect() as connection:
                move(connection)
                connection.rollback()
        else:
            # what is owed without a reversal is refused by another guard too
            refused(world, "booking_" if after in ("due", "due_late") else "booking_state_forward", move)


def _pay_free(connection: Connection, lines: tuple[tuple[int, int], ...]) -> None:
    win(connection, 2)
    seq = connection.scalar(select(t.journal_head.c.last_seq)) or 0
    pay(connection, OTHER_PAYMENT, tenders=(), lines=lines, allocations=(), total=0, basket_id=2, seq=seq + 1)
    journal(connection, "paiement")


def _pay_and_reverse(connection: Connection, before: str, after: str) -> None:
    """Bring booking 100 to the state `before`, paid, then reverse its payment with the outcome `after`."""
    add(connection, t.booking, **booking(100, basket_id=2, state="held", child_id=3))
    _pay_free(connection, ((100, 0),))
    connection.execute(_changed(t.booking, 100, state="confirmed"))
    if before != "confirmed":
        connection.execute(_changed(t.booking, 100, state=before, ended_at=NOW))
    open_debt(connection)
    nothing = {"lost_cents": 0, "given_back_cents": 0, "owed_cents": 0}
    reverse(connection, tenders=(), lines=((100, after),), **nothing)


def test_the_terms_of_a_booking_never_change(world: Database) -> None:
    for column, value in {
        "child_id": 2,
        "payer_id": 2,
        "tariff": "autre",
        "booked_at": NOW + timedelta(hours=1),
        "id": 99,
        "derogation": "Urgence",
        "payer_reason": "Accord",
    }.items():
        refused(world, "booking_terms_fixed", lambda c, v={column: value}: c.execute(_changed(t.booking, 3, **v)))
    for prices in ({"price_cents": 600, "care_cents": 600}, {"care_cents": 400, "meal_cents": 100}):
        refused(world, "booking_terms_fixed", lambda c, v=prices: c.execute(_changed(t.booking, 3, **v)))
    with world.write() as connection:
        connection.execute(
            insert(t.slot).values(
                site_code="MELODIE", activity_code="ALP_SOIR", day=OTHER_DAY, id=2, capacity=1, withheld=0
            )
        )
    refused(world, "booking_terms_fixed", lambda c: c.execute(_changed(t.booking, 3, slot_id=2, day=OTHER_DAY)))


def test_a_booking_keeps_its_basket_and_ends_once(world: Database) -> None:
    for number in (1, 3):
        refused(world, "booking_basket_fixed", lambda c, n=number: c.execute(_changed(t.booking, n, basket_id=3)))
        refused(world, "booking_end_fixed", lambda c, n=number: c.execute(_changed(t.booking, n, ended_at=NOW)))
        refused(world, "booking_end_fixed", lambda c, n=number: c.execute(_changed(t.booking, n, proof_id=1)))
    with world.write() as connection:
        connection.execute(_changed(t.booking, 1, state="cancelled_late", ended_at=NOW, proof_id=1))
    refused(world, "booking_owed_reversed", lambda c: c.execute(_changed(t.booking, 2, state="due", basket_id=3)))


def test_a_day_cancelled_too_late_stays_ended_while_it_is_owed(world: Database) -> None:
    def owed_late(connection: Connection, **changed: object) -> None:
        pay_other(connection)
        connection.execute(_changed(t.booking, 3, state="cancelled_late", ended_at=NOW, proof_id=1))
        open_debt(connection)
        reverse(connection, lines=((3, "due_late"),))
        connection.execute(_changed(t.booking, 3, state="due_late", basket_id=DEBT_BASKET, **changed))

    for changed in ({"ended_at": None}, {"ended_at": NOW + timedelta(hours=1)}, {"proof_id": None}):
        refused(world, "booking_end_fixed", lambda c, v=changed: owed_late(c, **v))
    with world.write() as connection:
        owed_late(connection)
    refused(world, "booking_basket_fixed", lambda c: c.execute(_changed(t.booking, 3, basket_id=2)))


def test_a_booking_is_confirmed_by_the_payment_of_its_basket_alone(world: Database) -> None:
    refused(world, "booking_confirmed_paid", lambda c: c.execute(_changed(t.booking, 3, state="confirmed")))
    refused(world, "booking_confirmed_paid", lambda c: c.execute(_changed(t.booking, 4, state="confirmed")))
    with world.write() as connection:
        pay_other(connection)
        reverse_other(connection)
    refused(world, "booking_confirmed_paid", lambda c: c.execute(_changed(t.booking, 3, state="confirmed")))


def test_a_basket_marked_paid_without_payment_is_refused_at_commit_by_postgresql(world: Database) -> None:
    if world.dialect == "sqlite":  # has no deferred trigger: the verifier sees it
        return
    refused(world, "basket_paid_has_payment", lambda c: win(c, 2))


def test_a_justificatif_is_decided_once_and_keeps_its_absence(world: Database) -> None:
    refused(world, "absence_proof_terms_fixed", lambda c: c.execute(_changed(t.absence_proof, 1, last_on=OTHER_DAY)))
    refused(world, "absence_proof_terms_fixed", lambda c: c.execute(_changed(t.absence_proof, 1, child_id=2)))
    decision = {"state": "refuse", "received_on": DAY, "reason": "Motif", "decided_at": NOW, "decided_by": 1}
    with world.write() as connection:
        connection.execute(_changed(t.absence_proof, 1, **decision))
    for values in ({"state": "accepte"}, {"state": "attendu"}, {"reason": "Autre"}, {"received_on": OTHER_DAY}):
        refused(world, "absence_proof_decided_once", lambda c, v=values: c.execute(_changed(t.absence_proof, 1, **v)))


def test_what_kind_of_database_it_is_never_changes(world: Database) -> None:
    identity = t.database_identity
    refused(world, "database_identity_fixed", lambda c: c.execute(update(identity).values(kind="reelle")))
    with world.write() as connection:
        connection.execute(update(identity).values(clock_at=NOW))


def test_a_paid_or_closed_basket_never_changes_but_for_a_merged_dossier(world: Database) -> None:
    with world.write() as connection:
        connection.execute(_changed(t.basket, 3, state="clos", closed_at=NOW))
        add(connection, t.dossier, id=2, number="2", label="D", created_at=NOW, version=1)
    for number in (1, 3):
        for values in (
            {"state": "ouvert"},
            {"extensions": 1},
            {"expires_at": NOW + timedelta(hours=1)},
            {"closed_at": None},
            {"closed_at": NOW + timedelta(hours=1)},
        ):
            refused(world, "basket_final", lambda c, n=number, v=values: c.execute(_changed(t.basket, n, **v)))
        with world.write() as connection:
            connection.execute(_changed(t.basket, number, dossier_id=2))


def test_an_open_basket_may_be_extended_and_never_change_hands(world: Database) -> None:
    with world.write() as connection:
        connection.execute(_changed(t.basket, 2, extensions=1, expires_at=NOW + timedelta(minutes=15)))
    refused(world, "basket_terms_fixed", lambda c: c.execute(_changed(t.basket, 2, payer_id=2)))
    refused(
        world,
        "basket_terms_fixed",
        lambda c: c.execute(_changed(t.basket, 2, kind="regularisation", expires_at=None)),
    )


def test_a_series_of_numbers_starts_at_one_and_grows_by_one(world: Database) -> None:
    series = t.number_series
    for number in (0, 1, 3):
        refused(world, "number_series_next", lambda c, n=number: c.execute(update(series).values(last_number=n)))
    refused(world, "number_series_next", lambda c: c.execute(update(series).values(last_number=2, year=2027)))
    with world.write() as connection:
        connection.execute(update(series).values(last_number=series.c.last_number + 1))
    late = {"regie_id": 1, "year": 2027, "kind": "quittance"}
    refused(world, "number_series_starts", lambda c: c.execute(insert(series).values(**late, last_number=7)))
    with world.write() as connection:
        connection.execute(insert(series).values(**late, last_number=0))


def test_the_head_of_the_journal_is_moved_by_the_entry_alone(world: Database) -> None:
    head = t.journal_head
    with world.write() as connection:
        assert connection.execute(head.select()).one() == (1, 2, HASH_2)
        entry(connection, seq=3, previous=HASH_2, hash=HASH_3, amounts=(700, -700))
        assert connection.execute(head.select()).one() == (1, 3, HASH_3)
    for values in ({"last_seq": 2, "head_hash": HASH_2}, {"last_seq": 4}, {"head_hash": HASH_1}, {"last_seq": 3}):
        refused(world, "journal_head_next", lambda c, v=values: c.execute(update(head).values(**v)))
    with world.write() as connection:
        add(connection, t.regie, id=2, code="S", name="Autre régie")
    refused(world, "journal_head_starts", lambda c: add(c, head, regie_id=2, last_seq=5, head_hash=HASH_1))
