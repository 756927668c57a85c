from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui_portail.calendars import d, leaflet_policy, paris, zone_c, zone_c_with
from tui_portail.decision import LEAFLET_CHANGES, POLICY
from tui_portail.limits import add_limit, cancel_limit, limit_instant
from tui_portail.policy import LimitRule
from tui_portail.school_calendar import Closure, SchoolCalendar

LEAFLET = LimitRule()
HOLIDAYS_SKIPPED = LimitRule(skip_public_holidays=True)
TABLE = [
    ("2026-11-30", "2026-11-27", "2026-11-27"),
    ("2026-12-02", "2026-12-01", "2026-12-01"),
    ("2026-12-03", "2026-12-02", "2026-12-02"),
    ("2026-11-12", "2026-11-11", "2026-11-10"),
    ("2027-01-04", "2027-01-01", "2026-12-31"),
    ("2027-03-30", "2027-03-29", "2027-03-26"),
    ("2027-05-18", "2027-05-17", "2027-05-14"),
]
CLOSED_DAYS = Closure(d("2026-12-24"), d("2026-12-31"), "fermeture de fin d’année")
CALENDARS = st.sampled_from([zone_c(), zone_c_with(CLOSED_DAYS)])
DAYS = st.dates(date(2025, 9, 1), date(2028, 7, 3))
RULES = st.builds(
    LimitRule,
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    days_before=st.integers(0, 10),
    skip_public_holidays=st.booleans(),
    skip_closures=st.booleans(),
)


@pytest.mark.parametrize(("day", "leaflet", "_skipped"), TABLE)
def test_the_limit_is_the_eve_at_noon_weekend_excluded(day: str, leaflet: str, _skipped: str) -> None:
    assert limit_instant(LEAFLET, d(day), zone_c()) == paris(f"{leaflet}T12:00:00")


@pytest.mark.parametrize(("day", "_leaflet", "skipped"), TABLE)
def test_public_holidays_are_stepped_over_when_the_commune_says_so(day: str, _leaflet: str, skipped: str) -> None:
    assert limit_instant(HOLIDAYS_SKIPPED, d(day), zone_c()) == paris(f"{skipped}T12:00:00")


def test_a_closed_mairie_is_stepped_over_by_default_and_counted_by_option() -> None:
    calendar = zone_c_with(CLOSED_DAYS)
    assert limit_instant(LEAFLET, d("2026-12-28"), calendar) == paris("2026-12-23T12:00:00")
    assert limit_instant(LimitRule(skip_closures=False), d("2026-12-28"), calendar) == paris("2026-12-25T12:00:00")


def test_a_closure_of_the_activities_alone_is_an_ordinary_day_for_the_limit() -> None:
    calendar = zone_c_with(Closure(d("2026-12-01"), d("2026-12-01"), "grève", mairie=False, activities=True))
    assert limit_instant(LEAFLET, d("2026-12-02"), calendar) == paris("2026-12-01T12:00:00")


def test_several_days_before_count_only_days_that_count() -> None:
    assert limit_instant(LimitRule(days_before=2), d("2026-12-01"), zone_c()) == paris("2026-11-27T12:00:00")
    assert limit_instant(LimitRule(days_before=7), d("2026-12-09"), zone_c()) == paris("2026-11-30T12:00:00")


def test_no_day_before_is_the_day_itself_at_its_hour() -> None:
    rule = LimitRule(at=time(8, 30), days_before=0)
    assert limit_instant(rule, d("2026-12-02"), zone_c()) == paris("2026-12-02T08:30:00")


def test_adding_and_cancelling_have_their_own_limits() -> None:
    policy = leaflet_policy(add=LimitRule(days_before=2), cancel=LimitRule(at=time(10)))
    activity = policy.activity("ALP_MATIN")
    assert add_limit(activity, d("2026-12-04"), policy, zone_c()).until == paris("2026-12-02T12:00:00")
    assert cancel_limit(activity, d("2026-12-04"), policy, zone_c()).until == paris("2026-12-03T10:00:00")


def test_the_limit_tells_what_was_stepped_over() -> None:
    policy = leaflet_policy(add=HOLIDAYS_SKIPPED)
    limit = add_limit(policy.activity("ALP_MATIN"), d("2027-01-04"), policy, zone_c())
    assert limit.why == (
        "dimanche 3 janvier 2027 : week-end, ne compte pas",
        "samedi 2 janvier 2027 : week-end, ne compte pas",
        "vendredi 1er janvier 2027 : jour férié (Jour de l'an), ne compte pas",
        "limite : avant le jeudi 31 décembre 2026 à 12 h (cette heure-là, il est trop tard)",
    )


def test_a_closed_mairie_is_named_among_the_steps() -> None:
    policy = leaflet_policy()
    limit = add_limit(policy.activity("ALP_MATIN"), d("2027-01-04"), policy, zone_c_with(CLOSED_DAYS))
    assert limit.until == paris("2027-01-01T12:00:00")
    limit = add_limit(policy.activity("ALSH_VACANCES"), d("2026-12-28"), policy, zone_c_with(CLOSED_DAYS))
    assert "jeudi 24 décembre 2026 : mairie fermée (fermeture de fin d’année), ne compte pas" in limit.why


def test_the_leaflet_is_cited_for_its_own_limit_and_the_commune_for_another() -> None:
    ours, theirs = leaflet_policy(), leaflet_policy(add=HOLIDAYS_SKIPPED)
    assert add_limit(ours.activity("ALP_MATIN"), d("2026-12-01"), ours, zone_c()).source == LEAFLET_CHANGES
    assert add_limit(theirs.activity("ALP_MATIN"), d("2026-12-01"), theirs, zone_c()).source == POLICY


@pytest.mark.parametrize(
    ("day", "in_utc"),
    [
        ("2026-10-26", "2026-10-23T10:00:00"),  # the clock goes back on Sunday 2026-10-25
        ("2026-10-27", "2026-10-26T11:00:00"),
        ("2027-03-29", "2027-03-26T11:00:00"),  # the clock goes forward on Sunday 2027-03-28
        ("2027-03-30", "2027-03-29T10:00:00"),
        ("2025-10-27", "2025-10-24T10:00:00"),
        ("2025-10-28", "2025-10-27T11:00:00"),
        ("2026-03-30", "2026-03-27T11:00:00"),
        ("2026-03-31", "2026-03-30T10:00:00"),
        ("2027-11-01", "2027-10-29T10:00:00"),
        ("2027-11-02", "2027-11-01T11:00:00"),
        ("2028-03-27", "2028-03-24T11:00:00"),
        ("2028-03-28", "2028-03-27T10:00:00"),
    ],
)
def test_noon_is_noon_on_both_sides_of_a_change_of_clock(day: str, in_utc: str) -> None:
    until = limit_instant(LEAFLET, d(day), zone_c())
    assert until.time() == time(12)
    assert until.astimezone(UTC) == datetime.fromisoformat(in_utc).replace(tzinfo=UTC)


def test_the_last_covered_day_has_its_limit() -> None:
    assert limit_instant(LEAFLET, d("2028-07-03"), zone_c()) == paris("2028-06-30T12:00:00")


@settings(max_examples=100)
@given(RULES, DAYS, CALENDARS)
def test_no_limit_ever_falls_on_a_weekend_nor_on_a_day_the_commune_skips(
    rule: LimitRule, day: date, calendar: SchoolCalendar
) -> None:
    on = limit_instant(rule, day, calendar).date()
    assert on.weekday() < 5
    assert not (rule.skip_public_holidays and on in calendar.public_holidays)
    assert not (rule.skip_closures and calendar.mairie_closure(on))
    assert on <= day


@settings(max_examples=100)
@given(RULES, DAYS, st.integers(1, 20), CALENDARS)
def test_a_later_day_never_has_an_earlier_limit(
    rule: LimitRule, day: date, later: int, calendar: SchoolCalendar
) -> None:
    first = limit_instant(rule, day, calendar)
    assert first.astimezone(UTC) <= limit_instant(rule, day + timedelta(days=later), calendar).astimezone(UTC)


@settings(max_examples=100)
@given(DAYS)
def test_the_leaflets_limit_is_always_noon_in_paris_between_one_and_three_days_before(day: date) -> None:
    until = limit_instant(LEAFLET, day, zone_c())
    assert until.time() == time(12)
    assert until.astimezone(UTC).hour in (10, 11)
    assert 1 <= (day - until.date()).days <= 3
