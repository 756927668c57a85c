"""A payment reversed: what is owed again, what comes back, what was spent; means typed wrong corrected in one gesture."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import func, select

from models import tables as t
from models.engine import Database
from models.states import ReversalKind
from tests.factories import Family, a_child, a_desk, a_family, an_agent
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    EVENING_CENTS,
    FRIDAY,
    MEAL,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    card,
    cash,
    cheque,
    clock_of,
    finish,
    hold,
    pay_by_card,
    remove,
    states_of,
)
from tests.tui_portail.services.slip_acts import NOTHING, UNPAID, WRONG_MEANS
from tests.tui_portail.services.till_acts import next_till
from tui_portail.errors import InvalidInput
from tui_portail.services.baskets import load_basket
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.cancellations import AbsenceOwed, judge_proof_received, proof_reasons, waiting_proofs
from tui_portail.services.corrections import correct_payment
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.family_facts import avoir_balances
from tui_portail.services.paid_reading import load_paid
from tui_portail.services.payment import TendersRefused, cash_basket
from tui_portail.services.queue import list_queue
from tui_portail.services.quittances import list_quittances, quittance_document
from tui_portail.services.reversal_entry import AlreadyReversed, ReversedPayment
from tui_portail.services.reversals import AvoirSpent, reverse_payment
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.sale import CashedBasket
from tui_portail.services.till import TillClosed, open_session

DAYS = (THURSDAY, FRIDAY)
NEXT_WEEK = (date(2026, 12, 10), date(2026, 12, 11))


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """An agent who books, cashes and answers for the régie, the till open with 100,00 €."""
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR)
    open_session(desk, 100_00, new_operation())
    yield desk
    books_hold(database, clock_of(desk).instant)


def paid_by_cheque(desk: Desk, family: Family, *days: date, activity: str = EVENING) -> CashedBasket:
    basket = hold(desk, family.dossier_id, add(family.child_id, activity, *days))
    return cash_basket(desk, basket.basket_id, [cheque(basket.due_cents)], new_operation())


def unpaid(desk: Desk, cashed: CashedBasket, *lost: int) -> ReversedPayment:
    return reverse_payment(desk, cashed.payment_id, lost or (1,), UNPAID, new_operation())


def balance(desk: Desk, account: str, payer_id: int | None = None) -> int:
    posting = t.posting.c
    wanted = select(func.coalesce(func.sum(posting.amount_cents), 0)).where(posting.account == account)
    with desk.database.read() as connection:
        return int(connection.scalar(wanted if payer_id is None else wanted.where(posting.payer_id == payer_id)) or 0)


def avoirs_of(desk: Desk, payer_id: int) -> int:
    with desk.database.read() as connection:
        return sum(one.remaining_cents for one in avoir_balances(connection, [payer_id]).get(payer_id, ()))


def test_an_unpaid_cheque_makes_its_days_owed_again_in_a_regularisation(desk: Desk) -> None:
    family = a_family(desk)
    cashed = paid_by_cheque(desk, family, *DAYS)

    undone = unpaid(desk, cashed)

    assert undone.kind is ReversalKind.UNPAID
    assert (undone.lost_cents, undone.owed_cents, undone.kept_avoir) == (2 * EVENING_CENTS, 2 * EVENING_CENTS, None)
    assert set(states_of(desk.database, family.child_ids).values().__iter__().__next__()) == {"due"}
    [debt] = list_queue(desk)
    assert (debt.basket_id, debt.due_cents, debt.expires_at) == (undone.debt_basket_id, 2 * EVENING_CENTS, None)
    assert balance(desk, "creances", family.payer_id) == 2 * EVENING_CENTS
    assert balance(desk, "cheques") == 0
    assert balance(desk, "recettes.garde") == -2 * EVENING_CENTS  # entered once, still owed


def test_the_debt_is_cashed_as_any_basket_and_confirms_its_days(desk: Desk) -> None:
    family = a_family(desk)
    undone = unpaid(desk, paid_by_cheque(desk, family, *DAYS))
    clock_of(desk).advance(minutes=600)  # no expiry

    assert undone.debt_basket_id is not None
    cash_basket(desk, undone.debt_basket_id, [card(2 * EVENING_CENTS)], new_operation())

    assert {state for states in states_of(desk.database, family.child_ids).values() for state in states} == {
        "confirmed"
    }
    assert balance(desk, "creances") == 0
    assert balance(desk, "recettes.garde") == -2 * EVENING_CENTS


def test_a_payment_is_reversed_once(desk: Desk) -> None:
    cashed = paid_by_cheque(desk, a_family(desk), THURSDAY)
    operation = new_operation()
    undone = reverse_payment(desk, cashed.payment_id, [1], UNPAID, operation)

    assert reverse_payment(desk, cashed.payment_id, [1], UNPAID, operation) == undone
    with pytest.raises(AlreadyReversed):
        unpaid(desk, cashed)


def test_the_avoirs_that_the_payment_used_come_back(desk: Desk) -> None:
    family = a_family(desk)
    pay_by_card(desk, hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY)).basket_id)
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY))
    cashed = paid_by_cheque(desk, family, *NEXT_WEEK)
    assert (cashed.avoir_cents, avoirs_of(desk, family.payer_id)) == (EVENING_CENTS, 0)

    undone = unpaid(desk, cashed)

    assert undone.given_back_cents == EVENING_CENTS == avoirs_of(desk, family.payer_id)
    assert undone.debt_basket_id is not None
    assert load_basket(desk, undone.debt_basket_id).due_cents == EVENING_CENTS  # the avoir serves by itself again


def test_what_the_regie_keeps_of_the_payment_becomes_an_avoir(desk: Desk) -> None:
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, *DAYS))
    cashed = cash_basket(desk, basket.basket_id, [cash(1_00), cheque(2 * EVENING_CENTS - 1_00)], new_operation())

    undone = unpaid(desk, cashed, 2)

    assert undone.kept_avoir is not None
    assert undone.kept_avoir.amount_cents == 1_00 == avoirs_of(desk, family.payer_id)
    assert balance(desk, "caisse") == 101_00  # no cash is given back
    assert undone.debt_basket_id is not None
    assert load_basket(desk, undone.debt_basket_id).due_cents == 2 * EVENING_CENTS - 1_00


def test_an_avoir_given_for_its_days_is_taken_back(desk: Desk) -> None:
    family = a_family(desk)
    cashed = paid_by_cheque(desk, family, *NEXT_WEEK)
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, NEXT_WEEK[0]))
    assert avoirs_of(desk, family.payer_id) == EVENING_CENTS

    undone = unpaid(desk, cashed)

    assert (undone.withdrawn_cents, undone.owed_cents) == (EVENING_CENTS, EVENING_CENTS)
    assert avoirs_of(desk, family.payer_id) == 0
    assert states_of(desk.database, family.child_ids)[family.child_id, EVENING, NEXT_WEEK[0]] == ["cancelled"]
    assert balance(desk, "recettes.garde") == -EVENING_CENTS


def test_an_avoir_already_spent_cannot_be_reversed_and_the_sentence_says_what_to_reverse_first(desk: Desk) -> None:
    family = a_family(desk)
    cashed = paid_by_cheque(desk, family, *NEXT_WEEK)
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, NEXT_WEEK[0]))
    later = paid_by_cheque(desk, family, date(2026, 12, 14), date(2026, 12, 15))

    with pytest.raises(AvoirSpent) as refused:
        unpaid(desk, cashed)
    assert later.quittance_number in refused.value.sentence

    unpaid(desk, later)
    assert unpaid(desk, cashed).withdrawn_cents == EVENING_CENTS


def test_a_payment_made_of_avoirs_alone_is_reversed_too_so_that_what_gave_them_can_be(desk: Desk) -> None:
    family = a_family(desk)
    cashed = paid_by_cheque(desk, family, *NEXT_WEEK)
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, NEXT_WEEK[0]))
    settled = hold(desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 14)))
    assert settled.settled_quittance_number is not None, "an avoir pays it by itself"
    [latest, _] = list_quittances(desk)

    with pytest.raises(AvoirSpent) as refused:
        unpaid(desk, cashed)
    assert settled.settled_quittance_number in refused.value.sentence

    payment_id = load_paid(desk, latest.quittance_id).payment_id
    with pytest.raises(InvalidInput):
        reverse_payment(desk, payment_id, [], UNPAID, new_operation())  # no cheque came back unpaid
    given_back = reverse_payment(desk, payment_id, [], NOTHING, new_operation())
    assert (given_back.lost_cents, given_back.given_back_cents) == (0, EVENING_CENTS)
    assert unpaid(desk, cashed).withdrawn_cents == EVENING_CENTS
    assert avoirs_of(desk, family.payer_id) == 0


def test_a_payment_of_avoirs_and_money_received_is_reversed_without_losing_the_money(desk: Desk) -> None:
    family = a_family(desk)
    cashed = paid_by_cheque(desk, family, *NEXT_WEEK)
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, NEXT_WEEK[0]))
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 14), date(2026, 12, 15)))
    later = pay_by_card(desk, basket.basket_id)
    assert (later.avoir_cents, later.received_cents) == (EVENING_CENTS, EVENING_CENTS)
    with pytest.raises(AvoirSpent):
        unpaid(desk, cashed)

    undone = reverse_payment(desk, later.payment_id, [], NOTHING, new_operation())
    assert (undone.lost_cents, undone.given_back_cents, undone.owed_cents) == (0, EVENING_CENTS, 2 * EVENING_CENTS)
    assert undone.kept_avoir is not None
    assert undone.kept_avoir.amount_cents == EVENING_CENTS
    assert balance(desk, "cartes") == EVENING_CENTS  # what the terminal received is still there, to be deposited
    assert unpaid(desk, cashed).withdrawn_cents == EVENING_CENTS
    assert avoirs_of(desk, family.payer_id) == EVENING_CENTS


def test_a_day_cancelled_too_late_stays_owed_without_taking_a_place(desk: Desk) -> None:
    family = a_family(desk)
    cashed = paid_by_cheque(desk, family, THURSDAY)
    clock_of(desk).instant = clock_of(desk).instant.replace(day=2, hour=15)
    next_till(desk)
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, THURSDAY))
    desk.sign(an_agent(desk.database, Role.ENFANCE, Role.REGISSEUR))

    undone = unpaid(desk, cashed)

    assert states_of(desk.database, family.child_ids)[family.child_id, EVENING, THURSDAY] == ["due_late"]
    assert undone.debt_basket_id is not None
    cash_basket(desk, undone.debt_basket_id, [card(EVENING_CENTS)], new_operation())
    assert states_of(desk.database, family.child_ids)[family.child_id, EVENING, THURSDAY] == ["cancelled_late"]


def test_a_justificatif_waits_for_the_debt_of_its_absence(desk: Desk) -> None:
    family = a_family(desk, children=[a_child(renew_alsh_years=(2026,))])
    wednesday = date(2026, 12, 9)
    cashed = paid_by_cheque(desk, family, wednesday, activity=WEDNESDAY_ALSH)
    clock_of(desk).instant = clock_of(desk).instant.replace(day=9, hour=8)
    next_till(desk)
    finish(desk, family.dossier_id, remove(family.child_id, WEDNESDAY_ALSH, wednesday))
    undone = unpaid(desk, cashed)
    [proof] = waiting_proofs(desk)

    with pytest.raises(AbsenceOwed):
        judge_proof_received(desk, proof.proof_id, wednesday, True, proof_reasons(desk, True)[0], new_operation())

    assert undone.debt_basket_id is not None
    cash_basket(desk, undone.debt_basket_id, [card(undone.owed_cents)], new_operation())
    accepted = judge_proof_received(
        desk, proof.proof_id, wednesday, True, proof_reasons(desk, True)[0], new_operation()
    )
    assert accepted.avoirs[0].amount_cents == cashed.total_cents


def test_a_debt_blocks_new_bookings_of_its_payer_until_it_is_paid(desk: Desk) -> None:
    family = a_family(desk)
    undone = unpaid(desk, paid_by_cheque(desk, family, THURSDAY))

    with pytest.raises(ChangesRefused) as refused:
        finish(desk, family.dossier_id, add(family.child_id, EVENING, *NEXT_WEEK))
    assert {decision.code for decision in refused.value.refusals.values()} == {"DETTE_EN_COURS"}

    assert undone.debt_basket_id is not None
    cash_basket(desk, undone.debt_basket_id, [card(EVENING_CENTS)], new_operation())
    assert hold(desk, family.dossier_id, add(family.child_id, EVENING, *NEXT_WEEK)).due_cents == 2 * EVENING_CENTS


def test_the_dossier_says_what_each_payer_owes(desk: Desk) -> None:
    family = a_family(desk)
    assert load_dossier(desk, family.dossier_id).payers[0].debt_cents == 0

    unpaid(desk, paid_by_cheque(desk, family, *DAYS))

    [payer] = load_dossier(desk, family.dossier_id).payers
    assert (payer.debt_cents, payer.live_basket_id) == (2 * EVENING_CENTS, None)


def test_a_day_owed_and_cancelled_in_time_is_no_longer_owed(desk: Desk) -> None:
    family = a_family(desk)
    undone = unpaid(desk, paid_by_cheque(desk, family, *NEXT_WEEK))

    finish(desk, family.dossier_id, remove(family.child_id, EVENING, NEXT_WEEK[0]))

    assert balance(desk, "creances", family.payer_id) == EVENING_CENTS == -balance(desk, "recettes.garde")
    assert undone.debt_basket_id is not None
    assert load_basket(desk, undone.debt_basket_id).total_cents == EVENING_CENTS
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, NEXT_WEEK[1]))
    assert (balance(desk, "creances"), list_queue(desk)) == (0, ())


def test_means_typed_wrong_are_corrected_in_one_gesture_with_a_quittance_that_names_the_old_one(desk: Desk) -> None:
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, MEAL, *DAYS))
    cashed = cash_basket(desk, basket.basket_id, [cash(basket.due_cents, 50_00)], new_operation())
    before = states_of(desk.database, family.child_ids)

    corrected = correct_payment(desk, cashed.payment_id, [cheque(cashed.total_cents)], WRONG_MEANS, new_operation())

    assert corrected.replaced_number == cashed.quittance_number
    assert corrected.cashed.quittance_number != cashed.quittance_number
    assert corrected.cashed.total_cents == cashed.total_cents
    assert states_of(desk.database, family.child_ids) == before
    assert (balance(desk, "caisse"), balance(desk, "cheques"), balance(desk, "creances")) == (
        100_00,
        cashed.total_cents,
        0,
    )
    document = quittance_document(desk, corrected.cashed.quittance_id)
    assert document.replaces == cashed.quittance_number
    assert [line.total_cents for line in document.lines]
    assert list_queue(desk) == ()


def test_a_correction_uses_the_same_avoirs_even_where_days_were_cancelled_and_others_came_since(desk: Desk) -> None:
    family = a_family(desk)
    pay_by_card(desk, hold(desk, family.dossier_id, add(family.child_id, BREAK, FRIDAY)).basket_id)
    finish(desk, family.dossier_id, remove(family.child_id, BREAK, FRIDAY))
    cashed = paid_by_cheque(desk, family, *NEXT_WEEK)
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, *NEXT_WEEK))
    left = avoirs_of(desk, family.payer_id)

    corrected = correct_payment(desk, cashed.payment_id, [card(cashed.received_cents)], WRONG_MEANS, new_operation())

    assert corrected.cashed.avoir_cents == cashed.avoir_cents > 0
    assert avoirs_of(desk, family.payer_id) == left == corrected.cashed.avoir_left_cents


def test_a_corrected_payment_may_be_corrected_again_or_come_back_unpaid(desk: Desk) -> None:
    family = a_family(desk)
    cashed = paid_by_cheque(desk, family, THURSDAY)
    first = correct_payment(desk, cashed.payment_id, [card(EVENING_CENTS)], WRONG_MEANS, new_operation())
    second = correct_payment(desk, first.cashed.payment_id, [cheque(EVENING_CENTS)], WRONG_MEANS, new_operation())

    undone = unpaid(desk, second.cashed)

    assert undone.owed_cents == EVENING_CENTS
    with pytest.raises(AlreadyReversed):
        correct_payment(desk, cashed.payment_id, [card(EVENING_CENTS)], WRONG_MEANS, new_operation())


def test_means_that_may_not_pay_are_refused_in_a_correction_too(desk: Desk) -> None:
    family = a_family(desk)
    cashed = paid_by_cheque(desk, family, THURSDAY)

    with pytest.raises(TendersRefused):
        correct_payment(desk, cashed.payment_id, [card(EVENING_CENTS - 1)], WRONG_MEANS, new_operation())
    with pytest.raises(InvalidInput, match="rien à corriger"):
        correct_payment(desk, cashed.payment_id, [cheque(EVENING_CENTS)], WRONG_MEANS, new_operation())


def test_the_drawer_of_a_cheque_is_corrected_alone(desk: Desk) -> None:
    cashed = paid_by_cheque(desk, a_family(desk), THURSDAY)
    other = [cheque(EVENING_CENTS, drawer="Karim Benali")]

    correct_payment(desk, cashed.payment_id, other, WRONG_MEANS, new_operation())

    [latest, _] = list_quittances(desk)
    assert "Karim Benali" in load_paid(desk, latest.quittance_id).tenders[0].reference


def test_only_a_cheque_comes_back_unpaid_and_reasons_come_from_the_list(desk: Desk) -> None:
    family = a_family(desk)
    cashed = pay_by_card(desk, hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY)).basket_id)

    with pytest.raises(InvalidInput, match="Seul un chèque"):
        reverse_payment(desk, cashed.payment_id, [1], UNPAID, new_operation())
    with pytest.raises(InvalidInput, match="motif"):
        reverse_payment(desk, cashed.payment_id, [1], "Parce que", new_operation())
    with pytest.raises(InvalidInput, match="Cochez"):
        reverse_payment(desk, cashed.payment_id, [], NOTHING, new_operation())
    with pytest.raises(InvalidInput, match="Cochez"):
        reverse_payment(desk, cashed.payment_id, [2], NOTHING, new_operation())


def test_cash_that_never_came_is_reversed_in_an_open_till_only(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR)
    family = a_family(desk)
    cashed = pay_by_card(desk, hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY)).basket_id)
    reverse_payment(desk, cashed.payment_id, [1], NOTHING, new_operation())  # a card needs no till
    other = pay_by_card(desk, list_queue(desk)[0].basket_id)

    with pytest.raises(TillClosed):
        correct_payment(desk, other.payment_id, [cash(EVENING_CENTS)], WRONG_MEANS, new_operation())


def test_reversing_needs_the_regisseur(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE, Role.COMPTABILITE)
    open_session(desk, 0, new_operation())
    cashed = paid_by_cheque(desk, a_family(desk), THURSDAY)

    with pytest.raises(NotAllowed):
        unpaid(desk, cashed)
    with pytest.raises(NotAllowed):
        correct_payment(desk, cashed.payment_id, [card(EVENING_CENTS)], WRONG_MEANS, new_operation())


def test_a_basket_on_hold_that_the_avoirs_come_back_pay_whole_is_settled_at_once(desk: Desk) -> None:
    """Rules, « Hold and payment »: nothing due, settled at once; else it would expire, its places lost, with nothing to pay."""
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, *DAYS))
    paid = cash_basket(desk, basket.basket_id, [cheque(1), card(2 * EVENING_CENTS - 1)], new_operation())
    waiting = hold(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_WEEK[0]))
    undone = unpaid(desk, paid)
    assert undone.settled[0].avoir_cents == waiting.due_cents == EVENING_CENTS
    assert undone.settled[0].quittance_number in undone.sentence
    assert states_of(desk.database, family.child_ids)[family.child_id, EVENING, NEXT_WEEK[0]] == ["confirmed"]
    assert [row.basket_id for row in list_queue(desk)] == [undone.debt_basket_id]


def test_a_basket_on_hold_that_they_do_not_pay_whole_waits(desk: Desk) -> None:
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, *DAYS))
    paid = cash_basket(desk, basket.basket_id, [cheque(2 * EVENING_CENTS - 1), card(1)], new_operation())
    waiting = hold(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_WEEK[0]))
    undone = unpaid(desk, paid)
    assert undone.settled == ()
    assert [row.basket_id for row in list_queue(desk)] == [waiting.basket_id, undone.debt_basket_id]
