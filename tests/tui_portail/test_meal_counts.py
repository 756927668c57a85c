"""Meals at an instant, from the bookings' own instants: what stood at the freeze, and each difference since."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import paris, the_commune
from tui_portail.meal_counts import (
    NOT_SUPPLIED,
    Cause,
    ChildRecord,
    Difference,
    FactChange,
    MealBooking,
    MealKind,
    cooked,
    count_meals,
    differences,
    freeze_instant,
    of_age,
    of_menu,
    with_differences,
    with_ordered_kinds,
)

THURSDAY = date(2026, 12, 3)
FREEZE = paris("2026-12-02 12:15")
BEFORE, AFTER, LATER = (FREEZE + timedelta(hours=hours) for hours in (-3, 1, 2))
SIX = MealKind("", under_six=False)
NO_PORK = MealKind("sans_porc", under_six=False)
CHILD = ChildRecord(1, date(2018, 5, 5))


def booked(child: ChildRecord = CHILD, **terms: object) -> MealBooking:
    values: dict[str, object] = {"booking_id": 10, "day": THURSDAY, "child": child, "counted_from": BEFORE}
    return MealBooking(**(values | terms))  # type: ignore[arg-type]


def changes_of(*bookings: MealBooking) -> list[tuple[int, MealKind, Cause]]:
    return [(one.change, one.kind, one.cause) for one in differences(bookings, FREEZE)]


@pytest.mark.parametrize(
    ("activity", "day", "frozen_at"),
    [
        ("RESTAURATION", date(2026, 12, 3), "2026-12-02 12:15"),
        ("RESTAURATION", date(2026, 11, 30), "2026-11-27 12:15"),
        ("ALSH_MERCREDI", date(2026, 12, 2), "2026-12-01 12:15"),
    ],
)
def test_meals_freeze_fifteen_minutes_after_their_limit(activity: str, day: date, frozen_at: str) -> None:
    commune = the_commune()
    rule = commune.policy.activity(activity)
    assert freeze_instant(rule, day, commune.policy, commune.calendar) == paris(frozen_at)


def test_what_is_paid_or_cancelled_at_the_very_instant_of_the_freeze_comes_after_it() -> None:
    second = timedelta(seconds=1)
    assert count_meals([booked(counted_from=FREEZE - second)], FREEZE) == {SIX: 1}
    assert count_meals([booked(counted_from=FREEZE)], FREEZE) == {}
    assert count_meals([booked(ended_at=FREEZE - second)], FREEZE) == {}
    assert count_meals([booked(ended_at=FREEZE)], FREEZE) == {SIX: 1}


def test_what_comes_and_leaves_after_the_freeze_says_why_in_the_order_it_happened() -> None:
    cancelled = booked(booking_id=1, ended_at=LATER, left=Cause.CANCELLED_LATE)
    derogation = booked(booking_id=2, counted_from=AFTER, came=Cause.DEROGATION)
    in_time = booked(booking_id=3, ended_at=BEFORE + timedelta(minutes=1))
    came_and_left = booked(booking_id=4, counted_from=AFTER, ended_at=LATER)
    stays = booked(booking_id=5)
    every = [cancelled, derogation, in_time, came_and_left, stays]
    assert changes_of(*every) == [(1, SIX, Cause.DEROGATION), (-1, SIX, Cause.CANCELLED_LATE)]
    assert differences(every, FREEZE)[0] == Difference(AFTER, 1, SIX, Cause.DEROGATION, 2, 1)


def test_a_menu_changed_after_the_freeze_is_one_less_of_the_old_and_one_more_of_the_new() -> None:
    child = replace(CHILD, diet="sans_porc", changes=(FactChange(AFTER, "diet", ""),))
    assert count_meals([booked(child)], FREEZE) == {SIX: 1}
    assert changes_of(booked(child)) == [(-1, SIX, Cause.MENU), (1, NO_PORK, Cause.MENU)]
    before = replace(child, changes=(FactChange(BEFORE, "diet", ""),))
    assert count_meals([booked(before)], FREEZE) == {NO_PORK: 1}
    assert changes_of(booked(before)) == []


def test_several_changes_of_one_child_are_walked_back_to_the_freeze() -> None:
    changes = (
        FactChange(AFTER, "diet", "sans_viande"),
        FactChange(LATER, "diet", ""),
        FactChange(LATER, "meal_supplied", before=False),
        FactChange(LATER, "birth_on", date(2021, 1, 1)),
    )
    child = replace(CHILD, diet="sans_porc", changes=changes)
    assert child.at(FREEZE) == replace(
        child, diet="sans_viande", meal_supplied=False, birth_on=date(2021, 1, 1), changes=changes
    )
    assert count_meals([booked(child)], FREEZE) == {MealKind(NOT_SUPPLIED, under_six=True): 1}
    assert {one.at for one in differences([booked(child)], FREEZE)} == {LATER}


def test_once_its_day_is_over_nothing_changes_what_was_cooked() -> None:
    midnight = paris("2026-12-04 00:00")
    for at, told in ((midnight - timedelta(seconds=1), 2), (midnight, 0)):
        child = replace(CHILD, diet="sans_porc", changes=(FactChange(at, "diet", ""),))
        assert len(changes_of(booked(child))) == told


def test_of_two_changes_of_one_instant_the_first_tells_what_was_before() -> None:
    changes = (FactChange(AFTER, "diet", ""), FactChange(AFTER, "diet", "sans_viande"))
    assert replace(CHILD, diet="sans_porc", changes=changes).at(FREEZE).diet == ""


def test_a_birth_corrected_moves_a_meal_from_an_age_to_the_other() -> None:
    child = replace(CHILD, birth_on=date(2021, 5, 5), changes=(FactChange(AFTER, "birth_on", date(2018, 5, 5)),))
    young = MealKind("", under_six=True)
    assert changes_of(booked(child)) == [(-1, SIX, Cause.AGE), (1, young, Cause.AGE)]


def test_a_child_merged_after_the_freeze_was_ordered_as_it_was_recorded_then() -> None:
    kept = ChildRecord(2, date(2018, 5, 5), "sans_porc")
    led = replace(CHILD, shown_as=((AFTER, kept),))
    assert changes_of(booked(led)) == [(-1, SIX, Cause.MENU), (1, NO_PORK, Cause.MENU)]
    assert {one.child_id for one in differences([booked(led)], FREEZE)} == {2}
    long_ago = replace(CHILD, shown_as=((None, kept),))
    assert count_meals([booked(long_ago)], FREEZE) == {NO_PORK: 1}
    assert changes_of(booked(long_ago)) == []


def test_a_child_received_without_a_meal_is_counted_and_nothing_is_cooked() -> None:
    supplied, not_supplied = booked(), booked(replace(CHILD, meal_supplied=False, diet="sans_porc"))
    young = booked(replace(CHILD, birth_on=date(2022, 1, 1), diet="sans_viande"))
    count = count_meals([supplied, not_supplied, young])
    assert cooked(count) == 2
    assert of_menu(count, NOT_SUPPLIED) == 1
    assert of_menu(count, "sans_viande") == 1
    assert (of_age(count, under_six=True), of_age(count, under_six=False)) == (1, 1)


INSTANTS = st.integers(-5, 5).map(lambda hours: FREEZE + timedelta(hours=hours))
RECORDS = st.builds(
    ChildRecord,
    st.integers(1, 3),
    st.sampled_from([date(2018, 5, 5), date(2021, 5, 5)]),
    st.sampled_from(["", "sans_porc"]),
    st.booleans(),
    st.lists(st.builds(FactChange, INSTANTS, st.just("diet"), st.sampled_from(["", "sans_viande"])), max_size=3).map(
        tuple
    ),
)
BOOKINGS = st.builds(
    MealBooking, st.integers(1, 99), st.just(THURSDAY), RECORDS, INSTANTS, st.one_of(st.none(), INSTANTS)
)


@given(st.lists(BOOKINGS, max_size=8))
def test_what_was_ordered_and_its_differences_always_make_what_stands(bookings: list[MealBooking]) -> None:
    ordered: Counter[MealKind] = count_meals(bookings, FREEZE)
    assert with_differences(ordered, differences(bookings, FREEZE)) == count_meals(bookings)


def test_a_meal_that_leaves_once_its_family_is_erased_is_taken_from_what_no_other_child_explains() -> None:
    known, erased = replace(CHILD, diet="sans_viande"), replace(CHILD, child_id=2, erased=True)
    bookings = [
        booked(known, booking_id=1),
        booked(CHILD, booking_id=2),
        booked(erased, booking_id=3, ended_at=LATER, left=Cause.CANCELLED_LATE),
        booked(erased, booking_id=4, ended_at=BEFORE),
    ]
    ordered = {MealKind("sans_viande", under_six=False): 1, SIX: 1, NO_PORK: 1}
    told = with_ordered_kinds(bookings, ordered, FREEZE)
    assert [one.ordered_as for one in told] == [None, None, NO_PORK, None]
    assert changes_of(*told) == [(-1, NO_PORK, Cause.CANCELLED_LATE)]
    assert with_ordered_kinds(bookings[:2], ordered, FREEZE) == tuple(bookings[:2])
    assert [one.ordered_as for one in with_ordered_kinds(bookings, {}, FREEZE)][2] == SIX, "an order that lacks it"
