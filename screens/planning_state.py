"""What the planning screen holds while days are ticked: a snapshot, the changes, what they would do. No widget, no query.

Every method that ticks returns the cells whose mark changed, so that only those are painted again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from screens.planning_window import PlanningWindow
from tui_portail.decision import Decision
from tui_portail.instants import in_paris
from tui_portail.planning import CellKey, Changes, Judgement, PlanningSnapshot, Removal, Tick
from tui_portail.planning_judgement import judge_cell, judge_changes, payer_of
from tui_portail.planning_ticks import (
    CellState,
    CellView,
    PlanningRow,
    Ticked,
    cell,
    copy_week_keys,
    last_day_before_holidays,
    rows,
    siblings_keys,
    tick_many,
    week_keys,
    weekday_keys,
    what_a_key_ticks,
    with_derogation,
    with_payer,
)
from tui_portail.weeks import monday_of

MEALS = "RESTAURATION"
OTHER_PAYER_MARKS = {CellState.ADDING: "y", CellState.HELD: "a", CellState.CONFIRMED: "r", CellState.DUE: "d"}
"""The letters of a day that another payer than the child's usual one pays: « y » is also the key that chooses the payer."""
DEROGABLE = (CellState.LATE, CellState.PAPER)
"""What an agent with the right may go past, with a reason."""
_EMPTY = Judgement((), (), {}, (), {})


class PlanningState:
    """The ticked days of one dossier over a loaded snapshot."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.snapshot: PlanningSnapshot | None = None
        self.window = PlanningWindow(date(2000, 1, 3))
        self.rows: tuple[PlanningRow, ...] = ()
        self.changes: Changes = {}
        self.judgement: Judgement = _EMPTY
        self.refusals: dict[CellKey, Decision] = {}
        self._views: dict[CellKey, CellView] = {}

    @property
    def loaded(self) -> PlanningSnapshot:
        """The snapshot. Only asked for once it is there."""
        if self.snapshot is None:
            raise RuntimeError("no planning is loaded yet")
        return self.snapshot

    @property
    def now(self) -> datetime:
        """The instant things are judged at on the screen; « Terminer » judges again."""
        return self._clock()

    # -- what is shown ---------------------------------------------------------------------------------------------------

    def load(self, snapshot: PlanningSnapshot, window: PlanningWindow) -> None:
        """Show a snapshot through a window; the changes ticked stay."""
        self.snapshot = snapshot
        self.judgement = judge_changes(snapshot, self.changes, self.now)
        self.show(window)

    def show(self, window: PlanningWindow) -> None:
        """Look through another window of the same snapshot."""
        self.window = window
        self.rows = rows(self.loaded, window.first_day, window.last_day)
        self._views.clear()

    def covers(self, first: date, last: date) -> bool:
        """Say whether the snapshot holds these days."""
        return self.snapshot is not None and self.snapshot.first_day <= first and last <= self.snapshot.last_day

    def span(self, window: PlanningWindow, *more: date) -> tuple[date, date]:
        """Return the days a snapshot must hold for a window, a few weeks more, everything ticked, and other days."""
        days = [key.day for key in self.changes]
        first = min([window.first_day, *days, *more])
        return monday_of(first), max([window.last_day + timedelta(weeks=5), *days, *more])

    def key(self, row: int, column: int) -> CellKey:
        """Return the cell at a place of the grid."""
        line = self.rows[row]
        return CellKey(line.child_id, line.activity, self.window.days[column])

    def view(self, key: CellKey) -> CellView:
        """Return what a cell shows, remembered until it changes."""
        found = self._views.get(key)
        if found is None:
            found = self._views[key] = cell(self.loaded, self.changes, key, self.now)
        return found

    def first_place(self, at: CellKey | None = None) -> tuple[PlanningWindow, int, int]:
        """Return where the cursor starts: on the first meal still free to book within five weeks, else on this week's first free cell.

        Where a cell is asked for: on it.
        """
        if at is not None:
            return self._place_of(at)
        snapshot = self.loaded
        today = in_paris(snapshot.taken_at).date()
        for week in range(5):
            window = PlanningWindow(today + timedelta(weeks=week))
            self.show(window)
            row = next((place for place, line in enumerate(self.rows) if line.activity == MEALS), None)
            if row is not None and (column := self._first_free(row)) is not None:
                return window, row, column
        start = PlanningWindow(today, self.window.month)
        self.show(start)
        free = ((row, column) for row in range(len(self.rows)) if (column := self._first_free(row)) is not None)
        return start, *next(free, (0, 0))

    def _place_of(self, key: CellKey) -> tuple[PlanningWindow, int, int]:
        window = PlanningWindow(key.day)
        self.show(window)
        column = min((key.day - window.first_day).days, len(window.days) - 1)
        rows = range(len(self.rows))
        return window, next((row for row in rows if self.key(row, column) == key), 0), column

    def _first_free(self, row: int) -> int | None:
        columns = range(len(self.window.days))
        return next((at for at in columns if self.view(self.key(row, at)).state is CellState.FREE), None)

    # -- ticking ---------------------------------------------------------------------------------------------------------

    def toggle(self, keys: Iterable[CellKey], *, keep_brought: bool = False) -> set[CellKey]:
        """Tick or untick cells, as what they show says (`what_a_key_ticks`)."""
        wanted, tick = what_a_key_ticks({key: self.view(key) for key in keys})
        return self.take(tick_many(self.loaded, self.changes, wanted, tick, self.now, keep_brought=keep_brought))

    def week(self, key: CellKey, *, siblings: bool = False) -> set[CellKey]:
        """Tick the row's week, for the brothers and sisters too if asked."""
        monday = monday_of(key.day)
        keys: Iterable[CellKey] = week_keys(key, monday, monday + timedelta(days=4))
        if siblings:
            keys = siblings_keys(self.loaded, keys)
        return self.toggle(keys)

    def last_of_term(self, day: date) -> date:
        """Return the last day before the next holidays."""
        return last_day_before_holidays(self.loaded, day)

    def weekday(self, key: CellKey) -> set[CellKey]:
        """Tick the same weekday until the holidays; the snapshot must hold them."""
        return self.toggle(weekday_keys(key, self.last_of_term(key.day)))

    def copy_week(self, day: date) -> set[CellKey]:
        """Tick next week what is on this week."""
        monday = monday_of(day)
        until = monday + timedelta(days=13)
        keys = copy_week_keys(self.loaded, self.changes, monday, until, self.now)
        return self.take(tick_many(self.loaded, self.changes, keys, Tick.ADD, self.now))

    def passed_by_derogation(self, key: CellKey) -> str:
        """Return all that a derogation would go past for a cell, or why it would not do."""
        decision = judge_cell(self.loaded, key, self.now, derogation=True)
        passed = decision.facts.get("passed", ())
        return " ".join(passed) if isinstance(passed, tuple) and passed else decision.sentence

    def derogate(self, keys: Iterable[CellKey], reason: str) -> set[CellKey]:
        """Add cells past their limit or for want of a paper, each with the reason."""
        changed: set[CellKey] = set()
        refusals: dict[CellKey, Decision] = {}
        for key in keys:
            changed |= self.take(with_derogation(self.loaded, self.changes, key, reason, self.now))
            refusals |= self.refusals
        self.refusals = refusals
        return changed

    def charge(self, keys: Iterable[CellKey], payer_id: int, reason: str) -> set[CellKey]:
        """Charge ticked cells to a payer, with the reason."""
        changed: set[CellKey] = set()
        for key in keys:
            changed |= self.take(with_payer(self.loaded, self.changes, key, payer_id, reason, self.now))
        return changed

    def forget(self) -> set[CellKey]:
        """Untick everything."""
        return self.take(Ticked({}, _EMPTY, {}))

    def refuse(self, refusals: dict[CellKey, Decision]) -> None:
        """Keep what « Terminer » refused, to show it."""
        self.refusals = dict(refusals)

    def payer_of(self, key: CellKey) -> int:
        """Return who pays a cell: as ticked, else by custody."""
        change = self.changes.get(key)
        if change is not None and change.payer_id is not None:
            return change.payer_id
        return payer_of(self.loaded, key)

    def mark(self, key: CellKey) -> str:
        """Return a cell's letter: another one where the day is charged to another payer than the child's usual one."""
        view = self.view(key)
        booking = self.loaded.bookings.get(key)
        if view.state is CellState.ADDING:
            payer_id = self.payer_of(key)
        elif booking is not None and view.state in OTHER_PAYER_MARKS:
            payer_id = booking.payer_id
        else:
            return view.mark
        usual = self.loaded.child(key.child_id).payer_id
        return view.mark if payer_id == usual else OTHER_PAYER_MARKS[view.state]

    def added_this_week(self, key: CellKey) -> tuple[CellKey, ...]:
        """Return the days of a cell's row ticked to be added in its week."""
        monday = monday_of(key.day)
        keys = week_keys(key, monday, monday + timedelta(days=4))
        return tuple(one for one in keys if one in self.changes and self.changes[one].tick is Tick.ADD)

    def removal(self, key: CellKey) -> Removal | None:
        """Return what comes of removing a cell that is ticked to be."""
        return next((removal for removal in self.judgement.removals if removal.booking.key == key), None)

    def why_not(self, key: CellKey) -> Decision | None:
        """Return why a cell cannot be ticked, days without the activity included."""
        for refusals in (self.refusals, self.judgement.refusals):
            if key in refusals:
                return refusals[key]
        view = self.view(key)
        if view.state is CellState.NOT_RUNNING or view.refusal is not None:
            return judge_cell(self.loaded, key, self.now)
        return None

    def take(self, ticked: Ticked) -> set[CellKey]:
        """Take what ticking made of the changes; return the cells to paint again."""
        before, after = self.changes, ticked.changes
        changed = {
            *(key for key in before if key not in after),
            *(key for key, change in after.items() if before.get(key) != change),
            *self.refusals,
            *ticked.refusals,
        }
        self.changes, self.judgement, self.refusals = ticked.changes, ticked.judgement, dict(ticked.refusals)
        for key in changed:
            self._views.pop(key, None)
        return changed
