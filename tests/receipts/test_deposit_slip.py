from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.deposit_slip import draw_deposit_slip
from receipts.documents import Recipient
from receipts.figures import CashLine
from receipts.slip_document import ChequeState, SlipMeans
from receipts.wording import signed_amount_in_words
from tests.receipts.documents_by_hand import HEAD, read, text_of
from tests.receipts.papers_by_hand import AT_SIX, HOSTILE, ZOE, slip, slip_cheque


def test_the_worked_example_says_initial_cancelled_and_final() -> None:
    text = text_of(draw_deposit_slip(slip()))

    for said in (
        "BORDEREAU DE VERSEMENT n° B2026-000007 le 01/12/2026 à 18 h 00",
        "Caisse Caisse du guichet",
        "Validé par Camille Ferrand",
        "Espèces 1 35,50 € 0 0,00 € 1 35,50 €",
        "Chèques 4 171,50 € 1 44,50 € 3 127,00 €",
        "Total 5 207,00 € 1 44,50 € 4 162,50 €",
        "Total à verser : 162,50 €, soit cent soixante-deux euros et cinquante centimes.",
        "20,00 € 1 20,00 €",
        "Total 35,50 €",
        "2026-000123 Zoé Lefèvre-Œuvrard Crédit rural 0004512 43,00 €",
        "0004512 annulé 44,50 €",
        "3 chèques 127,00 €",
        "Le régisseur Le comptable public",
        " ".join(HEAD[start : start + 8] for start in range(0, 64, 8)),
        "page 1/1",
    ):
        assert said in text
    assert "BROUILLON" not in text


def test_a_cheque_unpaid_after_its_slip_is_taken_off_the_next_whose_total_is_negative_in_figures_and_in_words() -> None:
    unpaid = slip(
        cash=SlipMeans("Espèces", 0, 0),
        denominations=(),
        cheques=SlipMeans("Chèques", 1, -44_50),
        cheque_lines=(slip_cheque(-44_50, ChequeState.UNPAID),),
    )

    text = text_of(draw_deposit_slip(unpaid))

    for said in (
        "Total 1 −44,50 € 0 0,00 € 1 −44,50 €",
        "0004512 impayé −44,50 €",
        "Total à verser : −44,50 €, soit moins quarante-quatre euros et cinquante centimes.",
        "ce bordereau vient en déduction des versements",
        "Aucune coupure saisie.",
    ):
        assert said in text


def test_every_other_means_has_its_line_and_its_count() -> None:
    others = (
        SlipMeans("CESU", 2, 30_00),
        SlipMeans("Chèques-vacances ANCV", 3, 60_00, 1, 20_00),
        SlipMeans("Carte bancaire", 41, 1_234_50),
    )

    text = text_of(draw_deposit_slip(slip(others=others)))

    assert "CESU 2 30,00 € 0 0,00 € 2 30,00 €" in text
    assert "3 60,00 € 1 20,00 € 2 40,00 €" in text
    assert "Carte bancaire 41 1 234,50 € 0 0,00 € 41 1 234,50 €" in text
    assert "Total 51 1 531,50 € 2 64,50 € 49 1 467,00 €" in text


def test_a_draft_says_so_on_every_page_needs_no_coins_and_has_no_hash() -> None:
    lines = tuple(slip_cheque(1_00 + place, quittance=f"2026-{place:06d}") for place in range(120))
    total = sum(line.amount_cents for line in lines)
    draft = slip(
        number=None,
        head_hash="",
        denominations=(),
        cheque_lines=lines,
        cheques=SlipMeans("Chèques", len(lines), total),
        fictitious=True,
    )

    pages = [" ".join(page.extract_text().split()) for page in read(draw_deposit_slip(draft)).pages]

    assert len(pages) > 2
    assert all("BROUILLON – FICTIF" in page for page in pages)
    assert "Préparé par Camille Ferrand" in pages[0]
    assert not any("Empreinte" in page for page in pages)
    assert any("Report " in page for page in pages)
    assert all(any(f"{line.quittance} Zoé" in page for page in pages) for line in lines)


def test_hostile_names_are_printed_as_they_are_and_an_erased_drawer_has_none() -> None:
    lines = (
        slip_cheque(42_00, drawer=Recipient(HOSTILE)),
        slip_cheque(1_00, drawer=replace(ZOE, erased_on=date(2031, 3, 1))),
    )

    text = text_of(draw_deposit_slip(slip(cheque_lines=lines, cheques=SlipMeans("Chèques", 2, 43_00), agent="</para>")))

    assert "<b>Jean</b>" in text
    assert "Validé par </para>" in text
    assert "identité effacée le samedi 1er mars 2031" in text
    assert "Lefèvre" not in text


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_drawn(text: str) -> None:
    lines = (slip_cheque(43_00, bank=text, number=text, drawer=Recipient(text)),)

    pdf = draw_deposit_slip(slip(cheque_lines=lines, cheques=SlipMeans(text, 1, 43_00), till=text))

    assert "1 chèque 43,00 €" in text_of(pdf)


def test_the_same_slip_drawn_again_gives_the_same_bytes_dated_of_its_validation() -> None:
    info = read(draw_deposit_slip(slip())).metadata

    assert draw_deposit_slip(slip()) == draw_deposit_slip(slip())
    assert info is not None
    assert info.title == "Bordereau de versement B2026-000007"
    assert info.creation_date == AT_SIX


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"denominations": ()}, "notes and coins"),
        ({"denominations": (CashLine(20_00, 1), CashLine(20_00, 1))}, "once a value"),
        ({"number": None}, "a draft has neither"),
        ({"head_hash": ""}, "a draft has neither"),
        ({"cheques": SlipMeans("Chèques", 4, 171_00, 1, 44_50)}, "the cheques add up"),
        ({"cheques": SlipMeans("Chèques", 4, 171_50, 1, 44_00)}, "the cheques cancelled"),
        ({"cheques": SlipMeans("Chèques", 5, 171_50, 1, 44_50)}, "do not add up"),
        ({"issued_at": datetime(2026, 12, 1, 18)}, "aware"),
    ],
)
def test_a_slip_that_does_not_add_up_is_never_printed(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        slip(**wrong)


@pytest.mark.parametrize(
    ("cents", "state"),
    [
        (44_50, ChequeState.UNPAID),
        (44_50, ChequeState.TAKEN_OFF),
        (-44_50, ChequeState.DEPOSITED),
        (-1, ChequeState.CANCELLED),
    ],
)
def test_a_cheque_is_negative_exactly_when_an_earlier_slip_had_deposited_it(cents: int, state: ChequeState) -> None:
    with pytest.raises(ValueError, match="a cheque"):
        slip_cheque(cents, state)


def test_no_more_is_cancelled_than_there_was() -> None:
    with pytest.raises(ValueError, match="more is cancelled"):
        SlipMeans("CESU", 1, 10_00, 2, 10_00)


def test_a_negative_amount_in_words_begins_with_moins() -> None:
    assert signed_amount_in_words(-1) == "moins un centime"
    assert signed_amount_in_words(100) == "un euro"
