"""The reference's calendar: what runs on a day of the school year 2026-2027, copied from the leaflet's table of zone C, and the limits.

Nothing here comes from the program: dates are written out, the limit is counted back day by day.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
ONE_DAY = timedelta(days=1)
MORNING, BREAK, MEAL, EVENING = "ALP_MATIN", "PAUSE_MERIDIENNE", "RESTAURATION", "ALP_SOIR"
WEDNESDAY, HOLIDAYS = "ALSH_MERCREDI", "ALSH_VACANCES"
ACTIVITIES = (MORNING, BREAK, MEAL, EVENING, WEDNESDAY, HOLIDAYS)
ALSH = (WEDNESDAY, HOLIDAYS)
WITH_A_MEAL = (MEAL, *ALSH)  # an ALSH day includes its meal

FIRST_KNOWN, LAST_KNOWN = date(2025, 9, 1), date(2028, 7, 3)
BACK_TO_SCHOOL, LAST_OF_SCHOOL = date(2026, 9, 1), date(2027, 7, 2)
SCHOOL_HOLIDAYS = (
    (date(2026, 7, 4), date(2026, 8, 31)),
    (date(2026, 10, 17), date(2026, 11, 1)),
    (date(2026, 12, 19), date(2027, 1, 3)),
    (date(2027, 2, 6), date(2027, 2, 21)),
    (date(2027, 4, 3), date(2027, 4, 18)),
    (date(2027, 7, 3), date(2027, 9, 1)),
)
PUBLIC_HOLIDAYS = frozenset(
    {
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
        date(2027, 1, 1),
        date(2027, 3, 29),
        date(2027, 5, 1),
        date(2027, 5, 6),
        date(2027, 5, 8),
        date(2027, 5, 17),
        date(2027, 7, 14),
        date(2027, 8, 15),
    }
)
BRIDGES = frozenset({date(2027, 5, 7), date(2027, 5, 8)})


def paris_day(instant: datetime) -> date:
    """Return the day it is in Paris."""
    return instant.astimezone(PARIS).date()


def paris_instant(day: date, at: time) -> datetime:
    """Return the instant of a wall time in Paris, in UTC."""
    return datetime.combine(day, at, PARIS).astimezone(UTC)


@cache
def why_closed(activity: str, day: date) -> str:
    """Return the code of what keeps an activity from running on a day; empty when it runs."""
    if not FIRST_KNOWN <= day <= LAST_KNOWN:
        return "HORS_CALENDRIER"
    assert SCHOOL_HOLIDAYS[0][0] <= day <= SCHOOL_HOLIDAYS[-1][1], "a day of another school year"
    if day.isoweekday() >= 6:
        return "WEEK_END"
    if day in PUBLIC_HOLIDAYS:
        return "JOUR_FERIE"
    if day in BRIDGES:
        return "PONT"
    if any(first <= day <= last for first, last in SCHOOL_HOLIDAYS):
        return "" if activity == HOLIDAYS else "VACANCES"
    if activity == WEDNESDAY:
        return "" if day.isoweekday() == 3 else "PAS_CE_JOUR"
    return "PAS_CE_JOUR" if activity == HOLIDAYS or day.isoweekday() == 3 else ""


@cache
def limit_of(day: date, skip_public_holidays: bool) -> datetime:
    """Return the limit of a day, to book or cancel it: noon of the nearest earlier day that is no week-end (nor holiday, by option)."""
    eve = day - ONE_DAY
    while eve.isoweekday() >= 6 or (skip_public_holidays and eve in PUBLIC_HOLIDAYS):
        eve -= ONE_DAY
    return paris_instant(eve, time(12))


def proof_until(first_day: date) -> datetime:
    """Return the end of the 48 h of an absence, exclusive: the midnight after J+2, carried to the next open weekday."""
    last = first_day + 2 * ONE_DAY
    while last.isoweekday() >= 6 or last in PUBLIC_HOLIDAYS:
        last += ONE_DAY
    return paris_instant(last + ONE_DAY, time(0))


def first_day_of_absence(activity: str, day: date, days: set[date]) -> date:
    """Return the first of the consecutive booked days (`days`, of one child and activity, cancelled in one gesture) that end on a day."""
    first = day
    while True:
        before = _running_before(activity, first)
        if before is None or before not in days:
            return first
        first = before


@cache
def _running_before(activity: str, day: date) -> date | None:
    """Return the day on which an activity ran before; for the holidays' ALSH, only in the same holidays."""
    earlier = day - ONE_DAY
    while earlier >= SCHOOL_HOLIDAYS[0][0]:
        if not why_closed(activity, earlier):
            return earlier
        if activity == HOLIDAYS and why_closed(activity, earlier) == "PAS_CE_JOUR":
            return None  # a day of class: other holidays before it
        earlier -= ONE_DAY
    return None
