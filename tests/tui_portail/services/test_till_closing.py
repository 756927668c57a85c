"""Closing the till: counted or refused, each difference an entry of its own, sealed for ever, its sheet printed again as it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import TUESDAY, a_desk, paris
from tests.receipts.documents_by_hand import text_of
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import FRIDAY, THURSDAY, audit_of, card, cheque, row_counts, set_time
from tests.tui_portail.services.till_acts import (
    WHY,
    a_till_desk,
    account,
    close_till,
    next_till,
    pieces_of,
    sell,
    to_close,
)
from tui_portail.payment_means import Tender
from tui_portail.policy import Means
from tui_portail.services.cash_movements import MovementKind, record_movement
from tui_portail.services.closing_sheets import closing_sheet, list_sessions, print_closing_sheet
from tui_portail.services.corrections import correct_payment
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.till import TillClosed, TillRefused, current_session, open_session
from tui_portail.services.till_closing import CountStale, SessionClosed, SessionUnknown, close_session
from tui_portail.services.till_counting import till_to_close
from tui_portail.services.till_float import expected_float
from tui_portail.services.verification import verify

LOST, CASH_GAP = "Chèque introuvable", {Means.CASH: WHY}


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """An agent who books, cashes and answers for the régie, the till open with 100,00 €; the verifier finds nothing afterwards."""
    made = a_till_desk(database, Role.ENFANCE, Role.REGISSEUR)
    open_session(made, 100_00, new_operation())
    yield made
    assert verify(made).findings == ()


def ancv(cents: int) -> Tender:
    return Tender(Means.ANCV, cents)


def differences(desk: Desk) -> list[tuple[str, str, int, int, str]]:
    with desk.database.read() as connection:
        rows = connection.execute(select(t.till_difference).order_by(t.till_difference.c.entry_seq))
        return [(row.counted_at, row.means, row.expected_cents, row.counted_cents, row.reason) for row in rows]


def test_float_100_sale_20_a_closing_without_a_count_refused_count_120_closes_the_next_starts_at_120(
    desk: Desk,
) -> None:
    sell(desk, THURSDAY, FRIDAY)
    session_id = to_close(desk).session.session_id
    before = row_counts(desk.database)
    with pytest.raises(TillRefused, match="Comptez les espèces par coupure") as refused:
        close_session(desk, session_id, {}, {}, {Means.CESU: 0, Means.ANCV: 0}, {}, new_operation())
    assert refused.value.code == "CAISSE_NON_COMPTEE"
    assert row_counts(desk.database) == before

    closed = close_till(desk, cash_cents=120_00)

    assert (closed.cash_cents, closed.difference_cents) == (120_00, 0)
    assert expected_float(desk) == 120_00
    assert next_till(desk).float_cents == 120_00
    assert differences(desk) == []
    books_hold(desk.database, desk.now())


def test_values_not_counted_are_refused_too(desk: Desk) -> None:
    session_id = to_close(desk).session.session_id
    with pytest.raises(TillRefused, match="ANCV"):
        close_session(desk, session_id, pieces_of(100_00), {}, {Means.CESU: 0}, {}, new_operation())


def test_a_difference_without_a_reason_is_refused_then_entered_with_it(desk: Desk) -> None:
    sell(desk, THURSDAY, FRIDAY)
    before = row_counts(desk.database)
    for reasons in ({}, {Means.CASH: "  "}, {Means.CHEQUE: WHY}):
        with pytest.raises(TillRefused, match="il manque 0,50") as refused:
            close_till(desk, cash_cents=119_50, reasons=reasons)
        assert refused.value.code == "ECART_SANS_MOTIF"
    assert row_counts(desk.database) == before

    closed = close_till(desk, cash_cents=119_50, reasons=CASH_GAP)

    assert closed.difference_cents == -50
    assert differences(desk) == [("cloture", "especes", 120_00, 119_50, WHY)]
    assert (account(desk, "caisse"), account(desk, "ecarts")) == (119_50, 50)
    assert expected_float(desk) == 119_50
    assert audit_of(desk.database, "cloturer_caisse")[0].reason == f"Espèces : {WHY}"
    books_hold(desk.database, desk.now())


def test_each_means_has_its_own_difference_and_its_own_reason(desk: Desk) -> None:
    paid = sell(desk, by=cheque)
    sell(desk, by=ancv, last_name="Martin")
    reasons = {Means.CASH: WHY, Means.CHEQUE: LOST, Means.ANCV: "Titre compté deux fois"}
    with pytest.raises(TillRefused, match="Chèque"):
        close_till(desk, missing=(paid.payment_id,))

    close_till(desk, cash_cents=101_00, missing=(paid.payment_id,), values={Means.ANCV: 15_00}, reasons=reasons)

    assert differences(desk) == [
        ("cloture", "especes", 100_00, 101_00, WHY),
        ("cloture", "cheque", 10_00, 0, LOST),
        ("cloture", "ancv", 10_00, 15_00, "Titre compté deux fois"),
    ]
    assert (account(desk, "cheques"), account(desk, "ancv"), account(desk, "ecarts")) == (0, 15_00, 4_00)


def test_two_long_reasons_close_a_till_and_each_is_kept_whole(desk: Desk) -> None:
    lost = sell(desk, by=cheque)
    reasons = {Means.CASH: "é" * 200, Means.CHEQUE: "è" * 200}
    close_till(desk, cash_cents=99_00, missing=(lost.payment_id,), reasons=reasons)
    assert [difference[-1] for difference in differences(desk)] == ["é" * 200, "è" * 200]
    assert audit_of(desk.database, "cloturer_caisse")[0].reason.startswith("Espèces : éé")


def test_a_cheque_missing_is_expected_no_more_until_it_is_found_again(desk: Desk) -> None:
    paid = sell(desk, by=cheque)
    close_till(desk, missing=(paid.payment_id,), reasons={Means.CHEQUE: LOST})
    open_session(desk, 100_00, new_operation())
    books = to_close(desk)
    assert (books.expected[Means.CHEQUE], [cheque.missing for cheque in books.cheques]) == (0, [True])
    close_till(desk)
    open_session(desk, 100_00, new_operation())
    key = (paid.payment_id, 1)
    session_id = to_close(desk).session.session_id
    values = {Means.CESU: 0, Means.ANCV: 0}
    with pytest.raises(TillRefused, match="il y a 10,00"):
        close_session(desk, session_id, pieces_of(100_00), {key: True}, values, {}, new_operation())
    found = {Means.CHEQUE: "Retrouvé sous le tiroir"}
    close_session(desk, session_id, pieces_of(100_00), {key: True}, values, found, new_operation())
    assert (account(desk, "cheques"), account(desk, "ecarts")) == (10_00, 0)
    open_session(desk, 100_00, new_operation())
    assert to_close(desk).expected[Means.CHEQUE] == 10_00


@pytest.mark.parametrize("corrected", [True, False])
def test_a_missing_cheque_that_is_reversed_or_corrected_clears_its_difference(desk: Desk, corrected: bool) -> None:
    paid = sell(desk, by=cheque)
    close_till(desk, missing=(paid.payment_id,), reasons={Means.CHEQUE: LOST})
    open_session(desk, 100_00, new_operation())
    if corrected:
        correct_payment(desk, paid.payment_id, [card(10_00)], "Moyen de paiement mal saisi", new_operation())
    else:
        reverse_payment(desk, paid.payment_id, [1], "Rien n’a été reçu", new_operation())
    assert (account(desk, "cheques"), account(desk, "ecarts")) == (0, 0)
    assert to_close(desk).expected[Means.CHEQUE] == 0
    close_till(desk)
    books_hold(desk.database, desk.now())


def test_values_noted_different_are_expected_as_they_were_counted(desk: Desk) -> None:
    sell(desk, by=ancv)
    close_till(desk, values={Means.ANCV: 7_00}, reasons={Means.ANCV: WHY})
    open_session(desk, 100_00, new_operation())
    assert to_close(desk).expected[Means.ANCV] == 7_00 == account(desk, "ancv")
    close_till(desk)
    assert len(differences(desk)) == 1


def test_movements_count_in_what_is_expected(desk: Desk) -> None:
    record_movement(desk, MovementKind.SUPPLY, 50_00, "Monnaie", new_operation())
    record_movement(desk, MovementKind.DEPOSIT, 80_00, "Trésorerie", new_operation())
    assert to_close(desk).cash_cents == 70_00
    assert close_till(desk).cash_cents == 70_00


def test_a_closing_sent_twice_closes_once_and_a_second_one_is_told_by_whom(desk: Desk) -> None:
    operation = new_operation()
    session_id = to_close(desk).session.session_id

    def close(number: str) -> object:
        values = {Means.CESU: 0, Means.ANCV: 0}
        return close_session(desk, session_id, pieces_of(100_00), {}, values, {}, number)

    assert close(operation) == close(operation)
    before = row_counts(desk.database)
    with pytest.raises(SessionClosed, match="par Camille Roux, le mardi 1er décembre 2026"):
        close(new_operation())
    assert row_counts(desk.database) == before
    with pytest.raises(SessionUnknown):
        close_session(desk, session_id + 1, {1: 0}, {}, {}, {}, new_operation())
    with pytest.raises(TillClosed):
        sell(desk)


def test_a_count_of_other_cheques_or_against_other_amounts_than_those_of_now_is_refused(desk: Desk) -> None:
    books = to_close(desk)
    session_id, seen = books.session.session_id, books.expected
    values = {Means.CESU: 0, Means.ANCV: 0}
    paid = sell(desk, by=cheque)
    with pytest.raises(CountStale, match=paid.quittance_number):
        close_session(desk, session_id, pieces_of(100_00), {}, values, {}, new_operation())
    both = {(paid.payment_id, 1): True}
    with pytest.raises(CountStale, match="n’est plus en caisse"):
        gone = {**both, (paid.payment_id, 2): True}
        close_session(desk, session_id, pieces_of(100_00), gone, values, {}, new_operation())
    with pytest.raises(CountStale, match="a reçu ou rendu"):
        close_session(desk, session_id, pieces_of(100_00), both, values, {}, new_operation(), seen=seen)
    seen = to_close(desk).expected
    close_session(desk, session_id, pieces_of(100_00), both, values, {}, new_operation(), seen=seen)


def test_an_agent_closes_only_the_session_they_opened_and_the_regisseur_any(desk: Desk) -> None:
    agent = a_till_desk(desk.database, Role.COMPTABILITE, name="Dominique Vidal")
    books = till_to_close(agent)
    assert books is not None
    assert not books.may_close
    with pytest.raises(NotAllowed, match=r"ouverte par un autre agent\. Demandez à un agent Régisseur"):
        close_till(agent)
    close_till(desk)
    open_session(agent, 100_00, new_operation())
    assert to_close(desk).may_close
    close_till(desk)
    open_session(agent, 100_00, new_operation())
    close_till(agent)
    assert [(one.opened_by, one.closed_by) for one in list_sessions(agent)] == [
        ("Dominique Vidal", "Dominique Vidal"),
        ("Dominique Vidal", "Camille Roux"),
        ("Camille Roux", "Camille Roux"),
    ]
    with pytest.raises(NotAllowed):
        close_till(a_till_desk(desk.database, Role.ENFANCE))


def test_a_forgotten_session_is_closed_first_and_its_sheet_says_both_days(desk: Desk) -> None:
    sell(desk)
    set_time(desk, paris("2026-12-02 08:30"))
    close_till(desk)
    [session] = list_sessions(desk)
    assert (session.opened_at, session.closed_at) == (paris(TUESDAY), paris("2026-12-02 08:30"))
    assert not open_session(desk, 110_00, new_operation()).forgotten


def test_a_session_closed_once_the_clock_was_put_back_prints_its_sheet(database: Database, tmp_path: Path) -> None:
    desk = a_desk(database, Role.REGISSEUR, at="2026-12-02 09:00", documents_dir=tmp_path)
    open_session(desk, 100_00, new_operation())
    set_time(desk, paris("2026-12-01 17:00"))

    printed = print_closing_sheet(desk, close_till(desk).session_id)

    text = text_of(printed.path.read_bytes())
    assert "Ouverte le 02/12/2026 à 9 h" in text
    assert "Close le 01/12/2026 à 17 h" in text
    assert verify(desk).findings == ()


def test_the_sheet_says_everything_of_a_session_and_the_same_again_for_ever(desk: Desk) -> None:
    sell(desk, THURSDAY, FRIDAY)
    paid = sell(desk, by=cheque, last_name="Martin")
    other = sell(desk, by=cheque, last_name="Petit")
    by_card = sell(desk, by=card, last_name="Roche")
    record_movement(desk, MovementKind.DEPOSIT, 80_00, "Trésorerie", new_operation())
    reverse_payment(desk, other.payment_id, [1], "Chèque sans provision", new_operation())
    closed = close_till(
        desk, cash_cents=39_50, missing=(paid.payment_id,), reasons={Means.CASH: WHY, Means.CHEQUE: LOST}
    )

    sheet = closing_sheet(desk, closed.session_id)

    assert (sheet.number, sheet.opened_by, sheet.closed_by) == ("1", "Camille Roux", "Camille Roux")
    assert (sheet.cash.expected_cents, sheet.cash.counted_cents, sheet.cash.reason) == (40_00, 39_50, WHY)
    assert [(line.value_cents, line.pieces) for line in sheet.denominations] == [
        (20_00, 1),
        (10_00, 1),
        (5_00, 1),
        (2_00, 2),
        (50, 1),
    ]
    assert (sheet.cheques.expected_cents, sheet.cheques.counted_cents, sheet.cheques.reason) == (10_00, 0, LOST)
    assert [(line.quittance, line.found, line.expected) for line in sheet.cheque_lines] == [
        (paid.quittance_number, False, True)
    ]
    assert [(one.label, one.cents) for one in sheet.received] == [
        ("Espèces", 20_00),
        ("Chèque", 20_00),
        ("Carte bancaire", 10_00),
    ]
    assert [(one.label, one.cents) for one in sheet.reversed_by_means] == [("Chèque", 10_00)]
    assert [(one.label, one.cents) for one in sheet.imputations] == [("Garde", 50_00)]
    assert [(one.label, one.cents) for one in sheet.activities] == [("ALP soir", 50_00)]
    assert [(one.kind, one.amount_cents, one.reason) for one in sheet.changes] == [("Versement", -80_00, "Trésorerie")]
    assert (sheet.quittance_count, sheet.last_quittance) == (4, by_card.quittance_number)
    with desk.database.read() as connection:
        head = connection.scalars(select(t.journal_head.c.head_hash)).one()
    assert sheet.head_hash == head

    next_till(desk)
    sell(desk, last_name="Faure")
    assert closing_sheet(desk, closed.session_id) == sheet


def test_the_sheet_of_the_next_session_says_its_float_and_only_its_own(desk: Desk) -> None:
    sell(desk)
    paid = sell(desk, by=cheque, last_name="Martin")
    close_till(desk, missing=(paid.payment_id,), reasons={Means.CHEQUE: LOST})
    open_session(desk, 109_00, new_operation(), WHY)
    last = sell(desk, last_name="Petit")
    closed = close_till(desk)

    sheet = closing_sheet(desk, closed.session_id)

    assert (sheet.number, sheet.float_expected_cents, sheet.float_cents, sheet.float_reason) == (
        "2",
        110_00,
        109_00,
        WHY,
    )
    assert (sheet.quittance_count, sheet.first_quittance) == (1, last.quittance_number)
    assert [(line.found, line.expected) for line in sheet.cheque_lines] == [(False, False)]
    assert [(one.label, one.cents) for one in sheet.received] == [("Espèces", 10_00)]
    assert [session.difference_cents for session in list_sessions(desk)] == [0, -10_00]


def test_a_closed_session_never_changes(desk: Desk) -> None:
    from sqlalchemy.exc import DBAPIError

    sell(desk)
    closed = close_till(desk)
    for table, values in (
        (t.till_session, {"float_cents": 1}),
        (t.till_count, {"counted_cents": 1}),
        (t.cash_count, {"pieces": 9}),
        (t.till_closing, {"agent_name": "Personne"}),
    ):
        with pytest.raises(DBAPIError), desk.database.engine.begin() as connection:
            connection.execute(table.update().values(**values))
    assert closing_sheet(desk, closed.session_id).cash.counted_cents == 110_00


def test_the_sheet_is_printed_as_often_as_asked_and_says_fictif(desk: Desk, tmp_path: Path) -> None:
    desk.documents_dir = tmp_path
    sell(desk)
    closed = close_till(desk)

    printed = print_closing_sheet(desk, closed.session_id)
    first = printed.path.read_bytes()
    again = print_closing_sheet(desk, closed.session_id)

    assert again.path == printed.path or again.path.read_bytes() == first
    text = "\n".join(page.extract_text() for page in PdfReader(printed.path).pages)
    assert "FICTIF" in text
    assert "FEUILLE DE CAISSE" in text
    assert "110,00" in text
    assert current_session(desk) is None


def test_a_sheet_of_no_session_or_of_one_still_open_does_not_exist(desk: Desk) -> None:
    for session_id in (to_close(desk).session.session_id, 404):
        with pytest.raises(SessionUnknown):
            closing_sheet(desk, session_id)
