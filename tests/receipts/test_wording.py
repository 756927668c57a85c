from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.wording import amount_in_words, clock_date, hash_text, printable_text


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "zéro euro"),
        (1, "un centime"),
        (50, "cinquante centimes"),
        (100, "un euro"),
        (101, "un euro et un centime"),
        (4250, "quarante-deux euros et cinquante centimes"),
        (8000, "quatre-vingts euros"),
        (8100, "quatre-vingt-un euros"),
        (8080, "quatre-vingts euros et quatre-vingts centimes"),
        (10_000, "cent euros"),
        (20_000, "deux cents euros"),
        (20_100, "deux cent un euros"),
        (100_000, "mille euros"),
        (8_000_000, "quatre-vingt mille euros"),
        (100_000_000, "un million d’euros"),
        (200_000_000, "deux millions d’euros"),
        (100_000_100, "un million un euros"),
        (120_000_000, "un million deux cent mille euros"),
    ],
)
def test_an_amount_is_written_in_words_as_a_cheque_is(cents: int, words: str) -> None:
    assert amount_in_words(cents) == words


def test_a_negative_amount_has_no_words() -> None:
    with pytest.raises(ValueError, match="negative"):
        amount_in_words(-1)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 12, 1, 9, 30, tzinfo=UTC), "01/12/2026 à 10 h 30"),
        (datetime(2026, 7, 1, 22, 5, tzinfo=UTC), "02/07/2026 à 0 h 05"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "25/10/2026 à 2 h 00"),
    ],
)
def test_an_instant_is_printed_in_paris_time(instant: datetime, text: str) -> None:
    assert clock_date(instant).replace("\u00a0", " ") == text


def test_the_hash_is_grouped_by_eight() -> None:
    assert hash_text("AB" * 8) == "abababab abababab"


def test_a_name_is_composed_and_loses_control_and_direction_characters() -> None:
    assert printable_text("Zoe\u0301\x1b[31m\n\u202eLef\u00e8vre\u200b") == "Zoé [31m Lefèvre"


def test_what_the_font_cannot_draw_is_a_question_mark() -> None:
    assert printable_text("Léa 李 Łucja ğ œ €") == "Léa ? Łucja ğ œ €"
    assert printable_text("Zoé 😀 𝓛éa") == "Zoé ? ?éa"  # which the font draws and readers cannot copy


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_text_from_people_is_always_one_short_printable_line(text: str) -> None:
    line = printable_text(text)

    assert len(line) <= 110
    assert "".join(char for char in line if char != "\u00a0").isprintable()
    assert printable_text(line) == line
