"""A site's day counted: several limits bear on it, the smallest wins, and a newcomer comes after those who wait."""

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_portail.capacity import AgePlaces, CapacityLimit, SlotPlaces, other_limits, shared_with
from tui_portail.full_days import ages_words
from tui_portail.site_day import Seat, SiteDay, SlotCount, Tally, Waiting, count_site_day

WEDNESDAY, THURSDAY = date(2026, 12, 2), date(2026, 12, 3)
UNDER_SIX = CapacityLimit("HARMONIE", ("ALSH",), 20, under_age=6)
TOGETHER = CapacityLimit("HARMONIE", ("MATIN", "SOIR"), 3)


def seats(activity: str, *children: int, age: int = 8) -> list[Seat]:
    return [Seat(child, activity, age) for child in children]


def waiting(*asked: Seat) -> list[Waiting]:
    return [Waiting(place, seat) for place, seat in enumerate(asked, start=1)]


def a_day(
    places: dict[str, int],
    *taken: Seat,
    others: Iterable[CapacityLimit] = (),
    line: Iterable[Waiting] = (),
    offered: Iterable[Seat] = (),
) -> SiteDay:
    """A day of HARMONIE where `taken` are confirmed, nothing withheld."""
    counts = {
        activity: SlotCount(
            settled=sum(seat.activity == activity for seat in taken),
            offered=sum(seat.activity == activity for seat in offered),
        )
        for activity in places
    }
    slots = {activity: SlotPlaces(count) for activity, count in places.items()}
    return count_site_day("HARMONIE", others, slots, counts, [*taken, *offered], line, offered)


@pytest.mark.parametrize(
    ("booked", "withheld", "held", "in_line", "newcomer", "first"), [(5, 6, 8, 16, 15, 31), (2, 4, 5, 13, 26, 39)]
)
def test_a_newcomer_sees_the_places_less_those_who_wait(
    booked: int, withheld: int, held: int, in_line: int, newcomer: int, first: int
) -> None:
    line = waiting(*seats("ALSH", *range(100, 100 + in_line)))
    count = SlotCount(settled=booked, held=held, waiting=in_line)
    day = count_site_day("HARMONIE", (), {"ALSH": SlotPlaces(50, withheld)}, {"ALSH": count}, line=line)
    assert day.room(Seat(1, "ALSH", 8)).left == newcomer
    assert day.room(Seat(1, "ALSH", 8)).first == day.room(Seat(100, "ALSH", 8)).left == first


def test_the_limit_of_the_under_sixes_wins_for_them_and_bears_on_no_other() -> None:
    young, old = seats("ALSH", *range(18), age=5), seats("ALSH", 50)
    day = a_day({"ALSH": 50}, *young, *old, others=[UNDER_SIX])
    assert day.room(Seat(99, "ALSH", 5)).left == 2
    assert day.room(Seat(99, "ALSH", 5)).limit == UNDER_SIX
    assert day.room(Seat(99, "ALSH", 6)).left == 31


def test_more_who_wait_than_places_leave_a_newcomer_none_and_never_below() -> None:
    day = a_day({"ALSH": 4}, *seats("ALSH", 1, 2), line=waiting(*seats("ALSH", *range(10, 15))))
    room = day.room(Seat(99, "ALSH", 8))
    assert (room.left, room.first, room.waiting) == (0, 2, 5)


def test_those_who_wait_come_in_their_order() -> None:
    day = a_day({"ALSH": 3}, Seat(1, "ALSH", 8), line=waiting(*seats("ALSH", 10, 11, 12)))
    assert [day.room(Seat(child, "ALSH", 8)).left for child in (10, 11, 12)] == [2, 1, 0]
    assert [one.seat.child_id for one in Tally(day).may_be_offered()] == [10, 11]


def test_one_who_waits_for_its_age_s_limit_keeps_no_place_from_the_older() -> None:
    full = CapacityLimit("HARMONIE", ("ALSH",), 1, under_age=6)
    day = a_day({"ALSH": 3}, Seat(1, "ALSH", 5), others=[full], line=waiting(Seat(10, "ALSH", 5), Seat(11, "ALSH", 9)))
    assert [one.seat.child_id for one in Tally(day).may_be_offered()] == [11]
    assert day.room(Seat(99, "ALSH", 9)).left == 1
    assert day.room(Seat(99, "ALSH", 5)).left == 0


def test_a_limit_over_two_activities_counts_a_child_once() -> None:
    taken = [*seats("MATIN", 1, 2), *seats("SOIR", 1)]
    day = a_day({"MATIN": 9, "SOIR": 9}, *taken, others=[TOGETHER])
    assert day.room(Seat(3, "SOIR", 8)).left == 1
    assert day.room(Seat(2, "SOIR", 8)).left == 8, "already counted by the common limit: only the evening's own bears"
    tally = Tally(day)
    tally.give(Seat(3, "SOIR", 8))
    assert tally.room(Seat(4, "MATIN", 8)).left == 0
    tally.take_back(Seat(1, "SOIR", 8))
    assert tally.room(Seat(4, "MATIN", 8)).left == 0, "still there in the morning"
    tally.take_back(Seat(1, "MATIN", 8))
    assert tally.room(Seat(4, "MATIN", 8)).left == 1


def test_a_place_offered_is_taken_for_all_but_the_child_it_was_offered_to() -> None:
    mine = Seat(10, "ALSH", 8)
    day = a_day({"ALSH": 1}, offered=[mine])
    assert day.room(Seat(99, "ALSH", 8)).left == 0
    assert day.room(mine).left == 1
    tally = Tally(day)
    tally.give(mine)
    assert tally.room(Seat(99, "ALSH", 8)).first == 0, "the place offered became the booking: counted once"


def test_a_limit_lowered_under_what_is_taken_leaves_none_and_gives_none_back() -> None:
    tally = Tally(a_day({"ALSH": 1}, *seats("ALSH", 1, 2, 3)))
    tally.take_back(Seat(1, "ALSH", 8))
    assert tally.room(Seat(9, "ALSH", 8)).left == 0


def test_an_activity_that_the_site_does_not_offer_has_no_place() -> None:
    room = a_day({"ALSH": 5}).room(Seat(1, "SOIR", 8))
    assert (room.left, room.first, room.limit) == (0, 0, None)


def test_a_days_own_ages_stand_in_place_of_the_set_ups_on_that_activity_alone() -> None:
    set_up = (UNDER_SIX, CapacityLimit("HARMONIE", ("ALSH", "SOIR"), 60), CapacityLimit("MELODIE", ("ALSH",), 5))
    slots = {"ALSH": SlotPlaces(50), "SOIR": SlotPlaces(40)}
    assert other_limits("HARMONIE", WEDNESDAY, slots, set_up) == set_up[:2]
    slots["ALSH"] = SlotPlaces(50, ages=(AgePlaces(12, 3, 6),))
    assert other_limits("HARMONIE", WEDNESDAY, slots, set_up) == (
        CapacityLimit("HARMONIE", ("ALSH",), 12, 3, 6),
        set_up[1],
    )


def test_a_limit_bears_on_its_weekdays_only() -> None:
    mondays = CapacityLimit("HARMONIE", ("MATIN", "SOIR"), 3, weekdays=frozenset({0}))
    assert other_limits("HARMONIE", THURSDAY, {"SOIR": SlotPlaces(9)}, [mondays]) == ()
    assert shared_with("HARMONIE", "SOIR", THURSDAY, [mondays, TOGETHER]) == ("MATIN",)
    assert shared_with("HARMONIE", "SOIR", THURSDAY, [mondays]) == ()


@pytest.mark.parametrize(
    ("from_age", "under_age", "words"),
    [
        (0, 6, "les moins de 6 ans"),
        (3, 6, "les 3 à 5 ans"),
        (6, None, "les 6 ans et plus"),
        (3, 4, "les 3 ans"),
        (0, None, "tous les âges"),
        (0, 1, "les moins de 1 an"),
    ],
)
def test_ages_are_said_as_at_the_counter(from_age: int, under_age: int | None, words: str) -> None:
    assert ages_words(from_age, under_age) == words


ACTIVITIES = ("MATIN", "SOIR", "ALSH")
SEATS = st.builds(Seat, st.integers(1, 8), st.sampled_from(ACTIVITIES), st.just(0))
AGES = {child: 2 + child for child in range(1, 9)}  # from 3 to 10
LIMITS = st.builds(
    CapacityLimit,
    st.just("HARMONIE"),
    st.lists(st.sampled_from(ACTIVITIES), min_size=1, max_size=3, unique=True).map(tuple),
    st.integers(0, 6),
    st.integers(0, 6),
    st.sampled_from([None, 7, 9]),
)


def aged(found: Iterable[Seat]) -> list[Seat]:
    """Each child on an activity once, at its own age."""
    return [Seat(child, activity, AGES[child]) for child, activity in dict.fromkeys(seat.key for seat in found)]


@given(
    st.fixed_dictionaries({activity: st.integers(0, 6) for activity in ACTIVITIES}),
    st.lists(LIMITS, max_size=4),
    st.lists(SEATS, max_size=12),
    st.lists(SEATS, max_size=12),
    st.lists(SEATS, max_size=6),
)
def test_whatever_the_limits_nothing_is_given_over_any_of_them_and_the_smallest_wins(
    places: dict[str, int], limits: list[CapacityLimit], booked: list[Seat], asked: list[Seat], line: list[Seat]
) -> None:
    taken = aged(booked)
    keys = {seat.key for seat in taken}
    waits = [seat for seat in aged(line) if seat.key not in keys]
    day = a_day(places, *taken, others=limits, line=waiting(*waits))
    tally = Tally(day)
    given_seats: list[Seat] = []
    own = [CapacityLimit("HARMONIE", (activity,), count) for activity, count in places.items()]
    for seat in aged(asked):
        if seat.key in keys:
            continue
        here = [*taken, *given_seats]
        bearing = [
            limit.places - children_of(limit, here)
            for limit in [*own, *limits]
            if limit.counts(seat.activity, seat.age)
            and (limit in own or not any(one.child_id == seat.child_id for one in here if counts(limit, one)))
        ]
        room = tally.room(seat)
        assert room.first == max(min(bearing), 0), "the smallest wins"
        assert 0 <= room.left <= room.first
        if not [one for one in waits if one.key not in {one.key for one in given_seats}]:
            assert room.left == room.first
        if room.left > 0:
            tally.give(seat)
            given_seats.append(seat)
    for limit in [*own, *limits]:
        before, after = children_of(limit, taken), children_of(limit, [*taken, *given_seats])
        assert after <= max(limit.places, before), limit


def counts(limit: CapacityLimit, seat: Seat) -> bool:
    return limit.counts(seat.activity, seat.age)


def children_of(limit: CapacityLimit, here: Iterable[Seat]) -> int:
    return len({seat.child_id for seat in here if counts(limit, seat)})
