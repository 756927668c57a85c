"""Days the commune itself cancels (strike, closed site): what an agent may ask, and how it is said to families. Pure.

« A day the commune itself cancels gives an avoir by right, in bulk, with its reason » (rules, « Cancelling »).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tui_portail.commune import Commune
from tui_portail.field_checks import FormRefused, checked_text
from tui_portail.french import join_words, long_date, run_of_days
from tui_portail.policy import Policy
from tui_portail.school_calendar import Closure

LONGEST_DAYS = 62
"""A closure of more days than that is more likely a slip of the fingers."""
LONGEST_REASON = 120
ONE_DAY = timedelta(days=1)
Opening = tuple[str, str, date]  # site, activity, day


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """What is cancelled: days, both included, one site or all of them (None), activities by code, why, in words families read."""

    first: date
    last: date
    site: str | None
    activities: tuple[str, ...]
    reason: str

    def holds(self, site: str, activity: str, day: date) -> bool:
        """Say whether an activity of a day is cancelled."""
        return (
            self.first <= day <= self.last and (self.site is None or self.site == site) and activity in self.activities
        )

    def overlaps(self, other: ClosedDays) -> bool:
        """Say whether two closures cancel an activity of the same day at the same site."""
        same_days = self.first <= other.last and other.first <= self.last
        same_site = self.site is None or other.site is None or self.site == other.site
        return same_days and same_site and bool(set(self.activities) & set(other.activities))

    def covers(self, other: ClosedDays) -> bool:
        """Say whether all that another closure cancels is cancelled by this one."""
        same_days = self.first <= other.first and other.last <= self.last
        return same_days and self.site in (None, other.site) and set(other.activities) <= set(self.activities)

    def days(self) -> Iterator[date]:
        """Yield the days, in order."""
        for step in range((self.last - self.first).days + 1):
            yield self.first + step * ONE_DAY

    def on_the_calendar(self, policy: Policy) -> Closure:
        """Return the closure of the commune's calendar: nothing of it can be booked; the mairie's offices stay open."""
        every = set(self.activities) == set(policy.activities)
        only = frozenset[str]() if every else frozenset(self.activities)
        return Closure(self.first, self.last, self.reason, mairie=False, activities=True, site=self.site, only=only)

    def words(self, commune: Commune) -> str:
        """Return what is closed in one line: days, site, activities."""
        return f"{self.days_in_words()}, {self.what_in_words(commune)}"

    def what_in_words(self, commune: Commune) -> str:
        """Return the site and the activities."""
        activities = commune.policy.activities
        which = (
            "toutes les activités"
            if set(self.activities) == set(activities)
            else join_words(activities[code].label for code in activities if code in self.activities)
        )
        return f"{self.site_in_words(commune)}, {which}"

    def days_in_words(self) -> str:
        """Return « le jeudi 3 décembre 2026 », « du jeudi 3 décembre au … »."""
        return run_of_days(self.days())

    def site_in_words(self, commune: Commune) -> str:
        """Return the name of the site, « tous les sites » for all of them."""
        if self.site is None:
            return "tous les sites"
        return next((site.name for site in commune.sites if site.code == self.site), self.site)


def closed_openings(days: ClosedDays, commune: Commune) -> list[Opening]:
    """Return what would have been open: sites, activities and days of the calendar in force, sorted."""
    policy, calendar = commune.policy, commune.calendar
    return sorted(
        (offering.site, offering.activity, day)
        for day in days.days()
        if calendar.covers(day)
        for offering in commune.offerings
        if days.holds(offering.site, offering.activity, day)
        and calendar.opens(policy.activity(offering.activity), day, policy.bridge_days_open_alsh, offering.site)
    )


def with_those_that_bring(activities: Collection[str], policy: Policy) -> tuple[str, ...]:
    """Return the activities closed with these: what brings a closed activity cannot go without it. In the commune's order."""
    closed = set(activities)
    while more := {code for code, rule in policy.activities.items() if closed & set(rule.brings)} - closed:
        closed |= more
    return tuple(code for code in policy.activities if code in closed)


def checked_days(asked: ClosedDays, commune: Commune) -> ClosedDays:
    """Return what an agent asks to close, made whole, or raise FormRefused with the field to mend."""
    activities, calendar = commune.policy.activities, commune.calendar
    if asked.last < asked.first:
        raise FormRefused("Le dernier jour est avant le premier : corrigez l’un des deux.", "last")
    if (asked.last - asked.first).days >= LONGEST_DAYS:
        raise FormRefused(f"Une annulation tient en {LONGEST_DAYS} jours : faites-en plusieurs.", "last")
    for day in (asked.first, asked.last):
        if not calendar.covers(day):
            raise FormRefused(calendar.refuse_outside(day).sentence, "first")
    if asked.site is not None and all(site.code != asked.site for site in commune.sites):
        raise FormRefused("Ce site n’est plus dans les réglages : choisissez-en un autre.", "site")
    if not asked.activities or not set(asked.activities) <= set(activities):
        raise FormRefused("Choisissez au moins une activité à annuler.", "activities")
    reason = checked_text(asked.reason, LONGEST_REASON, "le motif", "reason")
    if not reason:
        raise FormRefused("Tapez le motif : il est écrit aux familles.", "reason")
    closed = with_those_that_bring(asked.activities, commune.policy)
    return ClosedDays(asked.first, asked.last, asked.site, closed, reason)


def refuse_nothing_open(days: ClosedDays, commune: Commune) -> None:
    """Refuse days on which none of it was open: there is nothing to cancel. Raises FormRefused."""
    if not closed_openings(days, commune):
        raise FormRefused(
            "Rien n’est ouvert ces jours-là pour ce site et ces activités : il n’y a rien à annuler.", "first"
        )


def refuse_past(days: ClosedDays, today: date, confirmed: bool) -> None:
    """Refuse days that are begun or past, unless the agent confirmed it (a strike known the day itself). Raises FormRefused."""
    if days.first <= today and not confirmed:
        raise FormRefused(
            f"{long_date(days.first).capitalize()} n’est pas à venir : confirmez l’annulation d’un jour commencé ou passé.",
            "past",
        )
