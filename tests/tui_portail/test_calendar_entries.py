"""The calendar as lines: added, changed, taken off, each refusal a sentence; the next year from the known dates."""

from dataclasses import replace
from datetime import date

import pytest

from tests.tui_portail.calendars import zone_c, zone_c_with
from tui_portail.calendar_entries import (
    CalendarEntry,
    EntryKind,
    coverage_warning,
    covering,
    entries_of,
    next_known_year,
    partly_closed,
    with_entry,
    with_known_year,
    with_public_holidays,
    without_entry,
)
from tui_portail.errors import InvalidInput
from tui_portail.school_calendar import Closure, DayKind, SchoolCalendar

STRIKE = CalendarEntry(
    EntryKind.CLOSURE, date(2026, 12, 3), date(2026, 12, 3), "Grève", activities=True, site="MELODIE"
)


def until_2027() -> SchoolCalendar:
    """Zone C as a commune knows it before its third year: nothing of it yet."""
    whole, last = zone_c(), date(2027, 7, 2)
    return replace(
        whole,
        last_covered=last,
        years=whole.years[:2],
        holidays=tuple(one for one in whole.holidays if one.first <= last),
        bridges=frozenset(day for day in whole.bridges if day <= last),
        public_holidays={day: name for day, name in whole.public_holidays.items() if day <= last},
    )


def test_every_line_taken_off_and_put_back_gives_the_same_calendar() -> None:
    eve = date(2026, 12, 24)
    some = frozenset({"ALP_SOIR"})
    calendar = zone_c_with(
        Closure(date(2026, 12, 3), date(2026, 12, 3), "Grève", False, True, "MELODIE", some),
        Closure(eve, eve, "Veille de Noël", True, True),
    )
    for entry in entries_of(calendar):
        without = without_entry(calendar, entry)
        assert without != calendar
        assert with_entry(without, entry) == calendar


def test_lines_come_by_day_and_a_year_before_what_it_holds() -> None:
    entries = entries_of(zone_c())
    assert [entry.first for entry in entries] == sorted(entry.first for entry in entries)
    assert (entries[0].kind, entries[0].name) == (EntryKind.YEAR, "2025-2026")
    bridges = [entry for entry in entries if entry.kind is EntryKind.BRIDGE]
    assert [(entry.first, entry.last) for entry in bridges][1] == (date(2027, 5, 6), date(2027, 5, 8))


def test_a_closure_closes_its_site_only() -> None:
    calendar = with_entry(zone_c(), STRIKE)
    assert calendar.kind(date(2026, 12, 3), "MELODIE") is DayKind.CLOSED
    assert calendar.kind(date(2026, 12, 3), "HARMONIE") is DayKind.SCHOOL


def test_a_closure_of_some_activities_is_told_apart_from_one_of_the_day() -> None:
    calendar = with_entry(zone_c(), replace(STRIKE, only=frozenset({"ALP_SOIR"})))
    assert calendar.kind(date(2026, 12, 3), "MELODIE") is DayKind.SCHOOL
    assert [one.reason for one in partly_closed(calendar, date(2026, 12, 3), "MELODIE")] == ["Grève"]
    assert partly_closed(calendar, date(2026, 12, 3), "HARMONIE") == ()
    assert partly_closed(with_entry(zone_c(), STRIKE), date(2026, 12, 3), "MELODIE") == ()


def test_holidays_taken_off_become_school_days() -> None:
    toussaint = next(entry for entry in entries_of(zone_c()) if entry.first == date(2026, 10, 17))
    assert without_entry(zone_c(), toussaint).kind(date(2026, 10, 20)) is DayKind.SCHOOL


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (replace(STRIKE, name=" "), "Donnez un nom ou un motif"),
        (replace(STRIKE, last=date(2026, 12, 2)), "avant de commencer"),
        (replace(STRIKE, activities=False), "Dites ce qui ferme"),
        (replace(STRIKE, first=date(2029, 1, 1), last=date(2029, 1, 1)), "Ajoutez d’abord l’année"),
        (CalendarEntry(EntryKind.HOLIDAY, date(2026, 10, 30), date(2026, 11, 5), "Pont"), "chevauche « Toussaint »"),
        (CalendarEntry(EntryKind.YEAR, date(2027, 7, 1), date(2028, 7, 1), "2027"), "chevauche « 2026-2027 »"),
        (CalendarEntry(EntryKind.PUBLIC_HOLIDAY, date(2026, 11, 11), date(2026, 11, 11), "Fête"), "chevauche"),
    ],
)
def test_a_line_that_contradicts_another_is_refused(entry: CalendarEntry, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        with_entry(zone_c(), entry)


def test_the_same_closure_is_refused_twice_but_two_may_share_a_day() -> None:
    once = with_entry(zone_c(), STRIKE)
    with pytest.raises(InvalidInput, match="déjà"):
        with_entry(once, STRIKE)
    assert len(with_entry(once, replace(STRIKE, site="HARMONIE")).closures) == 2


def test_the_next_year_comes_from_the_known_dates_with_its_summer_and_bridges() -> None:
    calendar = until_2027()
    year = next_known_year(calendar, zone_c())
    assert year is not None
    assert year.name == "2027-2028"
    extended = with_known_year(calendar, zone_c(), year)
    for entry in (*entries_of(zone_c()),):
        assert extended.kind(entry.first) is zone_c().kind(entry.first)
    assert extended.last_covered == date(2028, 7, 3)
    assert extended.kind(date(2027, 8, 15)) is zone_c().kind(date(2027, 8, 15))
    assert extended.bridges == zone_c().bridges
    assert next_known_year(extended, zone_c()) is None


def test_the_known_year_leaves_what_the_commune_wrote_for_its_summer() -> None:
    summer = CalendarEntry(EntryKind.HOLIDAY, date(2027, 7, 3), date(2027, 9, 1), "été")
    calendar = with_entry(covering(until_2027(), date(2025, 9, 1), date(2027, 9, 1)), summer)
    year = next_known_year(calendar, zone_c())
    assert year is not None
    assert [one.name for one in with_known_year(calendar, zone_c(), year).holidays].count("été") == 1


def test_a_calendar_keeps_a_year() -> None:
    alone = replace(zone_c(), years=zone_c().years[:1])
    with pytest.raises(InvalidInput, match="au moins une année"):
        without_entry(alone, entries_of(alone)[0])


def test_the_days_newly_covered_get_their_public_holidays_and_only_they() -> None:
    before = without_entry(until_2027(), next(one for one in entries_of(until_2027()) if one.name == "Armistice"))
    after = covering(before, before.first_covered, date(2027, 12, 31))
    named = with_public_holidays(after, before, zone_c().public_holidays)
    assert named.kind(date(2027, 12, 25)) is DayKind.WEEKEND  # a Saturday
    assert named.kind(date(2027, 11, 11)) is DayKind.PUBLIC_HOLIDAY
    assert named.public_holidays == {
        day: name
        for day, name in zone_c().public_holidays.items()
        if day in before.public_holidays or date(2027, 7, 2) < day <= date(2027, 12, 31)
    }


def test_a_coverage_that_ends_soon_is_told() -> None:
    assert coverage_warning(zone_c(), date(2026, 12, 1)) == ""
    assert "jusqu’au lundi 3 juillet 2028" in coverage_warning(zone_c(), date(2028, 1, 10))
    with pytest.raises(InvalidInput, match="20 ans"):
        covering(zone_c(), date(2025, 9, 1), date(2060, 9, 1))
    with pytest.raises(InvalidInput, match="avant de commencer"):
        covering(zone_c(), date(2025, 9, 1), date(2025, 8, 1))
