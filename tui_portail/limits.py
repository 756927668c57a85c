"""Until when a day may be booked or cancelled (leaflet: « au plus tard la veille avant midi (week-end exclu) »).

From the day booked, step back to the nearest earlier day that counts: never a Saturday or a Sunday; by option of the
commune, neither a public holiday nor a declared closure of the mairie. The limit is that day at the rule's hour,
Paris wall time, strictly before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from tui_portail.decision import LEAFLET_CHANGES, POLICY
from tui_portail.french import date_time_text, long_date
from tui_portail.instants import at_paris
from tui_portail.policy import ActivityRule, LimitRule, Policy
from tui_portail.school_calendar import ONE_DAY, SATURDAY, SchoolCalendar

LIMIT_SOURCE_KEY = "limite"


@dataclass(frozen=True, slots=True)
class Limit:
    """The last instant of a gesture, exclusive: aware, Paris. `why` tells in French what was stepped over, for the agent."""

    until: datetime
    why: tuple[str, ...]
    rule: LimitRule
    source: str


def add_limit(activity: ActivityRule, day: date, policy: Policy, calendar: SchoolCalendar) -> Limit:
    """Return the limit for booking a day of an activity."""
    return _limit(activity.add_limit, day, policy, calendar)


def cancel_limit(activity: ActivityRule, day: date, policy: Policy, calendar: SchoolCalendar) -> Limit:
    """Return the limit for cancelling a day of an activity without loss."""
    return _limit(activity.cancel_limit, day, policy, calendar)


def limit_instant(rule: LimitRule, day: date, calendar: SchoolCalendar) -> datetime:
    """Return only the instant of the limit: the same as `Limit.until`, without its explanation."""
    *_, (counted, _reason) = _steps_back(rule, day, calendar)
    return at_paris(counted, rule.at)


def _limit(rule: LimitRule, day: date, policy: Policy, calendar: SchoolCalendar) -> Limit:
    steps = list(_steps_back(rule, day, calendar))
    until = at_paris(steps[-1][0], rule.at)
    why = [f"{long_date(stepped)} : {reason}" for stepped, reason in steps[:-1]]
    why.append(f"limite : avant le {date_time_text(until)} (cette heure-là, il est trop tard)")
    return Limit(until, tuple(why), rule, limit_source(rule, policy))


def limit_source(rule: LimitRule, policy: Policy) -> str:
    """Return the text a limit comes from: the commune's own when it named one, else the leaflet, else the commune's rules."""
    named = policy.sources.get(LIMIT_SOURCE_KEY)
    return named or (LEAFLET_CHANGES if rule == LimitRule() else POLICY)


def _steps_back(rule: LimitRule, day: date, calendar: SchoolCalendar) -> Iterator[tuple[date, str]]:
    """Yield each day stepped on before the limit with what it was, and last the limit's own day."""
    left = rule.days_before
    stepped = day - ONE_DAY if left else day
    while True:
        reason = _not_counted(rule, stepped, calendar)
        if not reason:
            left -= 1
            if left <= 0:
                yield stepped, ""
                return
            reason = "jour compté"
        yield stepped, reason
        stepped -= ONE_DAY


def _not_counted(rule: LimitRule, day: date, calendar: SchoolCalendar) -> str:
    """Return why a day does not count before a limit; an empty text when it does."""
    if day.weekday() >= SATURDAY:
        return "week-end, ne compte pas"
    if rule.skip_public_holidays and day in calendar.public_holidays:
        return f"jour férié ({calendar.public_holidays[day]}), ne compte pas"
    if rule.skip_closures and (closure := calendar.mairie_closure(day)):
        return f"mairie fermée ({closure.reason}), ne compte pas"
    return ""
