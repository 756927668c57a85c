"""What an agent types is understood as names, numbers, telephones and dates."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_portail.search_terms import Term, name_of, readings, without_particles

TODAY = date(2026, 12, 1)


def _first(text: str) -> tuple[Term, ...]:
    return readings(text, TODAY)[0]


@pytest.mark.parametrize(
    "text",
    [
        "12/03/2019",
        "12/3/2019",
        "12-03-2019",
        "12.03.2019",
        "12 03 2019",
        "12032019",
        "120319",
        "12/03/19",
        "2019-03-12",
        "12 mars 2019",
        "12 Mars 2019",
    ],
)
def test_a_date_of_birth_is_understood_in_its_usual_forms(text: str) -> None:
    (term,) = _first(text)

    assert term.meets("2019-03-12")
    assert not term.meets("2019-12-03")


def test_the_first_of_a_month_and_words_with_accents_are_dates_too() -> None:
    assert _first("1er août 2020")[0].meets("2020-08-01")
    assert _first("3 décembre 2018")[0].meets("2018-12-03")


@pytest.mark.parametrize(
    "text", ["06 12 34 56 78", "0612345678", "06.12.34.56.78", "06-12-34-56-78", "+33 6 12 34 56 78", "0033612345678"]
)
def test_a_telephone_is_understood_with_or_without_spaces(text: str) -> None:
    (term,) = _first(text)

    assert term.meets("0612345678")


@pytest.mark.parametrize("text", ["06", "06 12", "06.12.34", "06 12 34 5"])
def test_the_beginning_of_a_telephone_is_enough(text: str) -> None:
    assert _first(text)[0].meets("0612345678")


def test_a_number_of_dossier_is_understood_with_or_without_spaces() -> None:
    for text in ("123456789", "123 456 789", "123\u00a0456\u00a0789", "1234"):
        assert _first(text)[0].meets("123456789")


def test_six_digits_are_a_date_and_still_the_beginning_of_a_telephone_or_of_a_number() -> None:
    (term,) = _first("061212")

    assert term.meets("2012-12-06")
    assert term.meets("0612123456")
    assert term.meets("061212345")
    assert not _first("06 12 12")[0].meets("2012-12-06")


def test_a_year_alone_finds_those_born_then() -> None:
    assert _first("2019")[0].meets("2019-03-12")


def test_names_and_digits_are_taken_apart() -> None:
    terms = _first("Dupont 06 12 34 inès")

    assert terms == (Term(("061234",)), Term(("dupont",)), Term(("ines",)))


def test_particles_may_be_tied_left_out_or_all_in_one() -> None:
    ways = [tuple(term.prefixes[0] for term in way) for way in readings("de la Tour", TODAY)]

    assert ways == [("de", "la", "tour"), ("delatour",)]
    assert without_particles(_first("de la Tour")) == (Term(("tour",)),)
    assert without_particles(_first("Lê")) == ()


def test_a_typing_error_is_looked_for_in_names_of_four_letters_or_more() -> None:
    assert [name_of(term) for term in _first("Léa Dupont 12/03/2019 0612")] == [None, None, None, "dupont"]


@pytest.mark.parametrize("text", ["", "   ", "'-", "?!", "\x00"])
def test_nothing_to_look_for_has_no_reading(text: str) -> None:
    assert readings(text, TODAY) == ()


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_any_text_is_understood_without_failing_and_no_term_is_empty(text: str) -> None:
    for way in readings(text, TODAY):
        assert way
        assert all(term.prefixes or term.exact for term in way)
        assert all(term.prefixes == () or all(term.prefixes) for term in way)


@given(st.dates(date(2000, 1, 1), date(2026, 12, 1)))
@settings(max_examples=100)
def test_any_date_written_the_french_way_is_found(day: date) -> None:
    for text in (f"{day:%d/%m/%Y}", f"{day:%d/%m/%y}", f"{day.day}-{day.month}-{day.year}", f"{day:%d%m%Y}"):
        assert _first(text)[0].meets(day.isoformat())
