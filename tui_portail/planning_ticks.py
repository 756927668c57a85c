"""Ticking days on the planning: one cell, a range, a week, the same weekday; rows and cells as the grid shows them.

Pure: changes in, changes out. A tick that a rule refuses does not enter the changes: it comes back with its sentence. The snapshot must
cover every day ticked, shown in the window or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from tui_portail.booking_rules import brought_by, removed_with
from tui_portail.decision import Decision
from tui_portail.full_days import FULL, KEPT
from tui_portail.planning import (
    CellKey,
    Change,
    Changes,
    Judgement,
    PlanningSnapshot,
    Tick,
)
from tui_portail.planning_judgement import judge_cell, judge_changes
from tui_portail.school_calendar import DayKind
from tui_portail.weeks import monday_of


class CellState(StrEnum):
    """What a cell says; `MARKS` gives each a letter, so that nothing is told by colour alone."""

    NOT_RUNNING = "pas d’activité"
    FREE = "libre"
    FULL = "complet"
    WAITING = "complet, en liste d’attente"
    OFFERED = "place proposée"
    LATE = "limite passée"
    PAPER = "pièce manquante"
    REFUSED = "impossible"
    HELD = "en attente de paiement"
    CONFIRMED = "réservé et payé"
    DUE = "dû"
    CANCELLED = "annulé"
    ADDING = "à ajouter"
    REMOVING = "à retirer"
    BLOCKED = "coché mais refusé"


MARKS = {
    CellState.NOT_RUNNING: " ",
    CellState.FREE: "·",
    CellState.FULL: "C",
    CellState.WAITING: "e",
    CellState.OFFERED: "o",
    CellState.LATE: "L",
    CellState.PAPER: "P",
    CellState.REFUSED: "!",
    CellState.HELD: "A",
    CellState.CONFIRMED: "R",
    CellState.DUE: "D",
    CellState.CANCELLED: "x",
    CellState.ADDING: "+",
    CellState.REMOVING: "-",
    CellState.BLOCKED: "?",
}
_STATE_OF_CODE = {
    FULL: CellState.FULL,
    KEPT: CellState.FULL,
    "LIMITE_PASSEE": CellState.LATE,
    "PIECE_MANQUANTE": CellState.PAPER,
}
_STATE_OF_BOOKING = {"held": CellState.HELD, "confirmed": CellState.CONFIRMED, "due": CellState.DUE}


@dataclass(frozen=True, slots=True)
class PlanningRow:
    """One line of the grid: a child and an activity."""

    child_id: int
    activity: str
    label: str
    child_label: str


@dataclass(frozen=True, slots=True)
class CellView:
    """What a cell shows, and why when it cannot be ticked."""

    state: CellState
    refusal: Decision | None = None

    @property
    def mark(self) -> str:
        """The letter of the state."""
        return MARKS[self.state]

    @property
    def can_be_added(self) -> bool:
        """Whether a tick would add it: free, offered to the child, or cancelled and bookable again."""
        return self.state in (CellState.FREE, CellState.OFFERED) or (
            self.state is CellState.CANCELLED and self.refusal is None
        )


@dataclass(frozen=True, slots=True)
class Ticked:
    """The changes after a tick, what they would do, and the cells that could not be ticked with why."""

    changes: Changes
    judgement: Judgement
    refusals: dict[CellKey, Decision]


def rows(snapshot: PlanningSnapshot, first_day: date, last_day: date) -> tuple[PlanningRow, ...]:
    """Return the lines of a window, child by child in order of birth; activities that run on none of its days are left out."""
    days = days_between(first_day, last_day)
    found = []
    for child in snapshot.children:
        for rule in sorted(snapshot.commune.policy.activities.values(), key=lambda rule: (rule.order, rule.code)):
            if any(_runs(snapshot, CellKey(child.child_id, rule.code, day)) for day in days):
                found.append(PlanningRow(child.child_id, rule.code, rule.label, child.first_name))
    return tuple(found)


def days_between(first_day: date, last_day: date) -> tuple[date, ...]:
    """Return every day from the first to the last, both included."""
    return tuple(first_day + timedelta(days=step) for step in range((last_day - first_day).days + 1))


def cell(snapshot: PlanningSnapshot, changes: Changes, key: CellKey, now: datetime) -> CellView:
    """Return what a cell shows now: what is ticked first, then what is booked, then whether it could be.

    A cell whose activity does not run has no sentence here, and a refusal does not say the next day: `judge_cell` does when it is asked.
    """
    booking = snapshot.bookings.get(key)
    occupied = booking is not None and booking.occupies(now)
    change = changes.get(key)
    if change is not None and (change.tick is Tick.REMOVE) == occupied:
        return CellView(CellState.REMOVING if occupied else CellState.ADDING)
    if booking is not None and occupied:
        return CellView(_STATE_OF_BOOKING[booking.state])
    if not _runs(snapshot, key):
        return CellView(CellState.NOT_RUNNING)
    decision = judge_cell(snapshot, key, now, next_day=False)
    return _in_line(snapshot, key, decision) or _bookable(snapshot, key, decision)


def _bookable(snapshot: PlanningSnapshot, key: CellKey, decision: Decision) -> CellView:
    """Return what a free cell shows: what refuses it, that it was cancelled, or nothing."""
    if key in snapshot.cancelled:
        return CellView(CellState.CANCELLED, None if decision else decision)
    if decision:
        return CellView(CellState.FREE)
    return CellView(_STATE_OF_CODE.get(decision.code, CellState.REFUSED), decision)


def _in_line(snapshot: PlanningSnapshot, key: CellKey, decision: Decision) -> CellView | None:
    """Return what a cell shows of its child's entry on the waiting list, if that is what matters."""
    place = snapshot.waiting.get(key)
    if place is not None and decision and place.offer_until is not None:
        return CellView(CellState.OFFERED)
    if place is not None and decision.code in (FULL, KEPT):
        return CellView(CellState.WAITING, decision)
    return None


def toggle(
    snapshot: PlanningSnapshot, changes: Changes, key: CellKey, now: datetime, *, keep_brought: bool = False
) -> Ticked:
    """Tick or untick one cell with what goes with it. `keep_brought`: removing the meal leaves the midday break."""
    keys, tick = what_a_key_ticks({key: cell(snapshot, changes, key, now)})
    return tick_many(snapshot, changes, keys, tick, now, keep_brought=keep_brought)


def what_a_key_ticks(views: Mapping[CellKey, CellView]) -> tuple[tuple[CellKey, ...], Tick]:
    """Return which of the cells under a key it ticks, and how, from what they show.

    What can be added is; else the « + » are taken back, and only they; else the « - »; bookings are removed only where nothing was ticked.
    So a second press never asks more than to undo the first. With nothing to do at all, adding says why.
    """

    def showing(*states: CellState) -> tuple[CellKey, ...]:
        return tuple(key for key, view in views.items() if view.state in states)

    added, removed, booked = (
        showing(CellState.ADDING),
        showing(CellState.REMOVING),
        showing(*_STATE_OF_BOOKING.values()),
    )
    others = tuple(key for key in views if key not in {*added, *removed, *booked})
    if any(views[key].can_be_added for key in others) or not (added or removed or booked):
        return others, Tick.ADD
    if added:
        return added, Tick.REMOVE
    return (removed, Tick.ADD) if removed else (booked, Tick.REMOVE)


def tick_many(
    snapshot: PlanningSnapshot,
    changes: Changes,
    keys: Iterable[CellKey],
    tick: Tick,
    now: datetime,
    *,
    keep_brought: bool = False,
) -> Ticked:
    """Tick several cells in one go, each with what goes with it.

    Days on which the activity does not run are passed over in silence when there are several; other refusals are gathered.
    """
    wanted = list(keys)
    asked = dict(changes)
    for key in wanted:
        if tick is Tick.ADD:
            ask_add(snapshot, asked, key, now)
        else:
            _ask_remove(snapshot, asked, key, now, keep_brought)
    judgement = judge_changes(snapshot, asked, now)
    fresh = {key: refusal for key, refusal in judgement.refusals.items() if key not in changes}
    if fresh:
        asked = {key: change for key, change in asked.items() if key not in fresh}
        judgement = judge_changes(snapshot, asked, now)
    if len(wanted) > 1:
        fresh = {key: refusal for key, refusal in fresh.items() if _runs(snapshot, key)}
    return Ticked(asked, judgement, fresh)


def with_derogation(snapshot: PlanningSnapshot, changes: Changes, key: CellKey, reason: str, now: datetime) -> Ticked:
    """Add a cell past its limit or for want of a paper, with the reason kept in the audit trail; every other rule still holds."""
    asked = dict(changes)
    for code in brought_by([key.activity], snapshot.commune.policy):
        brought = replace(key, activity=code)
        if not is_on(snapshot, changes, brought, now):
            asked[brought] = Change(brought, Tick.ADD, derogation=reason)
    judgement = judge_changes(snapshot, asked, now)
    fresh = {k: refusal for k, refusal in judgement.refusals.items() if k not in changes}
    if fresh:
        return Ticked(changes, judge_changes(snapshot, changes, now), fresh)
    return Ticked(asked, judgement, {})


def with_payer(
    snapshot: PlanningSnapshot, changes: Changes, key: CellKey, payer_id: int, reason: str, now: datetime
) -> Ticked:
    """Charge a ticked day, and what it brings, to the other payer, with the reason kept in the audit trail."""
    asked = dict(changes)
    for code in brought_by([key.activity], snapshot.commune.policy):
        change = asked.get(replace(key, activity=code))
        if change is not None and change.tick is Tick.ADD:
            asked[change.key] = replace(change, payer_id=payer_id, payer_reason=reason)
    return Ticked(asked, judge_changes(snapshot, asked, now), {})


def week_keys(key: CellKey, first_day: date, last_day: date) -> tuple[CellKey, ...]:
    """Return the cells of a row in the week of `key`, Monday to Friday, within the days given."""
    monday = monday_of(key.day)
    return tuple(
        replace(key, day=day) for day in days_between(monday, monday + timedelta(4)) if first_day <= day <= last_day
    )


def siblings_keys(snapshot: PlanningSnapshot, keys: Iterable[CellKey]) -> tuple[CellKey, ...]:
    """Return the same activity and days for every child of the dossier to whom the activity is offered."""
    return tuple(
        replace(key, child_id=child.child_id)
        for key in keys
        for child in snapshot.children
        if key.activity in child.facts_on(key.day).sites
    )


def last_day_before_holidays(snapshot: PlanningSnapshot, day: date) -> date:
    """Return the last day before the next holidays after `day` (during holidays: their last day), within the calendar."""
    calendar = snapshot.commune.calendar
    off = calendar.kind(day) is DayKind.HOLIDAY
    last = day
    following = day + timedelta(days=1)
    while following <= calendar.last_covered:
        kind = calendar.kind(following)
        if (kind is DayKind.HOLIDAY) != off and kind not in (DayKind.WEEKEND, DayKind.PUBLIC_HOLIDAY, DayKind.CLOSED):
            break
        last, following = following, following + timedelta(days=1)
    return last


def weekday_keys(key: CellKey, until: date) -> tuple[CellKey, ...]:
    """Return the cells of a row on the same weekday, from `key` to `until` included."""
    weeks = (until - key.day).days // 7
    return tuple(replace(key, day=key.day + timedelta(weeks=week)) for week in range(weeks + 1))


def copy_week_keys(
    snapshot: PlanningSnapshot, changes: Changes, monday: date, until: date, now: datetime
) -> tuple[CellKey, ...]:
    """Return, for the weeks after that of `monday` until `until`, the cells that are on in that week, for all children."""
    week = days_between(monday, monday + timedelta(6))
    on = [
        CellKey(child.child_id, activity, day)
        for child in snapshot.children
        for activity in snapshot.commune.policy.activities
        for day in week
        if is_on(snapshot, changes, CellKey(child.child_id, activity, day), now)
    ]
    return tuple(
        replace(key, day=key.day + timedelta(weeks=step))
        for step in range(1, (until - monday).days // 7 + 1)
        for key in on
        if key.day + timedelta(weeks=step) <= until
    )


def _runs(snapshot: PlanningSnapshot, key: CellKey) -> bool:
    """Say whether the activity runs that day where the child would go, without making a sentence of it."""
    policy = snapshot.commune.policy
    site = snapshot.child(key.child_id).facts_on(key.day).sites.get(key.activity)
    days = snapshot.commune.calendar.running_days(
        policy.activity(key.activity), key.day, key.day, policy.bridge_days_open_alsh, site
    )
    return site is not None and next(days, None) is not None


def is_on(snapshot: PlanningSnapshot, changes: Changes, key: CellKey, now: datetime) -> bool:
    """Say whether a child has a cell: ticked to be added, or booked and not ticked to be removed."""
    booking = snapshot.bookings.get(key)
    change = changes.get(key)
    if change is not None:
        return change.tick is Tick.ADD
    return booking is not None and booking.occupies(now)


def ask_add(snapshot: PlanningSnapshot, asked: dict[CellKey, Change], key: CellKey, now: datetime) -> None:
    """Write in `asked` what adds a cell with what it brings; what is on already stays as it is."""
    for code in brought_by([key.activity], snapshot.commune.policy):
        brought = replace(key, activity=code)
        change = asked.get(brought)
        if change is not None and change.tick is Tick.REMOVE:
            del asked[brought]
        elif change is None and not is_on(snapshot, asked, brought, now):
            asked[brought] = Change(brought, Tick.ADD)


def _ask_remove(
    snapshot: PlanningSnapshot, asked: dict[CellKey, Change], key: CellKey, now: datetime, keep_brought: bool
) -> None:
    policy = snapshot.commune.policy
    present = [code for code in policy.activities if is_on(snapshot, asked, replace(key, activity=code), now)]
    taken_back = key in asked  # a « + » takes back what was ticked with it, never what is booked
    for code in removed_with([key.activity], policy, keep_brought=keep_brought, booked=present):
        gone = replace(key, activity=code)
        change = asked.get(gone)
        if change is not None and change.tick is Tick.ADD:
            del asked[gone]
        elif change is None and not taken_back and is_on(snapshot, asked, gone, now):
            asked[gone] = Change(gone, Tick.REMOVE)
