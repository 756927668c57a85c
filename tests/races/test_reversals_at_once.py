"""A payment reversed while another desk works on the same family, on PostgreSQL: one after the other, never both, never half."""

from datetime import date

import pytest

from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.races.test_two_desks_at_once import meanwhile, told
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    EVENING_CENTS,
    add,
    card,
    cheque,
    finish,
    hold,
    remove,
    states_of,
)
from tui_portail.services.corrections import correct_payment
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.sale import CashedBasket
from tui_portail.services.till import open_session

pytestmark = [pytest.mark.race, pytest.mark.postgresql]
DAYS = (date(2026, 12, 10), date(2026, 12, 11))
UNPAID, WRONG_MEANS = "Chèque sans provision", "Moyen de paiement mal saisi"


@pytest.fixture
def desk(postgresql: Database) -> Desk:
    desk = a_desk(postgresql, Role.ENFANCE, Role.REGISSEUR)
    open_session(desk, 0, new_operation())
    return desk


def paid_by_cheque(desk: Desk, family: Family) -> CashedBasket:
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, *DAYS))
    return cash_basket(desk, basket.basket_id, [cheque(basket.due_cents)], new_operation())


def test_two_desks_that_reverse_the_same_payment_reverse_it_once(desk: Desk, postgresql: Database) -> None:
    cashed = paid_by_cheque(desk, a_family(desk))
    other = a_desk(postgresql, Role.REGISSEUR)

    def reverse_too() -> object:
        return reverse_payment(other, cashed.payment_id, [1], UNPAID, new_operation())

    with meanwhile(postgresql, "INSERT INTO reversal_tender", reverse_too) as second:
        reverse_payment(desk, cashed.payment_id, [1], UNPAID, new_operation())
    assert told(second) == "PAIEMENT_DEJA_CONTRE_PASSE"
    books_hold(postgresql, desk.now())


def test_a_payment_corrected_at_one_desk_is_not_reversed_at_the_other(desk: Desk, postgresql: Database) -> None:
    cashed = paid_by_cheque(desk, a_family(desk))
    other = a_desk(postgresql, Role.REGISSEUR)

    def reverse_too() -> object:
        return reverse_payment(other, cashed.payment_id, [1], UNPAID, new_operation())

    with meanwhile(postgresql, "INSERT INTO tender", reverse_too) as second:
        correct_payment(desk, cashed.payment_id, [card(2 * EVENING_CENTS)], WRONG_MEANS, new_operation())
    assert told(second) == "PAIEMENT_DEJA_CONTRE_PASSE"
    books_hold(postgresql, desk.now())


def test_a_day_cancelled_while_its_payment_is_reversed_is_no_longer_owed(desk: Desk, postgresql: Database) -> None:
    family = a_family(desk)
    cashed = paid_by_cheque(desk, family)
    other = a_desk(postgresql, Role.ENFANCE)

    def cancel() -> object:
        return finish(other, family.dossier_id, remove(family.child_id, EVENING, DAYS[0]))

    with meanwhile(postgresql, "INSERT INTO reversal_tender", cancel) as second:
        reverse_payment(desk, cashed.payment_id, [1], UNPAID, new_operation())
    assert second.exception(0) is None
    states = states_of(postgresql, family.child_ids)
    assert [states[family.child_id, EVENING, day] for day in DAYS] == [["cancelled"], ["due"]]
    books_hold(postgresql, desk.now())


def test_an_avoir_is_spent_or_taken_back_never_both(desk: Desk, postgresql: Database) -> None:
    family = a_family(desk)
    cashed = paid_by_cheque(desk, family)
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, DAYS[0]))
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 14), date(2026, 12, 15)))
    assert basket.due_cents == EVENING_CENTS  # the avoir pays the other half
    other = a_desk(postgresql, Role.COMPTABILITE)

    def spend() -> object:
        return cash_basket(other, basket.basket_id, [card(EVENING_CENTS)], new_operation())

    with meanwhile(postgresql, "INSERT INTO reversal_tender", spend) as second:
        reverse_payment(desk, cashed.payment_id, [1], UNPAID, new_operation())
    assert told(second) == "REGLEMENT_REFUSE"  # the avoir is gone: more is due than was shown
    books_hold(postgresql, desk.now())
