"""Several desks that close the same periods, or refund the same family, at once: each day once, each avoir once."""

from collections import Counter
from datetime import date

import pytest

from models.engine import Database
from models.states import PeriodKind
from tests.factories import Family, a_desk, a_family, an_agent, paris
from tests.races import desks as acts
from tests.races.desks import DESKS, WON, Desks, Place
from tests.races.test_two_desks_at_once import meanwhile, told
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    EVENING_CENTS,
    add,
    book_and_pay,
    card,
    finish,
    hold,
    remove,
    set_time,
)
from tests.tui_portail.services.period_acts import an_entry_a_day
from tui_portail.services.baskets import load_basket
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.period_closings import close_due_periods, list_closings
from tui_portail.services.quittances import list_quittances
from tui_portail.services.refunds import list_refunds, request_refund
from tui_portail.services.rights import Role

pytestmark = pytest.mark.race
DAYS = (date(2026, 12, 10), date(2026, 12, 11))
LEAVES = "Déménagement"


def seat(desk: Desk) -> list[Place]:
    """Seat a régisseur at each desk."""
    agents = [an_agent(desk.database, Role.REGISSEUR) for _ in range(DESKS)]
    return [Place(desk.database.url, agent.agent_id, desk.now()) for agent in agents]


def with_an_avoir(desk: Desk, last_name: str = "Dupont") -> Family:
    """A family that was given a day back."""
    family = a_family(desk, last_name=last_name)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, *DAYS))
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, DAYS[0]))
    return family


def test_desks_that_close_a_long_past_at_once_close_each_period_once(database: Database, desks: Desks) -> None:
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR)
    an_entry_a_day(desk, date(2026, 9, 1), 91)

    outcomes = desks.race(acts.close_periods, [(place,) for place in seat(desk)])

    closed = Counter(closing_id for ids in outcomes if not isinstance(ids, str) for closing_id in ids)
    assert set(closed.values()) == {1}
    assert closed.total() == 91 + 3
    assert {one for one in outcomes if isinstance(one, str)} <= {"RIEN_A_CLOTURER"}
    days = list_closings(desk, PeriodKind.DAY)[::-1]
    assert [(one.first_seq, one.last_seq) for one in days] == [(seq, seq) for seq in range(1, 92)]


def test_desks_that_refund_the_same_families_at_once_refund_each_once(database: Database, desks: Desks) -> None:
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR)
    payers = [with_an_avoir(desk, name).payer_id for name in ("Dupont", "Nguyen", "Œuvrard")]

    outcomes = desks.race(acts.ask_for_refunds, [(place, payers) for place in seat(desk)])

    for of_payer in zip(*outcomes, strict=True):
        assert Counter(of_payer) == {WON: 1, "REMBOURSEMENT_REFUSE": DESKS - 1}
    assert [row.amount_cents for row in list_refunds(desk, 2026)] == [EVENING_CENTS] * 3
    books_hold(database, desk.now())


@pytest.mark.postgresql
def test_a_payment_taken_while_a_day_is_closed_falls_in_the_next(postgresql: Database) -> None:
    desk = a_desk(postgresql, Role.ENFANCE, Role.REGISSEUR)
    book_and_pay(desk, a_family(desk).dossier_id, add(1, EVENING, DAYS[0]))
    set_time(desk, paris("2026-12-02 09:00"))
    other = a_desk(postgresql, Role.COMPTABILITE, at="2026-12-02 09:00")
    family = a_family(desk, last_name="Nguyen")
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, DAYS[1]))

    def cash() -> object:
        return cash_basket(other, basket.basket_id, [card(EVENING_CENTS)], new_operation())

    with meanwhile(postgresql, "INSERT INTO period_closing", cash) as second:
        [day] = close_due_periods(desk, new_operation())
    assert second.exception(0) is None
    assert (day.first_seq, day.last_seq, day.perpetual_cents) == (1, 1, EVENING_CENTS)
    set_time(desk, paris("2026-12-03 09:00"))
    [following] = close_due_periods(desk, new_operation())
    assert (following.first_seq, following.perpetual_cents) == (2, 2 * EVENING_CENTS)
    books_hold(postgresql, desk.now())


@pytest.mark.postgresql
def test_an_avoir_is_spent_or_refunded_never_both(postgresql: Database) -> None:
    desk = a_desk(postgresql, Role.ENFANCE, Role.REGISSEUR)
    family = with_an_avoir(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 14), date(2026, 12, 15)))
    other = a_desk(postgresql, Role.REGISSEUR)

    def refund() -> object:
        return request_refund(other, family.payer_id, LEAVES, new_operation())

    with meanwhile(postgresql, "UPDATE basket", refund) as second:
        cash_basket(desk, basket.basket_id, [card(EVENING_CENTS)], new_operation())
    assert told(second) == "REMBOURSEMENT_REFUSE"
    assert len(list_quittances(desk)) == 2
    books_hold(postgresql, desk.now())


@pytest.mark.postgresql
def test_days_booked_while_the_avoirs_are_put_to_be_refunded_are_paid_in_full(postgresql: Database) -> None:
    desk = a_desk(postgresql, Role.REGISSEUR)
    other = a_desk(postgresql)
    family = with_an_avoir(other)

    def book() -> object:
        return hold(other, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 14)))

    with meanwhile(postgresql, "INSERT INTO refund", book) as second:
        made = request_refund(desk, family.payer_id, LEAVES, new_operation())
    assert made.amount_cents == EVENING_CENTS
    assert load_basket(other, second.result().basket_id).due_cents == EVENING_CENTS  # type: ignore[attr-defined]
    books_hold(postgresql, desk.now())
