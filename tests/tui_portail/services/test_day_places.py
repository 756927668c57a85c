"""The places of given days, set by hand and given back; what the verifier says of days that are overfull."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models import tables as t
from models.engine import Database
from tests.factories import a_child, a_desk, a_family, the_commune
from tests.tui_portail.services.crowds import a_crowd, a_slot, seat, wait_for
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    HARMONIE,
    MORNING,
    NEXT_MONDAY,
    NEXT_WEDNESDAY,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    book_and_pay,
    clock_of,
    finish,
    hold,
    pay_by_card,
    row_counts,
)
from tui_portail.capacity import AgePlaces, CapacityLimit
from tui_portail.errors import InvalidInput
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.commune import record_commune
from tui_portail.services.day_places import ChangedDays, PlacesSet, give_back_to_set_up, set_day_places
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import NotAllowed, Right, Role, may
from tui_portail.services.verification import verify
from tui_portail.services.week_places import DayPlaces, LimitLeft, week_places
from tui_portail.site_day import SlotCount

BIG, SMALL = date(2018, 5, 2), date(2021, 5, 2)
MONDAY = date(2026, 11, 30)


def change(
    desk: Desk,
    places: PlacesSet,
    first: date = FRIDAY,
    last: date = FRIDAY,
    *,
    activity: str = EVENING,
    reason: str = "Travaux",
    operation: str = "",
) -> ChangedDays:
    return set_day_places(desk, HARMONIE, activity, first, last, places, reason, operation or new_operation())


def row_of(desk: Desk, day: date, activity: str = EVENING) -> DayPlaces:
    monday = day - timedelta(days=day.weekday())
    [row] = [row for row in week_places(desk, HARMONIE, monday).rows if (row.day, row.activity) == (day, activity)]
    return row


def test_a_week_says_of_each_day_who_is_there_who_waits_and_what_is_left(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE)
    crowd, other = a_crowd(desk, (4, SMALL), (4, BIG)), a_crowd(desk, (1, BIG))
    slot_id = a_slot(desk, EVENING, FRIDAY, 10, withheld=1, ages=[(0, 6, 3)])
    soon = desk.now() + timedelta(minutes=5)
    seat(desk, crowd, slot_id, crowd.child_ids[:4])
    seat(desk, other, slot_id, other.child_ids, held_until=soon)
    wait_for(desk, crowd, slot_id, crowd.child_ids[4:5], offered_until=soon)
    wait_for(desk, crowd, slot_id, crowd.child_ids[5:7])
    week = week_places(desk, "", MONDAY)
    assert [code for code, _ in week.sites] == ["MELODIE", "HARMONIE", "ADOS"]
    row = row_of(desk, FRIDAY)
    assert row.count == SlotCount(settled=4, held=1, offered=1, waiting=2)
    assert (row.places.capacity, row.places.withheld, row.places.by_hand, row.left) == (10, 1, True, 1)
    assert row.limits == (LimitLeft("les moins de 6 ans", 3, -1),)
    untouched = row_of(desk, THURSDAY)
    assert (untouched.places.by_hand, untouched.left) == (False, the_commune().capacity(HARMONIE, EVENING, THURSDAY))
    days = {row.day for row in week_places(desk, HARMONIE, MONDAY).rows}
    assert days == {MONDAY + timedelta(days=step) for step in range(5)}, "an ALSH Wednesday among four school days"


def test_a_range_of_days_is_set_in_one_gesture_and_given_back_to_the_set_up(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE)
    ages = (AgePlaces(5, 0, 6), AgePlaces(20, 6))
    operation = new_operation()
    asked = PlacesSet(30, 2, ages)
    done = change(desk, asked, THURSDAY, date(2026, 12, 8), operation=operation)
    assert done == ChangedDays(4, ()), "Thursday, Friday, Monday, Tuesday"
    assert change(desk, asked, THURSDAY, date(2026, 12, 8), operation=operation) == done, "sent twice, done once"
    change(desk, PlacesSet(withheld=4), FRIDAY, FRIDAY)
    row = row_of(desk, FRIDAY)
    assert (row.places.capacity, row.places.withheld, row.places.ages) == (30, 4, ages)
    with database.write() as connection:
        commune = desk.commune(connection)
        fewer = replace(commune, offerings=tuple(replace(one, capacity=7) for one in commune.offerings))
        record_commune(connection, fewer, "essai", desk.now())
    assert row_of(desk, FRIDAY).places.capacity == 30, "set by hand: it does not follow the set-up"
    give_back_to_set_up(desk, HARMONIE, EVENING, FRIDAY, NEXT_MONDAY, "Fin des travaux", new_operation())
    row = row_of(desk, FRIDAY)
    assert (row.places.capacity, row.places.withheld, row.places.by_hand, row.limits) == (7, 0, False, ())
    assert row_of(desk, date(2026, 12, 8)).places.capacity == 30
    with database.read() as connection:
        kept = connection.scalars(select(t.audit_event.c.reason).where(t.audit_event.c.gesture == "places_journee"))
        assert sorted(kept) == ["Fin des travaux", "Travaux", "Travaux"]


def test_what_cannot_be_set_is_refused_with_what_to_type(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE)
    before = row_counts(database)
    for places, days, sentence in (
        (PlacesSet(10), (FRIDAY, THURSDAY), "avant le premier"),
        (PlacesSet(10), (date(2026, 11, 30), FRIDAY), "est passé"),
        (PlacesSet(10), (date(2026, 12, 5), date(2026, 12, 6)), "n’a lieu aucun de ces jours"),
        (PlacesSet(10), (FRIDAY, date(2028, 1, 10)), "Une année au plus"),
        (PlacesSet(-1), (FRIDAY, FRIDAY), "vont de 0 à"),
        (PlacesSet(3, 4), (FRIDAY, FRIDAY), "a 3 places : on ne peut pas en retenir 4"),
        (PlacesSet(ages=(AgePlaces(3, 6, 6),)), (FRIDAY, FRIDAY), "le plus petit d’abord"),
        (PlacesSet(ages=(AgePlaces(3, 0, 6), AgePlaces(4))), (FRIDAY, FRIDAY), "commencent au même âge"),
        (PlacesSet(), (FRIDAY, FRIDAY), "Rien à changer"),
    ):
        with pytest.raises(InvalidInput, match=sentence):
            change(desk, places, *days)
    with pytest.raises(InvalidInput, match="le motif est conservé"):
        change(desk, PlacesSet(3), reason=" ")
    with pytest.raises(InvalidInput, match="ne propose pas"):
        set_day_places(desk, "ADOS", EVENING, FRIDAY, FRIDAY, PlacesSet(3), "Travaux", new_operation())
    assert row_counts(database) == before, "nothing half done"


def test_the_places_are_changed_by_those_who_hold_the_right(database: Database) -> None:
    for role in Role:
        desk = a_desk(database, role)
        before = row_counts(database)
        acts = (
            lambda desk=desk: week_places(desk, HARMONIE, MONDAY),
            lambda desk=desk: change(desk, PlacesSet(3)),
            lambda desk=desk: give_back_to_set_up(desk, HARMONIE, EVENING, FRIDAY, FRIDAY, "Fin", new_operation()),
        )
        if may([role], Right.PLACES):
            for act in acts:
                act()
            continue
        for act in acts:
            with pytest.raises(NotAllowed):
                act()
        assert row_counts(database) == before, role
    assert [role for role in Role if may([role], Right.PLACES)] == [Role.ENFANCE]


def test_a_day_lowered_under_what_is_taken_keeps_its_children_lets_none_in_and_is_no_fault(database: Database) -> None:
    desk = a_desk(database)
    paid, held, late = (a_family(desk, last_name=name) for name in ("Dupont", "Martin", "Durand"))
    book_and_pay(desk, paid.dossier_id, add(paid.child_id, EVENING, FRIDAY))
    basket = hold(desk, held.dossier_id, add(held.child_id, EVENING, FRIDAY))
    clock_of(desk).advance(minutes=1)
    assert change(desk, PlacesSet(1)) == ChangedDays(1, (FRIDAY,))
    clock_of(desk).advance(minutes=1)
    with pytest.raises(ChangesRefused, match="plus de place"):
        finish(desk, late.dossier_id, add(late.child_id, EVENING, FRIDAY))
    pay_by_card(desk, basket.basket_id)
    assert verify(desk).findings == ()


def test_the_verifier_names_the_days_where_somebody_passed_a_limit(database: Database) -> None:
    commune = replace(the_commune(), limits=(CapacityLimit(HARMONIE, (MORNING, EVENING), 1, under_age=6),))
    desk = a_desk(database, commune=commune)
    homes = [a_family(desk, last_name=name, children=[a_child(birth_on=SMALL)]) for name in ("Dupont", "Martin")]
    clock_of(desk).advance(minutes=1)
    for home, activity in zip(homes, (MORNING, EVENING), strict=True):
        if activity == EVENING:
            with database.write() as connection:  # somebody in the base itself
                connection.execute(update(t.child).values(birth_on=BIG))
        book_and_pay(desk, home.dossier_id, add(home.child_id, activity, FRIDAY))
    assert verify(desk).findings == ()
    with database.write() as connection:
        connection.execute(update(t.child).values(birth_on=SMALL))
    [finding] = verify(desk).findings
    assert (finding.table, finding.sentence) == ("slot", "2 enfants pour 1 place (les moins de 6 ans).")
    clock_of(desk).advance(minutes=1)
    change(desk, PlacesSet(1), activity=MORNING)  # an agent saw it, and set the day as it is
    assert verify(desk).findings == ()


def test_the_weekday_s_places_and_the_limit_of_an_age_are_shown_where_nobody_changed_them(database: Database) -> None:
    commune = the_commune()
    offerings = tuple(
        replace(one, by_weekday={4: 3}) if (one.site, one.activity) == (HARMONIE, EVENING) else one
        for one in commune.offerings
    )
    desk = a_desk(database, Role.ENFANCE, commune=replace(commune, offerings=offerings))
    assert row_of(desk, FRIDAY).left == 3
    assert row_of(desk, THURSDAY).left == commune.capacity(HARMONIE, EVENING, THURSDAY)
    limit = next(one for one in commune.limits if one.activities == (WEDNESDAY_ALSH,))
    row = row_of(desk, NEXT_WEDNESDAY, WEDNESDAY_ALSH)
    assert row.limits == (LimitLeft("les moins de 6 ans", limit.places, limit.places),)
