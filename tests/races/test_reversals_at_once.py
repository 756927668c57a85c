"""A payment reversed while another desk works on the same family, on PostgreSQL: one after the other, never both, never half."""

from collections.abc import Callable
from datetime import date

import pytest

from models.engine import Database
from tests.factories import Family, a_desk, a_family, paris
from tests.races.test_two_desks_at_once import meanwhile, told
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    EVENING_CENTS,
    NEXT_WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    card,
    cheque,
    finish,
    hold,
    remove,
    set_time,
    states_of,
)
from tests.tui_portail.services.till_acts import next_till
from tui_portail.services.cancellations import judge_proof_received, proof_reasons, waiting_proofs
from tui_portail.services.corrections import correct_payment
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dropped_debts import drop_debt
from tui_portail.services.late_unpaid import declare_unpaid
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


def two_cheques_one_back(desk: Desk) -> tuple[CashedBasket, int]:
    """A payment of two cheques, the first come back; the basket of its debt."""
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, *DAYS))
    tenders = [cheque(1_00), cheque(basket.due_cents - 1_00, number="0000002")]
    cashed = cash_basket(desk, basket.basket_id, tenders, new_operation())
    undone = reverse_payment(desk, cashed.payment_id, [1], UNPAID, new_operation())
    assert undone.debt_basket_id is not None
    return cashed, undone.debt_basket_id


def test_two_desks_that_say_the_same_kept_cheque_unpaid_say_it_once(desk: Desk, postgresql: Database) -> None:
    cashed, _ = two_cheques_one_back(desk)
    other = a_desk(postgresql, Role.REGISSEUR)

    def say_it_too() -> object:
        return declare_unpaid(other, cashed.payment_id, 2, UNPAID, new_operation())

    with meanwhile(postgresql, "INSERT INTO late_unpaid", say_it_too) as second:
        declare_unpaid(desk, cashed.payment_id, 2, UNPAID, new_operation())
    assert told(second) == "CHEQUE_DEJA_REVENU"
    books_hold(postgresql, desk.now())


def test_the_avoir_of_a_cheque_that_comes_back_pays_no_debt_meanwhile(desk: Desk, postgresql: Database) -> None:
    cashed, debt_id = two_cheques_one_back(desk)
    other = a_desk(postgresql, Role.COMPTABILITE)

    def pay_the_debt() -> object:
        return cash_basket(other, debt_id, [card(1_00)], new_operation())  # the rest by the avoir, as it was shown

    with meanwhile(postgresql, "INSERT INTO late_unpaid", pay_the_debt) as second:
        declare_unpaid(desk, cashed.payment_id, 2, UNPAID, new_operation())
    assert second.exception(0) is not None
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


@pytest.mark.parametrize(
    ("first", "statement", "refusal"),
    [("reverse", "INSERT INTO reversal_tender", "ABSENCE_DUE"), ("accept", "INSERT INTO avoir ", None)],
)
def test_an_absence_is_never_both_justified_and_owed(
    desk: Desk, postgresql: Database, first: str, statement: str, refusal: str | None
) -> None:
    family = a_family(desk, renew_alsh_years=(2026,))
    basket = hold(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    cashed = cash_basket(desk, basket.basket_id, [cheque(basket.due_cents)], new_operation())
    set_time(desk, paris("2026-12-08 14:00"))  # too late: a justificatif is awaited
    next_till(desk)
    finish(desk, family.dossier_id, remove(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    [proof] = waiting_proofs(desk)
    other = a_desk(postgresql, Role.ENFANCE, Role.REGISSEUR, at="2026-12-08 14:00")

    def accept(at: Desk) -> object:
        reason = proof_reasons(at, True)[0]
        return judge_proof_received(at, proof.proof_id, date(2026, 12, 8), True, reason, new_operation())

    def reverse(at: Desk) -> object:
        return reverse_payment(at, cashed.payment_id, [1], UNPAID, new_operation())

    gestures: dict[str, Callable[[Desk], object]] = {"reverse": reverse, "accept": accept}
    second_gesture = gestures["accept" if first == "reverse" else "reverse"]
    with meanwhile(postgresql, statement, lambda: second_gesture(other)) as second:
        gestures[first](desk)
    if refusal is None:
        assert second.exception(0) is None  # the avoir just given is taken back
    else:
        assert told(second) == refusal
    books_hold(postgresql, desk.now())


@pytest.mark.parametrize(
    ("first", "statement", "refusal"),
    [("drop", "INSERT INTO posting", "PANIER_CLOS"), ("cash", "INSERT INTO payment ", "PANIER_DEJA_PAYE")],
)
def test_a_debt_is_dropped_or_paid_never_both(
    desk: Desk, postgresql: Database, first: str, statement: str, refusal: str
) -> None:
    cashed = paid_by_cheque(desk, a_family(desk))
    debt = reverse_payment(desk, cashed.payment_id, [1], UNPAID, new_operation()).debt_basket_id
    assert debt is not None
    other = a_desk(postgresql, Role.REGISSEUR)

    def drop(at: Desk) -> object:
        return drop_debt(at, debt, "Décision de l’ordonnateur", new_operation())

    def cash(at: Desk) -> object:
        return cash_basket(at, debt, [card(2 * EVENING_CENTS)], new_operation())

    gestures: dict[str, Callable[[Desk], object]] = {"drop": drop, "cash": cash}
    second_gesture = gestures["cash" if first == "drop" else "drop"]
    with meanwhile(postgresql, statement, lambda: second_gesture(other)) as second:
        gestures[first](desk)
    assert told(second) == refusal
    books_hold(postgresql, desk.now())


def test_a_day_cancelled_while_its_debt_is_dropped_is_cancelled_once(desk: Desk, postgresql: Database) -> None:
    family = a_family(desk)
    debt = reverse_payment(desk, paid_by_cheque(desk, family).payment_id, [1], UNPAID, new_operation()).debt_basket_id
    assert debt is not None
    other = a_desk(postgresql, Role.ENFANCE)

    def cancel() -> object:
        return finish(other, family.dossier_id, remove(family.child_id, EVENING, DAYS[0]))

    with meanwhile(postgresql, "INSERT INTO posting", cancel) as second:
        drop_debt(desk, debt, "Décision de l’ordonnateur", new_operation())
    assert told(second) == "MODIFICATIONS_REFUSEES"
    books_hold(postgresql, desk.now())
