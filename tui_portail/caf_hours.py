"""The hours declared to the CAF: real hours, by activity, under six and from six on. Pure: presences in, sums out.

A child present is counted the whole slot. A school Wednesday is capped by its formula: 9 h a day with its meal, 4 h a half-day (policy).
Minutes are integers; an activity whose hours the commune did not give declares none (the meal: its break's hours are declared).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time

from tui_portail.payment_means import age_on
from tui_portail.policy import ActivityRule, Formula, Policy, RunsOn
from tui_portail.service_rules import AttendanceRules

UNDER_AGE = 6  # the CAF's two ages, told on the day itself
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Presence:
    """A child who was there, booked or not."""

    child_id: int
    birth_on: date
    site: str
    activity: str
    day: date


@dataclass(frozen=True, slots=True)
class AgeSum:
    """How many children came, how many times, for how many minutes declared."""

    children: int = 0
    days: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class ActivityHours:
    """An activity at a site over a period. `slot_minutes` is what one presence declares, None without hours."""

    site: str
    activity: str
    slot_minutes: int | None
    under_six: AgeSum = field(default_factory=AgeSum)
    six_and_over: AgeSum = field(default_factory=AgeSum)

    @property
    def minutes(self) -> int:
        """Minutes declared for both ages."""
        return self.under_six.minutes + self.six_and_over.minutes

    @property
    def days(self) -> int:
        """Presences of both ages."""
        return self.under_six.days + self.six_and_over.days


def slot_minutes(rule: ActivityRule, rules: AttendanceRules) -> int | None:
    """Return the minutes that one presence declares, None where the commune gave no hours."""
    if rule.begins_at is None or rule.ends_at is None or rule.ends_at <= rule.begins_at:
        return None
    minutes = _minutes(rule.ends_at) - _minutes(rule.begins_at)
    if rule.runs_on is not RunsOn.SCHOOL_WEDNESDAYS:
        return minutes
    half = rule.formula is Formula.HALF_DAY
    return min(minutes, _HOUR * (rules.half_day_hours_max if half else rules.day_hours_max))


def sum_hours(presences: Iterable[Presence], policy: Policy) -> tuple[ActivityHours, ...]:
    """Return the hours by site and activity, in the policy's order. A child who turns six in the period counts once in each age."""
    came: defaultdict[tuple[str, str, bool], list[int]] = defaultdict(list)
    for one in presences:
        came[one.site, one.activity, age_on(one.birth_on, one.day) < UNDER_AGE].append(one.child_id)
    order = {code: rank for rank, code in enumerate(policy.activities)}

    def summed(site: str, activity: str, minutes: int | None, *, under: bool) -> AgeSum:
        children = came.get((site, activity, under), [])
        return AgeSum(len(set(children)), len(children), len(children) * (minutes or 0))

    hours = []
    cells = {(site, activity) for site, activity, _ in came}
    for site, activity in sorted(cells, key=lambda one: (one[0], order.get(one[1], len(order)), one[1])):
        rule = policy.activities.get(activity)  # one the commune has no more declares nothing
        minutes = slot_minutes(rule, policy.attendance) if rule is not None else None
        under, over = (summed(site, activity, minutes, under=young) for young in (True, False))
        hours.append(ActivityHours(site, activity, minutes, under, over))
    return tuple(hours)


def hours_text(minutes: int) -> str:
    """Return « 12 h 30 », « 9 h »."""
    hours, rest = divmod(minutes, _HOUR)
    return f"{hours}\u00a0h\u00a0{rest:02d}" if rest else f"{hours}\u00a0h"


def _minutes(at: time) -> int:
    return at.hour * _HOUR + at.minute
