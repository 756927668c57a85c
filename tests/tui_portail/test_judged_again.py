"""What was answered of a day is kept beside the snapshot: it must never be another answer than the rules would give now."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.factories import paris, the_commune
from tests.tui_portail.plannings import (
    BREAK,
    EVENING,
    MEAL,
    MORNING,
    NOW,
    WEDNESDAYS,
    alternating,
    booked,
    child,
    payer,
    snapshot,
)
from tui_portail.payment_rules import AvoirBalance
from tui_portail.planning import CellKey, Change, LiveBasket, PlanningSnapshot, Tick
from tui_portail.planning_judgement import judge_changes

TUESDAY, WEDNESDAY, THURSDAY = date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)
UNTIL = paris("2026-12-02 12:20")  # past the moment the kitchen of Thursday freezes
INSTANTS = sorted(
    paris(f"2026-12-0{day} {hour}")
    for day in (1, 2, 3)
    for hour in ("00:00:00", "10:30:00", "11:59:59", "12:00:00", "12:16:00", "12:19:59", "12:20:00", "23:59:59")
)
KEYS = st.builds(
    CellKey,
    st.sampled_from([1, 2]),
    st.sampled_from([MORNING, MEAL, BREAK, EVENING, WEDNESDAYS]),
    st.sampled_from([TUESDAY, WEDNESDAY, THURSDAY, date(2026, 12, 4), date(2026, 12, 14)]),
)
ASKED = st.builds(
    Change,
    KEYS,
    st.sampled_from([Tick.ADD, Tick.ADD, Tick.REMOVE]),
    st.sampled_from(["", "", "Urgence"]),
    st.sampled_from([None, None, 1, 2]),
)
Step = tuple[
    list[Change], list[CellKey], datetime, bool
]  # asked, forgotten, the clock, whether the next day is looked for
STEPS = st.tuples(st.lists(ASKED, max_size=4), st.lists(KEYS, max_size=2), st.sampled_from(INSTANTS), st.booleans())


def a_planning(places: int, debt_cents: int, exclusive: bool) -> PlanningSnapshot:
    """Two children in turn with two payers; one has a basket extended past a freeze, the other an avoir, maybe a debt."""
    commune = the_commune()
    if exclusive:
        activities = dict(commune.policy.activities)
        activities[EVENING] = replace(activities[EVENING], excludes=(MORNING,))
        commune = replace(commune, policy=replace(commune.policy, activities=activities))
    shared = {"custody": alternating(1, 2)}
    return snapshot(
        booked(EVENING, THURSDAY),
        booked(MORNING, THURSDAY, "held", child_id=2, until=UNTIL),
        booked(BREAK, date(2026, 12, 4), "held", payer_id=2, until=UNTIL),
        children=(child(1, 1, **shared), child(2, 2, **shared)),
        payers=(
            payer(1, basket=LiveBasket(9, UNTIL, 1, ())),
            payer(2, avoirs=(AvoirBalance(5, NOW, 10_00),), debt_cents=debt_cents),
        ),
        places={("HARMONIE", EVENING, date(2026, 12, 14)): places},
        commune=commune,
    )


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2), st.sampled_from([0, 3_00]), st.booleans(), st.lists(STEPS, min_size=2, max_size=8))
@example(  # the limit passes, then the clock is put right
    2,
    0,
    False,
    [
        ([Change(CellKey(1, MORNING, THURSDAY), Tick.ADD)], [], paris(f"2026-12-02 {hour}"), True)
        for hour in ("11:59:59", "12:00:00", "11:59:59")
    ],
)
@example(  # the day of a derogation is over
    2,
    0,
    False,
    [
        ([Change(CellKey(2, MORNING, TUESDAY), Tick.ADD, "Urgence")], [], paris(at), True)
        for at in ("2026-12-01 23:59:59", "2026-12-02 00:00:00")
    ],
)
@example(  # the kitchen's freeze, the limit, then the end of the basket
    2,
    0,
    False,
    [
        ([Change(CellKey(1, MEAL, THURSDAY), Tick.ADD, derogation)], [], paris(f"2026-12-02 {hour}"), True)
        for derogation in ("", "Urgence")
        for hour in ("10:30:00", "11:59:59", "12:00:00", "12:16:00", "12:19:59", "12:20:00")
    ],
)
@example(  # another payer, then another reason
    2,
    0,
    False,
    [
        ([Change(CellKey(1, MORNING, TUESDAY), Tick.ADD, derogation, payer_id)], [], NOW, True)
        for derogation, payer_id in (("Urgence", None), ("Urgence", 2), ("Hôpital", 2), ("", 2))
    ],
)
def test_what_is_kept_of_the_days_ticked_before_is_what_the_rules_answer_now(
    places: int, debt_cents: int, exclusive: bool, steps: list[Step]
) -> None:
    """Days are ticked and unticked, payers and derogations changed, the clock goes on or back."""
    kept = a_planning(places, debt_cents, exclusive)
    changes: Mapping[CellKey, Change] = {}
    for asked, forgotten, now, next_day in steps:
        changes = {key: change for key, change in changes.items() if key not in forgotten}
        changes = {**changes, **{change.key: change for change in asked}}
        again = judge_changes(kept, changes, now, next_day=next_day)
        assert again == judge_changes(replace(kept), changes, now, next_day=next_day), now


def test_a_snapshot_replaced_starts_without_what_was_answered() -> None:
    planning = a_planning(2, 0, exclusive=False)
    change = Change(CellKey(1, MORNING, date(2026, 12, 14)), Tick.ADD)
    judge_changes(planning, {change.key: change}, NOW)
    assert set(planning.answered) == {change.key}
    assert not replace(planning).answered
    assert planning == replace(planning), "it is no fact"


def test_days_ticked_before_are_not_asked_of_the_rules_again() -> None:
    planning = a_planning(2, 0, exclusive=False)
    asked = [Change(CellKey(1, MORNING, TUESDAY + timedelta(days=step)), Tick.ADD) for step in (9, 10)]
    first = judge_changes(planning, {change.key: change for change in asked[:1]}, NOW)
    both = judge_changes(planning, {change.key: change for change in asked}, NOW)
    assert both.additions[0] is first.additions[0]
