"""Deposit slips: a draft of all that waits, completed, validated once. What is taken off later: test_slips_taken_off."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from models.states import MovementKind, SlipLineKind, SlipState
from tests.factories import a_desk
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import audit_of, card, cash, cheque, clock_of
from tests.tui_portail.services.slip_acts import (
    NOTHING,
    THE_EXAMPLE,
    a_regie,
    again_with,
    balance,
    by_payment,
    corrected,
    figures,
    pay,
    pay_all,
    prepared,
    sums,
    unpaid,
    validated,
    without,
)
from tests.tui_portail.services.till_acts import close_till, pieces_of, to_close
from tui_portail.errors import InvalidInput
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.cash_movements import record_movement
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.sale import CashedBasket
from tui_portail.services.slip_entry import SlipRefused
from tui_portail.services.slip_reading import SlipUnknown, list_slips, load_slip
from tui_portail.services.slips import (
    NothingToDeposit,
    SlipAlreadyValidated,
    prepare_slip,
    put_back,
    take_out,
    validate_slip,
)
from tui_portail.services.till import open_session
from tui_portail.services.till_closing import close_session
from tui_portail.services.till_float import expected_float


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """The régisseur's desk, its till open with 100,00 €."""
    desk = a_regie(database)
    yield desk
    books_hold(database, clock_of(desk).instant)


def found_again(desk: Desk, payment_id: str) -> None:
    """Close the till with a cheque there that was missing."""
    books = to_close(desk)
    cheques = {(one.payment_id, one.rank): not one.missing or one.payment_id == payment_id for one in books.cheques}
    values = {value.means: value.expected_cents for value in books.values}
    reasons = {Means.CHEQUE: "Chèque retrouvé"}
    counted = pieces_of(books.cash_cents)
    close_session(desk, books.session.session_id, counted, cheques, values, reasons, new_operation())


# -- the worked example ------------------------------------------------------------------------------------------------------


def test_a_cheque_reversed_before_validation_is_shown_as_cancelled_and_not_deposited(desk: Desk) -> None:
    *_, last = pay_all(desk, *THE_EXAMPLE)
    draft = prepared(desk)
    assert sums(draft) == (207_00, 0, 207_00)

    unpaid(desk, last)

    draft = load_slip(desk, draft.slip_id)
    assert sums(draft) == (207_00, 44_50, 162_50)
    in_cash, cheques = draft.totals
    assert figures(in_cash) == (1, 35_50, 0, 0, 1, 35_50)
    assert figures(cheques) == (4, 171_50, 1, 44_50, 3, 127_00)
    slip = validated(desk, draft)
    assert sums(slip) == (207_00, 44_50, 162_50)
    assert (balance(desk, "recettes_versees"), balance(desk, "cheques"), balance(desk, "caisse")) == (162_50, 0, 100_00)
    with pytest.raises(NothingToDeposit):
        prepared(desk)  # what was cancelled before is never taken off again


def test_a_cheque_reversed_after_validation_leaves_that_slip_as_it_is_and_is_taken_off_the_next(desk: Desk) -> None:
    *_, last = pay_all(desk, *THE_EXAMPLE)
    slip = validated(desk, prepared(desk))

    unpaid(desk, last)

    assert sums(load_slip(desk, slip.slip_id)) == (207_00, 0, 207_00)
    following = prepared(desk)
    assert sums(following) == (-44_50, 0, -44_50)
    [line] = following.lines
    assert (line.kind, line.unpaid, line.final_cents) == (SlipLineKind.REVERSAL, True, -44_50)
    following = validated(desk, following)
    assert (slip.number, following.number) == ("BV-2026-0001", "BV-2026-0002")
    assert (balance(desk, "recettes_versees"), balance(desk, "cheques")) == (162_50, 0)
    with pytest.raises(NothingToDeposit):
        prepared(desk)


# -- the draft ------------------------------------------------------------------------------------------------------------------


def test_the_draft_takes_what_is_in_no_slip_with_or_without_a_session(database: Database) -> None:
    desk = a_regie(database, float_cents=None)
    by_card = pay(desk, card(12_00))
    desk = a_regie(database)
    by_cheque = pay(desk, cheque(30_00))

    draft = prepared(desk)

    assert set(by_payment(draft)) == {by_card.payment_id, by_cheque.payment_id}
    assert (draft.state, draft.number, draft.head_hash) == (SlipState.DRAFT, "", "")


def test_a_draft_is_completed_with_what_came_since(desk: Desk) -> None:
    pay(desk, card(12_00))
    draft = prepared(desk)
    later = pay(desk, card(8_00))
    assert [line.payment_id for line in load_slip(desk, draft.slip_id).waiting] == [later.payment_id]

    again = prepared(desk)

    assert (again.slip_id, again.final_cents, again.waiting) == (draft.slip_id, 20_00, ())


def test_a_payment_taken_out_waits_until_it_is_asked_for(desk: Desk) -> None:
    out, stays = pay_all(desk, cheque(30_00), cheque(20_00))
    draft = without(desk, prepared(desk), out.payment_id)
    assert (set(by_payment(draft)), [line.payment_id for line in draft.waiting]) == (
        {stays.payment_id},
        [out.payment_id],
    )

    assert again_with(desk, draft, out.payment_id).final_cents == 50_00

    slip = validated(desk, without(desk, draft, out.payment_id))
    assert (slip.final_cents, prepared(desk).final_cents) == (20_00, 30_00)
    assert [event.details for event in audit_of(desk.database, "retirer_du_bordereau")] == [
        f'{{"retiree":"{out.quittance_number}"}}'
    ] * 2


def test_what_is_not_there_is_neither_taken_out_nor_put_back(desk: Desk) -> None:
    paid = pay(desk, card(12_00))
    draft = prepared(desk)
    with pytest.raises(InvalidInput):
        again_with(desk, draft, paid.payment_id)
    draft = without(desk, draft, paid.payment_id)
    with pytest.raises(InvalidInput):
        without(desk, draft, paid.payment_id)
    with pytest.raises(SlipRefused, match="ne verse rien"):
        validated(desk, draft)


def test_nothing_waiting_makes_no_draft(desk: Desk) -> None:
    with pytest.raises(NothingToDeposit):
        prepared(desk)
    assert list_slips(desk) == ()


def test_the_same_gesture_sent_twice_is_done_once(desk: Desk) -> None:
    paid = pay(desk, cash(12_00))
    once = new_operation()
    draft = prepare_slip(desk, once)
    assert prepare_slip(desk, once) == draft
    take_out(desk, draft.slip_id, paid.payment_id, again := new_operation())
    take_out(desk, draft.slip_id, paid.payment_id, again)
    put_back(desk, draft.slip_id, paid.payment_id, back := new_operation())
    put_back(desk, draft.slip_id, paid.payment_id, back)
    slip = validate_slip(desk, draft.slip_id, pieces_of(12_00), last := new_operation())
    assert validate_slip(desk, draft.slip_id, pieces_of(12_00), last) == slip
    assert balance(desk, "recettes_versees") == 12_00


# -- validation -----------------------------------------------------------------------------------------------------------------


def test_the_cash_counted_must_make_the_slips_to_the_cent(desk: Desk) -> None:
    pay(desk, cash(35_50))
    draft = prepared(desk)
    for wrong in (35_49, 35_51, 0):
        with pytest.raises(SlipRefused, match="recomptez-les"):
            validated(desk, draft, wrong)
    with pytest.raises(SlipRefused, match="ne vaut 3,00"):
        validate_slip(desk, draft.slip_id, {3_00: 10, 5_00: 1, 50: 1}, new_operation())
    with pytest.raises(SlipRefused, match="Vérifiez le nombre"):
        validate_slip(desk, draft.slip_id, {50: -1}, new_operation())
    slip = validate_slip(desk, draft.slip_id, {50: 1, 5_00: 7, 1: 0}, new_operation())
    assert slip.cash == ((5_00, 7), (50, 1))


def test_another_total_than_the_one_seen_is_refused(desk: Desk) -> None:
    first, _ = pay_all(desk, cheque(35_00), card(10_00))
    draft = prepared(desk)
    unpaid(desk, first)

    with pytest.raises(SlipRefused, match="verse maintenant 10,00"):
        validate_slip(desk, draft.slip_id, {}, new_operation(), seen_cents=draft.final_cents)
    assert validate_slip(desk, draft.slip_id, {}, new_operation(), seen_cents=10_00).final_cents == 10_00


def test_a_validated_slip_never_changes(desk: Desk) -> None:
    paid = pay(desk, card(12_00))
    slip = validated(desk, prepared(desk))
    other = pay(desk, card(13_00))
    for gesture in (
        lambda: validated(desk, slip),
        lambda: without(desk, slip, paid.payment_id),
        lambda: again_with(desk, slip, other.payment_id),
    ):
        with pytest.raises(SlipAlreadyValidated, match="BV-2026-0001"):
            gesture()
    assert load_slip(desk, slip.slip_id) == slip


def test_a_slip_that_does_not_exist_is_said_so(desk: Desk) -> None:
    for gesture in (lambda: load_slip(desk, 7), lambda: validate_slip(desk, 7, {}, new_operation())):
        with pytest.raises(SlipUnknown):
            gesture()


def test_only_the_regisseur_prepares_validates_and_reads_slips(desk: Desk, database: Database) -> None:
    pay(desk, card(12_00))
    slip = prepared(desk)
    comptabilite = a_desk(database, Role.COMPTABILITE)
    for gesture in (
        lambda: prepared(comptabilite),
        lambda: validated(comptabilite, slip),
        lambda: load_slip(comptabilite, slip.slip_id),
        lambda: list_slips(comptabilite),
    ):
        with pytest.raises(NotAllowed):
            gesture()


def test_every_means_leaves_its_own_account(desk: Desk) -> None:
    pay_all(desk, cash(35_50), cheque(42_00), card(8_00), Tender(Means.CESU, 15_00), Tender(Means.ANCV, 20_00))

    slip = validated(desk, prepared(desk))

    assert [(total.means, total.final_cents) for total in slip.totals] == [
        (Means.CASH, 35_50),
        (Means.CHEQUE, 42_00),
        (Means.CARD, 8_00),
        (Means.CESU, 15_00),
        (Means.ANCV, 20_00),
    ]
    assert [balance(desk, account) for account in ("cheques", "cartes", "cesu", "ancv")] == [0, 0, 0, 0]
    assert balance(desk, "recettes_versees") == 120_50
    with desk.database.read() as connection:
        session = connection.execute(
            select(t.posting.c.till_session_id).where(
                t.posting.c.entry_seq == select(t.deposit_slip.c.entry_seq).scalar_subquery(),
                t.posting.c.account == "caisse",
            )
        ).scalar_one()
    assert session is not None, "cash that leaves an open till is its session's"


def test_cash_taken_out_of_the_till_to_be_deposited_goes_first(desk: Desk) -> None:
    pay(desk, cash(60_00))
    record_movement(desk, MovementKind.DEPOSIT, 50_00, "Dépôt au Trésor", new_operation())

    validated(desk, prepared(desk))

    assert [balance(desk, account) for account in ("recettes_versees", "especes_a_verser", "caisse")] == [
        60_00,
        0,
        100_00,
    ]


def test_cash_taken_out_by_mistake_comes_back_and_the_slip_makes_no_shortage(desk: Desk) -> None:
    pay(desk, cash(300_00))
    record_movement(desk, MovementKind.DEPOSIT, 300_00, "Dépôt au Trésor", new_operation())

    left = record_movement(desk, MovementKind.RETURN, 270_00, "300 tapé pour 30", new_operation())

    held = ("caisse", "especes_a_verser", "fonds_de_caisse")
    assert left == 370_00
    assert [balance(desk, account) for account in held] == [370_00, 30_00, -100_00], "the float did not move"
    validated(desk, prepared(desk))
    assert [balance(desk, account) for account in held] == [100_00, 0, -100_00]
    close_till(desk, cash_cents=100_00)
    assert balance(desk, "ecarts") == 0


def test_cash_that_the_regie_does_not_hold_is_refused_until_it_is_brought(database: Database) -> None:
    desk = a_regie(database, float_cents=0)
    pay(desk, cash(60_00))
    close_till(desk, cash_cents=55_00, reasons={Means.CASH: "Rendu de monnaie trop grand"})

    with pytest.raises(SlipRefused, match=r"55,00.*apportez à la caisse les 5,00"):
        validated(desk, prepared(desk))
    open_session(desk, 55_00, new_operation())
    record_movement(desk, MovementKind.SUPPLY, 5_00, "Versé par le régisseur", new_operation())
    assert validated(desk, prepared(desk)).final_cents == 60_00


def test_cash_deposited_while_the_till_is_closed_is_expected_no_more_at_its_opening(desk: Desk) -> None:
    pay(desk, cash(60_00))
    close_till(desk)
    assert expected_float(desk) == 160_00

    validated(desk, prepared(desk))

    assert expected_float(desk) == 100_00
    assert open_session(desk, 100_00, new_operation()).float_cents == 100_00
    assert balance(desk, "ecarts") == 0


def test_a_cheque_noted_missing_is_named_and_not_deposited_until_it_is_found_again(desk: Desk) -> None:
    lost, kept = pay_all(desk, cheque(30_00), cheque(20_00))
    close_till(desk, missing=(lost.payment_id,), reasons={Means.CHEQUE: "Chèque égaré"})
    draft = prepared(desk)

    with pytest.raises(SlipRefused, match=f"Noté manquant.*{lost.quittance_number}"):
        validated(desk, draft)

    assert validated(desk, without(desk, draft, lost.payment_id)).final_cents == 20_00
    open_session(desk, 100_00, new_operation())
    draft = prepared(desk)
    found_again(desk, lost.payment_id)
    assert validated(desk, draft).final_cents == 30_00
    assert [balance(desk, account) for account in ("recettes_versees", "cheques", "ecarts")] == [50_00, 0, 0]
    assert by_payment(load_slip(desk, draft.slip_id)).keys() == {lost.payment_id}
    assert kept.payment_id not in by_payment(load_slip(desk, draft.slip_id))


def test_a_cheque_noted_missing_then_reversed_is_cancelled_on_the_slip(desk: Desk) -> None:
    lost, _ = pay_all(desk, cheque(30_00), cheque(20_00))
    close_till(desk, missing=(lost.payment_id,), reasons={Means.CHEQUE: "Chèque égaré"})
    open_session(desk, 100_00, new_operation())
    draft = prepared(desk)
    unpaid(desk, lost, reason=NOTHING)

    assert sums(validated(desk, draft)) == (50_00, 30_00, 20_00)
    assert balance(desk, "cheques") == 0


def titles_lost(desk: Desk) -> CashedBasket:
    """Pay with CESU, of which five euros are missing when the till is closed; open it again."""
    paid = pay(desk, Tender(Means.CESU, 15_00))
    close_till(desk, values={Means.CESU: 10_00}, reasons={Means.CESU: "Titre égaré"})
    open_session(desk, 100_00, new_operation())
    with pytest.raises(SlipRefused, match=r"CESU : la régie n’en détient que 10,00.*Titres retrouvés.*Titres perdus"):
        validated(desk, prepared(desk))
    return paid


def test_values_missing_are_deposited_once_they_are_found_and_counted(desk: Desk) -> None:
    titles_lost(desk)

    close_till(desk, values={Means.CESU: 15_00}, reasons={Means.CESU: "Titre retrouvé"})

    assert validated(desk, prepared(desk)).final_cents == 15_00
    assert [balance(desk, account) for account in ("cesu", "ecarts")] == [0, 0]


def test_values_left_of_those_lost_are_deposited_once_the_means_are_corrected_and_they_are_counted(desk: Desk) -> None:
    paid = titles_lost(desk)

    corrected(desk, paid, Tender(Means.CESU, 10_00), cash(5_00))
    close_till(desk, values={Means.CESU: 10_00}, reasons={Means.CESU: "Titre égaré"})

    assert validated(desk, prepared(desk)).final_cents == 15_00
    assert [balance(desk, account) for account in ("cesu", "ecarts", "caisse")] == [0, 0, 100_00]


def test_the_list_gives_the_draft_first_then_the_latest(desk: Desk) -> None:
    for cents in (12_00, 13_00):
        pay(desk, card(cents))
        validated(desk, prepared(desk))
        clock_of(desk).advance(minutes=5)
    pay_all(desk, card(14_00), cheque(1_00))
    prepared(desk)

    assert [(row.number, row.state, row.payments, row.final_cents) for row in list_slips(desk)] == [
        ("", SlipState.DRAFT, 2, 15_00),
        ("BV-2026-0002", SlipState.VALIDATED, 1, 13_00),
        ("BV-2026-0001", SlipState.VALIDATED, 1, 12_00),
    ]
