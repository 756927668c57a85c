from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui_portail.calendars import d, leaflet_policy, zone_c, zone_c_with
from tui_portail.errors import InvalidInput
from tui_portail.school_calendar import Closure, DayKind, SchoolYear

POLICY = leaflet_policy()
COVERED = st.dates(zone_c().first_covered, zone_c().last_covered)


def days(first: str, last: str) -> list[date]:
    return [d(first) + timedelta(days=n) for n in range((d(last) - d(first)).days + 1)]


def test_2026_2027_has_139_school_days_and_35_school_wednesdays() -> None:
    kinds = [zone_c().kind(day) for day in days("2026-09-01", "2027-08-31")]
    assert kinds.count(DayKind.SCHOOL) == 139
    assert kinds.count(DayKind.SCHOOL_WEDNESDAY) == 35


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2025-09-01", DayKind.SCHOOL),
        ("2026-05-14", DayKind.PUBLIC_HOLIDAY),
        ("2026-05-15", DayKind.BRIDGE),
        ("2026-05-16", DayKind.WEEKEND),
        ("2026-07-03", DayKind.SCHOOL),
        ("2026-07-06", DayKind.HOLIDAY),
        ("2026-07-14", DayKind.PUBLIC_HOLIDAY),
        ("2026-08-31", DayKind.HOLIDAY),
        ("2026-09-01", DayKind.SCHOOL),
        ("2026-12-02", DayKind.SCHOOL_WEDNESDAY),
        ("2026-12-25", DayKind.PUBLIC_HOLIDAY),
        ("2026-12-26", DayKind.WEEKEND),
        ("2027-05-07", DayKind.BRIDGE),
        ("2027-09-01", DayKind.HOLIDAY),
        ("2027-09-02", DayKind.SCHOOL),
        ("2028-05-02", DayKind.SCHOOL),
        ("2028-05-26", DayKind.BRIDGE),
        ("2028-07-03", DayKind.SCHOOL),
        ("2028-07-04", DayKind.UNKNOWN),
        ("2025-08-31", DayKind.UNKNOWN),
    ],
)
def test_each_day_is_what_the_official_calendar_says(day: str, kind: DayKind) -> None:
    assert zone_c().kind(d(day)) is kind


@pytest.mark.parametrize(
    ("first_off", "back"),
    [
        *[
            ("2025-10-18", "2025-11-03"),
            ("2025-12-20", "2026-01-05"),
            ("2026-02-21", "2026-03-09"),
            ("2026-04-18", "2026-05-04"),
        ],
        *[
            ("2026-10-17", "2026-11-02"),
            ("2026-12-19", "2027-01-04"),
            ("2027-02-06", "2027-02-22"),
            ("2027-04-03", "2027-04-19"),
        ],
        *[
            ("2027-10-23", "2027-11-08"),
            ("2027-12-18", "2028-01-03"),
            ("2028-02-12", "2028-02-28"),
            ("2028-04-15", "2028-05-02"),
        ],
        *[("2026-07-04", "2026-09-01"), ("2027-07-03", "2027-09-02")],
    ],
)
def test_holidays_run_from_the_day_after_class_to_the_eve_of_the_return(first_off: str, back: str) -> None:
    in_class = (DayKind.SCHOOL, DayKind.SCHOOL_WEDNESDAY)
    calendar = zone_c()
    assert calendar.kind(d(first_off) - timedelta(days=1)) in in_class
    assert calendar.kind(d(back)) in in_class
    last_off = (d(back) - timedelta(days=1)).isoformat()
    assert not [day for day in days(first_off, last_off) if calendar.kind(day) in in_class]


def test_the_label_says_what_the_day_is() -> None:
    labels = {
        day: zone_c().describe(d(day)).label_fr for day in ("2026-12-02", "2026-12-22", "2026-07-06", "2026-12-25")
    }
    assert labels == {
        "2026-12-02": "Mercredi de semaine scolaire",
        "2026-12-22": "Vacances scolaires : Noël",
        "2026-07-06": "Vacances scolaires : été",
        "2026-12-25": "Jour férié : Noël",
    }


@pytest.mark.parametrize(
    ("day", "running"),
    [
        ("2026-12-01", {"ALP_MATIN", "PAUSE_MERIDIENNE", "RESTAURATION", "ALP_SOIR"}),
        ("2026-12-02", {"ALSH_MERCREDI"}),
        ("2026-12-05", set()),
        ("2026-12-22", {"ALSH_VACANCES"}),
        ("2026-12-25", set()),
        ("2026-05-15", set()),
        ("2027-09-01", {"ALSH_VACANCES"}),
        ("2028-07-04", set()),
    ],
)
def test_each_activity_runs_on_its_own_kind_of_day(day: str, running: set[str]) -> None:
    assert {code for code, rule in POLICY.activities.items() if zone_c().runs(rule, d(day))} == running


def test_a_bridge_day_opens_the_holiday_alsh_only_when_the_commune_opens_it() -> None:
    running = {code for code, rule in POLICY.activities.items() if zone_c().runs(rule, d("2026-05-15"), True)}
    assert running == {"ALSH_VACANCES"}


@pytest.mark.parametrize(
    ("activity", "day", "code", "next_day"),
    [
        ("ALP_MATIN", "2026-12-02", "PAS_CE_JOUR", "2026-12-03"),
        ("ALP_MATIN", "2026-12-05", "WEEK_END", "2026-12-07"),
        ("ALP_MATIN", "2026-12-22", "VACANCES", "2027-01-04"),
        ("ALSH_VACANCES", "2026-12-25", "JOUR_FERIE", "2026-12-28"),
        ("ALP_SOIR", "2026-05-15", "PONT", "2026-05-18"),
        ("ALSH_VACANCES", "2028-06-01", "PAS_CE_JOUR", None),
    ],
)
def test_a_refusal_says_why_and_when_the_activity_opens_next(
    activity: str, day: str, code: str, next_day: str | None
) -> None:
    refusal = zone_c().runs(POLICY.activities[activity], d(day))
    assert not refusal
    assert (refusal.code, refusal.next_day) == (code, d(next_day) if next_day else None)


def test_a_day_outside_the_coverage_is_refused_for_that_reason_and_never_guessed() -> None:
    refusal = zone_c().runs(POLICY.activities["ALP_MATIN"], d("2028-09-04"))
    assert refusal.code == "HORS_CALENDRIER"
    assert "n’est connu que du lundi 1er septembre 2025 au lundi 3 juillet 2028" in refusal.sentence
    assert refusal.next_day is None


def test_before_the_coverage_the_first_covered_day_is_offered() -> None:
    assert zone_c().runs(POLICY.activities["ALP_MATIN"], d("2025-06-02")).next_day == d("2025-09-01")


def test_a_closure_of_the_activities_stops_them_and_says_its_reason() -> None:
    calendar = zone_c_with(Closure(d("2026-12-01"), d("2026-12-01"), "grève", mairie=False, activities=True))
    refusal = calendar.runs(POLICY.activities["ALP_MATIN"], d("2026-12-01"))
    assert (refusal.code, refusal.next_day) == ("FERMETURE", d("2026-12-03"))
    assert "grève" in refusal.sentence
    assert calendar.describe(d("2026-12-01")).label_fr == "Fermeture : grève"


def test_a_closure_of_one_site_leaves_the_others_open() -> None:
    closure = Closure(d("2026-12-01"), d("2026-12-01"), "travaux", mairie=False, activities=True, site="HARMONIE")
    calendar = zone_c_with(closure)
    rule = POLICY.activities["ALP_MATIN"]
    assert not calendar.runs(rule, d("2026-12-01"), site="HARMONIE")
    assert calendar.runs(rule, d("2026-12-01"), site="MELODIE")
    assert calendar.kind(d("2026-12-01")) is DayKind.SCHOOL


def test_a_closure_of_some_activities_leaves_the_others_and_the_day_what_they_are() -> None:
    day = d("2026-12-01")
    kitchen = frozenset({"RESTAURATION"})
    calendar = zone_c_with(Closure(day, day, "cuisine en panne", mairie=False, activities=True, only=kitchen))
    refusal = calendar.runs(POLICY.activities["RESTAURATION"], day)
    assert (refusal.code, refusal.next_day) == ("FERMETURE", d("2026-12-03"))
    assert "cuisine en panne" in refusal.sentence
    assert calendar.runs(POLICY.activities["ALP_MATIN"], day)
    assert calendar.kind(day) is DayKind.SCHOOL


def test_a_closed_mairie_alone_closes_no_activity_but_is_named() -> None:
    calendar = zone_c_with(Closure(d("2026-12-01"), d("2026-12-01"), "journée du personnel"))
    assert calendar.runs(POLICY.activities["ALP_MATIN"], d("2026-12-01"))
    assert calendar.describe(d("2026-12-01")).label_fr == "Jour d’école (mairie fermée : journée du personnel)"


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput, match="avant de commencer"):
        replace(zone_c(), years=(SchoolYear("2026-2027", d("2027-07-02"), d("2026-09-01")),))


@settings(max_examples=100)
@given(COVERED)
def test_a_saturday_or_a_sunday_is_a_weekend_and_nothing_else_is(day: date) -> None:
    assert (zone_c().kind(day) is DayKind.WEEKEND) == (day.weekday() >= 5)


@settings(max_examples=100)
@given(COVERED, st.sampled_from(sorted(POLICY.activities)))
def test_the_next_running_day_is_the_first_that_runs(day: date, code: str) -> None:
    rule = POLICY.activities[code]
    following = zone_c().next_running_day(rule, day)
    between = days(day.isoformat(), (following or zone_c().last_covered).isoformat())[1:]
    assert [later for later in between if zone_c().runs(rule, later)] == ([following] if following else [])
