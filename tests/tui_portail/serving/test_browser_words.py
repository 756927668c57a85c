"""What a browser may say, and what is not understood."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_portail.serving.browser_words import (
    Focused,
    NotUnderstood,
    Pinged,
    Resized,
    Typed,
    read_message,
    terminal_size,
)


def test_what_our_page_sends_is_understood() -> None:
    assert read_message('["stdin", "é"]') == Typed("é".encode())
    assert read_message('["resize", {"width": 43, "height": 40}]') == Resized(43, 40)
    assert read_message('["ping", "12"]') == Pinged("12")
    assert (read_message('["focus"]'), read_message('["blur"]')) == (Focused(True), Focused(False))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '["stdin"]',
        '["stdin", 4]',
        '["quit"]',
        '["resize", {"width": "80", "height": 24}]',
        '["resize", {}]',
        "[" * 100_000,
        '["ping", {"a": 1}]',
        '["resize", {"width": 1e999, "height": 24}]',
        '["resize", {"width": ' + "9" * 5000 + ', "height": 24}]',
    ],
)
def test_anything_else_is_not(text: str) -> None:
    with pytest.raises(NotUnderstood):
        read_message(text)


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_message_breaks_the_reading(text: str) -> None:
    with suppress(NotUnderstood):
        read_message(text)


def test_a_half_character_does_not_stop_a_session() -> None:
    assert read_message('["stdin", "\\ud800"]') == Typed(b"?")


def test_a_terminal_has_a_reasonable_size() -> None:
    assert terminal_size("80", "24") == (80, 24)
    assert terminal_size("1000000", "-3") == (400, 8)
    assert terminal_size("x", "24") == (80, 24)
