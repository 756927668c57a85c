"""The free times of the service: within its openings, never over an appointment, none on a day the mairie is closed."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui_portail.calendars import d, paris, zone_c
from tui_portail.appointment_times import (
    Fit,
    TakenTime,
    closed_words,
    find_place,
    free_times,
    instant_of,
    openings_of,
    why_closed,
)
from tui_portail.errors import InvalidInput
from tui_portail.instants import at_paris, in_paris, in_utc
from tui_portail.school_calendar import Closure
from tui_portail.service_rules import AppointmentKind, AppointmentRules, OpeningHours

TUESDAY, WEDNESDAY = d("2026-12-01"), d("2026-12-02")
RULES = AppointmentRules(
    (AppointmentKind("DOSSIER", "Dossier à compléter", 15),),
    (
        OpeningHours(1, time(13, 30), time(15, 0)),
        OpeningHours(1, time(8, 30), time(12, 0)),
        OpeningHours(2, time(8, 30), time(10, 0), places=2),
    ),
)


def walls(*free: object) -> list[str]:
    return [f"{in_paris(one.starts_at):%H:%M}" for one in free]  # type: ignore[attr-defined]


def test_a_morning_is_offered_by_quarters_of_an_hour_as_long_as_the_kind_fits() -> None:
    openings = openings_of(RULES, zone_c(), TUESDAY)
    free = free_times(openings, [], TUESDAY, 45)
    assert walls(*free)[:3] == ["08:30", "08:45", "09:00"]
    assert walls(*free)[-3:] == ["13:45", "14:00", "14:15"]
    assert "11:15" in walls(*free)
    assert "11:30" not in walls(*free), "45 minutes would end after noon"


def test_a_taken_quarter_leaves_what_is_before_and_after_it() -> None:
    openings = openings_of(RULES, zone_c(), TUESDAY)
    taken = [TakenTime(paris("2026-12-01 09:00"), 45)]
    free = free_times(openings, taken, TUESDAY, 30)
    assert walls(*free)[:2] == ["08:30", "09:45"]
    assert [one.minutes for one in free[:2]] == [30, 135]


def test_the_second_place_is_offered_when_the_first_is_taken_and_none_when_both_are() -> None:
    openings = openings_of(RULES, zone_c(), WEDNESDAY)
    one = TakenTime(paris("2026-12-02 08:30"), 30, 0)
    assert free_times(openings, [one], WEDNESDAY, 15)[0].places == (1,)
    both = [one, replace(one, place=1)]
    assert walls(*free_times(openings, both, WEDNESDAY, 15))[0] == "09:00"
    assert find_place(openings, both, WEDNESDAY, paris("2026-12-02 08:45"), 15) == (Fit.TAKEN, 0)


@pytest.mark.parametrize(
    ("day", "why"),
    [("2026-11-11", "férié"), ("2026-12-24", "fermée"), ("2028-09-04", "hors du calendrier"), ("2026-12-03", "jeudi")],
)
def test_a_day_closed_has_no_opening_and_says_why(day: str, why: str) -> None:
    calendar = replace(zone_c(), closures=(Closure(d("2026-12-24"), d("2026-12-24"), "réveillon"),))
    every_day = AppointmentRules(RULES.kinds, tuple(OpeningHours(n, time(9), time(10)) for n in (0, 1, 2, 4)))
    weekdays = replace(
        every_day, openings=(*every_day.openings, *(OpeningHours(3, time(9), time(10)),) * (why != "jeudi"))
    )
    assert openings_of(weekdays, calendar, d(day)) == ()
    assert why in closed_words(weekdays, calendar, d(day))


def test_outside_the_template_one_family_is_received_at_a_time() -> None:
    openings = openings_of(RULES, zone_c(), TUESDAY)
    evening = paris("2026-12-01 18:00")
    assert find_place(openings, [], TUESDAY, evening, 30) == (Fit.OUTSIDE, 0)
    assert find_place(openings, [TakenTime(evening, 30)], TUESDAY, paris("2026-12-01 18:15"), 30) == (Fit.TAKEN, 0)
    assert find_place(openings, [], TUESDAY, paris("2026-12-01 11:45"), 30)[0] is Fit.OUTSIDE, "it would end after noon"
    assert find_place(openings, [], TUESDAY, paris("2026-12-01 09:05"), 30)[0] is Fit.OUTSIDE, (
        "not a quarter of an hour"
    )


def test_on_the_days_the_clock_changes_minutes_stay_real_ones() -> None:
    night = OpeningHours(6, time(1), time(4))
    for day, hours in ((d("2027-03-28"), 2), (d("2026-10-25"), 4), (d("2026-11-01"), 3)):
        free = free_times([night], [], day, 60)
        assert len(free) == (hours - 1) * 4 + 1, f"{hours} real hours on {day}"
        assert in_utc(free[-1].starts_at) + timedelta(hours=1) == in_utc(at_paris(day, time(4)))


def test_a_time_the_clock_jumps_over_is_no_time() -> None:
    with pytest.raises(InvalidInput, match="n’existe pas"):
        instant_of(datetime(2027, 3, 28, 2, 30))
    assert instant_of(datetime(2026, 10, 25, 2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


DAYS = st.dates(d("2026-09-01"), d("2028-06-30"))
HOURS = st.builds(
    lambda start, length, places, weekday: OpeningHours(
        weekday, time(start // 60, start % 60), time((start + length) // 60 % 24, (start + length) % 60), places
    ),
    st.integers(0, 18 * 60),
    st.integers(10, 5 * 60),
    st.integers(1, 3),
    st.integers(0, 6),
)


@given(
    DAYS,
    HOURS,
    st.lists(st.tuples(st.integers(0, 24 * 60), st.integers(1, 180), st.integers(0, 2))),
    st.integers(5, 90),
)
def test_no_free_time_overlaps_a_taken_one_nor_leaves_its_opening(
    day: date, opening: OpeningHours, found: list[tuple[int, int, int]], minutes: int
) -> None:
    opening = replace(opening, weekday=day.weekday())
    rules = AppointmentRules((), (opening,))
    begins = in_utc(at_paris(day, time(0)))
    taken = [TakenTime(begins + timedelta(minutes=start), length, place) for start, length, place in found]
    openings = openings_of(rules, zone_c(), day)
    free = free_times(openings, taken, day, minutes)
    if why_closed(zone_c(), day):
        assert not free
    for one in free:
        ends = one.starts_at + timedelta(minutes=minutes)
        assert in_utc(at_paris(day, opening.starts)) <= one.starts_at
        assert ends <= in_utc(at_paris(day, opening.ends))
        assert one.places
        for place in one.places:
            assert not any(known.place == place and known.overlaps(one.starts_at, ends) for known in taken)
        longest = one.starts_at + timedelta(minutes=one.minutes)
        assert any(
            not any(known.place == place and known.overlaps(one.starts_at, longest) for known in taken)
            for place in one.places
        )
        assert find_place(openings, taken, day, one.starts_at, minutes) == (Fit.FREE, one.places[0])
