"""Ticking a day beside many others, without a screen: what a key takes of the processor, its amount judged."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from time import process_time

from bench.planning_month import town_desk
from bench.table import Figure
from bench.timing import percentile
from bench.town import LAST_DAY, NOW
from models.engine import Database
from screens.planning_state import PlanningState
from screens.planning_window import PlanningWindow
from tui_portail.period_ticks import tick_over_period, week_keys_between
from tui_portail.planning import CellKey, PlanningSnapshot
from tui_portail.policy import RunsOn
from tui_portail.services.planning import load_planning

CHILDREN, FEW, TICK_95_MS = 3, 12, 30


def measure_ticking(database: Database, dossier: int, presses: int) -> list[Figure]:
    """Tick and untick a day of a family's three children, a few others ticked, then a usual week to the end of the school year."""
    first = NOW.date()
    read = load_planning(town_desk(database), dossier, first, LAST_DAY)
    snapshot = replace(read, children=read.children[:CHILDREN])
    rules = [rule for rule in snapshot.commune.policy.activities.values() if rule.runs_on is RunsOn.SCHOOL_DAYS]
    week = tuple((weekday, rule.code) for weekday in (0, 1, 3, 4) for rule in rules)
    keys = week_keys_between(week, [child.child_id for child in snapshot.children], first, LAST_DAY)
    few, times_few = _key_times(snapshot, keys[-FEW:], presses)
    many, times_many = _key_times(snapshot, keys, presses)
    return [
        Figure(f"a key beside {few} days ticked, the amount judged, processor, median", median(times_few), "ms"),
        Figure(f"a key beside {many} days ticked, the amount judged, processor, median", median(times_many), "ms"),
        Figure("the same, 95 %", percentile(times_many, 0.95), "ms", TICK_95_MS),
    ]


def _key_times(snapshot: PlanningSnapshot, keys: tuple[CellKey, ...], presses: int) -> tuple[int, list[float]]:
    """Return how many days are ticked, and what each key took: the last of them off, then on again."""
    state = PlanningState(lambda: NOW)
    state.load(replace(snapshot), PlanningWindow(NOW.date()))
    state.take(tick_over_period(state.loaded, {}, keys, NOW))
    ticked = len(state.changes)
    last = list(state.changes)[-1:]
    times = []
    for _ in range(presses):
        start = process_time()
        state.toggle(last)
        times.append((process_time() - start) * 1000)
    return ticked, times
