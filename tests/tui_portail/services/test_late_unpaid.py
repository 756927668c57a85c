"""A cheque that a reversal had kept comes back unpaid: off the next slip, its avoir withdrawn, told wherever money is."""

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from models.states import PeriodKind, SlipLineKind
from tests.factories import a_desk, a_family, an_agent, paris
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import EVENING, add, card, cash, cheque, clock_of, hold, set_time
from tests.tui_portail.services.slip_acts import (
    NOTHING,
    THE_DAY,
    UNPAID,
    a_regie,
    balance,
    came_back,
    corrected,
    pay,
    prepared,
    sums,
    unpaid,
    validated,
    without,
)
from tests.tui_portail.services.tampering import found, sql, unguarded
from tests.tui_portail.services.till_acts import close_till, next_till, to_close
from tui_portail.book_entries import narration
from tui_portail.errors import InvalidInput
from tui_portail.policy import Means
from tui_portail.revenue import AVOIR
from tui_portail.services.closing_sheets import closing_sheet
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.dropped_debts import drop_debt
from tui_portail.services.late_unpaid import AlreadyBack, declare_unpaid
from tui_portail.services.payment import cash_basket
from tui_portail.services.period_closings import close_due_periods, list_closings
from tui_portail.services.refunds import request_refund
from tui_portail.services.registers import WHOLE, open_books
from tui_portail.services.registers_avoirs import avoir_states
from tui_portail.services.registers_entries import book_entries
from tui_portail.services.registers_revenue import revenue
from tui_portail.services.reversals import AvoirSpent, reverse_payment
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.sale import CashedBasket
from tui_portail.services.slips import NothingToDeposit
from tui_portail.services.tax_certificates import list_certificates
from tui_portail.services.till_balance import till_balance
from tui_portail.services.verification import verify

MONEY = ("recettes_versees", "cheques", "avoirs", "creances", "ecarts")


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """The régisseur's desk, its till open with 100,00 €."""
    desk = a_regie(database)
    yield desk
    books_hold(database, clock_of(desk).instant)
    assert verify(desk).findings == ()


def two_cheques(desk: Desk) -> CashedBasket:
    return pay(desk, cheque(30_00, number="0000001"), cheque(20_00, number="0000002"))


def balances(desk: Desk) -> list[int]:
    return [balance(desk, account) for account in MONEY]


# -- the slips ---------------------------------------------------------------------------------------------------------------


def test_the_second_cheque_of_a_payment_deposited_is_taken_off_the_next_slip_and_its_avoir_withdrawn(
    desk: Desk,
) -> None:
    paid = two_cheques(desk)
    validated(desk, prepared(desk))
    unpaid(desk, paid, 1)
    assert sums(validated(desk, prepared(desk))) == (-30_00, 0, -30_00)
    assert balances(desk) == [20_00, 0, -20_00, 50_00, 0]

    done = came_back(desk, paid, 2)

    assert (done.lost_cents, done.quittance) == (20_00, paid.quittance_number)
    draft = prepared(desk)
    [line] = draft.lines
    assert (line.kind, line.unpaid, line.taken_off, line.final_cents) == (SlipLineKind.UNPAID, True, True, -20_00)
    with pytest.raises(InvalidInput, match="ne peut pas en être retirée"):
        without(desk, draft, paid.payment_id)
    validated(desk, draft)
    assert balances(desk) == [0, 0, 0, 50_00, 0]
    with pytest.raises(NothingToDeposit):
        prepared(desk)


def test_cheques_come_back_one_by_one_each_off_its_own_slip_or_together_off_one(desk: Desk) -> None:
    paid = pay(desk, *(cheque(cents, number=f"{cents:07d}") for cents in (30_00, 20_00, 5_00, 1_00)))
    validated(desk, prepared(desk))
    unpaid(desk, paid, 1)
    came_back(desk, paid, 2)
    both = validated(desk, prepared(desk))
    assert [line.final_cents for line in both.lines] == [-20_00, -30_00]
    came_back(desk, paid, 3)
    assert validated(desk, prepared(desk)).final_cents == -5_00
    came_back(desk, paid, 4)
    assert validated(desk, prepared(desk)).final_cents == -1_00
    assert balances(desk) == [0, 0, 0, 56_00, 0]


def test_a_kept_cheque_not_deposited_yet_is_no_more_waited_for(desk: Desk) -> None:
    paid = two_cheques(desk)
    draft = prepared(desk)
    unpaid(desk, paid, 1)
    assert [one.amount_cents for one in to_close(desk).cheques] == [20_00]

    came_back(desk, paid, 2)

    assert to_close(desk).cheques == ()
    pay(desk, card(3_00))
    draft = prepared(desk)
    assert sums(draft) == (53_00, 50_00, 3_00)
    validated(desk, draft)
    other = two_cheques(desk)
    unpaid(desk, other, 1)
    came_back(desk, other, 2)
    with pytest.raises(NothingToDeposit):
        prepared(desk)


def test_a_kept_cheque_noted_missing_leaves_the_differences_it_is_among(desk: Desk) -> None:
    paid = two_cheques(desk)
    unpaid(desk, paid, 1)
    close_till(desk, missing=(paid.payment_id,), reasons={Means.CHEQUE: "Chèque égaré"})
    next_till(desk)

    came_back(desk, paid, 2)

    assert balances(desk) == [0, 0, 0, 50_00, 0]


def test_a_cheque_kept_by_a_reversal_made_for_another_reason_may_come_back_too(desk: Desk) -> None:
    paid = pay(desk, cash(10_00), cheque(20_00))
    validated(desk, prepared(desk))
    unpaid(desk, paid, 1, reason=NOTHING)

    came_back(desk, paid, 2)

    pay(desk, cash(10_00))
    assert [line.final_cents for line in validated(desk, prepared(desk)).lines] == [10_00, -20_00, -10_00]


# -- the avoir ---------------------------------------------------------------------------------------------------------------


def test_an_avoir_already_spent_is_refused_with_the_quittance_to_reverse_first(desk: Desk) -> None:
    family = a_family(desk, quotient_cents=50_00)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, THE_DAY))
    paid = cash_basket(desk, basket.basket_id, [cheque(30_00), cheque(20_00, number="2")], new_operation())
    debt = unpaid(desk, paid, 1)
    assert debt.debt_basket_id is not None
    settled = cash_basket(desk, debt.debt_basket_id, [cash(30_00)], new_operation())  # the avoir pays the rest

    with pytest.raises(AvoirSpent, match=f"gardé de ce paiement.*{settled.quittance_number}.*Contre-passez d’abord"):
        came_back(desk, paid, 2)
    reverse_payment(desk, settled.payment_id, [], NOTHING, new_operation())
    came_back(desk, paid, 2)

    assert balances(desk)[1:] == [0, -30_00, 50_00, 0]


def test_a_refund_that_took_what_a_kept_cheque_gave_is_said_before_any_quittance_that_used_the_rest(
    desk: Desk,
) -> None:
    paid = two_cheques(desk)
    reversed_ = unpaid(desk, paid, 1)
    assert reversed_.debt_basket_id is not None
    drop_debt(desk, reversed_.debt_basket_id, "Décision de l’ordonnateur", new_operation())
    with desk.database.read() as connection:
        payer_id = connection.scalar(select(t.payment.c.payer_id))
    assert payer_id is not None
    request_refund(desk, payer_id, "Départ de la commune", new_operation())

    with pytest.raises(AvoirSpent, match=r"par une demande de remboursement.*ordonnateur"):
        came_back(desk, paid, 2)


def test_the_family_s_dossier_tells_the_cheque_come_back_and_the_verifier_what_was_told_otherwise(desk: Desk) -> None:
    paid = two_cheques(desk)
    unpaid(desk, paid, 1)
    came_back(desk, paid, 2)
    with desk.database.read() as connection:
        dossier_id = connection.scalar(
            select(t.audit_event.c.dossier_id).where(t.audit_event.c.gesture == "cheque_revenu")
        )
    assert dossier_id is not None

    told = {(one.label, one.reference) for one in load_dossier(desk, dossier_id).operations}

    assert ("Chèque gardé revenu impayé", paid.quittance_number) in told
    with unguarded(desk) as connection:
        sql(connection, "UPDATE audit_event SET reason = 'Oubli' WHERE gesture = 'cheque_revenu'")
        assert "audit_event" in {table for table, _ in found(desk, connection)}


# -- what is refused -----------------------------------------------------------------------------------------------------------


def test_only_a_cheque_kept_comes_back_once_and_for_a_reason_of_the_list(desk: Desk, database: Database) -> None:
    paid = pay(desk, cheque(30_00), cheque(20_00, number="2"), card(5_00))
    with pytest.raises(InvalidInput, match="n’est pas contre-passée"):
        came_back(desk, paid, 2)
    unpaid(desk, paid, 1)
    for rank in (3, 7):
        with pytest.raises(InvalidInput, match="Seul un chèque"):
            came_back(desk, paid, rank)
    with pytest.raises(InvalidInput, match="motif d’impayé"):
        declare_unpaid(desk, paid.payment_id, 2, NOTHING, new_operation())
    with pytest.raises(AlreadyBack):
        came_back(desk, paid, 1)  # the reversal lost it
    operation = new_operation()
    done = declare_unpaid(desk, paid.payment_id, 2, UNPAID, operation)
    assert declare_unpaid(desk, paid.payment_id, 2, UNPAID, operation) == done
    with pytest.raises(AlreadyBack):
        came_back(desk, paid, 2)
    an_agent(database, Role.COMPTABILITE)
    with pytest.raises(NotAllowed):
        came_back(a_desk(database, Role.COMPTABILITE), paid, 2)


def test_a_payment_corrected_kept_nothing_that_could_come_back(desk: Desk) -> None:
    paid = pay(desk, cheque(30_00))
    corrected(desk, paid, card(30_00))
    with pytest.raises(AlreadyBack):
        came_back(desk, paid, 1)


# -- where it is told ------------------------------------------------------------------------------------------------------------


def test_the_till_its_sheet_and_the_closings_count_what_came_back(desk: Desk) -> None:
    paid = two_cheques(desk)
    unpaid(desk, paid, 1)
    came_back(desk, paid, 2)
    now = till_balance(desk)
    assert now is not None
    assert [(flow.received_cents, flow.reversed_cents) for flow in now.flows] == [(50_00, 50_00)]

    closed = close_till(desk)
    set_time(desk, paris("2026-12-02 08:00"))
    close_due_periods(desk, new_operation())

    assert [amount.cents for amount in closing_sheet(desk, closed.session_id).reversed_by_means] == [50_00]
    [day] = list_closings(desk, PeriodKind.DAY)
    assert (day.received_cents, day.reversed_cents, day.perpetual_cents) == (50_00, 50_00, 0)


def test_the_registers_tell_the_entry_by_its_quittance_the_avoir_withdrawn_and_the_cheque_lost(desk: Desk) -> None:
    paid = two_cheques(desk)
    unpaid(desk, paid, 1)
    came_back(desk, paid, 2)

    with open_books(desk) as books:
        told = [narration(entry.kind, entry.reference) for entry in book_entries(books)]
        [avoir] = avoir_states(books)
        found = revenue(books, WHOLE)
    assert told[-1] == f"Chèque gardé, revenu impayé, quittance {paid.quittance_number}"
    assert (avoir.issued_cents, avoir.withdrawn_cents, avoir.left_cents) == (20_00, 20_00, 0)
    by_means: Counter[str] = Counter()
    for row in found.rows:
        by_means[row.means] += row.net_cents
    assert (by_means[Means.CHEQUE.value], by_means[AVOIR]) == (0, 0)
    assert found.net_cents == found.ledger_cents


def test_nothing_of_it_is_certified_for_the_tax(desk: Desk) -> None:
    paid = two_cheques(desk)
    unpaid(desk, paid, 1)
    came_back(desk, paid, 2)
    assert [row.total_cents for row in list_certificates(desk, 2026) if row.total_cents] == []
