from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.closing_document import CashChange, Count
from receipts.closing_sheet import draw_closing_sheet
from receipts.documents import Recipient
from receipts.figures import Amount, CashLine
from receipts.sheet import MEASURES
from tests.receipts.documents_by_hand import AT_HALF_PAST_TEN, HEAD, read, text_of
from tests.receipts.papers_by_hand import AT_SIX, HOSTILE, ZOE, cheque, closing_sheet, eventful_sheet


def test_a_session_closed_without_difference_says_its_whole_day() -> None:
    text = text_of(draw_closing_sheet(closing_sheet()))

    for said in (
        "FEUILLE DE CAISSE session n° 12 le 01/12/2026 à 18 h 00",
        "Caisse Caisse du guichet",
        "Ouverte le 01/12/2026 à 10 h 30 par Camille Ferrand",
        "Close le 01/12/2026 à 18 h 00 par Camille Ferrand",
        "Fonds de caisse compté 100,00 €",
        "Espèces 120,00 € 120,00 € aucun",
        "Chèques 42,50 € 42,50 € aucun",
        "CESU 0,00 € 0,00 € aucun",
        "01/12 10:30 Fonds de caisse +100,00 €",
        "Espèces encaissées +20,00 €",
        "Espèces contre-passées 0,00 €",
        "Espèces théoriques 120,00 €",
        "50,00 € 2 100,00 €",
        "0,50 € 4 2,00 €",
        "Total 120,00 €",
        "2026-000123 Zoé Lefèvre-Œuvrard Crédit rural 0004512 42,50 € trouvé",
        "1 sur 1 42,50 €",
        "Encaissements par moyen de paiement Moyen Montant Espèces 20,00 € Chèques 42,50 € Total 62,50 €",
        "Contre-passations par moyen de paiement Moyen Montant Aucune somme.",
        "Garde 50,00 € Repas 15,00 € Total 65,00 €",
        "ALSH mercredi 50,00 € Restaurant scolaire 15,00 € Total 65,00 €",
        "2 quittances, du n° 2026-000123 au n° 2026-000124",
        "Avoirs émis 1, pour 7,70 €",
        "Avoirs utilisés 2,50 €",
        "Avoirs restant dus après 318,40 €",
        "L’agent Le régisseur",
        " ".join(HEAD[start : start + 8] for start in range(0, 64, 8)),
    ):
        assert said in text
    assert "À surveiller" not in text
    assert "FICTIF" not in text


def test_a_session_closed_after_the_clock_was_put_back_says_both_instants_as_they_were_written() -> None:
    text = text_of(draw_closing_sheet(closing_sheet(closed_at=AT_HALF_PAST_TEN - timedelta(hours=1))))

    assert "Ouverte le 01/12/2026 à 10 h 30 par Camille Ferrand" in text
    assert "Close le 01/12/2026 à 9 h 30 par Camille Ferrand" in text


def test_differences_changes_reversals_and_missing_cheques_are_all_told_with_their_reasons() -> None:
    text = text_of(draw_closing_sheet(eventful_sheet()))

    for said in (
        "100,00 € (attendu 101,00 €, écart −1,00 € : pièce tombée au comptage)",
        "Espèces 85,00 € 84,00 € −1,00 € rendu de monnaie trop grand",
        "Chèques 92,50 € 62,50 € −30,00 € chèque cherché, non retrouvé",
        "CESU 15,00 € 10,00 € −5,00 € un titre au service",
        "30,00 € 30,00 € aucun",
        "01/12 10:30 Apport +50,00 € monnaie pour le guichet",
        "01/12 18:00 Versement −80,00 € bordereau n° B2026-000007",
        "Espèces contre-passées −5,00 €",
        "42,50 € trouvé",
        "50,00 € manquant",
        "20,00 € retrouvé",
        "33,00 € toujours manquant",
        "2 sur 4 62,50 €",
        "Espèces 5,00 € Chèques 44,50 € Total 49,50 €",
        "À surveiller L’encaisse dépasse 300,00 € : versez les espèces par un bordereau.",
    ):
        assert said in text


def test_a_session_that_sold_nothing_has_no_range_of_quittances() -> None:
    empty = closing_sheet(
        cash=Count("Espèces", 100_00, 100_00),
        denominations=(CashLine(50_00, 2),),
        cheques=Count("Chèques", 0, 0),
        cheque_lines=(),
        received=(),
        cash_received_cents=0,
        imputations=(Amount("Garde", 2_50),),
        activities=(Amount("ALP matin", 2_50),),
        quittance_count=0,
        first_quittance=None,
        last_quittance=None,
    )

    text = text_of(draw_closing_sheet(empty))

    assert "Quittances aucune" in text
    assert "Aucun chèque en caisse." in text


def test_three_hundred_cheques_take_numbered_pages_with_the_head_repeated_and_the_total_carried() -> None:
    lines = tuple(cheque(1_00 + place, f"2026-{place:06d}", number=f"{place:07d}") for place in range(300))
    total = sum(line.amount_cents for line in lines)

    pdf = draw_closing_sheet(closing_sheet(cheques=Count("Chèques", total, total), cheque_lines=lines, fictitious=True))

    pages = [" ".join(page.extract_text().split()) for page in read(pdf).pages]
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        assert f"page {number}/{len(pages)}" in page
        assert page.count("FICTIF") >= 3
    inside = [page for page in pages if "À reporter" in page]
    assert len(inside) > 4
    for page, following in pairwise(pages):
        if "À reporter" in page:
            carried = page.split("À reporter ")[1].split(" €")[0]
            assert f"Report {carried} €" in following
            assert "Quittance Tireur Banque Numéro Montant État" in following
    whole = " ".join(pages)
    assert all(f"{line.quittance} Zoé" in whole for line in lines)
    assert "300 sur 300" in whole


def test_hostile_names_are_printed_as_they_are_and_an_erased_drawer_has_none() -> None:
    erased = replace(ZOE, erased_on=date(2031, 3, 1))
    lines = (cheque(40_00, drawer=Recipient(HOSTILE)), cheque(2_50, drawer=erased))

    text = text_of(draw_closing_sheet(closing_sheet(cheque_lines=lines, closed_by="</para>", till="<i>Caisse")))

    for said in ("<b>Jean</b>", "&amp;", "par </para>", "<i>Caisse", "identité effacée le samedi 1er mars 2031"):
        assert said in text
    assert "Lefèvre" not in text


def test_the_longest_texts_are_cut_and_everything_begins_within_the_margins() -> None:
    endless = "W" * 3_000
    lines = tuple(cheque(21_25, endless, drawer=Recipient(endless), bank=endless, number=endless) for _ in range(2))
    change = CashChange(AT_SIX, endless, -5_00, endless)
    cash = Count(endless, 115_00, 120_00, endless)

    pdf = draw_closing_sheet(closing_sheet(cheque_lines=lines, changes=(change,), cash=cash, till=endless))

    begins: list[tuple[float, float]] = []

    def note_place(text: str, moved: list[float], matrix: list[float], _font: object, _size: float) -> None:
        if text.strip():
            begins.append((moved[4] + matrix[4], moved[5] + matrix[5]))

    for page in read(pdf).pages:
        page.extract_text(visitor_text=note_place)
    margin, wide, high = MEASURES["A4"].margin, MEASURES["A4"].width, MEASURES["A4"].height
    assert len(begins) > 60
    assert all(margin <= x <= wide - margin and margin <= y <= high - margin for x, y in begins)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_drawn(text: str) -> None:
    change = CashChange(AT_SIX, text, -5_00, text)
    sheet = closing_sheet(
        cash=Count(text, 115_00, 120_00, f"un motif {text}"), changes=(change,), warnings=(text,), till=text
    )

    assert "Espèces théoriques 115,00 €" in text_of(draw_closing_sheet(sheet))


def test_the_same_sheet_drawn_again_gives_the_same_bytes_dated_of_the_closing() -> None:
    pdf = draw_closing_sheet(eventful_sheet())
    info = read(pdf).metadata

    assert pdf == draw_closing_sheet(eventful_sheet())
    assert pdf != draw_closing_sheet(eventful_sheet(number="13"))
    assert info is not None
    assert info.creation_date == AT_SIX


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"denominations": (CashLine(50_00, 2),)}, "notes and coins"),
        ({"denominations": (CashLine(10_00, 2), CashLine(50_00, 2))}, "largest first"),
        ({"denominations": (CashLine(120_00, 2), CashLine(-120_00, 1))}, "has a value"),
        ({"float_cents": 99_00}, "the float and what moved"),
        ({"cheque_lines": (cheque(42_50, found=False),)}, "the cheques found"),
        ({"cheque_lines": (cheque(42_50, expected=False),)}, "the cheques expected"),
        ({"imputations": (Amount("Garde", 62_50),)}, "the imputations"),
        ({"activities": (Amount("ALP soir", 62_50),)}, "the activities"),
        ({"last_quittance": None}, "a range"),
        ({"float_expected_cents": 101_00}, "without a reason"),
        ({"closed_at": datetime(2026, 12, 1, 18)}, "aware"),
    ],
)
def test_a_sheet_that_does_not_add_up_is_never_printed(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        closing_sheet(**wrong)


def test_a_difference_without_a_reason_is_never_printed() -> None:
    with pytest.raises(ValueError, match="no reason"):
        Count("Espèces", 120_00, 119_00, "  ")
