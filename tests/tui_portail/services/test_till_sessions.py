"""The till from a counted float to its closing: the worked example, differences with their reason, cheques one by one, one closer wins."""

from datetime import date

import pytest

from models.engine import Database
from models.states import MovementKind
from tests.factories import a_family, an_agent, paris
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import EVENING, add, card, cash, cheque, hold, set_time
from tests.tui_portail.services.till_acts import WHY, a_till_desk, account, close_till, sell, to_close
from tui_portail.errors import InvalidInput
from tui_portail.policy import Means
from tui_portail.services.cash_movements import record_movement
from tui_portail.services.closing_sheets import closing_sheet, list_sessions
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.till import TillAlreadyOpen, TillClosed, TillForgotten, TillRefused, open_session
from tui_portail.services.till_balance import till_balance
from tui_portail.services.till_closing import CountStale, SessionClosed, close_session
from tui_portail.services.till_float import expected_float
from tui_portail.services.verification import verify

TWO_DAYS = (date(2026, 12, 3), date(2026, 12, 4))


@pytest.fixture
def desk(database: Database) -> Desk:
    desk = a_till_desk(database)
    open_session(desk, 100_00, new_operation())
    return desk


def test_float_100_sale_20_no_closing_without_a_count_120_closes_and_the_next_starts_at_120(desk: Desk) -> None:
    sell(desk, *TWO_DAYS)
    session = to_close(desk).session

    with pytest.raises(InvalidInput, match=r"[Cc]omptez"):
        close_session(desk, session.session_id, {}, {}, {}, {}, new_operation())
    assert to_close(desk).cash_cents == 120_00
    closed = close_till(desk)

    assert (closed.cash_cents, closed.difference_cents) == (120_00, 0)
    assert expected_float(desk) == 120_00
    following = open_session(desk, 120_00, new_operation())
    assert following.float_cents == 120_00
    assert account(desk, "fonds_de_caisse") == -100_00  # the float is entered once
    assert verify(desk).findings == ()


def test_a_difference_needs_its_reason_and_is_an_entry_of_its_own(desk: Desk) -> None:
    sell(desk)
    with pytest.raises(TillRefused, match="motif"):
        close_till(desk, cash_cents=109_50)

    closed = close_till(desk, cash_cents=109_50, reasons={Means.CASH: WHY})

    assert closed.difference_cents == -50
    assert (account(desk, "ecarts"), account(desk, "caisse")) == (50, 109_50)
    sheet = closing_sheet(desk, closed.session_id)
    assert sheet.cash.difference_cents == -50
    assert expected_float(desk) == 109_50
    assert verify(desk).findings == ()


def test_a_cheque_not_found_is_missing_until_it_is_found_again(desk: Desk) -> None:
    lost = sell(desk, by=cheque)
    close_till(desk, missing=(lost.payment_id,), reasons={Means.CHEQUE: "Chèque égaré"})
    assert account(desk, "cheques") == 0
    set_time(desk, paris("2026-12-02 08:30"))
    open_session(desk, 100_00, new_operation())

    books = to_close(desk)
    assert (books.expected[Means.CHEQUE], books.cheques[0].missing) == (0, True)
    found = close_session(
        desk,
        books.session.session_id,
        {100_00: 1},
        {(books.cheques[0].payment_id, books.cheques[0].rank): True},
        {value.means: value.expected_cents for value in books.values},
        {Means.CHEQUE: "Retrouvé dans le classeur"},
        new_operation(),
    )

    assert found.difference_cents == 10_00
    assert (account(desk, "cheques"), account(desk, "ecarts")) == (10_00, 0)
    assert verify(desk).findings == ()


def test_another_float_than_the_last_count_needs_a_reason(desk: Desk) -> None:
    close_till(desk)
    set_time(desk, paris("2026-12-02 08:30"))
    with pytest.raises(TillRefused, match="motif"):
        open_session(desk, 99_00, new_operation())

    open_session(desk, 99_00, new_operation(), "Rouleau incomplet")
    assert (account(desk, "caisse"), account(desk, "ecarts")) == (99_00, 1_00)
    assert to_close(desk).cash_cents == 99_00
    assert verify(desk).findings == ()


def test_movements_change_what_the_till_holds_and_are_never_more_than_it_holds(desk: Desk) -> None:
    assert record_movement(desk, MovementKind.SUPPLY, 50_00, "Monnaie", new_operation()) == 150_00
    assert record_movement(desk, MovementKind.WITHDRAWAL, 20_00, "Trop de monnaie", new_operation()) == 130_00
    assert record_movement(desk, MovementKind.DEPOSIT, 30_00, "À déposer", new_operation()) == 100_00
    with pytest.raises(InvalidInput):
        record_movement(desk, MovementKind.WITHDRAWAL, 100_01, "Trop", new_operation())
    with pytest.raises(InvalidInput, match="motif"):
        record_movement(desk, MovementKind.SUPPLY, 1_00, " ", new_operation())
    assert (account(desk, "especes_a_verser"), account(desk, "fonds_de_caisse")) == (30_00, -130_00)
    balance = till_balance(desk)
    assert balance is not None
    assert balance.cash_cents == 100_00
    assert verify(desk).findings == ()


def test_a_till_forgotten_the_day_before_is_closed_before_cash_is_taken(desk: Desk) -> None:
    set_time(desk, paris("2026-12-02 09:00"))
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, *TWO_DAYS[1:]))
    with pytest.raises(TillForgotten, match="1er décembre"):
        cash_basket(desk, basket.basket_id, [cash(basket.due_cents)], new_operation())
    with pytest.raises(TillForgotten):
        open_session(desk, 100_00, new_operation())
    cash_basket(desk, basket.basket_id, [card(basket.due_cents)], new_operation())  # a card needs no till

    close_till(desk)
    open_session(desk, 100_00, new_operation())
    books_hold(desk.database, desk.now())


def test_one_session_is_open_at_a_time_and_a_closed_one_is_closed_for_good(desk: Desk) -> None:
    with pytest.raises(TillAlreadyOpen):
        open_session(desk, 100_00, new_operation())
    books = to_close(desk)
    close_till(desk)
    with pytest.raises(SessionClosed, match="déjà été clôturée"):
        close_session(desk, books.session.session_id, {100_00: 1}, {}, {}, {}, new_operation())
    with pytest.raises(TillClosed):
        sell(desk, last_name="Martin")


def test_a_count_made_before_the_last_sale_is_refused(desk: Desk) -> None:
    books = to_close(desk)
    sell(desk)
    values = {value.means: value.expected_cents for value in books.values}
    with pytest.raises(CountStale):
        close_session(desk, books.session.session_id, {100_00: 1}, {}, values, {}, new_operation(), seen=books.expected)


def test_another_agents_till_is_closed_by_the_regisseur_only(database: Database, desk: Desk) -> None:
    desk.sign(an_agent(database, Role.COMPTABILITE))
    with pytest.raises(NotAllowed):
        close_till(desk)
    desk.sign(an_agent(database, Role.REGISSEUR))
    close_till(desk)
    [row] = list_sessions(desk)
    assert row.session_id == 1
