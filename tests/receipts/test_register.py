from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from sys import getrefcount

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.register import draw_register
from receipts.register_document import BarPlot, Column, PlotSeries, RegisterRow, RowKind
from tests.receipts.documents_by_hand import HEAD, read, text_of
from tests.receipts.papers_by_hand import AT_SIX, COLUMNS, HOSTILE, MONTHS, lines, register


def total(label: str, debit: int | None = None, credit: int | None = None) -> RegisterRow:
    return RegisterRow((None, None, label, debit, credit, None), RowKind.TOTAL)


def subtotal(label: str, debit: int | None = None, credit: int | None = None) -> RegisterRow:
    return replace(total(label, debit, credit), kind=RowKind.SUBTOTAL)


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in read(pdf).pages]


def test_a_register_says_its_title_its_period_its_rows_and_its_notes() -> None:
    pdf = draw_register(register(notes=("Contre-passations comprises.",)), [*lines(3), total("Total", 6_00, 12_00)])

    text = text_of(pdf)
    for said in (
        "Mairie de Clapiers",
        "JOURNAL À SOUCHES le 01/12/2026 à 18 h 00",
        "Du mardi 1er au jeudi 31 décembre 2026 Toutes les caisses",
        "Date Quittance Payeur Débit Crédit Solde",
        "02/12/2026 2026-000001 Zoé Lefèvre-Œuvrard 1 1,00 2,00 −1,00",
        "04/12/2026 2026-000003 Zoé Lefèvre-Œuvrard 3 3,00 6,00 −6,00",
        "Total 6,00 12,00",
        "Contre-passations comprises.",
        " ".join(HEAD[start : start + 8] for start in range(0, 64, 8)),
        "page 1/ 1",
    ):
        assert said in text
    assert "FICTIF" not in text


def test_a_register_without_rows_says_so() -> None:
    assert "Aucune ligne." in text_of(draw_register(register(), []))


@pytest.mark.parametrize(("orientation", "size"), [("portrait", (595, 842)), ("landscape", (842, 595))])
def test_many_pages_repeat_the_columns_number_themselves_and_carry_the_sums(
    orientation: str, size: tuple[int, int]
) -> None:
    pdf = draw_register(register(orientation=orientation, fictitious=True), [*lines(500), total("Total")])

    pages = pages_of(pdf)
    assert len(pages) > 7
    box = read(pdf).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size
    for number, page in enumerate(pages, start=1):
        assert "Date Quittance Payeur Débit Crédit Solde" in page
        assert page.endswith(f"page {number}/ {len(pages)}")
        assert page.count("FICTIF") >= 3
    for page, following in pairwise(pages):
        carried = page.split("À reporter ")[1].split(" Empreinte")[0]
        assert f"Report {carried} " in following
    whole = " ".join(pages)
    assert all(f" 2026-{place:06d} Zoé" in whole for place in range(1, 501))
    assert "Total 125 250,00 250 500,00" in pages[-1]


def test_subtotals_count_their_group_and_the_total_counts_everything() -> None:
    heading = RegisterRow(("Compte caisse",), RowKind.HEADING)
    rows = [heading, *lines(2), subtotal("Sous-total"), heading, *lines(3), subtotal("Sous-total"), total("Ensemble")]

    text = text_of(draw_register(register(), rows))

    assert "Compte caisse 02/12/2026" in text
    assert "Sous-total 3,00 6,00" in text
    assert "Sous-total 6,00 12,00" in text
    assert "Ensemble 9,00 18,00" in text


def test_a_heading_is_never_the_last_line_of_a_page() -> None:
    heading = RegisterRow(("Compte nouveau",), RowKind.HEADING)
    for count in range(20, 40):
        pages = pages_of(draw_register(register(), [*lines(count), subtotal("Sous-total"), heading, *lines(1)]))
        assert not any(page.split("Empreinte")[0].endswith("Compte nouveau ") for page in pages)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([*lines(2), total("Total", 3_01)], "add up to 300 cents"),
        ([*lines(2), subtotal("S"), *lines(1), subtotal("S", 4_00)], "add up to 100 cents"),
        ([RegisterRow(("a", "b"))], "2 cells"),
        ([RegisterRow(("a", "b", "c", "1,00", None, None))], "Débit"),
        ([RegisterRow((1, "b", "c", 1, None, None))], "Date"),
    ],
)
def test_rows_that_do_not_fit_or_do_not_add_up_give_no_register(rows: list[RegisterRow], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw_register(register(), rows)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"columns": COLUMNS[:3]}, "of the width"),
        ({"columns": (Column("Négatif", -0.5), Column("Trop", 1.5))}, "of the width"),
        ({"issued_at": AT_SIX.replace(tzinfo=None)}, "aware"),
    ],
)
def test_a_register_that_cannot_be_drawn_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        register(**wrong)


def test_only_money_is_summed_and_a_plot_has_an_amount_for_each_label() -> None:
    with pytest.raises(ValueError, match="only money"):
        Column("Payeur", 1, summed=True)
    with pytest.raises(ValueError, match="one amount"):
        BarPlot("", ("a", "b"), (PlotSeries("s", (1,)),))
    with pytest.raises(ValueError, match="has labels"):
        BarPlot("", (), ())


def test_a_plot_names_its_bars_its_series_and_its_amounts() -> None:
    text = text_of(draw_register(register(plot=MONTHS), lines(2)))

    for said in ("Recettes par mois", "novembre 2026", "décembre 2026", "Garde", "Repas", "1 000,00 €"):
        assert said in text
    assert text.index("Recettes par mois") < text.index("2026-000001")


def test_a_plot_of_a_year_of_days_names_some_of_them_only() -> None:
    labels = tuple(f"étape{place}" for place in range(365))
    plot = BarPlot("Recettes par jour", labels, (PlotSeries("Net", tuple(range(365))),))

    text = text_of(draw_register(register(plot=plot), lines(1)))

    assert 10 < text.count("étape") <= 17


def test_a_wide_text_is_cut_and_a_wide_amount_is_whole() -> None:
    row = RegisterRow(("01/12/2026", "x" * 10_000, "W" * 200, 12_345_678_901_234_56, None, None))

    text = text_of(draw_register(register(), [row]))

    assert "12 345 678 901 234,56" in text
    assert "W…" in text
    assert "x…" in text
    assert "W" * 100 not in text


def test_hostile_names_are_printed_as_they_are() -> None:
    text = text_of(draw_register(register(title="</para>", subtitle=(HOSTILE,)), lines(1, "<b>=1+1")))

    assert "<b>=1+1 1" in text
    assert HOSTILE in text


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_drawn(text: str) -> None:
    plot = BarPlot(text, (text, "b"), (PlotSeries(text, (1, 2)), PlotSeries("b", (0, 0))))
    rows = [RegisterRow((text,), RowKind.HEADING), *lines(1, text)]

    assert len(read(draw_register(register(plot=plot, notes=(text,)), rows)).pages) == 1


def test_the_same_register_drawn_again_gives_the_same_bytes() -> None:
    first = draw_register(register(plot=MONTHS), lines(100))

    assert first == draw_register(register(plot=MONTHS), lines(100))
    assert first != draw_register(register(plot=MONTHS), lines(101))


def test_progress_is_told_page_after_page_and_what_it_raises_stops_the_drawing() -> None:
    told: list[int] = []

    draw_register(register(), lines(200), told.append)

    assert told == sorted(set(told))
    assert len(told) == len(read(draw_register(register(), lines(200))).pages)
    assert told[-1] == 200

    def cancelled(_rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw_register(register(), lines(200), cancelled)


def test_rows_are_let_go_once_drawn() -> None:
    def watched() -> Iterator[RegisterRow]:
        row = before = None
        for following in lines(300):
            yield following
            if before is not None:
                assert getrefcount(before) == 2  # ours and the call's
            before, row = row, following

    assert len(pages_of(draw_register(register(), watched()))) > 5
