from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from receipts.documents import Paper, QuittanceLine, Recipient, TenderLine
from receipts.quittance import draw_quittance
from receipts.rows import Line
from receipts.sheet import MEASURES
from tests.receipts.documents_by_hand import (
    AT_HALF_PAST_TEN,
    HEAD,
    MONDAY,
    PAYER,
    many_lines,
    quittance,
    read,
    text_of,
    week_of_meals,
)
from tui_portail.money import format_cents

POINTS = {"A5": (420, 595), "A4": (595, 842)}


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("paper", ["A5", "A4"])
def test_a_quittance_says_who_paid_what_for_whom_and_how(paper: Paper) -> None:
    cash = TenderLine("Espèces", 1040)
    document = quittance(
        tenders=(cash,), avoir_used_cents=500, avoir_left_cents=250, cash_received_cents=2000, change_cents=960
    )

    pdf = draw_quittance(document, paper)

    text = text_of(pdf)
    for said in (
        "Mairie de Clapiers",
        "34830 Clapiers",
        "Régie de recettes Enfance/Jeunesse",
        "QUITTANCE n° 2026-000123",
        "le 01/12/2026 à 10 h 30",
        "Zoé Lefèvre-Œuvrard 12 rue des Łódź",
        "Léa Lefèvre Restaurant scolaire",
        "les lundi 30 novembre, mardi 1er, jeudi 3 et vendredi 4 décembre 2026",
        "4 × 3,85 € 15,40 €",
        "Total 15,40 €",
        "Avoir utilisé −5,00 €",
        "Espèces 10,40 €",
        "Somme reçue 10,40 €",
        "Somme reçue en lettres : dix euros et quarante centimes.",
        "Espèces reçues : 20,00 €, rendu : 9,60 €.",
        "Avoir restant : 2,50 €, utilisé automatiquement au prochain paiement.",
        "Agent : Camille Ferrand",
        " ".join(HEAD[start : start + 8] for start in range(0, 64, 8)),
        "page 1/1",
    ):
        assert said in text
    assert "DUPLICATA" not in text
    assert "FICTIF" not in text
    box = read(pdf).pages[0].mediabox
    assert (round(box.width), round(box.height)) == POINTS[paper]


def test_a_duplicate_says_so_on_every_page_and_a_replacement_names_what_it_replaces() -> None:
    pdf = draw_quittance(quittance(many_lines(30), duplicate_no=2, replaces="2026-000120"))

    pages = [plain(page.extract_text()) for page in read(pdf).pages]
    assert len(pages) > 1
    assert all("DUPLICATA n° 2" in page for page in pages)
    assert "Remplace la quittance n° 2026-000120." in pages[-1]


def test_an_example_says_fictif_on_every_page() -> None:
    pages = read(draw_quittance(quittance(many_lines(30), fictitious=True))).pages

    assert len(pages) > 1
    assert all(page.extract_text().count("FICTIF") >= 3 for page in pages)


@pytest.mark.parametrize("paper", ["A5", "A4"])
def test_two_hundred_lines_take_numbered_pages_with_the_head_repeated_and_the_total_carried(paper: Paper) -> None:
    document = quittance(many_lines(200))

    pages = [plain(page.extract_text()) for page in read(draw_quittance(document, paper)).pages]

    for number, page in enumerate(pages, start=1):
        assert f"page {number}/{len(pages)}" in page
        assert "Enfant et activité Jours Quantité × prix Montant" in page
    for page, following in pairwise(pages):
        carried = page.split("À reporter ")[1].split(" €")[0]
        assert f"Report {carried} €" in following
    whole = " ".join(pages)
    for line in document.lines:
        assert f"4 × {plain(format_cents(line.unit_cents))} {plain(format_cents(line.total_cents))}" in whole
    assert f"Total {plain(format_cents(document.total_cents))}" in pages[-1]


def test_the_longest_names_are_cut_and_everything_begins_within_the_margins() -> None:
    endless = "Wolfeschlegelsteinhausenbergerdorff" * 9
    document = quittance(
        week_of_meals(endless),
        payer=Recipient(endless, (endless,) * 9),
        agent=endless,
        tenders=(TenderLine("Chèque", 1540, endless),),
    )

    page = read(draw_quittance(document)).pages[0]

    begins: list[tuple[float, float]] = []

    def note_place(text: str, moved: list[float], matrix: list[float], _font: object, _size: float) -> None:
        if text.strip():
            begins.append((moved[4] + matrix[4], moved[5] + matrix[5]))

    text = page.extract_text(visitor_text=note_place)
    margin = MEASURES["A5"].margin
    assert len(begins) > 20
    assert all(margin <= x <= page.mediabox.width - margin for x, _ in begins)
    assert all(margin <= y <= page.mediabox.height - margin for _, y in begins)
    assert "…" in text


@settings(max_examples=80, deadline=None)
@given(st.text(min_size=1, max_size=200), st.floats(40, 300))
@example("/ 0000<AD vۀ", 63.0)
@example("0000000I 0", 42.0)
def test_no_line_of_text_is_wider_than_its_cell(text: str, width: float) -> None:
    paragraph = Line(text * 3, 8, bold=True).set(width)
    paragraph.wrap(width, 10_000)

    assert max(paragraph.getActualLineWidths0(), default=0) <= width + 0.01


def test_names_are_never_markup() -> None:
    hostile = '<b>Jean</b> & <font size="90">Co</font> &amp; <img src="/etc/passwd"/>'

    assert hostile in text_of(draw_quittance(quittance(week_of_meals(hostile), agent="</para>", payer=PAYER), "A4"))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_drawn(child: str, payer: str) -> None:
    pdf = draw_quittance(quittance(week_of_meals(child), payer=Recipient(payer)))

    assert len(read(pdf).pages) == 1


def test_an_erased_family_prints_the_date_of_erasure_and_no_name() -> None:
    erased = replace(PAYER, erased_on=date(2031, 3, 1))

    text = text_of(draw_quittance(quittance(payer=erased)))

    assert text.count("identité effacée le samedi 1er mars 2031") == 2
    assert "Lefèvre" not in text
    assert "Łódź" not in text


def test_nothing_received_is_zero_euro_paid_by_avoir() -> None:
    text = text_of(draw_quittance(quittance(avoir_used_cents=1540)))

    assert "Somme reçue 0,00 €" in text
    assert "en lettres : zéro euro." in text
    assert "Aucun avoir restant." in text


def test_a_debt_without_a_day_is_one_line() -> None:
    fee = QuittanceLine("", "Chèque impayé n° 4512", (), 2500)

    assert "Chèque impayé n° 4512 1 × 25,00 € 25,00 €" in text_of(draw_quittance(quittance([fee])))


def test_a_line_of_a_whole_year_is_written_month_by_month() -> None:
    days = tuple(MONDAY + timedelta(days=shift) for shift in range(300) if shift % 7 in (0, 1, 3, 4))
    document = quittance([QuittanceLine("Léa", "ALP matin", days, 120)])

    text = text_of(draw_quittance(document))

    assert "novembre 2026" in text
    assert "septembre 2027" in text
    assert f"Total {plain(format_cents(120 * len(days)))}" in text


def test_the_fonts_are_embedded() -> None:
    pages = read(draw_quittance(quittance())).pages

    fonts = [font.get_object() for font in pages[0]["/Resources"]["/Font"].values()]
    assert {str(font["/BaseFont"]).split("+")[-1] for font in fonts} == {"DejaVuSans", "DejaVuSans-Bold"}
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_the_file_names_its_title_author_and_language() -> None:
    reader = read(draw_quittance(quittance()))

    assert reader.metadata is not None
    assert reader.metadata.title == "Quittance 2026-000123"
    assert reader.metadata.author == "Mairie de Clapiers"
    assert reader.trailer["/Root"]["/Lang"] == "fr-FR"


def test_the_same_quittance_drawn_again_gives_the_same_bytes() -> None:
    assert draw_quittance(quittance()) == draw_quittance(quittance())
    assert draw_quittance(quittance()) != draw_quittance(quittance(number="2026-000124"))


@pytest.mark.parametrize(
    "wrong",
    [{"total_cents": 1541}, {"tenders": (TenderLine("Espèces", 1539),)}, {"issued_at": datetime(2026, 12, 1, 10)}],
)
def test_figures_that_do_not_add_up_or_an_hour_without_zone_are_never_printed(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"add up|bring|aware"):
        quittance(**wrong)


@pytest.mark.parametrize("paper", ["A5", "A4"])
def test_the_pdf_is_dated_as_the_quittance_whenever_it_is_drawn(paper: Paper) -> None:
    info = read(draw_quittance(quittance(), paper)).metadata
    assert info is not None
    assert info.creation_date == info.modification_date == AT_HALF_PAST_TEN


@pytest.mark.parametrize("name", ["Zoé 😀", "李 Łucja", "𝓛éa", "👨‍👩‍👧 Noé", "नमस्ते"])
def test_a_name_the_font_has_not_is_read_back_with_question_marks(name: str) -> None:
    text = text_of(draw_quittance(quittance(payer=replace(PAYER, name=name))))
    assert "?" in text
    assert any(part in text for part in ("Zoé", "Łucja", "éa", "Noé", "??"))
