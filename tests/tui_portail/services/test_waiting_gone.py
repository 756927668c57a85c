"""Those who wait for nothing any more, on both engines: gone, too young or of another school; and places the set-up adds, offered."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, paris
from tests.tui_portail.services.crowds import wait_for
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    HARMONIE,
    add,
    audit_of,
    book_and_pay,
    finish,
    hold,
    remove,
    set_time,
)
from tests.tui_portail.services.test_waiting import SMALL, a_full_evening, shown, states, wait
from tui_portail.planning_ticks import CellState
from tui_portail.services.archiving import archive_dossier
from tui_portail.services.commune_settings import change_commune, read_settings
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.erasure import ErasureReason, erase_family
from tui_portail.services.rights import Role
from tui_portail.services.verification import verify
from tui_portail.services.waiting import offer_due
from tui_portail.services.waiting_reading import call_list
from tui_portail.services.year_change import apply_year_change, preview_year_change

ROLES = (Role.ENFANCE, Role.COMPTABILITE, Role.ADMINISTRATEUR)


def settings(desk: Desk, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the set-up in force."""
    before = read_settings(desk)
    document = copy.deepcopy(before.document)
    change(document)
    change_commune(desk, before.version, document, "essai", "délibération", new_operation())


def archived(desk: Desk, family: Family) -> None:
    version = load_dossier(desk, family.dossier_id).version
    archive_dossier(desk, family.dossier_id, version, "Déménagement", new_operation())


def erased(desk: Desk, family: Family) -> None:
    erase_family(desk, family.dossier_id, family.number, ErasureReason.REQUESTED, new_operation())


def child_archived(desk: Desk, family: Family) -> None:
    with desk.database.write() as connection:
        connection.execute(update(t.child).where(t.child.c.id == family.child_id).values(archived_at=desk.now()))


def school_changed(desk: Desk, family: Family) -> None:
    with desk.database.write() as connection:
        of_child = t.schooling.c.child_id == family.child_id
        connection.execute(update(t.schooling).where(of_child).values(school_code="MATERNELLE"))


def ages_tightened(desk: Desk, family: Family) -> None:
    def from_six(document: dict[str, Any]) -> None:
        for activity in document["activites"]:
            if activity["code"] == EVENING:
                activity["age_de"] = 6

    settings(desk, from_six)


@pytest.mark.parametrize("gone", [archived, erased, child_archived, school_changed, ages_tightened])
@pytest.mark.parametrize("offered", [False, True], ids=["waits", "offered"])
def test_a_place_is_kept_for_nobody_who_may_come_no_more(
    database: Database, gone: Callable[[Desk, Family], None], offered: bool
) -> None:
    desk = a_desk(database, *ROLES)
    there = a_full_evening(desk)
    first = a_family(desk, last_name="Parti", children=[a_child("Zoé", "Parti", birth_on=SMALL)])
    following = a_family(desk, last_name="Suivant")
    wait(desk, first)
    wait(desk, following)
    if offered:
        finish(desk, there.dossier_id, remove(there.child_id, EVENING, FRIDAY))
        assert states(database) == ["offerte", "attente"]
    gone(desk, first)
    assert [line.dossier_id for line in call_list(desk).lines] == [following.dossier_id], "nobody else is to be called"
    if offered:
        offer_due(desk, new_operation())
    else:
        finish(desk, there.dossier_id, remove(there.child_id, EVENING, FRIDAY))
    assert states(database)[0] in {"retiree", "echue"}
    assert shown(desk, following) is CellState.OFFERED
    hold(desk, following.dossier_id, add(following.child_id, EVENING, FRIDAY))
    assert verify(desk).findings == ()


def test_archiving_a_family_offers_at_once_the_place_it_was_kept(database: Database) -> None:
    desk = a_desk(database, *ROLES)
    there, families = a_full_evening(desk), [a_family(desk, last_name=name) for name in ("Parti", "Suivant")]
    for family in families:
        wait(desk, family)
    finish(desk, there.dossier_id, remove(there.child_id, EVENING, FRIDAY))
    archived(desk, families[0])
    assert states(database) == ["retiree", "offerte"]
    assert '"offered"' in audit_of(database, "archiver")[-1].details


def test_who_left_school_waits_no_more(database: Database) -> None:
    desk = a_desk(database, *ROLES)
    there = a_full_evening(desk)
    college = a_child("Éva", "Blanc", birth_on=SMALL.replace(year=2012), school_code="COLLEGE", class_name="3e")
    leaver = a_family(desk, last_name="Blanc", children=[college])
    with database.read() as connection:
        slot_id = connection.scalars(select(t.slot.c.id).where(t.slot.c.day == FRIDAY)).one()
    wait_for(desk, leaver, slot_id, leaver.child_ids)
    set_time(desk, paris("2027-09-02 10:00"))
    apply_year_change(desk, preview_year_change(desk).year, (), new_operation())
    with database.read() as connection:
        row = connection.execute(select(t.waiting_entry.c.state, t.waiting_entry.c.reason)).one()
    assert tuple(row) == ("retiree", "Enfant parti")
    assert there


def test_places_the_set_up_adds_are_offered_by_the_settings_own_gesture(database: Database) -> None:
    desk = a_desk(database, *ROLES)

    def places(count: int) -> Callable[[dict[str, Any]], None]:
        return lambda document: document["places"][HARMONIE].__setitem__(EVENING, count)

    settings(desk, places(1))
    there, first = a_family(desk, last_name="Premier"), a_family(desk, last_name="Alba")
    book_and_pay(desk, there.dossier_id, add(there.child_id, EVENING, FRIDAY))
    wait(desk, first)
    settings(desk, places(2))
    assert states(database) == ["offerte"]
    assert '"offered"' in audit_of(database, "regler_commune")[-1].details
    assert verify(desk).findings == ()
