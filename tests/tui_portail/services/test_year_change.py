"""The change of school year applied: nothing before September, the new site from then on, leavers when nothing holds them."""

from datetime import date

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import a_child, a_desk, a_family, paris
from tests.tui_portail.onde_files import pupil, pupils_file
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, add, book_and_pay, merged, owe, set_time
from tests.tui_portail.services.import_acts import bring_in, everything, files
from tui_portail.errors import InvalidInput
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.imports import dry_run
from tui_portail.services.planning import load_planning
from tui_portail.services.till import open_session
from tui_portail.services.year_change import YearChanged, apply_year_change, preview_year_change
from tui_portail.year_change import Move

YEAR = date(2027, 9, 1)
JUNE, SEPTEMBER = "2027-06-15 10:00", "2027-09-02 10:00"


def school_of(desk: Desk, dossier_id: int) -> tuple[str, str, str]:
    child = load_dossier(desk, dossier_id).children[0]
    return child.school_code, child.class_name, child.alp_site


def change(desk: Desk, *excluded: int) -> YearChanged:
    return apply_year_change(desk, preview_year_change(desk).year, excluded, new_operation())


def test_applied_in_june_it_counts_from_september_once(database: Database) -> None:
    desk = a_desk(database)
    little = a_child("Zoé", "Roux", birth_on=date(2021, 5, 4), school_code="MATERNELLE", class_name="Grande section")
    family = a_family(desk, last_name="Roux", children=[little])
    repeater = a_family(desk, last_name="Petit", children=[a_child("Max", "Petit")])
    leaver = a_family(
        desk,
        last_name="Blanc",
        children=[a_child("Éva", "Blanc", birth_on=date(2012, 1, 9), school_code="COLLEGE", class_name="3e")],
    )
    set_time(desk, paris(JUNE))
    preview = preview_year_change(desk)
    assert preview.year == YEAR
    assert {one.pupil.first_name: one.move for one in preview.moves} == {
        "Zoé": Move.UP,
        "Max": Move.UP,
        "Éva": Move.LEAVES,
    }
    done = change(desk, repeater.child_id)
    assert (done.moved, done.archived, done.kept) == (1, 0, 1)
    assert school_of(desk, family.dossier_id) == ("MATERNELLE", "Grande section", "Mélodie")
    assert school_of(desk, leaver.dossier_id)[0] == "COLLEGE", "a leaver stays until September"

    days = load_planning(desk, family.dossier_id, date(2027, 9, 6), date(2027, 9, 6)).children[0]
    assert dict(days.later)[YEAR].sites["ALP_SOIR"] == "HARMONIE", "the planning of September shows the new site"

    assert "Changement d’année scolaire" in {line.label for line in load_dossier(desk, family.dossier_id).operations}

    set_time(desk, paris(SEPTEMBER))
    assert school_of(desk, family.dossier_id) == ("ELEMENTAIRE", "CP", "Harmonie")
    assert school_of(desk, repeater.dossier_id)[1] == "CE1"
    again = change(desk, repeater.child_id)
    assert (again.moved, again.archived, again.dossiers_archived) == (0, 1, 1)
    assert load_dossier(desk, leaver.dossier_id).archived
    before = everything(database)
    assert change(desk, repeater.child_id).sentence.startswith("Rien à changer")
    assert everything(database) == before
    with database.read() as connection:
        change_of = t.dossier_change.c
        kept = connection.execute(
            select(change_of.subject, change_of.field, change_of.before, change_of.after).where(
                change_of.dossier_id == family.dossier_id, change_of.subject == "schooling"
            )
        ).all()
    assert ("schooling", "class_name", "Grande section", "CP") in kept


def test_a_leaver_with_days_booked_is_kept_and_said(database: Database) -> None:
    desk = a_desk(database)
    old = a_child("Éva", "Blanc", birth_on=date(2016, 1, 9), class_name="CM2")
    family = a_family(desk, last_name="Blanc", children=[old])
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    with database.write() as connection:  # a pupil of the 3e since last year, whose days at Harmonie are still to come
        connection.execute(t.schooling.update().values(level="3E", from_on=date(2025, 9, 1)))
    [move] = preview_year_change(desk).moves
    assert (move.move, move.reason) == (Move.LEAVES, "après 3e ; des jours sont réservés")
    assert change(desk).archived == 0
    set_time(desk, paris("2026-12-07 10:00"))
    assert change(desk).archived == 1


def test_days_booked_on_the_second_record_of_a_leaver_hold_them_too(database: Database) -> None:
    desk = a_desk(database)
    kept, other = a_family(desk), a_family(desk)
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    merged(desk, kept, other)
    with database.write() as connection:
        connection.execute(t.schooling.update().values(level="3E", from_on=date(2025, 9, 1)))
    [move] = preview_year_change(desk).moves
    assert (move.pupil.child_id, move.reason) == (kept.child_id, "après 3e ; des jours sont réservés")
    assert change(desk).archived == 0


def test_a_leaver_who_owes_is_kept_and_a_child_without_school_is_for_an_agent(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, last_name="Blanc", children=[a_child("Éva", "Blanc"), a_child("Léo", "Blanc")])
    open_session(desk, 0, new_operation())
    owe(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    eva, leo = family.child_ids
    with database.write() as connection:
        connection.execute(t.schooling.update().where(t.schooling.c.child_id == eva).values(level="3E"))
        connection.execute(t.schooling.delete().where(t.schooling.c.child_id == leo))
    set_time(desk, paris(SEPTEMBER))
    moves = {one.pupil.first_name: (one.move, one.reason) for one in preview_year_change(desk).moves}
    assert moves["Éva"] == (Move.LEAVES, "après 3e ; des jours restent dus")
    assert moves["Léo"][0] is Move.UNSURE
    assert (change(desk).archived, change(desk).kept) == (0, 1)


def test_a_child_moved_by_the_schools_file_for_the_year_is_left_as_is(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=[a_child("Inès", "Dupont")])
    set_time(desk, paris(SEPTEMBER))
    bring_in(desk, pupils_file(pupil("DUPONT", "Inès", "2019-03-12", "CE1")))  # she repeats: the school says so
    assert [one.move for one in preview_year_change(desk).moves] == [Move.DONE]
    assert change(desk).moved == 0
    assert school_of(desk, family.dossier_id)[1] == "CE1"


def test_a_file_of_august_is_of_the_coming_year_and_nobody_moves_up_twice(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=[a_child("Inès", "Dupont")])
    set_time(desk, paris("2027-08-25 10:00"))
    new_class = pupils_file(pupil("DUPONT", "Inès", "2019-03-12", "CE2"), pupil("ROUX", "Max", "2021-05-04", "CP"))
    bring_in(desk, new_class)
    assert school_of(desk, family.dossier_id)[1] == "CE1", "until September"
    assert {one.move for one in preview_year_change(desk).moves} == {Move.DONE}
    before = everything(database)
    bring_in(desk, new_class)
    assert everything(database) == before
    set_time(desk, paris(SEPTEMBER))
    assert school_of(desk, family.dossier_id)[1] == "CE2"
    with pytest.raises(InvalidInput, match="2027"):
        dry_run(desk, files(new_class), year=2031)
