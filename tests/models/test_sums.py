"""Sums exact to the cent, numbers without gap, and details sealed by the row that is written last."""

from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from models import tables as t
from models.engine import Database
from tests.models.world import (
    HASH_1,
    HASH_2,
    HASH_3,
    NOW,
    OTHER_PAYMENT,
    PAYMENT,
    add,
    allocation,
    avoir,
    avoir_line,
    avoir_use,
    booking,
    build,
    entry,
    give,
    line,
    pay,
    posting,
    quittance,
    refused,
    tender,
    win,
)


@pytest.fixture
def world(database: Database) -> Database:
    build(database)
    return database


def paying(**parts: Any) -> Any:
    """Return the write of one line of 5,00 €, half by avoir 1 and half in cash, and of its entry, with some parts changed."""
    whole: dict[str, Any] = {
        "tenders": (250,),
        "uses": ((1, 3, 250),),
        "lines": ((3, 500),),
        "allocations": ((1, 3, 250),),
        "total": 500,
        "avoir": 250,
        "basket_id": 2,
        "seq": 3,
    }
    whole |= parts

    def write(connection: Connection) -> None:
        if whole["basket_id"] != 1:
            win(connection, whole["basket_id"])
        pay(connection, OTHER_PAYMENT, **whole)
        entry(connection, seq=3, previous=HASH_2, hash=HASH_3, amounts=(250, -250))

    return write


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
        ("payment_lines_", {"lines": ()}),
        ("payment_allocation_sum", {"allocations": ((1, 3, 249),)}),
        ("payment_allocation_sum", {"allocations": ((1, 4, 250),)}),
        ("payment_allocation_sum", {"uses": ((1, 4, 250),)}),
        ("payment_allocation_sum", {"tenders": (100, 150), "allocations": ((1, 3, 150), (2, 3, 100))}),
        (
            "payment_own_avoirs",
            {
                "payer_id": 2,
                "basket_id": 3,
                "lines": ((5, 500),),
                "uses": ((1, 5, 250),),
                "allocations": ((1, 5, 250),),
            },
        ),
        (
            "of_its_basket",  # and its lines see it too
            {"payer_id": 2, "uses": (), "tenders": (500,), "allocations": ((1, 3, 500),), "avoir": 0},
        ),
        ("of_its_basket", {"basket_id": 1}),  # paid already: several guards see it
        (
            "payment_lines_of_its_basket",
            {
                "basket_id": 3,
                "payer_id": 2,
                "uses": (),
                "tenders": (500,),
                "allocations": ((1, 3, 500),),
                "avoir": 0,
            },
        ),
        ("payment_", {"seq": 1}),
        ("payment_entry_next", {"seq": 4}),
        ("payment_change_from_cash", {"change": 1}),
    ],
)
def test_a_payment_whose_parts_disagree_is_refused(world: Database, guard: str, parts: dict[str, Any]) -> None:
    refused(world, guard, paying(**parts))


def test_change_is_given_from_cash_and_only_what_was_handed_over(world: Database) -> None:
    def handing(means: str, change: int) -> Any:
        def write(connection: Connection) -> None:
            win(connection, 2)
            add(connection, t.tender, **tender(OTHER_PAYMENT, 1, 500) | {"means": means, "received_cents": 700})
            pay(connection, OTHER_PAYMENT, tenders=(), **whole, change=change)
            entry(connection, seq=3, previous=HASH_2, hash=HASH_3, amounts=(500, -500))

        return write

    whole: dict[str, Any] = {"lines": ((3, 500),), "allocations": ((1, 3, 500),), "total": 500}
    whole |= {"basket_id": 2, "seq": 3}
    refused(world, "payment_change_from_cash", handing("cheque", 200))
    refused(world, "payment_change_from_cash", handing("especes", 199))
    with world.write() as connection:
        handing("especes", 200)(connection)


def test_a_basket_is_paid_whole_once_it_is_won_and_never_again(world: Database) -> None:
    whole: dict[str, Any] = {"tenders": (500,), "lines": ((3, 500),), "allocations": ((1, 3, 500),), "total": 500}
    refused(world, "payment_of_its_basket", lambda c: pay(c, OTHER_PAYMENT, **whole, basket_id=2, seq=3))
    with world.write() as connection:
        connection.execute(t.booking.update().where(t.booking.c.id == 2).values(state="cancelled", ended_at=NOW))
        add(connection, t.booking, **booking(6, basket_id=2, state="held", child_id=2))
    refused(world, "payment_lines_of_its_basket", paying())
    refused(world, "payment_", paying(basket_id=1, lines=((1, 500),), uses=((1, 1, 250),), allocations=((1, 1, 250),)))


def test_an_avoir_is_of_the_entry_just_written(world: Database) -> None:
    for seq, entry_hash in ((1, HASH_1), (2, HASH_1), (3, HASH_3)):
        row = avoir(number=2) | {"entry_seq": seq, "head_hash": entry_hash}
        refused(world, "avoir_", lambda c, row=row: add(c, t.avoir, **row))


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
        give(connection, number=2, amount=800, care=500)
        add(connection, t.avoir_line, **avoir_line(avoir_id=2, booking_id=2, care=300, meal=200))
    for care, meal in ((201, 0), (0, 101)):
        row = avoir_line(avoir_id=2, booking_id=3, care=care, meal=meal)
        refused(world, "avoir_line_within", lambda c, row=row: add(c, t.avoir_line, **row))
    with world.write() as connection:
        add(connection, t.avoir_line, **avoir_line(avoir_id=2, booking_id=3, care=200, meal=100))


def test_quittances_and_avoirs_are_numbered_without_gap_by_year(world: Database) -> None:
    with world.write() as connection:
        paying()(connection)
    for number in (0, 3):
        row = quittance(number=number, payment_id=OTHER_PAYMENT)
        refused(world, "quittance_number_next", lambda c, row=row: add(c, t.quittance, **row))
        refused(world, "avoir_number_next", lambda c, n=number: give(c, number=n))
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
    refused(world, "journal_entry_balanced", lambda c: entry(c, seq=3, previous=HASH_2, hash=HASH_3, amounts=amounts))


def test_an_entry_that_is_not_the_next_of_the_chain_is_refused(world: Database) -> None:
    for seq, previous in ((2, HASH_2), (4, HASH_2), (3, HASH_1)):
        # an entry already written also seals its postings: without any, only the chain speaks
        refused(
            world,
            "journal_entry_next" if seq > 2 else "journal_entry_",  # SQLite also says that it would be replaced
            lambda c, s=seq, p=previous: entry(c, seq=s, previous=p, hash=HASH_3, amounts=()),
        )


def test_no_posting_can_be_added_to_an_entry_already_written(world: Database) -> None:
    refused(world, "posting_entry_sealed", lambda c: add(c, t.posting, **posting(1, 9, 1)))


def test_postings_without_their_entry_are_refused_at_commit(world: Database) -> None:
    with pytest.raises(IntegrityError), world.write() as connection:
        add(connection, t.posting, **posting(3, 0, 5))
