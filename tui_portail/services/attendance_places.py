"""Where and what is marked on a day: the sites, and the activities that run there, the one of this hour first to be proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from tui_portail.commune import Commune
from tui_portail.instants import in_paris
from tui_portail.policy import ActivityRule
from tui_portail.services.attendance_sheet import SheetChild, children_of_site, read_children
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Right
from tui_portail.services.slots import SlotKey
from tui_portail.services.unbooked import ChildUnknown
from tui_portail.weeks import monday_of

_LONGEST_BREAK = 70  # days: the summer holidays, for what runs on school days


@dataclass(frozen=True, slots=True)
class MarkedActivity:
    """An activity that runs at a site on a day."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class MarkedSite:
    """A site with the activities of the day, in their order; `now` is the place of the one of this hour."""

    code: str
    name: str
    activities: tuple[MarkedActivity, ...]
    now: int = 0


def places_of(desk: Desk, day: date) -> tuple[MarkedSite, ...]:
    """Return the sites where something runs on a day. Raises NotAllowed."""
    with desk.read(Right.ATTENDANCE) as connection:
        commune = desk.commune(connection)
        at = in_paris(desk.instant(connection)).time()
    return tuple(
        site for site in (_site(commune, one.code, one.name, day, at) for one in commune.sites) if site.activities
    )


def slot_to_mark(desk: Desk, last: tuple[str, str] | None = None) -> SlotKey | None:
    """Return what to mark now: today, or the last day that something ran, at the site last marked; the activity is that of this hour.

    `last` is the site and the activity last marked. None where nothing ran for two months. Raises NotAllowed.
    """
    today = in_paris(desk.now()).date()
    for back in range(_LONGEST_BREAK):
        day = today - timedelta(days=back)
        if sites := places_of(desk, day):
            site = next((one for one in sites if last is not None and one.code == last[0]), sites[0])
            return site.code, site.activities[site.now].code, day
    return None


def day_beside(desk: Desk, slot: SlotKey, step: int) -> SlotKey | None:
    """Return the same activity on the next day that it runs, or on the one before (`step` −1); None when it is too far.

    Raises NotAllowed.
    """
    site, activity, day = slot
    with desk.read(Right.ATTENDANCE) as connection:
        commune = desk.commune(connection)
    days = (day + timedelta(days=step * away) for away in range(1, _LONGEST_BREAK))
    return next(
        ((site, activity, one) for one in days if activity in {rule.code for rule in running(commune, site, one)}), None
    )


def running(commune: Commune, site: str, day: date) -> list[ActivityRule]:
    """Return the activities that run at a site on a day, in their order."""
    policy = commune.policy
    offered = {one.activity for one in commune.offerings if one.site == site}
    rules = [policy.activities[code] for code in policy.activities if code in offered]
    return [rule for rule in rules if commune.calendar.opens(rule, day, policy.bridge_days_open_alsh, site)]


def activity_now(rules: Sequence[ActivityRule], at: time) -> int:
    """Return the place of the activity that goes on at an hour, else the last that began, else the first to come."""
    begun = [place for place, rule in enumerate(rules) if rule.begins_at is not None and rule.begins_at <= at]
    going = [place for place in begun if (ends := rules[place].ends_at) is not None and at < ends]
    return next(iter(going), begun[-1] if begun else 0)


def week_of(commune: Commune, slot: SlotKey) -> tuple[date, ...]:
    """Return the days of a slot's week on which its activity runs at its site."""
    site, activity, day = slot
    monday = monday_of(day)
    week = [monday + timedelta(days=step) for step in range(7)]
    return tuple(one for one in week if any(rule.code == activity for rule in running(commune, site, one)))


def likely_children(desk: Desk, slot: SlotKey) -> tuple[SheetChild, ...]:
    """Return the children whose school the site receives for the activity, by name: one of them may be there without booking.

    Raises NotAllowed.
    """
    with desk.read(Right.ATTENDANCE) as connection:
        return children_of_site(connection, desk.commune(connection), slot)


def child_of_badge(desk: Desk, child_id: int, day: date) -> SheetChild:
    """Return the child whose badge was read, whatever their site. Raises ChildUnknown, NotAllowed."""
    with desk.read(Right.ATTENDANCE) as connection:
        found = read_children(connection, desk.commune(connection), [child_id], day, marks=False).get(child_id)
    if found is None or not found.last_name:
        raise ChildUnknown
    return found


def _site(commune: Commune, code: str, name: str, day: date, at: time) -> MarkedSite:
    rules = running(commune, code, day)
    activities = tuple(MarkedActivity(rule.code, rule.label) for rule in rules)
    return MarkedSite(code, name, activities, activity_now(rules, at))
