"""The bars of a figure: lengths to the eighth of a cell, shares in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_portail.figures import NO_BREAK, Bar, Figure, FigureKind, drawn, percent


@given(value=st.integers(0, 10_000), largest=st.integers(1, 10_000), width=st.integers(1, 100))
def test_a_bar_is_as_long_as_its_share_and_never_longer_than_its_room(value: int, largest: int, width: int) -> None:
    value = min(value, largest)
    bar = drawn(value, largest, width)
    assert len(bar) <= width
    assert bool(bar) == (value > 0), "what is above nothing is seen"
    assert abs(len(bar) - width * value / largest) <= 1


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 60, f"0{NO_BREAK}%"),
        (41, 60, f"68{NO_BREAK}%"),
        (1, 4_000, f"<{NO_BREAK}1{NO_BREAK}%"),
        (60, 60, f"100{NO_BREAK}%"),
        (1, 0, ""),
    ],
)
def test_a_share_is_told_in_words_a_person_reads(part: int, whole: int, words: str) -> None:
    assert percent(part, whole) == words


def test_the_longest_bar_counts_what_could_be_too() -> None:
    bars = (Bar("a", (3, 4), ""), Bar("b", (1,), "", full=9))
    assert Figure(FigureKind.OCCUPATION, "", ("x",), bars).largest == 9
    assert Figure(FigureKind.OCCUPATION, "", ("x",), ()).largest == 1
