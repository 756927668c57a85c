"""Reversals make their payment's total, days are owed by a reversal alone; avoirs are freed, withdrawn and refunded within their amount."""

from typing import Any

import pytest
from sqlalchemy import Connection, update

from models import tables as t
from models.engine import Database
from tests.models.regie_world import (
    DEBT_BASKET,
    cheque_back,
    journal,
    keep_avoir,
    open_debt,
    owe,
    pay_other,
    refund,
    reverse,
    reverse_given_back,
    reverse_keeping_a_cheque,
    reverse_other,
    withdraw,
)
from tests.models.world import (
    HASH_1,
    OTHER_PAYMENT,
    PAYMENT,
    add,
    allocation,
    avoir_line,
    avoir_use,
    booking,
    build,
    child,
    line,
    pay,
    refused,
    tender,
    win,
)

CORRECTED = "33333333-3333-4333-8333-333333333333"


@pytest.fixture
def world(database: Database) -> Database:
    """The world, with booking 3 (5,00 €) paid half by avoir 1 of 12,00 € and half in cash."""
    build(database)
    with database.write() as connection:
        pay_other(connection)
    return database


def written(world: Database, write: Any) -> None:
    with world.engine.connect() as connection:
        write(connection)
        connection.rollback()


def test_a_reversal_whose_parts_agree_is_kept(world: Database) -> None:
    with world.write() as connection:
        reverse_other(connection)
        withdraw(connection, booking_id=1, reversal_id=reverse_given_back(connection))


@pytest.mark.parametrize(
    ("guard", "parts"),
    [
        ("reversal_", {"lost_cents": 249, "owed_cents": 499}),
        ("reversal_", {"given_back_cents": 249, "owed_cents": 499}),
        ("reversal_", {"owed_cents": 499, "withdrawn_cents": 1}),
        ("reversal_tenders_sum", {"tenders": ()}),
        ("reversal_tenders_sum", {"tenders": ((1, True),)}),
        ("reversal_", {"lines": ()}),
        ("reversal_", {"lines": ((3, "retiree"),)}),
        ("reversal_lines_outcome", {"lines": ((3, "due_late"),)}),
        ("reversal_", {"lines": ((3, "corrigee"),)}),
        ("reversal_", {"kind": "correction"}),
        ("reversal_debt_of_its_payer", {"debt_basket_id": None}),
        ("reversal_debt_of_its_payer", {"debt_basket_id": 3}),  # another payer's
        ("reversal_debt_of_its_payer", {"debt_basket_id": 1}),  # paid
        ("reversal_entry_last", {"entry_seq": 2}),
        ("ck_reversal_", {"owed_cents": 501}),
        ("ck_reversal_", {"lost_cents": -250, "kept_cents": 500}),
        ("ck_reversal_", {"reason": ""}),
    ],
)
def test_a_reversal_whose_parts_disagree_is_refused(world: Database, guard: str, parts: dict[str, Any]) -> None:
    def write(connection: Connection) -> None:
        open_debt(connection)
        reverse(connection, **parts)

    if guard.startswith("ck_") and parts != {"reason": ""}:
        guard = "reversal_"  # triggers may speak before checks
    refused(world, guard, write)


def test_every_day_of_the_payment_has_its_outcome_even_a_free_one(world: Database) -> None:
    with world.write() as connection:
        add(connection, t.child, **child(6))

    def write(connection: Connection, *outcomes: tuple[int, str]) -> None:
        win(connection, 3)
        add(connection, t.tender, **tender("libre", 1, 500))
        free = booking(6, basket_id=3, state="held", payer_id=2)
        add(connection, t.booking, **free | {"price_cents": 0, "care_cents": 0})
        for booking_id, price in ((5, 500), (6, 0)):
            add(connection, t.payment_line, **line("libre", booking_id, price))
        add(connection, t.tender_allocation, **allocation("libre", 1, 5, 500))
        pay(connection, "libre", tenders=(), lines=(), allocations=(), total=500, basket_id=3, payer_id=2, seq=4)
        journal(connection, "paiement", 500, -500)
        connection.execute(update(t.booking).where(t.booking.c.id.in_([5, 6])).values(state="confirmed"))
        open_debt(connection, payer_id=2)
        reverse(connection, "libre", lines=outcomes, lost_cents=500, given_back_cents=0)

    refused(world, "reversal_lines_sum", lambda c: write(c, (5, "due")))
    refused(world, "reversal_lines_outcome", lambda c: write(c, (5, "due"), (6, "corrigee")))
    written(world, lambda c: write(c, (5, "due"), (6, "due")))


def test_a_payment_is_reversed_once_and_its_reversal_sealed(world: Database) -> None:
    with world.write() as connection:
        reverse_other(connection)
    refused(world, "reversal_", lambda c: reverse(c, tenders=(), lines=()))
    row = {"payment_id": OTHER_PAYMENT}
    refused(world, "reversal_tender_", lambda c: add(c, t.reversal_tender, **row, tender_rank=1, kept=True))
    refused(world, "reversal_line_", lambda c: add(c, t.reversal_line, **row, booking_id=3, outcome="due"))


def test_a_day_given_back_is_withdrawn_not_owed(world: Database) -> None:
    amounts = {"lost_cents": 1000, "given_back_cents": 0, "owed_cents": 1000}

    def owed_though_given_back(connection: Connection) -> None:
        open_debt(connection)
        reverse(connection, PAYMENT, lines=((1, "due"), (2, "due")), **amounts)

    refused(world, "reversal_lines_outcome", owed_though_given_back)


def test_days_are_owed_where_the_reversal_put_them(world: Database) -> None:
    refused(world, "booking_owed_reversed", lambda c: (open_debt(c), owe(c)))
    with world.write() as connection:
        open_debt(connection)
        reverse(connection)
    refused(world, "booking_owed_reversed", lambda c: owe(c, basket_id=2))
    refused(world, "booking_owed_reversed", lambda c: owe(c, booking_id=2))
    with world.write() as connection:
        owe(connection)


def test_what_is_kept_of_a_payment_is_the_avoir_of_its_payer_and_entry(world: Database) -> None:
    def keeping(**changed: Any) -> Any:
        def write(connection: Connection) -> None:
            open_debt(connection)
            kept = keep_avoir(connection, **changed)
            reverse(connection, tenders=((1, True),), lost_cents=0, kept_cents=250, **kept)

        return write

    own = "reversal_kept_avoir_its_own"
    refused(world, own, keeping(amount=240))
    refused(world, own, keeping(payer_id=2))
    refused(world, "avoir_entry_last", keeping(reason="annulation"))
    refused(world, "avoir_entry_last", keeping(head_hash=HASH_1))
    written(world, keeping())

    def another(connection: Connection) -> None:
        open_debt(connection)
        reverse(connection, tenders=((1, True),), lost_cents=0, kept_cents=250, kept_avoir_id=1)

    refused(world, own, another)


def test_what_a_reversed_payment_used_of_an_avoir_is_free_again(world: Database) -> None:
    def use(connection: Connection, cents: int) -> None:
        add(connection, t.avoir_use, **avoir_use("suite", 1, 3, cents))

    refused(world, "avoir_use_within", lambda c: use(c, 951))
    written(world, lambda c: use(c, 950))
    with world.write() as connection:
        reverse_other(connection)
    refused(world, "avoir_use_within", lambda c: use(c, 1201))
    written(world, lambda c: use(c, 1200))


def test_an_avoir_is_withdrawn_by_the_reversal_of_the_day_it_gave_back(world: Database) -> None:
    with world.write() as connection:
        reversal_id = reverse_given_back(connection)
        add(connection, t.avoir_line, **avoir_line(booking_id=2))
    cause = "avoir_withdrawal_of_its_cause"
    refused(world, cause, lambda c: withdraw(c, booking_id=1, reversal_id=reversal_id, amount_cents=499))
    refused(world, cause, lambda c: withdraw(c, booking_id=2, reversal_id=reversal_id))  # owed, not withdrawn
    refused(world, cause, lambda c: withdraw(c, booking_id=3, reversal_id=reversal_id))
    for changed in ({"reversal_id": reversal_id}, {"booking_id": 1}, {}):
        refused(world, "avoir_withdrawal", lambda c, v=changed: withdraw(c, **v))
    with world.write() as connection:
        withdraw(connection, booking_id=1, reversal_id=reversal_id)
    refused(world, "avoir_withdrawal", lambda c: withdraw(c, booking_id=1, reversal_id=reversal_id))


def test_a_cheque_comes_back_once_after_its_reversal_kept_it_and_takes_its_own_from_the_avoir_kept(
    database: Database,
) -> None:
    build(database)
    with database.write() as connection:
        pay_other(connection, "cheque")
    refused(database, "late_unpaid", cheque_back)  # still paid
    with database.write() as connection:
        kept_avoir_id = reverse_keeping_a_cheque(connection)
    kept = "late_unpaid_of_a_kept_cheque"
    refused(database, kept, lambda c: cheque_back(c, amount_cents=249))
    refused(database, "late_unpaid_", lambda c: cheque_back(c, entry_seq=1))
    refused(database, "reason_given", lambda c: cheque_back(c, reason=""))
    with database.write() as connection:
        late_id = cheque_back(connection)
    refused(database, "late_unpaid_", cheque_back)
    cause = "avoir_withdrawal_of_its_cause"
    taken = {"late_unpaid_id": late_id, "avoir_id": kept_avoir_id, "amount_cents": 250}
    refused(database, cause, lambda c: withdraw(c, **taken | {"amount_cents": 249}))
    refused(database, cause, lambda c: withdraw(c, **taken | {"avoir_id": 1}))
    with database.write() as connection:
        withdraw(connection, **taken)
    refused(database, "avoir_withdrawal", lambda c: withdraw(c, **taken))


def test_what_is_no_cheque_kept_by_a_reversal_does_not_come_back(world: Database) -> None:
    with world.write() as connection:
        reverse_keeping_a_cheque(connection)  # it was cash
    refused(world, "late_unpaid_of_a_kept_cheque", cheque_back)


def test_nothing_is_withdrawn_beyond_what_is_left_of_an_avoir(world: Database) -> None:
    def refunding(asked: int, *taken: int, payer_id: int = 1) -> Any:
        def write(connection: Connection) -> None:
            refund_id = refund(connection, amount=asked, payer_id=payer_id)
            for amount in taken:
                withdraw(connection, refund_id=refund_id, amount_cents=amount)

        return write

    refused(world, "avoir_withdrawal_within", refunding(1200, 951))
    refused(world, "avoir_withdrawal_of_its_cause", refunding(900, 901))
    refused(world, "avoir_withdrawal_of_its_cause", refunding(900, 900, payer_id=2))
    with world.write() as connection:
        refunding(950, 950)(connection)
    refused(world, "avoir_use_within", lambda c: add(c, t.avoir_use, **avoir_use("suite", 1, 3, 1)))
    with world.write() as connection:
        reverse_other(connection)
    written(world, lambda c: add(c, t.avoir_use, **avoir_use("suite", 1, 3, 250)))


def test_a_refund_is_numbered_without_gap_and_of_the_entry_just_written(world: Database) -> None:
    for number in (0, 2):
        refused(world, "refund_number_next", lambda c, n=number: refund(c, number=n))
    refused(world, "refund_entry_last", lambda c: refund(c, entry_seq=2))
    refused(world, "refund_entry_last", lambda c: refund(c, head_hash=HASH_1))
    refused(world, "refund_entry_last", lambda c: refund(c, **journal(c, "avoir", 700, -700)))
    refused(world, "ck_refund_", lambda c: refund(c, reason=""))
    with world.write() as connection:
        refund(connection)
    with world.write() as connection:
        refund(connection, number=2)


def correcting(**changed: Any) -> Any:
    """Return the write of a correction of the payment of booking 3: reversed, then paid again by a cheque, with some terms changed."""

    def write(connection: Connection) -> None:
        terms = {"kind": "correction", "outcome": "corrigee", "uses": ((1, 3, 250),), "lines": ((3, 500),)} | changed
        if terms["kind"] is not None:
            debt = {} if terms["kind"] == "correction" else {"debt_basket_id": DEBT_BASKET}
            if debt:
                open_debt(connection)
            lines = ((3, terms["outcome"]),)
            reverse(connection, kind=terms["kind"], lines=lines, **{"debt_basket_id": None} | debt)
        paid = {"total": 500, "avoir": 250, "basket_id": 2, "payer_id": 1, "allocations": ((1, 3, 250),)}
        paid |= {name: value for name, value in terms.items() if name in (*paid, "tenders")}
        seq = {"seq": 5 if terms["kind"] is not None else 4}
        add_payment(connection, terms["uses"], terms["lines"], paid | seq, terms.get("corrects_id", OTHER_PAYMENT))

    return write


def add_payment(connection: Connection, uses: Any, lines: Any, paid: dict[str, Any], corrects_id: str | None) -> None:
    tenders = paid.pop("tenders", (250,))
    pay(connection, CORRECTED, tenders=tenders, uses=uses, lines=lines, **paid, corrects_id=corrects_id)
    journal(connection, "paiement", 250, -250)


def test_a_payment_is_corrected_by_one_of_the_same_lines_and_total(world: Database) -> None:
    with world.write() as connection:
        correcting()(connection)


@pytest.mark.parametrize(
    ("guard", "terms"),
    [
        ("payment_", {"kind": None}),  # not reversed
        ("payment_", {"kind": "annulation", "outcome": "due"}),
        ("payment_", {"corrects_id": None}),
        ("payment_", {"corrects_id": PAYMENT}),
        ("payment_", {"basket_id": 1}),
        ("payment_", {"payer_id": 2}),
        (
            "payment_lines_of_its_basket",
            {"total": 500, "avoir": 0, "uses": (), "tenders": (500,), "allocations": ((1, 3, 500),)},
        ),
        ("payment_lines_of_its_basket", {"lines": ((1, 500),), "uses": ((1, 1, 250),), "allocations": ((1, 1, 250),)}),
    ],
)
def test_a_payment_that_corrects_another_otherwise_is_refused(
    world: Database, guard: str, terms: dict[str, Any]
) -> None:
    refused(world, guard, correcting(**terms))


def test_a_payment_is_corrected_once(world: Database) -> None:
    with world.write() as connection:
        correcting()(connection)

    def again(connection: Connection) -> None:
        paid = {"total": 500, "avoir": 250, "basket_id": 2, "allocations": ((1, 3, 250),), "seq": 6}
        pay(
            connection,
            "encore",
            tenders=(250,),
            uses=((1, 3, 250),),
            lines=((3, 500),),
            **paid,
            corrects_id=OTHER_PAYMENT,
        )

    refused(world, "payment_", again)


def test_a_debt_is_paid_again_by_the_payment_of_its_basket(world: Database) -> None:
    with world.write() as connection:
        reverse_other(connection)
    with world.write() as connection:
        win(connection, DEBT_BASKET)
        one = {"tenders": (500,), "lines": ((3, 500),), "allocations": ((1, 3, 500),), "total": 500}
        pay(connection, CORRECTED, **one, basket_id=DEBT_BASKET, seq=5)
        journal(connection, "paiement", 500, -500)
        connection.execute(update(t.booking).where(t.booking.c.id == 3).values(state="confirmed"))
    with world.read() as connection:
        assert connection.execute(t.booking.select().where(t.booking.c.id == 3)).one().state == "confirmed"
