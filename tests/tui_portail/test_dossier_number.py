"""A dossier's number says at once when it was mistyped."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_portail.dossier_number import LENGTH, compact, display, draw_number, is_number, with_key

numbers = st.integers(1_000_000, 9_999_999).map(with_key)


@given(numbers)
@settings(max_examples=100)
def test_every_number_has_nine_digits_and_a_right_key(number: str) -> None:
    assert len(number) == LENGTH
    assert is_number(number)


@given(numbers, st.integers(0, LENGTH - 1), st.integers(1, 9))
@settings(max_examples=100)
def test_one_wrong_digit_is_always_seen(number: str, place: int, shift: int) -> None:
    wrong = str((int(number[place]) + shift) % 10)

    assert not is_number(number[:place] + wrong + number[place + 1 :])


@given(numbers, st.integers(0, LENGTH - 2))
@settings(max_examples=100)
def test_two_neighbouring_digits_swapped_are_always_seen(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert swapped == number or not is_number(swapped)


def test_a_number_is_understood_with_spaces_points_or_hyphens() -> None:
    number = with_key(1_234_567)

    assert is_number(display(number))
    assert compact("123.456-7 82") == "123456782"
    assert compact(display(number)) == number


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "12345678a", "١٢٣٤٥٦٧٨٩", "-12345678"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert not is_number(text)


def test_a_drawn_number_takes_its_chance_from_outside() -> None:
    chance = count(4_321)
    drawn = {draw_number(lambda below: next(chance) * 7_919 % below) for _ in range(200)}

    assert len(drawn) == 200
    assert all(map(is_number, drawn))


def test_the_root_of_a_number_has_seven_digits() -> None:
    for root in (999_999, 10_000_000):
        with pytest.raises(ValueError, match="seven digits"):
            with_key(root)
