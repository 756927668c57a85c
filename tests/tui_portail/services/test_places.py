"""Places are counted, on both engines, by the smallest limit, and « Terminer » sells none over any of them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.engine import Database
from tests.factories import a_child, a_desk, a_family, the_commune
from tests.tui_portail.services.crowds import a_crowd, a_slot, seat, wait_for
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    HARMONIE,
    MORNING,
    NEXT_WEDNESDAY,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    book_and_pay,
    clock_of,
    finish,
    hold,
    pay_by_card,
    remove,
)
from tui_portail.capacity import CapacityLimit
from tui_portail.planning import CellKey
from tui_portail.services.baskets import extend_basket
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.planning import load_planning
from tui_portail.services.queue import list_queue
from tui_portail.services.rights import Role
from tui_portail.services.unbooked import mark_unbooked
from tui_portail.site_day import Room

BIG, SMALL = date(2018, 5, 2), date(2021, 5, 2)  # 8 and 5 years old in December 2026


def room(desk: Desk, dossier_id: int, child_id: int, activity: str, day: date) -> Room:
    found = load_planning(desk, dossier_id, day, day).room(CellKey(child_id, activity, day))
    assert found is not None
    return found


def test_a_newcomer_is_left_the_places_nobody_has_holds_or_waits_for(database: Database) -> None:
    desk = a_desk(database)
    crowd, newcomer = a_crowd(desk, (29, BIG)), a_family(desk)
    soon, past = desk.now() + timedelta(minutes=5), desk.now() - timedelta(seconds=1)
    for day, booked, withheld, held, waiting, left in (
        (THURSDAY, 5, 6, 8, 16, 15),
        (FRIDAY, 2, 4, 5, 13, 26),
    ):
        slot_id = a_slot(desk, EVENING, day, 50, withheld=withheld)
        children = list(crowd.child_ids)
        seat(desk, crowd, slot_id, children[:booked])
        seat(desk, crowd, slot_id, children[booked : booked + held], held_until=soon)
        wait_for(desk, crowd, slot_id, children[booked + held : booked + held + waiting])
        found = room(desk, newcomer.dossier_id, newcomer.child_id, EVENING, day)
        assert (found.left, found.waiting) == (left, waiting)
    slot_id = a_slot(desk, MORNING, FRIDAY, 3)
    others = a_crowd(desk, (1, BIG))
    seat(desk, others, slot_id, others.child_ids, held_until=past)
    wait_for(desk, crowd, slot_id, crowd.child_ids[1:2], offered_until=past)
    assert room(desk, newcomer.dossier_id, newcomer.child_id, MORNING, FRIDAY).left == 3, "what expired takes nothing"
    wait_for(desk, crowd, slot_id, crowd.child_ids[2:3], offered_until=soon)
    assert room(desk, newcomer.dossier_id, newcomer.child_id, MORNING, FRIDAY).left == 2, "a live offer takes a place"


def test_the_under_sixes_have_their_own_limit_on_the_day(database: Database) -> None:
    desk = a_desk(database)
    crowd = a_crowd(desk, (18, SMALL), (1, BIG))
    newcomers = a_family(desk, children=[a_child("Zoé", birth_on=SMALL), a_child("Léo", birth_on=BIG)])
    slot_id = a_slot(desk, EVENING, FRIDAY, 50, ages=[(0, 6, 20)])
    seat(desk, crowd, slot_id, crowd.child_ids)
    left = [room(desk, newcomers.dossier_id, child, EVENING, FRIDAY).left for child in newcomers.child_ids]
    assert left == [2, 31]


def test_the_gesture_refuses_what_passes_the_limit_of_an_age_and_says_which(database: Database) -> None:
    desk = a_desk(database)
    a_slot(desk, EVENING, FRIDAY, 50, ages=[(0, 6, 1)])
    births = (("Zoé", SMALL), ("Lou", SMALL), ("Léo", BIG))
    family = a_family(desk, children=[a_child(name, birth_on=born) for name, born in births])
    zoe, lou, leo = family.child_ids
    both = add(zoe, EVENING, FRIDAY) + add(lou, EVENING, FRIDAY)
    with pytest.raises(ChangesRefused, match="il ne reste plus de place pour les moins de 6 ans ce jour-là") as refused:
        finish(desk, family.dossier_id, both)
    assert {refusal.code for refusal in refused.value.refusals.values()} == {"COMPLET"}
    book_and_pay(desk, family.dossier_id, add(zoe, EVENING, FRIDAY) + add(leo, EVENING, FRIDAY))
    finish(desk, family.dossier_id, remove(zoe, EVENING, FRIDAY) + add(lou, EVENING, FRIDAY))


def test_a_limit_over_two_activities_counts_each_child_once(database: Database) -> None:
    commune = replace(the_commune(), limits=(CapacityLimit(HARMONIE, (MORNING, EVENING), 2),))
    desk = a_desk(database, commune=commune)
    first, second, third = (a_family(desk, last_name=name) for name in ("Dupont", "Martin", "Durand"))
    book_and_pay(desk, first.dossier_id, add(first.child_id, MORNING, FRIDAY) + add(first.child_id, EVENING, FRIDAY))
    hold(desk, second.dossier_id, add(second.child_id, MORNING, FRIDAY))
    with pytest.raises(ChangesRefused, match="en tout pour « ALP matin » et « ALP soir »"):
        finish(desk, third.dossier_id, add(third.child_id, EVENING, FRIDAY))
    hold(desk, second.dossier_id, add(second.child_id, EVENING, FRIDAY))
    clock_of(desk).advance(minutes=15)
    hold(desk, third.dossier_id, add(third.child_id, EVENING, FRIDAY))


def test_the_last_places_are_kept_for_those_who_wait_and_given_to_the_one_they_were_offered_to(
    database: Database,
) -> None:
    desk = a_desk(database)
    family, other = a_family(desk, children=2), a_family(desk, last_name="Martin")
    slot_id = a_slot(desk, EVENING, FRIDAY, 1)
    wait_for(desk, family, slot_id, family.child_ids[:1])
    with pytest.raises(ChangesRefused, match="1 enfant attend déjà une place") as refused:
        finish(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    assert {refusal.code for refusal in refused.value.refusals.values()} == {"PLACES_GARDEES"}
    hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))  # the first in the line
    clock_of(desk).advance(minutes=15)
    wait_for(desk, family, slot_id, family.child_ids[1:], offered_until=desk.now() + timedelta(hours=1))
    with pytest.raises(ChangesRefused, match="plus de place ce jour-là"):
        finish(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    hold(desk, family.dossier_id, add(family.child_ids[1], EVENING, FRIDAY))


def test_a_basket_keeps_its_places_when_a_limit_is_lowered_meanwhile(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=[a_child("Zoé", birth_on=SMALL)])
    slot_id = a_slot(desk, EVENING, FRIDAY, 5)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE slot SET capacity = 0 WHERE id = {slot_id}")
        connection.exec_driver_sql(
            f"INSERT INTO slot_age_limit (slot_id, from_age, under_age, capacity) VALUES ({slot_id}, 0, 6, 0)"
        )
    extend_basket(desk, basket.basket_id, "La famille arrive", new_operation())
    assert pay_by_card(desk, basket.basket_id).total_cents == basket.total_cents


def test_a_weekdays_template_and_a_limit_by_age_bear_on_days_nobody_touched(database: Database) -> None:
    commune = the_commune()
    desk = a_desk(database)
    limit = next(one for one in commune.limits if one.activities == (WEDNESDAY_ALSH,))
    family = a_family(desk, children=[a_child("Zoé", birth_on=SMALL), a_child("Léo", birth_on=BIG)])
    small, big = family.child_ids
    assert room(desk, family.dossier_id, small, WEDNESDAY_ALSH, NEXT_WEDNESDAY).left == limit.places
    assert room(desk, family.dossier_id, big, WEDNESDAY_ALSH, NEXT_WEDNESDAY).left == commune.capacity(
        HARMONIE, WEDNESDAY_ALSH, NEXT_WEDNESDAY
    )


def test_a_child_come_without_booking_takes_no_place_of_the_day_of_an_age_nor_of_a_shared_limit(
    database: Database,
) -> None:
    commune = replace(the_commune(), limits=(CapacityLimit(HARMONIE, (MORNING, EVENING), 3),))
    desk = a_desk(database, Role.ENFANCE, Role.COMPTABILITE, commune=commune, at="2026-12-03 17:00")
    came = a_family(desk, children=[a_child("Zoé", birth_on=SMALL)])
    others = a_family(
        desk, last_name="Martin", children=[a_child(n, birth_on=b) for n, b in (("Lou", SMALL), ("Léo", BIG))]
    )
    a_slot(desk, EVENING, THURSDAY, 3, ages=[(0, 6, 2)])

    def left() -> list[int]:
        return [
            room(desk, others.dossier_id, child, activity, THURSDAY).left
            for child in others.child_ids
            for activity in (EVENING, MORNING)
        ]

    before = left()
    assert before == [2, 3, 3, 3]
    mark_unbooked(desk, (HARMONIE, EVENING, THURSDAY), came.child_id, new_operation())
    assert left() == before
    [debt] = list_queue(desk)
    pay_by_card(desk, debt.basket_id)
    assert left() == before, "paid, it took no place either"
