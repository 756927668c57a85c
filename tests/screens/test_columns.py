"""Texts in columns take exactly their cells, whatever people are called."""

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from screens.columns import Column, fit, lay_out

NAMES = st.text(max_size=40)


@settings(max_examples=100)
@given(NAMES, st.integers(min_value=1, max_value=60), st.booleans())
def test_a_text_fits_exactly_its_cells_on_one_line(text: str, width: int, right: bool) -> None:
    shown = fit(text, width, right)
    assert cell_len(shown) == width
    assert "\n" not in shown


@settings(max_examples=60)
@given(st.tuples(NAMES, NAMES, NAMES), st.integers(min_value=40, max_value=160))
def test_a_line_is_as_wide_as_its_list(texts: tuple[str, str, str], width: int) -> None:
    columns = (Column("Nom", 10, share=2), Column("Montant", 9, right=True), Column("Agent", 8, share=1, from_width=96))
    assert cell_len(lay_out(columns, texts, width)) == width


def test_what_is_too_long_says_so_and_amounts_line_up_on_the_right() -> None:
    assert fit("Marie-Françoise", 8) == "Marie-F…"
    assert fit("12,50", 8, right=True) == "   12,50"
    assert fit("日本語", 4) == "日… ", "a wide character is never cut in two"


def test_a_column_for_wide_terminals_is_left_out_of_a_narrow_one() -> None:
    columns = (Column("Nom", 10), Column("Agent", 8, from_width=96))
    assert "Zoé" not in lay_out(columns, ("Dupont", "Zoé"), 80)
    assert "Zoé" in lay_out(columns, ("Dupont", "Zoé"), 100)
