"""Cashing a basket: avoirs first, one quittance, until its expiry and never after, and nothing written when it fails."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, a_family, paris, where_debts_block_nothing
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    FRIDAY,
    MEAL,
    MORNING,
    THURSDAY,
    add,
    agent_of,
    audit_of,
    book_and_pay,
    card,
    cash_in,
    cheque,
    clock_of,
    finish,
    hold,
    owe,
    pay_by_card,
    remove,
    row_counts,
    set_time,
    states_of,
)
from tui_portail.errors import InvalidInput
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.avoirs import GivenAvoir
from tui_portail.services.baskets import (
    BasketAlreadyPaid,
    BasketExpired,
    BasketGone,
    BasketUnknown,
    DebtStays,
    extend_basket,
    load_basket,
    release_basket,
)
from tui_portail.services.desk import new_operation
from tui_portail.services.gesture import OperationReused
from tui_portail.services.lines_out import remove_lines
from tui_portail.services.payment import cash_basket
from tui_portail.services.queue import list_queue
from tui_portail.services.till import open_session


def test_avoirs_are_spent_oldest_first_and_what_is_left_waits(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
    given: list[GivenAvoir] = []
    for day in (FRIDAY, THURSDAY):
        given += finish(desk, family.dossier_id, remove(family.child_id, EVENING, day)).avoirs
        clock_of(desk).advance(minutes=1)
    first, second = given
    basket = hold(desk, family.dossier_id, add(family.child_id, MEAL, FRIDAY))
    assert (basket.total_cents, basket.avoir_cents, basket.due_cents) == (4_65, 3_90, 75)
    assert cash_in(desk, basket.basket_id, card(75))
    with database.read() as connection:
        uses = connection.execute(select(t.avoir_use).order_by(t.avoir_use.c.id)).all()
    spent: Counter[int] = Counter()
    for use in uses:
        spent[use.avoir_id] += use.amount_cents
    assert uses[0].avoir_id == first.avoir_id
    assert spent == {first.avoir_id: 1_95, second.avoir_id: 1_95}
    books_hold(database, desk.now())


def test_when_avoirs_pay_it_all_the_basket_is_settled_at_once_with_its_quittance(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, THURSDAY, FRIDAY))
    basket = hold(desk, family.dossier_id, add(family.child_id, MORNING, FRIDAY))
    assert (basket.due_cents, basket.settled_quittance_number) == (0, "2026-000002")
    assert list_queue(desk) == ()
    assert states_of(database, family.child_ids)[family.child_id, MORNING, FRIDAY] == ["confirmed"]
    with database.read() as connection:
        [left] = connection.scalars(
            select(t.quittance.c.avoir_left_cents).where(t.quittance.c.id == basket.settled_quittance_id)
        )
    assert left == 3_90 - 1_30
    with pytest.raises(BasketAlreadyPaid):
        cash_basket(desk, basket.basket_id, [], new_operation())
    books_hold(database, desk.now())


def test_a_paid_basket_is_never_paid_nor_changed_again(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
    operation = new_operation()
    first = cash_basket(desk, basket.basket_id, [card(3_90)], operation)
    before = row_counts(database)
    clock_of(desk).advance(hours=1)
    assert cash_basket(desk, basket.basket_id, [card(3_90)], operation) == first
    with pytest.raises(OperationReused):
        cash_basket(desk, basket.basket_id, [card(3_91)], operation)
    with pytest.raises(OperationReused):
        extend_basket(desk, basket.basket_id, "File", operation)
    for gesture in (
        lambda: cash_basket(desk, basket.basket_id, [card(3_90)], new_operation()),
        lambda: extend_basket(desk, basket.basket_id, "File", new_operation()),
        lambda: remove_lines(desk, basket.basket_id, [1], new_operation()),
        lambda: release_basket(desk, basket.basket_id, new_operation()),
    ):
        with pytest.raises(BasketAlreadyPaid):
            gesture()
    with pytest.raises(BasketUnknown):
        cash_basket(desk, 10**6, [card(1)], new_operation())
    assert row_counts(database) == before


def test_a_basket_is_payable_until_the_last_instant_before_its_expiry_and_not_at_it(database: Database) -> None:
    desk = a_desk(database)
    family, late = a_family(desk), a_family(desk, last_name="Martin")
    in_time = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    too_late = hold(desk, late.dossier_id, add(late.child_id, EVENING, FRIDAY))
    set_time(desk, in_time.expires_at)
    clock_of(desk).advance(microseconds=-1)
    assert cash_in(desk, in_time.basket_id, card(1_95)) == "2026-000001"
    set_time(desk, too_late.expires_at)
    before = row_counts(database)
    with pytest.raises(BasketExpired, match="10 h 45"):
        cash_in(desk, too_late.basket_id, card(1_95))
    assert row_counts(database) == before
    assert [(row.basket_id, row.expired) for row in list_queue(desk)] == [(too_late.basket_id, True)]
    books_hold(database, desk.now())


def test_lines_are_taken_out_before_paying_and_the_meal_goes_with_its_break(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(
        desk, family.dossier_id, add(family.child_id, MEAL, THURSDAY, FRIDAY) + add(family.child_id, EVENING, FRIDAY)
    )
    lines = {(line.activity, line.day): line.booking_id for line in load_basket(desk, basket.basket_id).lines}
    operation = new_operation()
    left = remove_lines(desk, basket.basket_id, [lines[BREAK, THURSDAY]], operation)
    assert {(line.activity, line.day) for line in left.view.lines} == {
        (MEAL, FRIDAY),
        (BREAK, FRIDAY),
        (EVENING, FRIDAY),
    }
    assert remove_lines(desk, basket.basket_id, [lines[BREAK, THURSDAY]], operation) == left, "sent twice"
    kept = remove_lines(desk, basket.basket_id, [lines[MEAL, FRIDAY]], new_operation(), keep_brought=True)
    assert {line.activity for line in kept.view.lines} == {BREAK, EVENING}
    for nothing in ([], [10**6], [lines[MEAL, THURSDAY]]):
        with pytest.raises(InvalidInput):
            remove_lines(desk, basket.basket_id, nothing, new_operation())
    assert pay_by_card(desk, basket.basket_id).total_cents == 55 + 1_95
    books_hold(database, desk.now())


def test_a_basket_emptied_of_its_lines_or_given_up_is_closed_and_its_places_are_free(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    for empty in (
        lambda basket_id, ids: remove_lines(desk, basket_id, ids, new_operation()),
        lambda basket_id, ids: release_basket(desk, basket_id, new_operation()),
    ):
        basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
        empty(basket.basket_id, [line.booking_id for line in load_basket(desk, basket.basket_id).lines])
        assert list_queue(desk) == ()
        with pytest.raises(BasketGone):
            pay_by_card(desk, basket.basket_id)
    assert set(map(tuple, states_of(database, family.child_ids).values())) == {("released", "released")}
    books_hold(database, desk.now())


def test_lines_are_not_taken_out_of_an_expired_basket(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
    lines = load_basket(desk, basket.basket_id).lines
    clock_of(desk).advance(minutes=15)
    with pytest.raises(BasketExpired):
        remove_lines(desk, basket.basket_id, [lines[0].booking_id], new_operation())


def test_a_basket_whose_rest_is_paid_by_avoirs_is_settled_as_soon_as_its_other_lines_are_out(
    database: Database,
) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY))
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
    assert (basket.avoir_cents, basket.due_cents) == (1_95, 1_95)
    first, *_ = load_basket(desk, basket.basket_id).lines
    operation = new_operation()
    left = remove_lines(desk, basket.basket_id, [first.booking_id], operation)
    assert left.settled is not None
    assert (left.settled.quittance_number, left.settled.avoir_cents) == ("2026-000002", 1_95)
    assert remove_lines(desk, basket.basket_id, [first.booking_id], operation) == left, "sent twice"
    assert list_queue(desk) == ()
    assert states_of(database, family.child_ids)[family.child_id, EVENING, FRIDAY][-1] == "confirmed"
    books_hold(database, desk.now())


def test_a_debt_leaves_the_avoirs_that_a_basket_on_hold_has_reserved(database: Database) -> None:
    desk = a_desk(database, commune=where_debts_block_nothing())
    family = a_family(desk, children=2)
    debt = owe(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, THURSDAY))  # an avoir of 1,66
    basket = hold(desk, family.dossier_id, add(family.child_ids[1], MORNING, THURSDAY, FRIDAY))
    rows = {row.basket_id: (row.avoir_cents, row.due_cents) for row in list_queue(desk)}
    assert rows == {basket.basket_id: (1_66, 94), debt: (0, 1_66)}
    assert load_basket(desk, debt).due_cents == 1_66
    assert pay_by_card(desk, debt).avoir_cents == 0
    assert pay_by_card(desk, basket.basket_id).avoir_cents == 1_66
    books_hold(database, desk.now())


def test_the_queue_shows_what_is_on_hold_then_debts_then_what_has_just_expired_and_cuts_from_the_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = a_desk(database)
    gone, live, later = (a_family(desk, last_name=name) for name in ("Petit", "Martin", "Roux"))
    expired = hold(desk, gone.dossier_id, add(gone.child_id, MORNING, FRIDAY))
    clock_of(desk).advance(minutes=16)
    other = a_family(desk)
    debt = owe(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    first = hold(desk, live.dossier_id, add(live.child_id, MORNING, FRIDAY))
    clock_of(desk).advance(minutes=1)
    second = hold(desk, later.dossier_id, add(later.child_id, MORNING, FRIDAY))
    order = [first.basket_id, second.basket_id, debt, expired.basket_id]

    assert [row.basket_id for row in list_queue(desk)] == order
    monkeypatch.setattr("tui_portail.services.queue.MOST_ROWS", 3)
    assert [row.basket_id for row in list_queue(desk)] == order[:3]


def test_a_debt_has_no_expiry_stays_whole_and_is_cashed_by_the_same_gesture_even_by_transfer(
    database: Database,
) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    debt = owe(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    clock_of(desk).advance(days=90)
    [row] = list_queue(desk)
    assert (row.basket_id, row.expires_at, row.expired, row.due_cents) == (debt, None, False, 1_95)
    line = load_basket(desk, debt).lines[0].booking_id
    for gesture in (
        lambda: remove_lines(desk, debt, [line], new_operation()),
        lambda: release_basket(desk, debt, new_operation()),
    ):
        with pytest.raises(DebtStays):
            gesture()
    assert cash_in(desk, debt, Tender(Means.TRANSFER, 1_95, references={"reference": "VIR 2027-03"})) == "2027-000001"
    assert list_queue(desk) == ()
    books_hold(database, desk.now())


def test_the_payment_is_in_the_audit_trail_of_the_dossier_with_who_cashed_it(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    cashed = book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    [event] = audit_of(database, "encaisser")
    assert (event.agent_id, event.dossier_id) == (agent_of(desk).agent_id, family.dossier_id)
    assert cashed.quittance_number in event.details


def test_numbers_begin_again_with_the_year_in_paris_not_in_utc(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    numbers = []
    for instant, day in (
        ("2026-12-31 23:59:59", date(2027, 1, 4)),
        ("2027-01-01 00:00:00", date(2027, 1, 5)),
        ("2027-01-01 00:01:00", date(2027, 1, 7)),
    ):
        set_time(desk, paris(instant))
        numbers.append(book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, day)).quittance_number)
    assert numbers == ["2026-000001", "2027-000001", "2027-000002"]
    avoirs = finish(desk, family.dossier_id, remove(family.child_id, EVENING, date(2027, 1, 7))).avoirs
    assert [avoir.number for avoir in avoirs] == ["AV-2027-000001"]
    books_hold(database, desk.now())


def test_a_payment_that_fails_half_way_leaves_nothing_and_its_number_is_given_to_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui_portail.services import sale

    desk = a_desk(database)
    family = a_family(desk)
    open_session(desk, 0, new_operation())
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    before = row_counts(database)
    operation = new_operation()
    with monkeypatch.context() as broken:

        def fail(*_: object) -> str:
            raise RuntimeError("the power went out")

        broken.setattr(sale, "_journal", fail)
        with pytest.raises(RuntimeError):
            cash_basket(desk, basket.basket_id, [cheque(1_95, drawer="Autre Personne")], operation)
    assert row_counts(database) == before
    assert [row.basket_id for row in list_queue(desk)] == [basket.basket_id]
    retried = cash_basket(desk, basket.basket_id, [cheque(1_95, drawer="Autre Personne")], operation)
    assert retried.quittance_number == "2026-000001"
    books_hold(database, desk.now())
