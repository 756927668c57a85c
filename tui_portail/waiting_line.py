"""The waiting list of a day, in time and in words: until when an entry may be served, how long an offer holds, whose turn it is. Pure.

Who may be offered a place is `site_day.Tally.may_be_offered`: first come, first served among those whom a place would serve.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tui_portail.commune import Commune
from tui_portail.french import date_time_text, time_text
from tui_portail.instants import after_minutes, in_paris, in_utc, is_before
from tui_portail.limits import limit_instant
from tui_portail.policy import Policy
from tui_portail.school_calendar import SchoolCalendar


@dataclass(frozen=True, slots=True)
class WaitingPlace:
    """An open entry of the waiting list: since when, its place in the line (from 1), until when a place is offered (None: none is)."""

    entry_id: int
    asked_at: datetime
    rank: int
    offer_until: datetime | None = None

    @property
    def words(self) -> str:
        """What is said of it."""
        if self.offer_until is not None:
            return f"Place proposée jusqu’au {date_time_text(self.offer_until)} : réservez-la (touche l : la rendre)."
        return f"Sur la liste d’attente, {rank_words(self.rank)}."

    @property
    def short_words(self) -> str:
        """The same in a few words."""
        if self.offer_until is None:
            return rank_words(self.rank)
        until = in_paris(self.offer_until)
        return f"proposée jusqu’au {until:%d/%m} à {time_text(until)}"


def until_words(offer_until: datetime) -> str:
    """Return until when an offer holds, in the room of a column: « jusqu’au 02/12 8 h 11 ». The time left would read as an hour."""
    until = in_paris(offer_until)
    return f"jusqu’au {until:%d/%m} {time_text(until)}"


def rank_words(rank: int) -> str:
    """Return « 1er », « 2e »."""
    return "1er" if rank == 1 else f"{rank}e"


def is_over(policy: Policy, calendar: SchoolCalendar, activity: str, site: str, day: date, now: datetime) -> bool:
    """Say whether nobody may be served any more: the day's limit for adding is passed, or the activity does not run that day."""
    rule = policy.activities.get(activity)
    if rule is None or not calendar.opens(rule, day, policy.bridge_days_open_alsh, site):
        return True
    return not is_before(now, limit_instant(rule.add_limit, day, calendar))


def may_attend(commune: Commune, school: str | None, activity: str, site: str, age: int) -> bool:
    """Say whether the rules let a child in: the activity is offered there to its school (None: it left), and receives its age, in years."""
    rule = commune.policy.activities.get(activity)
    if rule is None or school is None or not rule.receives(age):
        return False
    return commune.sites_for(school).get(activity) == site


def offer_until(policy: Policy, calendar: SchoolCalendar, activity: str, day: date, now: datetime) -> datetime:
    """Return until when a place offered now is kept, in UTC: the policy's minutes, never past the day's limit for adding."""
    limit = limit_instant(policy.activity(activity).add_limit, day, calendar)
    return min(after_minutes(now, policy.offer_minutes), in_utc(limit))
