"""Zone C built by hand from the official dates, and the commune's policy with the leaflet's defaults, for the tests of the rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import cache

import holidays

from tui_portail.instants import PARIS
from tui_portail.policy import ActivityFamily, ActivityRule, LimitRule, Policy, RunsOn
from tui_portail.school_calendar import Closure, HolidayPeriod, SchoolCalendar, SchoolYear


def d(text: str) -> date:
    return date.fromisoformat(text)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@cache
def zone_c() -> SchoolCalendar:
    return SchoolCalendar(
        zone="C",
        first_covered=d("2025-09-01"),
        last_covered=d("2028-07-03"),
        years=(
            SchoolYear("2025-2026", d("2025-09-01"), d("2026-07-03")),
            SchoolYear("2026-2027", d("2026-09-01"), d("2027-07-02")),
            SchoolYear("2027-2028", d("2027-09-02"), d("2028-07-03")),
        ),
        holidays=(
            HolidayPeriod("Toussaint", d("2025-10-18"), d("2025-11-02")),
            HolidayPeriod("Noël", d("2025-12-20"), d("2026-01-04")),
            HolidayPeriod("hiver", d("2026-02-21"), d("2026-03-08")),
            HolidayPeriod("printemps", d("2026-04-18"), d("2026-05-03")),
            HolidayPeriod("Toussaint", d("2026-10-17"), d("2026-11-01")),
            HolidayPeriod("Noël", d("2026-12-19"), d("2027-01-03")),
            HolidayPeriod("hiver", d("2027-02-06"), d("2027-02-21")),
            HolidayPeriod("printemps", d("2027-04-03"), d("2027-04-18")),
            HolidayPeriod("Toussaint", d("2027-10-23"), d("2027-11-07")),
            HolidayPeriod("Noël", d("2027-12-18"), d("2028-01-02")),
            HolidayPeriod("hiver", d("2028-02-12"), d("2028-02-27")),
            HolidayPeriod("printemps", d("2028-04-15"), d("2028-05-01")),
        ),
        bridges=frozenset(
            map(d, ("2026-05-15", "2026-05-16", "2027-05-06", "2027-05-07", "2027-05-08", "2028-05-26", "2028-05-27"))
        ),
        public_holidays=dict(holidays.country_holidays("FR", years=range(2025, 2029), language="fr")),
    )


def zone_c_with(*closures: Closure) -> SchoolCalendar:
    return replace(zone_c(), closures=closures)


def leaflet_policy(
    add: LimitRule | None = None, cancel: LimitRule | None = None, bridge_days_open_alsh: bool = False
) -> Policy:
    """Return the six activities of the leaflet, all with the same limits."""
    alp, alsh = ActivityFamily.ALP, ActivityFamily.ALSH

    def rule(order: int, code: str, label: str, family: ActivityFamily, runs_on: RunsOn) -> ActivityRule:
        return ActivityRule(
            code=code,
            label=label,
            family=family,
            runs_on=runs_on,
            add_limit=add or LimitRule(),
            cancel_limit=cancel or LimitRule(),
            has_meal=code == "RESTAURATION",
            brings=("PAUSE_MERIDIENNE",) if code == "RESTAURATION" else (),
            late_refund_with_proof=family is alsh,
            order=order,
        )

    rules: Iterable[ActivityRule] = (
        rule(1, "ALP_MATIN", "ALP matin", alp, RunsOn.SCHOOL_DAYS),
        rule(2, "PAUSE_MERIDIENNE", "garderie de la pause méridienne", alp, RunsOn.SCHOOL_DAYS),
        rule(3, "RESTAURATION", "restaurant scolaire", alp, RunsOn.SCHOOL_DAYS),
        rule(4, "ALP_SOIR", "ALP soir", alp, RunsOn.SCHOOL_DAYS),
        rule(5, "ALSH_MERCREDI", "ALSH mercredi", alsh, RunsOn.SCHOOL_WEDNESDAYS),
        rule(6, "ALSH_VACANCES", "ALSH vacances scolaires", alsh, RunsOn.HOLIDAY_WEEKDAYS),
    )
    return Policy(
        commune="Clapiers",
        activities={activity.code: activity for activity in rules},
        means={},
        bridge_days_open_alsh=bridge_days_open_alsh,
    )
