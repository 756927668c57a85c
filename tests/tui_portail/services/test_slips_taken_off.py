"""Deposit slips: what was deposited and came back, or was corrected since, is taken off the next one; its paper is at the Trésor."""

from collections.abc import Iterator

import pytest

from models.engine import Database
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import card, cash, cheque, clock_of
from tests.tui_portail.services.slip_acts import (
    NOTHING,
    a_regie,
    again_with,
    balance,
    by_payment,
    corrected,
    pay,
    pay_all,
    prepared,
    sums,
    unpaid,
    validated,
    without,
)
from tests.tui_portail.services.till_acts import close_till, later, to_close
from tui_portail.errors import InvalidInput
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.desk import Desk
from tui_portail.services.slip_entry import SlipRefused
from tui_portail.services.till_balance import till_balance
from tui_portail.services.verification import verify


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """The régisseur's desk, its till open with 100,00 €."""
    desk = a_regie(database)
    yield desk
    books_hold(database, clock_of(desk).instant)


# -- what is taken off ----------------------------------------------------------------------------------------------------------


def test_means_corrected_after_the_deposit_go_as_the_old_taken_off_and_the_new_added(desk: Desk) -> None:
    paid = pay(desk, cheque(30_00))
    validated(desk, prepared(desk))

    new = corrected(desk, paid, card(30_00)).cashed

    draft = prepared(desk)
    lines = by_payment(draft)
    assert (lines[new.payment_id].final_cents, lines[paid.payment_id].final_cents) == (30_00, -30_00)
    assert not lines[paid.payment_id].unpaid
    validated(desk, draft)
    assert [balance(desk, account) for account in ("recettes_versees", "cheques", "cartes")] == [30_00, 0, 0]


def test_means_corrected_before_the_deposit_deposit_the_new_only(desk: Desk) -> None:
    paid = pay(desk, cheque(30_00))
    draft = prepared(desk)

    corrected(desk, paid, card(30_00))

    draft = prepared(desk)
    assert sums(draft) == (60_00, 30_00, 30_00)
    validated(desk, draft)
    assert [balance(desk, account) for account in ("recettes_versees", "cheques", "cartes")] == [30_00, 0, 0]


# -- what was deposited, then corrected: its paper is at the Trésor ---------------------------------------------------------------


def test_a_cheque_corrected_after_its_deposit_is_looked_for_no_more_and_goes_with_the_old_whatever_is_closed(
    desk: Desk,
) -> None:
    paid = pay(desk, cheque(42_00))
    validated(desk, prepared(desk))
    new = corrected(desk, paid, cheque(42_00, number="0000999")).cashed

    assert (to_close(desk).cheques, to_close(desk).expected[Means.CHEQUE]) == ((), 0)
    later(desk, days=1)
    later(desk, days=1)

    draft = prepared(desk)
    assert {key: line.final_cents for key, line in by_payment(draft).items()} == {
        new.payment_id: 42_00,
        paid.payment_id: -42_00,
    }
    validated(desk, draft)
    assert [balance(desk, account) for account in ("recettes_versees", "cheques", "ecarts")] == [42_00, 0, 0]


def test_a_value_corrected_after_its_deposit_leaves_in_the_drawer_what_was_not_deposited_of_it(desk: Desk) -> None:
    less, more = pay(desk, Tender(Means.CESU, 50_00)), pay(desk, Tender(Means.ANCV, 30_00), cash(10_00))
    validated(desk, prepared(desk))
    corrected(desk, less, Tender(Means.CESU, 40_00), cash(10_00))
    corrected(desk, more, Tender(Means.ANCV, 40_00))
    balance_now = till_balance(desk)

    expected = to_close(desk).expected
    assert (expected[Means.CESU], expected[Means.ANCV], expected[Means.CASH]) == (0, 10_00, 100_00)
    assert balance_now is not None
    assert {value.means: value.expected_cents for value in balance_now.values} == {Means.CESU: 0, Means.ANCV: 10_00}
    later(desk, days=1)

    validated(desk, prepared(desk))
    assert [balance(desk, account) for account in ("recettes_versees", "cesu", "ancv", "ecarts")] == [90_00, 0, 0, 0]
    assert to_close(desk).expected[Means.ANCV] == 0


def test_a_paper_that_is_another_than_the_one_deposited_is_in_the_drawer(desk: Desk) -> None:
    by_card, by_cheque = pay(desk, card(30_00)), pay(desk, cheque(20_00, number="0000001"), card(5_00))
    validated(desk, prepared(desk))
    new = corrected(desk, by_card, cheque(30_00, number="0000030")).cashed
    two = corrected(desk, by_cheque, cheque(5_00, number="0000002"), cheque(20_00, number="0000001")).cashed

    assert [(one.payment_id, one.reference) for one in to_close(desk).cheques] == [
        (new.payment_id, "0000030"),
        (two.payment_id, "0000002"),
    ]


def test_a_correction_corrected_again_before_any_slip_is_still_the_paper_deposited(desk: Desk) -> None:
    paid = pay(desk, cheque(42_00))
    validated(desk, prepared(desk))
    wrong_again = corrected(desk, paid, cheque(42_00, number="0000998")).cashed
    draft = prepared(desk)
    right = corrected(desk, wrong_again, cheque(42_00, number="0000999")).cashed

    assert to_close(desk).cheques == ()
    with pytest.raises(SlipRefused, match=f"{right.quittance_number}.*celle qu’elle remplace"):
        validated(desk, draft)
    assert validated(desk, prepared(desk)).final_cents == 0
    assert [balance(desk, account) for account in ("recettes_versees", "cheques")] == [42_00, 0]


@pytest.mark.parametrize("paper", [cheque(42_00), Tender(Means.CESU, 42_00)])
def test_what_replaces_a_deposit_that_a_slip_took_off_already_is_in_the_drawer(desk: Desk, paper: Tender) -> None:
    paid = pay(desk, paper)
    validated(desk, prepared(desk))
    in_cash = corrected(desk, paid, cash(42_00)).cashed
    validated(desk, without(desk, prepared(desk), in_cash.payment_id))

    last = corrected(desk, in_cash, paper).cashed

    assert to_close(desk).expected[paper.means] == 42_00
    draft = prepared(desk)
    [line] = draft.lines
    assert (line.payment_id, line.replaces, draft.may_be_left_out(line)) == (last.payment_id, "", True)
    validated(desk, draft)
    assert balance(desk, "recettes_versees") == 42_00


def test_a_missing_cheque_that_must_go_with_what_it_replaces_is_to_be_found_again(desk: Desk) -> None:
    paid = pay(desk, cheque(42_00))
    validated(desk, prepared(desk))
    new = corrected(desk, paid, cheque(20_00, number="0000001"), cheque(22_00, number="0000002")).cashed
    close_till(desk, missing=(new.payment_id,), reasons={Means.CHEQUE: "Introuvable"})

    with pytest.raises(SlipRefused, match="Retrouvez-le et comptez-le à une clôture, ou contre-passez-le"):
        validated(desk, prepared(desk))


def test_what_was_corrected_before_its_slip_was_validated_is_in_the_drawer(desk: Desk) -> None:
    paid = pay(desk, cheque(42_00))
    draft = prepared(desk)
    new = corrected(desk, paid, cheque(42_00, number="0000999")).cashed
    pay(desk, cheque(10_00))
    draft = without(desk, prepared(desk), new.payment_id)
    validated(desk, draft)

    assert [one.payment_id for one in to_close(desk).cheques] == [new.payment_id]


def test_a_correction_of_what_was_deposited_goes_on_the_very_next_slip_or_waits_with_the_old(desk: Desk) -> None:
    paid = pay(desk, cheque(20_00), cash(30_00))
    validated(desk, prepared(desk))
    new = corrected(desk, paid, cheque(20_00, number="0000999"), card(30_00)).cashed
    draft = prepared(desk)
    pay(desk, cash(45_00))
    complete = prepared(desk)
    for one in (new, paid):
        with pytest.raises(InvalidInput, match="ne peut pas en être retirée"):
            without(desk, complete, one.payment_id)  # there is cash enough

    later_cash = next(line.payment_id for line in complete.lines if line.cents_of(Means.CASH) > 0)
    short = without(desk, complete, later_cash)
    alone = without(desk, short, new.payment_id)  # the drawer is short of the 30,00 € to be taken off: both wait

    assert (alone.slip_id, alone.lines) == (draft.slip_id, ())
    assert by_payment(again_with(desk, alone, paid.payment_id)).keys() == {new.payment_id, paid.payment_id}
    assert validated(desk, again_with(desk, alone, later_cash)).final_cents == 45_00


def test_a_corrected_cheque_that_comes_back_before_the_next_slip_is_taken_off_it_once(desk: Desk) -> None:
    paid = pay(desk, cheque(42_00))
    validated(desk, prepared(desk))
    new = corrected(desk, paid, cheque(42_00, number="0000999")).cashed

    unpaid(desk, new)

    assert sums(validated(desk, prepared(desk))) == (-42_00, 0, -42_00)
    assert [balance(desk, account) for account in ("recettes_versees", "cheques")] == [0, 0]


def test_what_a_reversal_keeps_is_deposited_and_only_what_it_lost_is_cancelled(desk: Desk) -> None:
    paid = pay(desk, cash(10_00), cheque(30_00))
    prepared(desk)
    unpaid(desk, paid, 2)

    draft = prepared(desk)

    assert sums(draft) == (40_00, 30_00, 10_00)
    validated(desk, draft)
    assert [balance(desk, account) for account in ("recettes_versees", "cheques", "caisse")] == [10_00, 0, 100_00]


def test_only_what_a_reversal_lost_after_the_deposit_is_taken_off(desk: Desk) -> None:
    paid = pay(desk, cash(10_00), cheque(30_00))
    validated(desk, prepared(desk))
    unpaid(desk, paid, 2)

    assert sums(prepared(desk)) == (-30_00, 0, -30_00)


def test_what_was_deposited_and_came_back_cannot_be_left_for_later(desk: Desk) -> None:
    paid = pay(desk, cheque(30_00))
    validated(desk, prepared(desk))
    pay(desk, cheque(50_00))
    before = prepared(desk)
    unpaid(desk, paid)

    with pytest.raises(SlipRefused, match=paid.quittance_number):
        validated(desk, before)
    complete = prepared(desk)
    with pytest.raises(InvalidInput, match="ne peut pas en être retirée"):
        without(desk, complete, paid.payment_id)
    assert validated(desk, complete).final_cents == 20_00


def test_cash_that_came_back_waits_for_enough_cash_without_holding_up_the_cheques(desk: Desk) -> None:
    paid = pay(desk, cash(30_00))
    validated(desk, prepared(desk))
    unpaid(desk, paid, reason=NOTHING)
    pay_all(desk, cheque(50_00), cash(10_00))
    draft = prepared(desk)

    with pytest.raises(SlipRefused, match="−20,00"):
        validated(desk, draft)
    validated(desk, without(desk, draft, paid.payment_id))
    pay(desk, cash(45_00))
    draft = prepared(desk)
    assert draft.final_cents == 15_00
    with pytest.raises(InvalidInput):
        without(desk, draft, paid.payment_id)  # there is enough cash now
    validated(desk, draft)
    assert [balance(desk, account) for account in ("recettes_versees", "caisse")] == [105_00, 100_00]


def test_cheques_are_deposited_while_the_books_owe_the_cash_of_a_deposit_corrected_since(database: Database) -> None:
    desk = a_regie(database, float_cents=0)
    paid = pay(desk, cash(150_00))
    validated(desk, prepared(desk))
    corrected(desk, paid, card(150_00))
    pay(desk, cheque(60_00))

    slip = validated(desk, without(desk, prepared(desk), paid.payment_id))

    assert slip.final_cents == 210_00
    assert [balance(desk, account) for account in ("caisse", "cheques", "cartes")] == [-150_00, 0, 0]
    later = pay(desk, cash(40_00))
    with pytest.raises(SlipRefused, match="Retirez-en les paiements en espèces"):
        validated(desk, without(desk, prepared(desk), paid.payment_id))
    pay(desk, cheque(10_00))
    left = without(desk, prepared(desk), paid.payment_id)
    assert validated(desk, without(desk, left, later.payment_id)).final_cents == 10_00
    pay(desk, cash(120_00))
    assert validated(desk, prepared(desk)).final_cents == 10_00
    assert balance(desk, "caisse") == 0
    assert verify(desk).findings == ()
