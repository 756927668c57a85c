from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui_portail.calendars import d
from tui_portail.custody import CustodyPattern, payer_on
from tui_portail.errors import InvalidInput

MOTHER, FATHER = 1, 2
PATTERN = CustodyPattern(d("2026-11-30"), MOTHER, FATHER)


@pytest.mark.parametrize(
    ("day", "payer"),
    [
        ("2026-11-30", MOTHER),
        ("2026-12-06", MOTHER),
        ("2026-12-07", FATHER),
        ("2026-12-13", FATHER),
        ("2026-12-14", MOTHER),
        ("2026-11-29", FATHER),
        ("2026-11-23", FATHER),
        ("2026-11-22", MOTHER),
    ],
)
def test_weeks_alternate_from_the_anchor_both_ways(day: str, payer: int) -> None:
    assert payer_on(d(day), PATTERN) == payer


def test_week_53_breaks_the_parity_of_iso_weeks_but_not_the_turns() -> None:
    week_53, week_1 = d("2026-12-28"), d("2027-01-04")
    assert (week_53.isocalendar().week, week_1.isocalendar().week) == (53, 1)
    assert payer_on(week_53, PATTERN) != payer_on(week_1, PATTERN)


def test_turns_may_begin_on_any_day_of_the_week() -> None:
    friday = CustodyPattern(d("2026-12-04"), MOTHER, FATHER)
    assert [payer_on(d("2026-12-10"), friday), payer_on(d("2026-12-11"), friday)] == [MOTHER, FATHER]


def test_a_turn_shorter_than_a_day_is_refused() -> None:
    with pytest.raises(InvalidInput, match="au moins un jour"):
        CustodyPattern(d("2026-12-04"), MOTHER, FATHER, period_days=0)


@settings(max_examples=100)
@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 31))
def test_a_period_later_it_is_always_the_other_payer(anchor: date, day: date, period: int) -> None:
    pattern = CustodyPattern(anchor, MOTHER, FATHER, period)
    assert {payer_on(day, pattern), payer_on(day + timedelta(days=period), pattern)} == {MOTHER, FATHER}
    assert payer_on(day, pattern) == payer_on(day + timedelta(days=2 * period), pattern)
