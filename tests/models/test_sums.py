"""Sums exact to the cent, numbers without gap, and details sealed by the row that is written last."""

from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from models import tables as t
from models.engine import Database
from tests.models.world import (
    HASH_0,
    HASH_1,
    HASH_2,
    OTHER_PAYMENT,
    PAYMENT,
    add,
    allocation,
    avoir,
    avoir_line,
    avoir_use,
    build,
    entry,
    line,
    pay,
    posting,
    quittance,
    refused,
    tender,
)


@pytest.fixture
def world(database: Database) -> Database:
    build(database)
    return database


def paying(**parts: Any) -> Any:
    """Return the write of one line of 5,00 €, half by avoir 1 and half in cash, with some parts changed."""
    whole: dict[str, Any] = {
        "tenders": (250,),
        "uses": ((1, 3, 250),),
        "lines": ((3, 500),),
        "allocations": ((1, 3, 250),),
        "total": 500,
        "avoir": 250,
    }
    return lambda connection: pay(connection, OTHER_PAYMENT, **whole | parts)


def test_a_payment_whose_parts_agree_is_kept(world: Database) -> None:
    with world.write() as connection:
        paying()(connection)
    with world.read() as connection:
        assert len(connection.execute(t.payment.select()).all()) == 2


def test_a_free_day_is_paid_by_nothing(world: Database) -> None:
    with world.write() as connection:
        paying(tenders=(), uses=(), lines=((3, 0),), allocations=(), total=0, avoir=0)(connection)


@pytest.mark.parametrize(
    ("guard", "parts"),
    [
        ("_sum", {"tenders": (251,)}),  # several guards see these: which speaks first is the engine's choice
        ("_sum", {"tenders": (), "allocations": ()}),
        ("_sum", {"total": 501}),
        ("_sum", {"lines": ((3, 499),)}),
        ("payment_tenders_sum", {"avoir": 249}),
        ("payment_tenders_sum", {"avoir": 0}),
        ("payment_lines_sum", {"lines": ((3, 400),), "allocations": ((1, 3, 150), (1, 4, 100))}),
        ("payment_lines_sum", {"lines": ()}),
        ("payment_allocation_sum", {"allocations": ((1, 3, 249),)}),
        ("payment_allocation_sum", {"allocations": ((1, 4, 250),)}),
        ("payment_allocation_sum", {"uses": ((1, 4, 250),)}),
        ("payment_allocation_sum", {"tenders": (100, 150), "allocations": ((1, 3, 150), (2, 3, 100))}),
        ("payment_own_avoirs", {"payer_id": 2}),
    ],
)
def test_a_payment_whose_parts_disagree_is_refused(world: Database, guard: str, parts: dict[str, Any]) -> None:
    refused(world, guard, paying(**parts))


def test_details_without_their_payment_are_refused_at_commit(world: Database) -> None:
    with pytest.raises(IntegrityError), world.write() as connection:
        add(connection, t.tender, **tender(OTHER_PAYMENT, 1, 100))
    with world.write() as connection:
        paying()(connection)


def test_nothing_can_be_added_to_a_payment_already_written(world: Database) -> None:
    refused(world, "tender_payment_sealed", lambda c: add(c, t.tender, **tender(PAYMENT, 2, 1)))
    refused(world, "payment_line_payment_sealed", lambda c: add(c, t.payment_line, **line(PAYMENT, 3, 0)))
    refused(
        world, "tender_allocation_payment_sealed", lambda c: add(c, t.tender_allocation, **allocation(PAYMENT, 1, 3, 1))
    )
    refused(world, "avoir_use_payment_sealed", lambda c: add(c, t.avoir_use, **avoir_use(PAYMENT, 1, 3, 1)))


def test_an_avoir_is_never_used_beyond_its_amount(world: Database) -> None:
    def use(connection: Connection, *amounts: int) -> None:
        rows = [avoir_use(OTHER_PAYMENT, 1, booking, cents) for booking, cents in enumerate(amounts, start=1)]
        connection.execute(t.avoir_use.insert(), rows)

    refused(world, "avoir_use_within", lambda c: use(c, 1201))
    refused(world, "avoir_use_within", lambda c: use(c, 600, 601))
    with world.engine.connect() as connection:
        use(connection, 600, 600)
        connection.rollback()


def test_the_lines_of_an_avoir_never_exceed_its_care_nor_its_meal(world: Database) -> None:
    with world.write() as connection:
        add(connection, t.avoir, **avoir(number=2, amount=800, care=500), id=7)
        add(connection, t.avoir_line, **avoir_line(avoir_id=7, booking_id=2, care=300, meal=200))
    for care, meal in ((201, 0), (0, 101)):
        row = avoir_line(avoir_id=7, booking_id=3, care=care, meal=meal)
        refused(world, "avoir_line_within", lambda c, row=row: add(c, t.avoir_line, **row))
    with world.write() as connection:
        add(connection, t.avoir_line, **avoir_line(avoir_id=7, booking_id=3, care=200, meal=100))


def test_quittances_and_avoirs_are_numbered_without_gap_by_year(world: Database) -> None:
    with world.write() as connection:
        paying()(connection)
    for number in (0, 3):
        row = quittance(number=number, payment_id=OTHER_PAYMENT)
        refused(world, "quittance_number_next", lambda c, row=row: add(c, t.quittance, **row))
        refused(world, "avoir_number_next", lambda c, n=number: add(c, t.avoir, **avoir(number=n)))
    refused(
        world,
        "quittance_number_next",
        lambda c: add(c, t.quittance, **quittance(number=2, payment_id=OTHER_PAYMENT, year=2027)),
    )
    with pytest.raises(IntegrityError), world.write() as connection:
        add(connection, t.quittance, **quittance(number=1, payment_id=OTHER_PAYMENT))
    with world.write() as connection:
        add(connection, t.quittance, **quittance(number=2, payment_id=OTHER_PAYMENT))


@pytest.mark.parametrize("amounts", [(1000,), (1000, -999), (1, 1)])
def test_an_entry_that_does_not_balance_is_refused(world: Database, amounts: tuple[int, ...]) -> None:
    refused(world, "journal_entry_balanced", lambda c: entry(c, seq=2, previous=HASH_1, hash=HASH_2, amounts=amounts))


def test_an_entry_that_is_not_the_next_of_the_chain_is_refused(world: Database) -> None:
    for seq, previous in ((1, HASH_1), (3, HASH_1), (2, HASH_0)):
        # an entry already written also seals its postings: without any, only the chain speaks
        refused(
            world,
            "journal_entry_next",
            lambda c, s=seq, p=previous: entry(c, seq=s, previous=p, hash=HASH_2, amounts=()),
        )


def test_no_posting_can_be_added_to_an_entry_already_written(world: Database) -> None:
    refused(world, "posting_entry_sealed", lambda c: add(c, t.posting, **posting(1, 9, 1)))


def test_postings_without_their_entry_are_refused_at_commit(world: Database) -> None:
    with pytest.raises(IntegrityError), world.write() as connection:
        add(connection, t.posting, **posting(2, 0, 5))
