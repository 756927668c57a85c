"""Badges: a number made of the child's id alone, in which any wrong digit is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_portail.badges import badge_number, child_of, display
from tui_portail.dossier_number import is_number, with_key

IDS = st.integers(1, 20_000_000)


@given(IDS)
def test_a_badge_leads_to_its_child_and_to_no_other(child_id: int) -> None:
    number = badge_number(child_id)
    assert child_of(number) == child_of(display(number)) == child_of(f" {number}\r") == child_id


@given(IDS, st.data())
def test_one_wrong_digit_is_seen(child_id: int, data: st.DataObject) -> None:
    number = badge_number(child_id)
    place = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(st.sampled_from(sorted(set("0123456789") - {number[place]})))
    assert child_of(number[:place] + digit + number[place + 1 :]) is None


@given(IDS, st.data())
def test_two_digits_swapped_are_seen(child_id: int, data: st.DataObject) -> None:
    number = badge_number(child_id)
    first, second = sorted(data.draw(st.sets(st.integers(0, len(number) - 1), min_size=2, max_size=2)))
    swapped = list(number)
    swapped[first], swapped[second] = number[second], number[first]
    assert child_of("".join(swapped)) in (None, child_id)
    assert number[first] == number[second] or child_of("".join(swapped)) is None


@given(st.integers(1_000_000, 9_999_999))
def test_a_dossier_number_is_no_badge(root: int) -> None:
    assert is_number(with_key(root))
    assert child_of(with_key(root)) is None


@pytest.mark.parametrize(
    "typed", ["", "1", "abc", "0000", "00000001", "000000 01", "12345678901234567890x", "٠٠٠٠٠١٠١"]
)
def test_what_is_no_badge_leads_nowhere(typed: str) -> None:
    assert child_of(typed) is None


def test_a_reader_set_for_another_keyboard_is_understood() -> None:
    """The figures' row of a French keyboard without Shift: what a reader set for an American one types."""
    number = badge_number(123_456)
    assert child_of(number.translate(str.maketrans("1234567890", "&é\"'(-è_çà"))) == 123_456


def test_no_child_has_the_id_zero() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        badge_number(0)
