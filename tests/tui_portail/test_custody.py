from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui_portail.calendars import d, zone_c
from tui_portail.custody import (
    Custody,
    CustodyException,
    CustodyPattern,
    FirstHalf,
    HolidayCustody,
    holder_on,
    pattern_on,
)
from tui_portail.errors import InvalidInput

MOTHER, FATHER = 1, 2
PATTERN = CustodyPattern(d("2026-11-30"), MOTHER, FATHER)
HALVES = replace(PATTERN, holidays=HolidayCustody.HALVES, summer=HolidayCustody.HALVES)
EVENING, MORNING = time(18), time(8)
ONE_DAY = timedelta(days=1)

a_day = st.dates(d("2025-09-01"), d("2028-07-03"))
an_hour = st.times()


@st.composite
def a_pattern(draw: st.DrawFn) -> CustodyPattern:
    return CustodyPattern(
        draw(a_day),
        MOTHER,
        FATHER,
        draw(st.integers(1, 31)),
        switch_at=draw(st.none() | an_hour),
        holidays=draw(st.sampled_from([HolidayCustody.TURNS, HolidayCustody.HALVES])),
        summer=draw(st.sampled_from(HolidayCustody)),
        first_half=draw(st.sampled_from(FirstHalf)),
    )


@st.composite
def an_exception(draw: st.DrawFn) -> CustodyException:
    first = draw(a_day)
    last = first + timedelta(days=draw(st.integers(0, 40)))
    return CustodyException(first, last, draw(st.sampled_from([MOTHER, FATHER])), draw(st.integers(1, 1000)))


def payer_on(day: str, pattern: CustodyPattern = PATTERN, at: time = time(12)) -> int:
    return Custody(MOTHER, (pattern,)).payer_on(d(day), zone_c(), at)


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
    assert payer_on(day) == payer


def test_two_odd_iso_weeks_in_a_row_go_to_one_parent_then_the_other() -> None:
    anchored = CustodyPattern(d("2026-12-21"), MOTHER, FATHER)
    mondays = [d("2026-12-21") + timedelta(weeks=week) for week in range(4)]
    assert [monday.isocalendar().week for monday in mondays] == [52, 53, 1, 2]
    assert [holder_on(monday, anchored, zone_c()) for monday in mondays] == [MOTHER, FATHER, MOTHER, FATHER]
    sunday, monday = "2027-01-03", "2027-01-04"
    assert [payer_on(sunday, anchored), payer_on(monday, anchored)] == [FATHER, MOTHER]


def test_turns_may_begin_on_any_day_of_the_week() -> None:
    friday = CustodyPattern(d("2026-12-04"), MOTHER, FATHER)
    assert [payer_on("2026-12-10", friday), payer_on("2026-12-11", friday)] == [MOTHER, FATHER]


def test_until_the_hour_of_the_switch_the_child_is_still_with_the_former_parent() -> None:
    friday = CustodyPattern(d("2026-12-04"), MOTHER, FATHER, switch_at=time(16, 30))
    hours = (time(7, 30), time(16, 29), time(16, 30), time(23, 59))
    assert [payer_on("2026-12-11", friday, at) for at in hours] == [MOTHER, MOTHER, FATHER, FATHER]
    day = Custody(MOTHER, (friday,)).day(d("2026-12-11"), zone_c())
    assert (day.morning_payer_id, day.payer_id, day.changes, day.changes_at) == (MOTHER, FATHER, True, time(16, 30))


def test_the_halves_of_the_holidays_go_by_the_year_in_which_they_begin_and_do_not_shift_the_weeks() -> None:
    noel = [payer_on(day, HALVES) for day in ("2026-12-18", "2026-12-19", "2026-12-26", "2026-12-27", "2027-01-03")]
    assert noel == [MOTHER, MOTHER, MOTHER, FATHER, FATHER], "16 days, 8 each: 2026 is even, the first payer begins"
    assert [payer_on(day, HALVES) for day in ("2025-12-20", "2026-01-04")] == [FATHER, MOTHER], "begun in an odd year"
    odd = replace(HALVES, first_half=FirstHalf.ODD_YEARS)
    assert [payer_on(day, odd) for day in ("2026-12-19", "2026-12-27")] == [FATHER, MOTHER]
    assert [payer_on(day, HALVES) for day in ("2027-01-04", "2027-01-11")] == [FATHER, MOTHER], "as without holidays"
    assert [payer_on(day) for day in ("2027-01-04", "2027-01-11")] == [FATHER, MOTHER]


def test_the_summer_is_shared_by_fortnights_from_its_first_day() -> None:
    pattern = replace(PATTERN, summer=HolidayCustody.FORTNIGHTS)
    days = ("2026-07-04", "2026-07-17", "2026-07-18", "2026-07-31", "2026-08-01", "2026-08-29", "2026-08-31")
    assert [payer_on(day, pattern) for day in days] == [MOTHER, MOTHER, FATHER, FATHER, MOTHER, MOTHER, MOTHER]
    with pytest.raises(InvalidInput, match="par moitiés"):
        replace(PATTERN, holidays=HolidayCustody.FORTNIGHTS)


def test_no_holiday_is_shared_but_between_two_known_school_years() -> None:
    summer = zone_c().holiday_on(d("2026-08-31"))
    assert summer is not None and (summer.first, summer.last) == (d("2026-07-04"), d("2026-08-31"))
    assert zone_c().holiday_on(d("2028-07-04")) is None
    shared = replace(PATTERN, summer=HolidayCustody.HALVES)
    assert payer_on("2028-07-20", shared) == payer_on("2028-07-20")


def test_a_pattern_counts_from_its_date_to_its_end_then_the_first_payer_pays() -> None:
    later = replace(PATTERN, from_on=d("2026-12-07"), until_on=d("2026-12-20"))
    earlier = CustodyPattern(d("2026-11-30"), FATHER, MOTHER, from_on=d("2026-11-30"))
    custody = Custody(MOTHER, (earlier, later))
    days = ("2026-11-29", "2026-11-30", "2026-12-07", "2026-12-13", "2026-12-20", "2026-12-21", "2026-12-28")
    assert [custody.payer_on(d(day), zone_c()) for day in days] == [
        MOTHER,
        FATHER,
        FATHER,
        FATHER,
        MOTHER,
        MOTHER,
        MOTHER,
    ]
    assert pattern_on(d("2026-12-21"), custody.patterns) is None, "the former one does not come back"


def test_before_the_hour_of_its_first_switch_a_new_pattern_follows_what_was_agreed_before() -> None:
    first = replace(PATTERN, from_on=d("2026-11-30"), switch_at=time(18))
    custody = Custody(FATHER, (first,))
    assert [custody.payer_on(first.from_on, zone_c(), at) for at in (MORNING, EVENING)] == [FATHER, MOTHER]


def test_the_latest_of_two_exceptions_wins() -> None:
    long = CustodyException(d("2026-12-01"), d("2026-12-10"), FATHER, 1)
    short = CustodyException(d("2026-12-03"), d("2026-12-03"), MOTHER, 2)
    custody = Custody(MOTHER, (PATTERN,), (short, long))
    assert [custody.payer_on(d(day), zone_c()) for day in ("2026-12-02", "2026-12-03", "2026-12-04")] == [2, 1, 2]
    assert custody.day(d("2026-12-03"), zone_c()).exception == short


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"period_days": 0}, "au moins un jour"),
        ({"from_on": d("2026-12-07"), "until_on": d("2026-12-06")}, "avant de commencer"),
    ],
)
def test_terms_that_contradict_each_other_are_refused(terms: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        replace(PATTERN, **terms)
    with pytest.raises(InvalidInput, match="avant de commencer"):
        CustodyException(d("2026-12-02"), d("2026-12-01"), MOTHER)


@settings(max_examples=60)
@given(a_pattern(), st.lists(an_exception(), max_size=3), a_day, an_hour)
def test_every_hour_of_every_day_has_one_of_the_two_payers(
    pattern: CustodyPattern, exceptions: list[CustodyException], day: date, at: time
) -> None:
    custody = Custody(MOTHER, (pattern,), tuple(exceptions))
    shown = custody.day(day, zone_c())
    assert custody.payer_on(day, zone_c(), at) in {shown.morning_payer_id, shown.payer_id} <= {MOTHER, FATHER}
    assert (shown.changes_at is not None) == (shown.morning_payer_id != shown.payer_id)


@settings(max_examples=60)
@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 31))
def test_a_period_later_it_is_always_the_other_payer_whatever_the_iso_week(
    anchor: date, day: date, period: int
) -> None:
    pattern = CustodyPattern(anchor, MOTHER, FATHER, period)
    here, later, back = (holder_on(day + timedelta(days=period * turns), pattern, zone_c()) for turns in (0, 1, 2))
    assert (here == back, here == later) == (True, False)
    assert holder_on(anchor, pattern, zone_c()) == MOTHER


@settings(max_examples=60)
@given(a_pattern(), a_day)
def test_out_of_the_holidays_weeks_alternate_as_if_there_were_none(pattern: CustodyPattern, day: date) -> None:
    plain = replace(pattern, holidays=HolidayCustody.TURNS, summer=HolidayCustody.TURNS)
    if zone_c().holiday_on(day) is None:
        assert holder_on(day, pattern, zone_c()) == holder_on(day, plain, zone_c())


@settings(max_examples=60)
@given(a_pattern(), an_exception(), a_day)
def test_an_exception_wins_exactly_on_its_days(pattern: CustodyPattern, exception: CustodyException, day: date) -> None:
    without = Custody(MOTHER, (pattern,))
    custody = replace(without, exceptions=(exception,))
    for near in (day, exception.from_on - ONE_DAY, exception.from_on, exception.until_on, exception.until_on + ONE_DAY):
        for at in (MORNING, EVENING):
            inside = exception.from_on <= near <= exception.until_on
            wanted = exception.payer_id if inside else without.payer_on(near, zone_c(), at)
            assert custody.payer_on(near, zone_c(), at) == wanted


@pytest.mark.parametrize("first_half", FirstHalf)
@pytest.mark.parametrize("holiday", zone_c().holidays, ids=lambda holiday: f"{holiday.name} {holiday.first.year}")
def test_the_two_halves_are_the_whole_of_the_holidays(holiday: object, first_half: FirstHalf) -> None:
    first, last = holiday.first, holiday.last  # type: ignore[attr-defined]
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    pattern = replace(HALVES, first_half=first_half)
    holders = [holder_on(day, pattern, zone_c()) for day in days]
    half = len(days) // 2
    assert {*holders[:half]} | {*holders[half:]} == {MOTHER, FATHER}
    assert len({*holders[:half]}) == len({*holders[half:]}) == 1
    first_payer_begins = (first.year % 2 == 0) == (first_half is FirstHalf.EVEN_YEARS)
    assert holders[0] == (MOTHER if first_payer_begins else FATHER)
