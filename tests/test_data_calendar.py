"""The calendar shipped in `data/`, checked against the official table of zone C."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from tui_portail.commune_files import shipped_commune
from tui_portail.school_calendar import DayKind, SchoolCalendar

YEARS = {
    "2025-2026": (date(2025, 9, 1), date(2026, 7, 3)),
    "2026-2027": (date(2026, 9, 1), date(2027, 7, 2)),
    "2027-2028": (date(2027, 9, 2), date(2028, 7, 3)),
}
# The first day off and the day back, from the table.
HOLIDAYS = [
    ("Toussaint", "2025-10-18", "2025-11-03"),
    ("Noël", "2025-12-20", "2026-01-05"),
    ("hiver", "2026-02-21", "2026-03-09"),
    ("printemps", "2026-04-18", "2026-05-04"),
    ("été", "2026-07-04", "2026-09-01"),
    ("Toussaint", "2026-10-17", "2026-11-02"),
    ("Noël", "2026-12-19", "2027-01-04"),
    ("hiver", "2027-02-06", "2027-02-22"),
    ("printemps", "2027-04-03", "2027-04-19"),
    ("été", "2027-07-03", "2027-09-02"),
    ("Toussaint", "2027-10-23", "2027-11-08"),
    ("Noël", "2027-12-18", "2028-01-03"),
    ("hiver", "2028-02-12", "2028-02-28"),
    ("printemps", "2028-04-15", "2028-05-02"),
]
BRIDGES = ("2026-05-15", "2026-05-16", "2027-05-06", "2027-05-07", "2027-05-08", "2028-05-26", "2028-05-27")


@pytest.fixture(scope="module")
def calendar() -> SchoolCalendar:
    return shipped_commune().calendar


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def test_2026_2027_has_139_school_days_and_35_school_wednesdays(calendar: SchoolCalendar) -> None:
    kinds = Counter(calendar.kind(day) for day in days(*YEARS["2026-2027"]))
    assert kinds[DayKind.SCHOOL] == 139
    assert kinds[DayKind.SCHOOL_WEDNESDAY] == 35


def test_the_years_holidays_and_bridges_are_those_of_the_table(calendar: SchoolCalendar) -> None:
    assert {year.name: (year.first_day, year.last_day) for year in calendar.years} == YEARS
    shipped = [
        (holiday.name, str(holiday.first), str(holiday.last + timedelta(days=1))) for holiday in calendar.holidays
    ]
    assert shipped == HOLIDAYS
    assert {str(day) for day in calendar.bridges} == set(BRIDGES)
    assert calendar.closures == ()


@pytest.mark.parametrize("back", [back for _, _, back in HOLIDAYS])
def test_the_day_back_is_a_day_of_class_and_its_eve_is_not(calendar: SchoolCalendar, back: str) -> None:
    day = date.fromisoformat(back)
    assert calendar.kind(day) is DayKind.SCHOOL
    assert calendar.kind(day - timedelta(days=1)) not in {DayKind.SCHOOL, DayKind.SCHOOL_WEDNESDAY}


def test_days_a_published_package_gets_wrong_are_right_here(calendar: SchoolCalendar) -> None:
    assert calendar.kind(date(2026, 5, 15)) is DayKind.BRIDGE
    assert calendar.kind(date(2027, 9, 1)) is DayKind.HOLIDAY
    assert calendar.kind(date(2028, 9, 4)) is DayKind.UNKNOWN


def test_the_calendar_is_known_to_its_last_day_and_not_one_more(calendar: SchoolCalendar) -> None:
    assert calendar.kind(date(2025, 8, 31)) is DayKind.UNKNOWN
    assert calendar.kind(date(2025, 9, 1)) is DayKind.SCHOOL
    assert calendar.kind(date(2028, 7, 3)) is DayKind.SCHOOL
    assert calendar.kind(date(2028, 7, 4)) is DayKind.UNKNOWN


def test_public_holidays_are_those_of_metropolitan_france_in_french(calendar: SchoolCalendar) -> None:
    of_2027 = {str(day) for day in calendar.public_holidays if day.year == 2027}
    assert of_2027 == {
        "2027-01-01",
        "2027-03-29",
        "2027-05-01",
        "2027-05-06",
        "2027-05-08",
        "2027-05-17",
        "2027-07-14",
        "2027-08-15",
        "2027-11-01",
        "2027-11-11",
        "2027-12-25",
    }
    assert calendar.public_holidays[date(2027, 3, 29)] == "Lundi de Pâques"
