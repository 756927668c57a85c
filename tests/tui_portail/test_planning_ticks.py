"""Ticking days: what goes with what, whole rows, the brothers and sisters, the weeks to come; a refused tick says why."""

from datetime import date, timedelta

import pytest

from tests.tui_portail.plannings import (
    BREAK,
    EVENING,
    HOLIDAYS,
    MEAL,
    MONDAY,
    NOW,
    SUNDAY,
    WEDNESDAYS,
    booked,
    child,
    payer,
    snapshot,
)
from tui_portail.booking_rules import ChildFacts
from tui_portail.planning import CellKey, Tick
from tui_portail.planning_ticks import (
    MARKS,
    CellState,
    cell,
    copy_week_keys,
    last_day_before_holidays,
    rows,
    siblings_keys,
    tick_many,
    toggle,
    week_keys,
    weekday_keys,
    with_derogation,
    with_payer,
)

WEDNESDAY, THURSDAY, FRIDAY = date(2026, 12, 2), date(2026, 12, 3), date(2026, 12, 4)


def key(activity: str, day: date, child_id: int = 1) -> CellKey:
    return CellKey(child_id, activity, day)


def test_the_meal_is_ticked_with_its_break_and_unticked_with_it() -> None:
    planning = snapshot()
    ticked = toggle(planning, {}, key(MEAL, THURSDAY), NOW)
    assert set(ticked.changes) == {key(MEAL, THURSDAY), key(BREAK, THURSDAY)}
    assert toggle(planning, ticked.changes, key(MEAL, THURSDAY), NOW).changes == {}


def test_the_break_alone_is_allowed_and_taking_it_back_takes_the_meal() -> None:
    planning = snapshot()
    assert set(toggle(planning, {}, key(BREAK, THURSDAY), NOW).changes) == {key(BREAK, THURSDAY)}
    both = toggle(planning, {}, key(MEAL, THURSDAY), NOW).changes
    assert toggle(planning, both, key(BREAK, THURSDAY), NOW).changes == {}


def test_the_agent_may_keep_the_break_when_the_meal_is_cancelled() -> None:
    planning = snapshot(booked(MEAL, FRIDAY), booked(BREAK, FRIDAY))
    with_break = toggle(planning, {}, key(MEAL, FRIDAY), NOW)
    assert set(with_break.changes) == {key(MEAL, FRIDAY), key(BREAK, FRIDAY)}
    kept = toggle(planning, {}, key(MEAL, FRIDAY), NOW, keep_brought=True)
    assert set(kept.changes) == {key(MEAL, FRIDAY)}
    assert kept.changes[key(MEAL, FRIDAY)].tick is Tick.REMOVE


def test_a_tick_past_its_limit_does_not_enter_and_says_why() -> None:
    at_noon = NOW.replace(hour=12, minute=0)
    ticked = toggle(snapshot(), {}, key(EVENING, date(2026, 12, 2) - timedelta(1)), at_noon)
    assert ticked.changes == {}
    [refusal] = ticked.refusals.values()
    assert refusal.code == "LIMITE_PASSEE"
    assert "midi" in refusal.sentence or "12 h" in refusal.sentence


def test_a_derogation_lifts_the_limit_and_nothing_else() -> None:
    today = date(2026, 12, 1)
    planning = snapshot(places={("HARMONIE", EVENING, THURSDAY): 0})
    lifted = with_derogation(planning, {}, key(EVENING, today), "mère hospitalisée", NOW)
    assert lifted.changes[key(EVENING, today)].derogation == "mère hospitalisée"
    full = with_derogation(planning, {}, key(EVENING, THURSDAY), "mère hospitalisée", NOW)
    assert full.changes == {}
    assert [refusal.code for refusal in full.refusals.values()] == ["COMPLET"]


def test_a_whole_week_is_one_gesture_and_a_second_takes_it_back() -> None:
    planning = snapshot()
    next_week = date(2026, 12, 9)
    week = week_keys(key(MEAL, next_week), planning.first_day, planning.last_day)
    ticked = tick_many(planning, {}, week, None, NOW)
    meals = sorted(change.day for change in ticked.changes if change.activity == MEAL)
    assert meals == [date(2026, 12, day) for day in (7, 8, 10, 11)], "no meal on a Wednesday, and nothing said of it"
    assert ticked.refusals == {}
    running = [cell_key for cell_key in week if cell_key.day.weekday() != 2]
    assert tick_many(planning, ticked.changes, running, None, NOW).changes == {}


def test_the_same_week_for_the_brothers_and_sisters_leaves_out_a_child_without_site() -> None:
    nursery = child(3, 3, facts=ChildFacts("Petit", {}))
    planning = snapshot(children=(child(1, 1), child(2, 2), nursery))
    keys = siblings_keys(planning, week_keys(key(EVENING, date(2026, 12, 7)), MONDAY, SUNDAY))
    assert {cell_key.child_id for cell_key in keys} == {1, 2}


def test_the_same_weekday_goes_on_until_the_holidays() -> None:
    planning = snapshot()
    until = last_day_before_holidays(planning, THURSDAY)
    assert until == date(2026, 12, 18) or until == date(2026, 12, 20)
    days = [cell_key.day for cell_key in weekday_keys(key(EVENING, THURSDAY), until)]
    assert days == [date(2026, 12, 3), date(2026, 12, 10), date(2026, 12, 17)]


def test_a_week_is_copied_forward_with_what_is_booked_and_what_is_ticked() -> None:
    planning = snapshot(booked(EVENING, THURSDAY))
    ticked = toggle(planning, {}, key(MEAL, FRIDAY, 2), NOW).changes
    keys = copy_week_keys(planning, ticked, MONDAY, date(2026, 12, 18), NOW)
    assert set(keys) == {key(EVENING, THURSDAY + timedelta(weeks=week)) for week in (1, 2)} | {
        key(code, FRIDAY + timedelta(weeks=week), 2) for code in (MEAL, BREAK) for week in (1, 2)
    }


def test_the_other_payer_is_charged_for_a_ticked_day_and_what_it_brings() -> None:
    planning = snapshot(payers=(payer(1), payer(2)))
    ticked = toggle(planning, {}, key(MEAL, THURSDAY), NOW)
    changed = with_payer(planning, ticked.changes, key(MEAL, THURSDAY), 2, "accord écrit des parents", NOW)
    assert {change.payer_id for change in changed.changes.values()} == {2}
    assert [bill.payer_id for bill in changed.judgement.bills] == [2]


@pytest.mark.parametrize(
    ("state", "expected"),
    [("confirmed", CellState.CONFIRMED), ("due", CellState.DUE), ("held", CellState.HELD)],
)
def test_each_booking_shows_its_state(state: str, expected: CellState) -> None:
    until = NOW + timedelta(minutes=5) if state == "held" else None
    planning = snapshot(booked(EVENING, FRIDAY, state, until=until))
    assert cell(planning, {}, key(EVENING, FRIDAY), NOW).state is expected


def test_an_expired_hold_shows_as_free_without_any_event() -> None:
    planning = snapshot(booked(EVENING, FRIDAY, "held", until=NOW))
    assert cell(planning, {}, key(EVENING, FRIDAY), NOW).state is CellState.FREE


def test_each_cell_says_free_full_late_impossible_or_nothing_runs() -> None:
    planning = snapshot(
        places={("HARMONIE", EVENING, THURSDAY): 0},
        cancelled={key(EVENING, FRIDAY): "cancelled"},
        children=(child(1, 1, facts=ChildFacts("A", child().facts.sites)),),
    )
    shown = {
        key(EVENING, date(2026, 12, 7)): CellState.FREE,
        key(EVENING, THURSDAY): CellState.FULL,
        key(EVENING, date(2026, 12, 1)): CellState.LATE,
        key(WEDNESDAYS, date(2026, 12, 9)): CellState.REFUSED,
        key(EVENING, WEDNESDAY): CellState.NOT_RUNNING,
        key(EVENING, FRIDAY): CellState.CANCELLED,
    }
    assert {cell_key: cell(planning, {}, cell_key, NOW).state for cell_key in shown} == shown


def test_every_state_has_its_own_letter() -> None:
    assert set(MARKS) == set(CellState)
    assert len(set(MARKS.values())) == len(MARKS)
    assert all(len(mark) == 1 for mark in MARKS.values())


def test_the_grid_leaves_out_what_runs_on_no_day_of_the_window() -> None:
    planning = snapshot()
    school_week = [row.activity for row in rows(planning, MONDAY, MONDAY + timedelta(6)) if row.child_id == 1]
    assert HOLIDAYS not in school_week
    assert WEDNESDAYS in school_week
    holidays = [row.activity for row in rows(planning, date(2026, 12, 21), date(2026, 12, 27)) if row.child_id == 1]
    assert holidays == [HOLIDAYS]
