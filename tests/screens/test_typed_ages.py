"""Limits by age as they are typed at the counter."""

import pytest

from screens.typed_ages import ages_text, parse_ages
from tui_portail.capacity import AgePlaces
from tui_portail.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ()),
        ("moins de 6 : 20", (AgePlaces(20, 0, 6),)),
        ("les moins de 6 ans : 20 ; 10 et plus : 5", (AgePlaces(20, 0, 6), AgePlaces(5, 10))),
        ("-6:20, 6-9:30, 10+:5", (AgePlaces(20, 0, 6), AgePlaces(30, 6, 10), AgePlaces(5, 10))),
        ("3 à 5 ans = 12", (AgePlaces(12, 3, 6),)),
        ("11 ans et plus : 8", (AgePlaces(8, 11),)),
        ("3 ans : 4", (AgePlaces(4, 3, 4),)),
        ("Tous les âges : 48", (AgePlaces(48),)),
    ],
)
def test_limits_are_understood_and_written_back_the_same(typed: str, meant: tuple[AgePlaces, ...]) -> None:
    assert parse_ages(typed) == meant
    assert parse_ages(ages_text(meant)) == meant


@pytest.mark.parametrize("typed", ["6", "six : 20", "9 à 6 : 20", "moins de 0 : 3", "moins de 6 : beaucoup", ": 4"])
def test_what_is_not_a_limit_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidInput, match="tapez par exemple moins de 6 : 20"):
        parse_ages(typed)
