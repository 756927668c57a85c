"""Ticking days: what goes with what, whole rows, the brothers and sisters, the weeks to come; a refused tick says why."""

from collections.abc import Iterable
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
from tui_portail.planning import CellKey, Changes, PlanningSnapshot, Tick
from tui_portail.planning_ticks import (
    MARKS,
    CellState,
    Ticked,
    cell,
    copy_week_keys,
    last_day_before_holidays,
    rows,
    siblings_keys,
    tick_many,
    toggle,
    week_keys,
    weekday_keys,
    what_a_key_ticks,
    with_derogation,
    with_payer,
)

WEDNESDAY, THURSDAY, FRIDAY = date(2026, 12, 2), date(2026, 12, 3), date(2026, 12, 4)


def key(activity: str, day: date, child_id: int = 1) -> CellKey:
    return CellKey(child_id, activity, day)


def press(planning: PlanningSnapshot, changes: Changes, keys: Iterable[CellKey]) -> Ticked:
    """A key that bears on several cells."""
    wanted, tick = what_a_key_ticks({one: cell(planning, changes, one, NOW) for one in keys})
    return tick_many(planning, changes, wanted, tick, NOW)


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
    ticked = press(planning, {}, week)
    meals = sorted(change.day for change in ticked.changes if change.activity == MEAL)
    assert meals == [date(2026, 12, day) for day in (7, 8, 10, 11)], "no meal on a Wednesday, and nothing said of it"
    assert ticked.refusals == {}
    assert press(planning, ticked.changes, week).changes == {}


SCHOOL_DAYS = [date(2026, 12, day) for day in (7, 8, 10, 11)]
WEEK = [key(EVENING, date(2026, 12, day)) for day in range(7, 12)]


def test_a_second_press_takes_back_the_days_ticked_and_never_those_already_paid() -> None:
    planning = snapshot(*(booked(EVENING, day) for day in SCHOOL_DAYS[:2]))
    ticked = press(planning, {}, WEEK)
    assert set(ticked.changes) == {key(EVENING, day) for day in SCHOOL_DAYS[2:]}
    assert press(planning, ticked.changes, WEEK).changes == {}


def test_a_second_press_leaves_the_days_on_hold_too() -> None:
    until = NOW + timedelta(minutes=10)
    planning = snapshot(booked(EVENING, SCHOOL_DAYS[0], "held", until=until))
    assert press(planning, press(planning, {}, WEEK).changes, WEEK).changes == {}


def test_a_week_already_booked_whole_is_removed_and_a_second_press_keeps_it() -> None:
    planning = snapshot(*(booked(EVENING, day) for day in SCHOOL_DAYS))
    removed = press(planning, {}, WEEK)
    assert {change.tick for change in removed.changes.values()} == {Tick.REMOVE}
    assert len(removed.changes) == 4
    assert press(planning, removed.changes, WEEK).changes == {}


def test_a_day_ticked_to_be_removed_stays_so_while_the_week_is_ticked_and_taken_back() -> None:
    planning = snapshot(*(booked(EVENING, day) for day in SCHOOL_DAYS[:2]))
    one = toggle(planning, {}, key(EVENING, SCHOOL_DAYS[0]), NOW).changes
    ticked = press(planning, one, WEEK)
    assert sorted(change.tick for change in ticked.changes.values()) == [Tick.ADD, Tick.ADD, Tick.REMOVE]
    assert press(planning, ticked.changes, WEEK).changes == one


def test_a_cancelled_day_that_can_be_booked_again_is_ticked_before_its_week_is_ever_removed() -> None:
    planning = snapshot(
        *(booked(EVENING, day) for day in SCHOOL_DAYS[1:]), cancelled={key(EVENING, SCHOOL_DAYS[0]): "cancelled"}
    )
    ticked = press(planning, {}, WEEK)
    assert [(change.key.day, change.tick) for change in ticked.changes.values()] == [(SCHOOL_DAYS[0], Tick.ADD)]


def test_taking_a_ticked_meal_back_never_cancels_the_break_already_paid() -> None:
    planning = snapshot(booked(BREAK, FRIDAY))
    ticked = toggle(planning, {}, key(MEAL, FRIDAY), NOW)
    assert set(ticked.changes) == {key(MEAL, FRIDAY)}
    assert toggle(planning, ticked.changes, key(MEAL, FRIDAY), NOW).changes == {}


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
