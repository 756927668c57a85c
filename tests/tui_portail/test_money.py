from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_portail.errors import InvalidInput
from tui_portail.money import MAX_CENTS, format_cents, parse_amount, round_half_up


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12,5", 1250),
        ("12.50", 1250),
        ("1 234,00", 123400),
        ("1\u00a0234,00", 123400),
        ("1\u202f234,50\u00a0€", 123450),
        ("1 234 567", 123456700),
        ("12", 1200),
        ("0", 0),
        ("0,05", 5),
        ("007,10", 710),
        (" 12,50 €\n", 1250),
        ("12€", 1200),
        ("9 999 999,99", MAX_CENTS),
    ],
)
def test_an_amount_typed_the_french_way_is_understood(typed: str, cents: int) -> None:
    assert parse_amount(typed) == cents


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "12,345",
            "12.345",
            "-3",
            "−3",
            "abc",
            "",
            "   ",
            "€",
            "1,2,3",
            "1e3",
            "12,",
            ",5",
            "1.234,50",
            "12 34",
            "1  234",
            "+3",
        ),
        *("٣", "²", "1_000", "0x10", "nan", "inf", "12 €€", "10 000 000", "9" * 400, "9" * 400 + ",5", "1\n2"),
    ],
)
def test_anything_else_is_refused_with_a_sentence_that_says_what_to_type(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_amount(typed)
    assert "tapez" in refused.value.sentence
    assert len(refused.value.sentence) < 160


def test_three_decimals_are_named_as_such_and_never_read_as_thousands() -> None:
    with pytest.raises(InvalidInput, match="plus de deux chiffres après la virgule"):
        parse_amount("12,345")


def test_a_negative_amount_is_named_as_such() -> None:
    with pytest.raises(InvalidInput, match="ne peut pas être négatif"):
        parse_amount("-3")


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (123450, "1\u202f234,50\u00a0€"),
        (-1250, "−12,50\u00a0€"),
        (0, "0,00\u00a0€"),
        (5, "0,05\u00a0€"),
        (-5, "−0,05\u00a0€"),
        (123456789, "1\u202f234\u202f567,89\u00a0€"),
    ],
)
def test_an_amount_is_written_the_french_way(cents: int, text: str) -> None:
    assert format_cents(cents) == text


def test_the_symbol_can_be_left_out() -> None:
    assert format_cents(1250, symbol=False) == "12,50"


@given(st.integers(0, MAX_CENTS), st.booleans())
def test_what_is_written_is_read_back_to_the_cent(cents: int, symbol: bool) -> None:
    assert parse_amount(format_cents(cents, symbol)) == cents


@given(st.text(max_size=30))
def test_whatever_is_typed_gives_an_amount_or_a_sentence(typed: str) -> None:
    try:
        cents = parse_amount(typed)
    except InvalidInput as refused:
        assert refused.sentence.endswith(".")
    else:
        assert 0 <= cents <= MAX_CENTS


def test_factors_are_rounded_once_half_up() -> None:
    exact = Fraction("1.04") * Fraction("0.85") * Fraction("1.15") * 100
    assert round_half_up(exact) == 102
    assert round_half_up(Fraction(5, 2)) == 3
    assert round_half_up(Fraction(249, 100)) == 2


@given(st.fractions(min_value=0, max_value=10**6))
def test_rounding_never_moves_an_amount_by_more_than_half_a_cent(value: Fraction) -> None:
    assert -Fraction(1, 2) < round_half_up(value) - value <= Fraction(1, 2)
