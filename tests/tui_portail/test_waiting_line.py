"""The waiting list: how long an offer holds, until when one waits, in words; and its order over any history of a day."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import paris, the_commune
from tests.tui_portail.plannings import EVENING, NOW, WEDNESDAYS, booked, payer, snapshot
from tui_portail.capacity import CapacityLimit, SlotPlaces
from tui_portail.full_days import FULL
from tui_portail.planning import CellKey
from tui_portail.planning_judgement import judge_waiting
from tui_portail.planning_ticks import CellState, cell
from tui_portail.site_day import Seat, SiteDay, SlotCount, Tally, Waiting, count_site_day
from tui_portail.waiting_line import WaitingPlace, is_over, offer_until, until_words

FRIDAY = date(2026, 12, 4)
SITE = the_commune().sites_for("ELEMENTAIRE")[EVENING]


@pytest.mark.parametrize(
    ("now", "until"),
    [("2026-12-01 10:30", "2026-12-02 10:30"), ("2026-12-02 18:00", "2026-12-03 12:00")],
    ids=["its own time", "never past the limit"],
)
def test_an_offer_holds_its_own_time_never_past_the_limit_of_the_day(now: str, until: str) -> None:
    commune = the_commune()
    assert offer_until(commune.policy, commune.calendar, EVENING, FRIDAY, paris(now)) == paris(until)


def test_one_waits_until_the_limit_of_a_day_on_which_the_activity_runs() -> None:
    policy, calendar = the_commune().policy, the_commune().calendar

    def over(activity: str, day: date, now: str) -> bool:
        return is_over(policy, calendar, activity, SITE, day, paris(now))

    assert not over(EVENING, FRIDAY, "2026-12-03 11:59")
    assert over(EVENING, FRIDAY, "2026-12-03 12:00")
    assert over(WEDNESDAYS, FRIDAY, "2026-12-01 10:30")
    assert over("SUPPRIMEE", FRIDAY, "2026-12-01 10:30")


def test_an_offer_is_said_by_its_end_which_no_one_takes_for_a_time_left() -> None:
    until = paris("2026-12-02 08:11")
    assert until_words(until) == "jusqu’au 02/12 8 h 11"
    assert "(touche l : la rendre)" in WaitingPlace(7, NOW, 1, until).words


def test_a_full_day_shows_who_waits_and_an_offer_is_its_childs_own() -> None:
    key = CellKey(1, EVENING, FRIDAY)
    full = {(SITE, EVENING, FRIDAY): 0}
    waits = snapshot(places=full, waiting={key: WaitingPlace(7, NOW, 2)})
    assert cell(waits, {}, key, NOW).state is CellState.WAITING
    offered = snapshot(waiting={key: WaitingPlace(7, NOW, 1, NOW + timedelta(hours=1))})
    assert cell(offered, {}, key, NOW).state is CellState.OFFERED
    assert cell(offered, {}, key, NOW).can_be_added
    assert cell(snapshot(places=full), {}, key, NOW).state is CellState.FULL


def test_one_waits_for_a_full_day_only_and_for_one_that_could_be_booked_otherwise() -> None:
    key, full = CellKey(1, EVENING, FRIDAY), {(SITE, EVENING, FRIDAY): 0}
    assert judge_waiting(snapshot(places=full), key, NOW)
    for planning, code in (
        (snapshot(), "PLACE_LIBRE"),
        (snapshot(places=full, waiting={key: WaitingPlace(7, NOW, 1)}), "DEJA_EN_ATTENTE"),
        (snapshot(booked(EVENING, FRIDAY), places=full), "DEJA_RESERVE"),
        (snapshot(places=full, blocked="Ce dossier est archivé."), "DOSSIER_BLOQUE"),
        (snapshot(places=full, payers=(payer(debt_cents=12_00),)), "DETTE_EN_COURS"),
    ):
        assert judge_waiting(planning, key, NOW).code == code
    late = CellKey(1, EVENING, date(2026, 12, 1))
    assert judge_waiting(snapshot(places={(SITE, EVENING, late.day): 0}), late, NOW).code == "LIMITE_PASSEE"
    assert FULL == "COMPLET"


ACTIVITY, CHILDREN = "ALSH", range(8)
AGES = {child: 5 if child % 3 == 0 else 8 for child in CHILDREN}


@dataclass
class Day:
    """A day of few places, some of which the under-sixes may take; what the desk does of it, one gesture after the other."""

    places: int
    young: int
    seated: list[int] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    offers: list[int] = field(default_factory=list)

    def seat(self, child: int) -> Seat:
        return Seat(child, ACTIVITY, AGES[child])

    def counted(self) -> SiteDay:
        taken = [self.seat(child) for child in (*self.seated, *self.offers)]
        count = SlotCount(settled=len(self.seated), offered=len(self.offers), waiting=len(self.line))
        return count_site_day(
            "S",
            (CapacityLimit("S", (ACTIVITY,), self.young, under_age=6),),
            {ACTIVITY: SlotPlaces(self.places)},
            {ACTIVITY: count},
            taken,
            [Waiting(child, self.seat(child)) for child in self.line],
            offers=[Waiting(child, self.seat(child), until=NOW) for child in self.offers],
        )

    def do(self, what: str, child: int) -> None:
        """Do a gesture as the services do, if the rules allow it; then offer what is free."""
        left = self.counted().room(self.seat(child)).left
        mine = [one for one in (self.seated, self.line, self.offers) if child in one]
        if what == "ask" and not mine and left <= 0:
            self.line.append(child)
        elif what == "book" and child not in self.seated and left > 0:
            for one in mine:
                one.remove(child)
            self.seated.append(child)
        elif what == "leave" and mine:
            mine[0].remove(child)
        elif what == "more places":
            self.places += 1
        self.offer()

    def offer(self) -> None:
        for one in Tally(self.counted()).may_be_offered():
            earlier = self.line[: self.line.index(one.entry_id)]
            assert all(AGES[before] != AGES[one.entry_id] for before in earlier), "passed by one of the same age"
            assert all(AGES[before] == 5 for before in earlier), "only who lacks a place of its age is passed"
            self.line.remove(one.entry_id)
            self.offers.append(one.entry_id)

    def lacks(self, child: int) -> bool:
        """Whether a child has no place left, nobody else being counted."""
        taken = (*self.seated, *self.offers)
        return len(taken) >= self.places or (AGES[child] < 6 and sum(AGES[one] < 6 for one in taken) >= self.young)


GESTURES = st.tuples(st.sampled_from(("ask", "ask", "book", "book", "leave", "more places")), st.sampled_from(CHILDREN))


@given(places=st.integers(0, 4), young=st.integers(0, 3), history=st.lists(GESTURES, max_size=40))
def test_over_any_history_no_place_is_given_twice_none_is_lost_and_the_order_is_kept(
    places: int, young: int, history: list[tuple[str, int]]
) -> None:
    day = Day(places, young)
    for what, child in history:
        day.do(what, child)
        taken = [*day.seated, *day.offers]
        assert len(set(taken)) == len(taken) <= day.places
        assert sum(AGES[one] < 6 for one in taken) <= day.young
        assert all(day.lacks(one) for one in day.line), "a place is free for one who waits"
