"""Late money in every state its days may be in: still held, booked again, cancelled, at another school, short of an avoir."""

from datetime import date

import pytest
from sqlalchemy import insert, select, update

from models import tables as t
from models.engine import Database
from models.states import BookingState, OnlineState
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    FRIDAY,
    HARMONIE,
    MEAL,
    NEXT_MONDAY,
    THURSDAY,
    add,
    book_and_pay,
    finish,
    pay_by_card,
    remove,
    set_capacity,
)
from tests.tui_portail.services.online_acts import open_page
from tests.tui_portail.services.portal_acts import hold_own
from tests.tui_portail.services.test_online_payments import World, _late
from tui_portail.services.online_following import follow_own
from tui_portail.services.queue import list_queue


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_a_day_booked_again_meanwhile_is_paid_by_the_late_money(world: World) -> None:
    page = open_page(world.portal, world.evenings(FRIDAY))
    world.advance(minutes=16)
    assert follow_own(world.portal, page.online_id).state is OnlineState.EXPIRED
    world.evenings(FRIDAY)  # told that it had expired, the parent books again
    done = _late(world)
    assert done.late is not None
    assert (done.late.kept, done.late.lost) == (1, 0)
    assert world.states() == {FRIDAY: BookingState.CONFIRMED}
    assert list_queue(world.desk) == ()


def test_another_basket_that_the_avoir_pays_whole_is_settled_at_once(world: World) -> None:
    open_page(world.portal, world.evenings(FRIDAY))
    world.advance(minutes=16)
    with world.desk.database.write() as connection:
        connection.execute(update(t.slot).where(t.slot.c.day == FRIDAY).values(capacity=0))
    world.evenings(NEXT_MONDAY)
    done = _late(world)
    assert done.late is not None
    assert (done.late.kept, done.late.avoir_cents) == (0, 166)
    assert world.states() == {FRIDAY: BookingState.CANCELLED, NEXT_MONDAY: BookingState.CONFIRMED}
    assert world.count(t.quittance) == 2


def test_a_day_paid_at_the_desk_then_cancelled_is_not_booked_behind_the_parents_back(world: World) -> None:
    basket_id = world.evenings(NEXT_MONDAY)
    open_page(world.portal, basket_id)
    pay_by_card(world.desk, basket_id)
    finish(world.desk, world.family.dossier_id, remove(world.family.child_id, EVENING, NEXT_MONDAY))
    done = _late(world)
    assert done.late is not None
    assert (done.late.kept, done.late.avoir_cents) == (0, 166)


def test_a_place_still_held_is_kept_though_others_wait_for_it(world: World) -> None:
    set_capacity(world.desk.database, EVENING, FRIDAY, 1)
    open_page(world.portal, world.evenings(FRIDAY))
    world.evenings(NEXT_MONDAY)  # the basket is no longer the one asked for
    with world.desk.database.write() as connection:
        slot_id = connection.scalars(select(t.slot.c.id).where(t.slot.c.day == FRIDAY)).one()
        connection.execute(
            insert(t.waiting_entry).values(
                dossier_id=world.family.dossier_id,
                child_id=world.family.child_ids[1],
                slot_id=slot_id,
                day=FRIDAY,
                state="attente",
                asked_at=world.desk.now(),
                agent_id=world.desk.require().agent_id,
            )
        )
    done = _late(world)
    assert done.late is not None
    assert done.late.kept == 1
    assert world.states() == {FRIDAY: BookingState.CONFIRMED, NEXT_MONDAY: BookingState.HELD}


def test_a_child_who_changed_school_is_not_booked_at_the_former_site(world: World) -> None:
    open_page(world.portal, world.evenings(FRIDAY))
    world.advance(minutes=16)
    with world.desk.database.write() as connection:
        connection.execute(
            update(t.schooling).where(t.schooling.c.child_id == world.family.child_id).values(school_code="MATERNELLE")
        )
        site = connection.scalars(select(t.slot.c.site_code).where(t.slot.c.day == FRIDAY)).one()
    assert site == HARMONIE
    done = _late(world)
    assert done.late is not None
    assert (done.late.kept, done.late.avoir_cents) == (0, 166)


def test_the_break_is_not_kept_without_its_meal_when_the_money_is_short(world: World) -> None:
    family, other = world.family, date(2026, 12, 14)
    book_and_pay(world.desk, family.dossier_id, add(family.child_id, EVENING, other))
    finish(world.desk, family.dossier_id, remove(family.child_id, EVENING, other))  # an avoir of 1,66
    basket = hold_own(world.portal, add(family.child_id, MEAL, date(2026, 12, 10)))
    assert basket.avoir_cents == 166
    open_page(world.portal, basket.basket_id)
    world.advance(minutes=16)
    finish(world.desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 17)))  # the avoir is spent
    done = _late(world)
    assert done.late is not None
    assert (done.late.kept, done.late.avoir_cents) == (0, basket.due_cents)
    with world.desk.database.read() as connection:
        rows = connection.execute(
            select(t.slot.c.activity_code, t.booking.c.state)
            .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
            .where(t.booking.c.state == BookingState.CONFIRMED.value)
        ).all()
    assert {row.activity_code for row in rows}.isdisjoint({MEAL, BREAK})


def test_a_derogation_given_before_still_counts(world: World) -> None:
    family = world.family
    finish(world.desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    world.advance(days=1, hours=3)  # Wednesday afternoon: Thursday's limit is over
    finish(world.desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, derogation="Urgence"))
    with world.desk.database.read() as connection:
        basket_id = connection.scalars(select(t.basket.c.id).where(t.basket.c.state == "ouvert")).one()
    open_page(world.portal, basket_id)
    world.advance(minutes=16)
    done = _late(world)
    assert done.late is not None
    assert done.late.kept == 1
    with world.desk.database.read() as connection:
        kept = connection.scalars(select(t.booking.c.derogation).where(t.booking.c.state == "confirmed")).one()
    assert kept == "Urgence"
