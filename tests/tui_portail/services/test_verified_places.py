"""What the verifier says of places, on both engines: too many given is named, whatever was recorded since; what was right stays right."""

import copy
from datetime import date

import pytest
from sqlalchemy import update

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, paris
from tests.tui_portail.services.attendance_acts import at
from tests.tui_portail.services.crowds import a_slot
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    HARMONIE,
    THURSDAY,
    add,
    book_and_pay,
    clock_of,
    finish,
    remove,
    set_time,
)
from tests.tui_portail.services.test_waiting import BIG, SMALL, states, wait
from tui_portail.capacity import AgePlaces
from tui_portail.services.commune_settings import change_commune, read_settings
from tui_portail.services.day_places import PlacesSet, set_day_places
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_gesture import About, change_dossier
from tui_portail.services.rights import Role
from tui_portail.services.unbooked import mark_unbooked
from tui_portail.services.verification import verify

ROLES = (Role.ENFANCE, Role.COMPTABILITE, Role.ADMINISTRATEUR)
ONE_UNDER_SIX = PlacesSet(capacity=20, ages=(AgePlaces(1, 0, 6),))


def said(desk: Desk) -> list[str]:
    return [finding.sentence for finding in verify(desk).findings]


def a_family_of(desk: Desk, name: str, birth_on: date) -> Family:
    return a_family(desk, last_name=name, children=[a_child("Léo", name, birth_on=birth_on)])


def corrected(desk: Desk, family: Family, birth_on: date) -> None:
    """Correct a child's birth date, as a gesture of the dossier: its history keeps the one before."""

    def change(gesture: object) -> About:
        of_child = t.child.c.id == family.child_id
        gesture.connection.execute(update(t.child).where(of_child).values(birth_on=birth_on))  # type: ignore[attr-defined]
        return About("child", family.child_id)

    change_dossier(desk, "corriger_enfant", family.dossier_id, None, new_operation(), [str(birth_on)], change)


def booked(desk: Desk, family: Family, day: date = FRIDAY) -> None:
    clock_of(desk).advance(minutes=1)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, day))


def places(desk: Desk, count: int, reason: str) -> None:
    """Give the evening so many places in the set-up."""
    clock_of(desk).advance(minutes=1)
    settings = read_settings(desk)
    document = copy.deepcopy(settings.document)
    document["places"][HARMONIE][EVENING] = count
    document["identite"]["nom"] = reason
    change_commune(desk, settings.version, document, "essai", reason, new_operation())


def test_a_birth_date_corrected_makes_nobody_one_too_many(database: Database) -> None:
    """Who came was let in by the age that was known."""
    desk = a_desk(database, *ROLES)
    set_day_places(desk, HARMONIE, EVENING, FRIDAY, FRIDAY, ONE_UNDER_SIX, "Une animatrice", new_operation())
    small, big = a_family_of(desk, "Petit", SMALL), a_family_of(desk, "Grand", BIG)
    for family in (small, big):
        booked(desk, family)
    clock_of(desk).advance(minutes=1)
    corrected(desk, big, SMALL)
    assert said(desk) == []
    known_as_small = a_family_of(desk, "Tard", BIG)
    booked(desk, known_as_small)
    with (
        database.write() as connection
    ):  # behind the services' back: no history says it was thought bigger when it came
        connection.execute(update(t.child).where(t.child.c.id == known_as_small.child_id).values(birth_on=SMALL))
    assert any("3 enfants pour 1 place" in sentence for sentence in said(desk))


def test_a_birth_date_corrected_while_waiting_makes_no_offer_unfair(database: Database) -> None:
    desk = a_desk(database, *ROLES)
    two = PlacesSet(capacity=2, ages=(AgePlaces(1, 0, 6),))
    set_day_places(desk, HARMONIE, EVENING, FRIDAY, FRIDAY, two, "Une animatrice", new_operation())
    families = [a_family_of(desk, name, born) for name, born in zip("ABCD", (SMALL, BIG, SMALL, BIG), strict=True)]
    for family in families[:2]:
        booked(desk, family)
    for family in families[2:]:
        wait(desk, family)
    finish(desk, families[1].dossier_id, remove(families[1].child_id, EVENING, FRIDAY))
    assert states(database) == ["attente", "offerte"], "the small one who asked first lacks a place of its age"
    clock_of(desk).advance(minutes=1)
    corrected(desk, families[2], BIG)
    assert said(desk) == []


def test_who_waited_then_came_unbooked_is_no_anomaly(database: Database) -> None:
    desk = a_desk(database, *ROLES)
    a_slot(desk, EVENING, THURSDAY, 1)
    there, waits = a_family(desk, last_name="Premier"), a_family(desk, last_name="Alba")
    booked(desk, there, THURSDAY)
    wait(desk, waits, THURSDAY)
    set_time(desk, paris("2026-12-03 17:00"))
    mark_unbooked(desk, at(EVENING), waits.child_id, new_operation())
    assert said(desk) == []


@pytest.mark.parametrize("oversold", [True, False])
def test_another_set_up_hides_no_place_sold_twice_and_a_lowered_one_is_no_fault(
    database: Database, oversold: bool
) -> None:
    desk = a_desk(database, *ROLES)
    places(desk, 1 if oversold else 2, "Un")
    families = [a_family(desk, last_name=name) for name in ("Alba", "Brun")]
    booked(desk, families[0])
    with database.write() as connection:
        connection.execute(update(t.slot).values(capacity=2))
    booked(desk, families[1])
    places(desk, 1, "Deux")
    clock_of(desk).advance(minutes=1)
    with database.write() as connection:
        connection.execute(update(t.slot).values(capacity=1))
    assert any("2 places prises pour 1" in sentence for sentence in said(desk)) is oversold
