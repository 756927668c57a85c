"""« Habite » and the town of the address are compared: the price depends on it."""

import pytest

from tui_portail.residence import home_warning, is_of_commune


@pytest.mark.parametrize("city", ["Clapiers", "CLAPIERS", "clapiers cedex", " ", ""])
def test_a_town_is_the_commune_however_it_is_written(city: str) -> None:
    assert is_of_commune(city, "Clapiers")
    assert home_warning(city, True, "Clapiers") == ""


@pytest.mark.parametrize("begun", ["C", "cla", "Clapier"])
def test_a_town_that_is_being_typed_is_not_doubted(begun: str) -> None:
    assert home_warning(begun, True, "Clapiers") == ""


def test_a_resident_of_another_town_and_a_stranger_of_the_commune_are_doubted() -> None:
    assert "est à Montferrier-sur-Lez, pas à Clapiers" in home_warning("Montferrier-sur-Lez", True, "Clapiers")
    assert "est à Clapiers" in home_warning("Clapiers", False, "Clapiers")
    assert home_warning("Jacou", False, "Clapiers") == ""
