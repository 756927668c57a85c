"""Many days in one gesture: a child's usual week over a period, a brother's or sister's days; all that is refused, gathered.

Pure, as `planning_ticks`. The snapshot must cover every day of the period.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tui_portail.decision import Decision
from tui_portail.field_checks import FormRefused
from tui_portail.french import join_words, long_date, run_of_days
from tui_portail.planning import CellKey, Change, Changes, PlanningSnapshot, Tick
from tui_portail.planning_judgement import judge_changes
from tui_portail.planning_ticks import Ticked, ask_add, days_between, is_on
from tui_portail.policy import RunsOn
from tui_portail.school_calendar import SchoolCalendar
from tui_portail.usual_weeks import WeekDays
from tui_portail.weeks import monday_of

LONGEST_LIST = 12
_CLOSED = frozenset({"JOUR_FERIE", "FERMETURE", "PONT"})
_NOT_THAT_DAY = frozenset({"WEEK_END", "VACANCES", "PAS_CE_JOUR"})


@dataclass(frozen=True, slots=True)
class GatheredRefusal:
    """So many cells refused for one reason: `who` says whose they are (children and activities), `days` when."""

    who: str
    days: tuple[date, ...]
    cells: int
    sentence: str
    source: str


def week_on(snapshot: PlanningSnapshot, changes: Changes, child_id: int, day: date, now: datetime) -> WeekDays:
    """Return what a child has in the week of `day`, booked or ticked: the week to keep."""
    monday = monday_of(day)
    return tuple(
        sorted(
            (weekday, code)
            for weekday in range(7)
            for code in snapshot.commune.policy.activities
            if is_on(snapshot, changes, CellKey(child_id, code, monday + timedelta(days=weekday)), now)
        )
    )


def period_days(calendar: SchoolCalendar, first: date, last: date, today: date) -> tuple[date, date]:
    """Check the days a week is applied over, and leave out those that are over. Raises FormRefused on `first` or `last`."""
    if last < first:
        raise FormRefused("Le dernier jour vient avant le premier : corrigez l’un des deux.", "last")
    if last < today:
        raise FormRefused("Ces jours sont passés : choisissez une période à venir.", "last")
    for field, day in (("first", first), ("last", last)):
        if not calendar.covers(day):
            end = long_date(calendar.last_covered)
            raise FormRefused(f"Le calendrier scolaire n’est connu que jusqu’au {end} : choisissez avant.", field)
    return max(first, today), last


def until_end_of_year(calendar: SchoolCalendar, day: date) -> date:
    """Return the last day of class of the school year of `day`, of the next one during the summer; the calendar's last where none is."""
    ends = sorted(year.last_day for year in calendar.years if year.last_day >= day)
    return ends[0] if ends else calendar.last_covered


def week_keys_between(days: WeekDays, child_ids: Iterable[int], first: date, last: date) -> tuple[CellKey, ...]:
    """Return the cells of a week repeated from `first` to `last`, for each child, day after day."""
    wanted = list(child_ids)
    return tuple(
        CellKey(child_id, code, day)
        for day in days_between(first, last)
        for weekday, code in days
        if weekday == day.weekday()
        for child_id in wanted
    )


def days_of_sibling(
    snapshot: PlanningSnapshot, changes: Changes, sibling_id: int, child_id: int, first: date, last: date, now: datetime
) -> tuple[CellKey, ...]:
    """Return, for a child, the cells that a brother or sister has between two days, booked or ticked."""
    return tuple(
        replace(key, child_id=child_id)
        for day in days_between(first, last)
        for code in snapshot.commune.policy.activities
        if is_on(snapshot, changes, key := CellKey(sibling_id, code, day), now)
    )


def tick_over_period(snapshot: PlanningSnapshot, changes: Changes, keys: Iterable[CellKey], now: datetime) -> Ticked:
    """Tick all these cells in one go; every refusal is gathered, days closed and activities no site offers included.

    What is on already stays. A day on which an activity never runs (the meal of a Wednesday, of the holidays) is passed over in silence.
    """
    asked = dict(changes)
    for key in keys:
        ask_add(snapshot, asked, key, now)
    judgement = judge_changes(snapshot, asked, now, next_day=False)
    fresh = {key: refusal for key, refusal in judgement.refusals.items() if key not in changes}
    if fresh:
        asked = {key: change for key, change in asked.items() if key not in fresh}
        judgement = judge_changes(snapshot, asked, now)
    return Ticked(asked, judgement, {key: why for key, why in fresh.items() if _is_worth_saying(snapshot, key, why)})


def added_by(before: Changes, after: Changes) -> tuple[Change, ...]:
    """Return the days that a tick added."""
    return tuple(change for key, change in after.items() if change.tick is Tick.ADD and before.get(key) != change)


def _is_worth_saying(snapshot: PlanningSnapshot, key: CellKey, refusal: Decision) -> bool:
    """Say whether the activity would have run, but for what is refused: on a kind of day that is not its own, nobody expects it."""
    if refusal.code in _NOT_THAT_DAY:
        return False
    if refusal.code not in _CLOSED and refusal.code != "SITE_NON_PROPOSE":
        return True
    calendar = snapshot.commune.calendar
    if calendar.holiday_on(key.day) is not None:
        usual = RunsOn.HOLIDAY_WEEKDAYS
    else:
        usual = RunsOn.SCHOOL_WEDNESDAYS if key.day.weekday() == 2 else RunsOn.SCHOOL_DAYS
    return usual is snapshot.commune.policy.activity(key.activity).runs_on


def gather(snapshot: PlanningSnapshot, refusals: Mapping[CellKey, Decision]) -> tuple[GatheredRefusal, ...]:
    """Return refusals grouped where they are the same: one sentence for several cells, or one reason for the same days of several rows.

    Of days refused for one reason, the first one's sentence is said.
    """
    by_sentence: dict[str, list[CellKey]] = {}
    for key in sorted(refusals, key=lambda key: (key.day, key)):
        by_sentence.setdefault(refusals[key].sentence, []).append(key)
    reasons: dict[object, list[CellKey]] = {}
    for sentence, keys in by_sentence.items():
        one = keys[0]
        of_one_day = len({(key.activity, key.day) for key in keys}) == 1
        row = (refusals[one].code, one.activity, tuple(sorted(key.child_id for key in keys)))
        reasons.setdefault(row if of_one_day else sentence, []).extend(keys)
    groups: dict[object, list[CellKey]] = {}
    for keys in reasons.values():  # rows refused for one reason on the same days
        days = tuple(sorted({key.day for key in keys}))
        groups.setdefault((refusals[keys[0]].code, days), []).extend(keys)
    return tuple(_gathered(snapshot, keys, refusals[keys[0]]) for keys in groups.values())


def _gathered(snapshot: PlanningSnapshot, keys: list[CellKey], refusal: Decision) -> GatheredRefusal:
    activities = snapshot.commune.policy.activities
    of_child: dict[int, set[str]] = {}
    for key in keys:
        of_child.setdefault(key.child_id, set()).add(key.activity)
    children: dict[tuple[str, ...], list[str]] = {}
    for child_id, codes in of_child.items():
        labels = tuple(activities[code].label for code in sorted(codes, key=lambda code: activities[code].order))
        children.setdefault(labels, []).append(snapshot.child(child_id).first_name)
    who = " ; ".join(f"{join_words(names)} · {', '.join(labels)}" for labels, names in children.items())
    days = tuple(sorted({key.day for key in keys}))
    return GatheredRefusal(who, days, len(keys), refusal.sentence, refusal.source)


def days_words(days: Iterable[date]) -> str:
    """Return days in words, however many: a long list is said by its count, its first and its last day."""
    found = sorted(set(days))
    if len(found) <= LONGEST_LIST:
        return run_of_days(found)
    return f"{len(found)} journées, du {long_date(found[0])} au {long_date(found[-1])}"
