"""Several desks on a full day and its waiting list: no place lost, none given twice, the order kept (issue: waiting list under a race)."""

import time
from datetime import date

import pytest
from sqlalchemy import func, select, text

from models import tables as t
from models.engine import Database
from models.states import LIVE_STATES
from tests.factories import Family, a_desk, a_family
from tests.races import waiting_acts as acts
from tests.races.desks import DESKS, WON, Desks
from tests.races.test_several_desks import OURS, school_days, seat
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import EVENING, add, clock_of, hold, set_capacity, set_time
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.verification import verify
from tui_portail.services.waiting import ask_places, offer_due

pytestmark = pytest.mark.race
ROUNDS = 3
REFUSALS = OURS | {"DEJA_EN_ATTENTE", "PLACE_LIBRE", "PLACES_GARDEES", "ATTENTE_FINIE", "PLACE_NON_PROPOSEE"}


def full_days(desk: Desk, days: list[date]) -> tuple[list[Family], list[Family]]:
    """As many families as desks hold the only places of these days; as many others wait for each, in order."""
    there = [a_family(desk, last_name=f"Place{letter}") for letter in "abcd"]
    waiting = [a_family(desk, last_name=f"Attente{letter}") for letter in "abcd"]
    for day in days:
        set_capacity(desk.database, EVENING, day, DESKS)
    for family in there:
        hold(desk, family.dossier_id, add(family.child_id, EVENING, *days))
    for family in waiting:
        ask_places(desk, family.dossier_id, [CellKey(family.child_id, EVENING, day) for day in days], new_operation())
        clock_of(desk).advance(minutes=1)
    return there, waiting


def states(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(t.waiting_entry.c.state).order_by(t.waiting_entry.c.id)))


@pytest.mark.postgresql
def test_control_places_given_back_at_once_without_locks_are_lost(postgresql: Database, desks: Desks) -> None:
    """On PostgreSQL only. Each desk sees its own place free, and offers it to the same child: three places wait for nobody."""
    desk = a_desk(postgresql)
    [day] = school_days(desk, 1)
    there, _ = full_days(desk, [day])
    arguments = [
        (place, family.dossier_id, CellKey(family.child_id, EVENING, day))
        for place, family in zip(seat(desk), there, strict=True)
    ]
    assert desks.race(acts.give_back_without_locks, arguments) == [WON] * DESKS
    assert states(postgresql).count("offerte") < DESKS, "the race is there to be seen"


def test_places_given_back_at_once_are_all_offered_each_to_one_child(database: Database, desks: Desks) -> None:
    desk = a_desk(database)
    days = school_days(desk, ROUNDS)
    there, _ = full_days(desk, days)
    arguments = [
        (place, family.dossier_id, [Change(CellKey(family.child_id, EVENING, day), Tick.REMOVE) for day in days])
        for place, family in zip(seat(desk), there, strict=True)
    ]
    assert desks.race(acts.change_in_rounds, arguments) == [[WON] * ROUNDS] * DESKS
    assert states(database) == ["offerte"] * DESKS * ROUNDS


def test_a_place_given_back_is_the_first_ones_whoever_books_at_the_same_instant(
    database: Database, desks: Desks
) -> None:
    desk = a_desk(database)
    days = school_days(desk, ROUNDS)
    there, waiting = full_days(desk, days)
    newcomer = a_family(desk, last_name="Nouveau")

    def on(family: Family, tick: Tick) -> list[Change]:
        return [Change(CellKey(family.child_id, EVENING, day), tick) for day in days]

    places = seat(desk)
    arguments = [
        (places[0], there[0].dossier_id, on(there[0], Tick.REMOVE)),
        (places[1], waiting[0].dossier_id, on(waiting[0], Tick.ADD)),
        (places[2], waiting[1].dossier_id, on(waiting[1], Tick.ADD)),
        (places[3], newcomer.dossier_id, on(newcomer, Tick.ADD)),
    ]
    given_back, first, second, new = desks.race(acts.change_in_rounds, arguments)
    assert given_back == [WON] * ROUNDS
    assert set(second) | set(new) <= {"COMPLET", "PLACES_GARDEES"}
    with database.read() as connection:
        entry = t.waiting_entry.c
        by_rank = [
            list(
                connection.scalars(select(entry.state).where(entry.dossier_id == family.dossier_id).order_by(entry.day))
            )
            for family in waiting
        ]
    assert by_rank[0] == ["prise" if won == WON else "offerte" for won in first]
    assert by_rank[1:] == [["attente"] * ROUNDS] * 3
    books_hold(database, desk.now())


def test_whatever_desks_do_at_once_on_full_days_no_place_is_lost_none_given_twice_and_the_order_is_kept(
    database: Database, desks: Desks
) -> None:
    desk = a_desk(database)
    days = school_days(desk, 2)
    for day in days:
        set_capacity(database, EVENING, day, 3)
    families = [a_family(desk, last_name=f"Famille{letter}") for letter in "abcdefgh"]
    for family in families[:3]:
        hold(desk, family.dossier_id, add(family.child_id, EVENING, *days))
    for family in families[3:6]:
        keys = [CellKey(family.child_id, EVENING, day) for day in days]
        ask_places(desk, family.dossier_id, keys, new_operation())
        clock_of(desk).advance(minutes=1)
    clock_of(desk).advance(minutes=11)  # the holds run out in the course of the race
    dossiers, start = [family.dossier_id for family in families], time.monotonic()
    arguments = [(place, start, dossiers, EVENING, days, seed, 8) for seed, place in enumerate(seat(desk))]
    outcomes = {code for told in desks.race(acts.live_on_a_list, arguments) for code in told}
    assert outcomes <= REFUSALS
    assert WON in outcomes
    set_time(
        desk, acts.RunningClock(database, desk.now(), start).read()
    )  # nothing runs out any more while it is judged
    offer_due(desk, new_operation())
    assert_order_kept(database)
    assert verify(desk).findings == ()
    books_hold(database, desk.now())
    for day in days:
        taken, waiting = counted(database, desk, day)
        assert taken <= 3, "a place given twice"
        assert taken == 3 or not waiting, "a place lost: free, and somebody waits"


def counted(database: Database, desk: Desk, day: date) -> tuple[int, int]:
    """How many places of a day are taken, offers included, and how many children wait."""
    live = (t.basket.c.state == "paye") | (t.basket.c.expires_at > desk.now())
    entry = t.waiting_entry.c
    with database.read() as connection:

        def count(*where: object) -> int:
            return int(connection.scalar(select(func.count()).select_from(t.waiting_entry).where(*where)) or 0)  # type: ignore[arg-type]

        booked = connection.scalar(
            select(func.count())
            .select_from(t.booking)
            .join(t.basket, t.basket.c.id == t.booking.c.basket_id)
            .where(t.booking.c.day == day, text(f"booking.{LIVE_STATES}"), live)
        )
        offered = count(entry.day == day, entry.state == "offerte", entry.offer_until > desk.now())
        return int(booked or 0) + offered, count(entry.day == day, entry.state == "attente")


def assert_order_kept(database: Database) -> None:
    """No child, all being of one age, was offered a place while one who had asked before waited for that day."""
    with database.read() as connection:
        entries = connection.execute(select(t.waiting_entry).order_by(t.waiting_entry.c.id)).all()
    offers = [entry for entry in entries if entry.offered_at is not None]
    assert offers, "nothing was offered: nothing is shown"
    for offer in offers:
        for other in entries:
            if other.slot_id == offer.slot_id and (other.asked_at, other.id) < (offer.asked_at, offer.id):
                served = other.offered_at is not None and other.offered_at <= offer.offered_at
                gone = other.ended_at is not None and other.ended_at <= offer.offered_at
                assert served or gone, f"{other.id} was passed by {offer.id}"
