"""Adults by age: each age rounded up by itself, and the sixth birthday on its very day."""

from datetime import date

import pytest

from tui_portail.service_rules import StaffRatio
from tui_portail.staffing import AgeCount, adults_needed, count_ages, is_under_six

ALSH = StaffRatio(under_six=8, six_and_over=12)


@pytest.mark.parametrize(
    ("under_six", "six_and_over", "adults"),
    [(0, 0, 0), (1, 0, 1), (8, 0, 1), (9, 0, 2), (0, 12, 1), (0, 13, 2), (8, 12, 2), (1, 1, 2), (10, 20, 4)],
)
def test_each_age_has_its_own_adults_rounded_up(under_six: int, six_and_over: int, adults: int) -> None:
    assert adults_needed(AgeCount(under_six, six_and_over), ALSH) == adults


def test_without_a_ratio_nobody_says_how_many_adults() -> None:
    assert adults_needed(AgeCount(3, 4), None) is None


def test_a_child_is_six_from_its_sixth_birthday_on() -> None:
    born = date(2020, 12, 2)
    assert is_under_six(born, date(2026, 12, 1))
    assert not is_under_six(born, date(2026, 12, 2))
    assert count_ages([born, date(2022, 1, 1), date(2016, 5, 5)], date(2026, 12, 2)) == AgeCount(1, 2)
    assert AgeCount(1, 2) + AgeCount(3, 4) == AgeCount(4, 6)
    assert AgeCount(4, 6).total == 10
