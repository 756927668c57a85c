"""Ticked days against the limits of their day: brothers and sisters count together, what leaves frees its place, none is oversold."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import the_commune
from tests.tui_portail.plannings import EVENING, MORNING, NOW, booked, child, snapshot
from tui_portail.capacity import CapacityLimit, SlotPlaces
from tui_portail.planning import CellKey, Change, Changes, Judgement, PlanningBooking, PlanningSnapshot, Tick
from tui_portail.planning_judgement import judge_cell, judge_changes
from tui_portail.planning_ticks import CellState, cell
from tui_portail.site_day import Seat, SiteDay, SlotCount, Waiting, count_site_day

FRIDAY = date(2026, 12, 4)
BIRTHS = (
    date(2018, 5, 2),
    date(2021, 5, 2),
    date(2021, 12, 4),
    date(2020, 12, 5),
)  # 8, 5, 5 and 5 years old that Friday
UNDER_SIX = CapacityLimit("HARMONIE", (EVENING,), 2, under_age=6)


def a_planning(day: SiteDay, *bookings: PlanningBooking, births: tuple[date, ...] = BIRTHS) -> PlanningSnapshot:
    """Four children, whose Friday at HARMONIE is counted as given."""
    children = tuple(child(number, number, birth_on=born) for number, born in enumerate(births, start=1))
    made = snapshot(*bookings, children=children)
    return replace(made, places={**made.places, ("HARMONIE", FRIDAY): day})


def a_day(
    places: dict[str, int],
    taken: Iterable[Seat] = (),
    others: Iterable[CapacityLimit] = (),
    line: Iterable[Waiting] = (),
) -> SiteDay:
    seats = list(taken)
    counts = {code: SlotCount(settled=sum(seat.activity == code for seat in seats)) for code in places}
    return count_site_day(
        "HARMONIE", others, {code: SlotPlaces(count) for code, count in places.items()}, counts, seats, line
    )


def ticked(tick: Tick, *cells: tuple[int, str]) -> Changes:
    keys = [CellKey(number, activity, FRIDAY) for number, activity in cells]
    return {key: Change(key, tick) for key in keys}


def refused(judgement: Judgement) -> dict[int, str]:
    return {key.child_id: refusal.code for key, refusal in judgement.refusals.items()}


def test_brothers_and_sisters_of_one_gesture_count_against_the_limit_of_their_age() -> None:
    day = a_day({EVENING: 10}, [Seat(90, EVENING, 5)], [UNDER_SIX])
    judgement = judge_changes(a_planning(day), ticked(Tick.ADD, (1, EVENING), (2, EVENING), (3, EVENING)), NOW)
    assert refused(judgement) == {3: "COMPLET"}
    [refusal] = judgement.refusals.values()
    assert "il ne reste plus de place pour les moins de 6 ans ce jour-là" in refusal.sentence


def test_a_day_left_in_the_same_gesture_frees_its_place_in_every_limit() -> None:
    day = a_day({EVENING: 2}, [Seat(90, EVENING, 5), Seat(2, EVENING, 5)], [UNDER_SIX])
    planning = a_planning(day, booked(EVENING, FRIDAY, child_id=2))
    assert refused(judge_changes(planning, ticked(Tick.ADD, (3, EVENING)), NOW)) == {3: "COMPLET"}
    swap = {**ticked(Tick.REMOVE, (2, EVENING)), **ticked(Tick.ADD, (3, EVENING))}
    assert refused(judge_changes(planning, swap, NOW)) == {}


def test_the_places_kept_for_those_who_wait_are_refused_with_how_many_they_are_and_shown_as_full() -> None:
    line = [Waiting(1, Seat(90, EVENING, 8)), Waiting(2, Seat(91, EVENING, 8))]
    planning, key = a_planning(a_day({EVENING: 2}, line=line)), CellKey(1, EVENING, FRIDAY)
    refusal = judge_cell(planning, key, NOW, next_day=False)
    assert refusal.code == "PLACES_GARDEES"
    assert refusal.sentence == (
        "« ALP soir » du vendredi 4 décembre 2026 pour Enfant1 : 2 enfants attendent déjà une place ce jour-là, "
        "celles qui restent leur sont gardées. Inscrivez la famille sur la liste d’attente."
    )
    assert cell(planning, {}, key, NOW).state is CellState.FULL


def test_a_child_whose_turn_it_is_takes_the_place_that_is_left() -> None:
    line = [Waiting(1, Seat(1, EVENING, 8)), Waiting(2, Seat(91, EVENING, 8))]
    planning = a_planning(a_day({EVENING: 1}, line=line))
    assert refused(judge_changes(planning, ticked(Tick.ADD, (1, EVENING)), NOW)) == {}
    assert refused(judge_changes(planning, ticked(Tick.ADD, (2, EVENING)), NOW)) == {2: "PLACES_GARDEES"}


def test_an_age_that_the_activity_does_not_receive_is_a_refusal_of_the_planning_with_its_sentence() -> None:
    commune = the_commune()
    activities = dict(commune.policy.activities)
    activities[EVENING] = replace(activities[EVENING], from_age=6)
    of_age = replace(commune, policy=replace(commune.policy, activities=activities))
    facts = replace(child(1).facts, birth_on=date(2020, 12, 5))
    young = replace(child(1), birth_on=date(2020, 12, 5), facts=facts)
    planning = snapshot(children=(young,), commune=of_age)
    view = cell(planning, {}, CellKey(1, EVENING, FRIDAY), NOW)
    assert view.state is CellState.REFUSED
    assert view.refusal is not None
    assert "à partir du samedi 5 décembre 2026" in view.refusal.sentence
    assert cell(planning, {}, CellKey(1, EVENING, date(2026, 12, 7)), NOW).state is CellState.FREE


ACTIVITIES = (MORNING, EVENING)
SEATS = st.tuples(st.integers(1, 8), st.sampled_from(ACTIVITIES))
LIMITS = st.builds(
    CapacityLimit,
    st.just("HARMONIE"),
    st.lists(st.sampled_from(ACTIVITIES), min_size=1, max_size=2, unique=True).map(tuple),
    st.integers(0, 5),
    st.sampled_from([0, 6]),
    st.sampled_from([None, 7, 9]),
)


@settings(max_examples=150)
@given(
    st.fixed_dictionaries({activity: st.integers(0, 6) for activity in ACTIVITIES}),
    st.lists(LIMITS, max_size=4),
    st.sets(SEATS, max_size=10),
    st.dictionaries(st.tuples(st.integers(1, 4), st.sampled_from(ACTIVITIES)), st.sampled_from(Tick), max_size=8),
)
def test_what_is_accepted_oversells_no_limit_and_what_is_refused_had_none_left(
    places: dict[str, int],
    limits: list[CapacityLimit],
    taken: set[tuple[int, str]],
    asked: dict[tuple[int, str], Tick],
) -> None:
    """Children 1 to 4 are the family's; the others' ages go from 4 to 7."""
    ages = {1: 8, 2: 5, 3: 5, 4: 5} | {number: number - 1 for number in range(5, 9)}
    before = {Seat(number, activity, ages[number]) for number, activity in taken}
    bookings = [booked(activity, FRIDAY, child_id=number) for number, activity in taken if number <= 4]
    planning = a_planning(a_day(places, before, limits), *bookings)
    changes = {
        CellKey(number, activity, FRIDAY): Change(CellKey(number, activity, FRIDAY), tick)
        for (number, activity), tick in asked.items()
    }
    judgement = judge_changes(planning, changes, NOW)
    gone = {planning.seat(removal.booking.key) for removal in judgement.removals}
    came = {planning.seat(addition.change.key) for addition in judgement.additions}
    after = before - gone | came
    own = [CapacityLimit("HARMONIE", (activity,), count) for activity, count in places.items()]
    for limit in (*own, *limits):
        assert on(limit, after) <= max(limit.places, on(limit, before - gone)), limit
    for key, refusal in judgement.refusals.items():
        if refusal.code == "COMPLET":
            seat = planning.seat(key)
            full = [limit for limit in (*own, *limits) if limit.counts(seat.activity, seat.age)]
            assert any(on(limit, after | {seat}) > limit.places for limit in full), "the smallest was reached"


def on(limit: CapacityLimit, seats: Iterable[Seat]) -> int:
    return len({seat.child_id for seat in seats if limit.counts(seat.activity, seat.age)})
