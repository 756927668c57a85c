from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui_portail.calendars import d
from tui_portail import french


def test_a_date_is_written_out_in_full() -> None:
    assert french.long_date(d("2026-12-02")) == "mercredi 2 décembre 2026"


def test_the_first_of_a_month_is_premier() -> None:
    assert french.long_date(d("2026-10-01")) == "jeudi 1er octobre 2026"


def test_short_forms_for_lists_and_for_the_grid() -> None:
    assert french.short_date(d("2026-12-02")) == "mer. 02/12/2026"
    assert french.grid_day(d("2026-12-02")) == "me 02"
    assert [french.grid_day(d("2026-11-30") + timedelta(days=n))[:2] for n in range(7)] == [
        *("lu", "ma", "me", "je", "ve", "sa", "di")
    ]


def test_hours_are_said_with_their_minutes_only_when_there_are_some() -> None:
    assert french.time_text(time(12)) == "12 h"
    assert french.time_text(time(10, 30)) == "10 h 30"
    assert french.time_text(time(9, 5)) == "9 h 05"


def test_an_instant_is_said_in_paris_time_in_winter_and_in_summer() -> None:
    assert french.date_time_text(datetime(2026, 12, 1, 11, tzinfo=UTC)) == "mardi 1er décembre 2026 à 12 h"
    assert french.date_time_text(datetime(2027, 3, 29, 10, tzinfo=UTC)) == "lundi 29 mars 2027 à 12 h"
    assert french.time_text(datetime(2026, 12, 1, 9, 30, tzinfo=UTC)) == "10 h 30"


def test_a_datetime_without_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="without zone"):
        french.date_time_text(datetime(2026, 12, 1, 11))


def test_words_are_joined_with_commas_and_one_and() -> None:
    assert french.join_words([]) == ""
    assert french.join_words(["Lina"]) == "Lina"
    assert french.join_words(["Lina", "Noé"]) == "Lina et Noé"
    assert french.join_words(["Lina", "Noé", "Zoé"]) == "Lina, Noé et Zoé"
    assert french.join_words(["chèque", "carte"], "ou") == "chèque ou carte"


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        *[(0, "jour", "0 jour"), (1, "jour", "1 jour"), (2, "jour", "2 jours"), (3, "repas", "3 repas")],
        *[(2, "tableau", "2 tableaux"), (2, "lieu", "2 lieux"), (1, "enfant", "1 enfant")],
    ],
)
def test_a_count_agrees_with_its_noun(count: int, noun: str, text: str) -> None:
    assert french.plural(count, noun) == text


def test_an_irregular_plural_is_given() -> None:
    assert french.plural(2, "demi-journée annulée", "demi-journées annulées") == "2 demi-journées annulées"


@pytest.mark.parametrize(
    ("word", "following", "text"),
    [
        *[("de", "ALP matin", "d’ALP matin"), ("de", "restaurant", "de restaurant"), ("le", "avoir", "l’avoir")],
        *[("de", "Élodie", "d’Élodie"), ("de", "Hugo", "d’Hugo"), ("le", "huit", "le huit"), ("que", "il", "qu’il")],
        *[("le", "onze", "le onze"), ("une", "avance", "une avance"), ("de", "", "de ")],
    ],
)
def test_a_small_word_is_elided_before_a_vowel(word: str, following: str, text: str) -> None:
    assert french.elide(word, following) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ("", ""),
        ("2026-11-30", "le lundi 30 novembre 2026"),
        ("2026-11-30 2026-12-01", "les lundi 30 novembre et mardi 1er décembre 2026"),
        (
            "2026-11-30 2026-12-01 2026-12-02 2026-12-03 2026-12-04",
            "du lundi 30 novembre au vendredi 4 décembre 2026",
        ),
        ("2026-12-07 2026-12-08 2026-12-09", "du lundi 7 au mercredi 9 décembre 2026"),
        (
            "2026-12-28 2026-12-29 2026-12-30 2026-12-31 2027-01-01",
            "du lundi 28 décembre 2026 au vendredi 1er janvier 2027",
        ),
        (
            "2026-12-04 2026-11-30 2026-12-01 2026-12-03",
            "les lundi 30 novembre, mardi 1er, jeudi 3 et vendredi 4 décembre 2026",
        ),
        ("2026-12-02 2026-12-09 2026-12-16", "les mercredis 2, 9 et 16 décembre 2026"),
        ("2026-12-30 2027-01-06", "les mercredis 30 décembre 2026 et 6 janvier 2027"),
        (
            "2026-12-01 2026-12-03 2026-12-07 2026-12-08 2026-12-09 2026-12-11",
            "les mardi 1er et jeudi 3 décembre, du lundi 7 au mercredi 9 décembre et le vendredi 11 décembre 2026",
        ),
    ],
)
def test_days_are_told_as_short_as_stays_clear(days: str, text: str) -> None:
    assert french.run_of_days(map(d, days.split())) == text


@settings(max_examples=100)
@given(st.lists(st.dates(date(2026, 9, 1), date(2026, 10, 31)), min_size=1, max_size=15))
def test_the_words_tell_exactly_the_days_given(days: list[date]) -> None:
    assert _days_told(french.run_of_days(days)) == set(days)


def _days_told(text: str) -> set[date]:
    """Read the sentence back: a month holds for the numbers before it that have none."""
    found = re.findall(
        r"(du )?(?:(?:lun|mar|mercre|jeu|vendre|same)dis? |dimanches? )?(au \w+ )?(\d+)(?:er)? ?(sept|oct)?",
        text.replace("2026", ""),
    )
    told: set[date] = set()
    month = 0
    start: date | None = None
    numbers: list[tuple[bool, bool, date]] = []
    for begins, ends, number, named in reversed(found):
        month = {"sept": 9, "oct": 10}.get(named, month)
        numbers.append((bool(begins), bool(ends), date(2026, month, int(number))))
    for begins_run, ends_run, day in reversed(numbers):
        if ends_run and start is not None:
            told |= {start + timedelta(days=n) for n in range((day - start).days + 1)}
        told.add(day)
        start = day if begins_run else None
    return told
