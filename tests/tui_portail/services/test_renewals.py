"""The children to renew for a year: who is on the list, who is right by themselves, and the turn of the year that nobody computes."""

from datetime import date, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select, update

from models import tables as t
from models.engine import Database
from models.states import AlshOrigin
from tests.factories import Family, a_child, a_desk, a_family, a_guardian, paris
from tests.tui_portail.services.desk_acts import (
    WEDNESDAY_ALSH,
    add,
    book_and_pay,
    finish,
    merged,
    remove,
    set_time,
)
from tests.tui_portail.services.test_statement_counts import statements
from tui_portail.services.appointments import Visitor, book_appointment
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_edits import renew_alsh
from tui_portail.services.family_records import RenewalRefused
from tui_portail.services.renewals import RenewalList, children_to_renew, last_words, print_call_list

WEDNESDAY, LATE_WEDNESDAY = date(2026, 12, 2), date(2026, 12, 16)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, documents_dir=tmp_path)


def attended(desk: Desk, child_id: int, *years: int) -> None:
    """Write an attendance taken over from the former register."""
    with desk.database.write() as connection:
        for year in years:
            values = {"child_id": child_id, "year": year, "origin": AlshOrigin.ATTENDED.value}
            connection.execute(insert(t.alsh_enrolment).values(**values, recorded_at=paris("2026-01-05 09:00")))


def named(found: RenewalList) -> list[str]:
    return [row.child for row in found.rows]


def a_child_of(desk: Desk, last_name: str, **fields: object) -> Family:
    return a_family(desk, last_name=last_name, children=[a_child("Inès", last_name, **fields)])


def test_on_the_1st_of_january_the_list_is_right_by_itself(desk: Desk) -> None:
    this_year, last_year = a_child_of(desk, "Cette-Année"), a_child_of(desk, "An-Dernier")
    attended(desk, this_year.child_id, 2026)
    attended(desk, last_year.child_id, 2025)
    assert named(children_to_renew(desk, 2026)) == []
    before = children_to_renew(desk, 2027)
    assert named(before) == ["Inès An-Dernier"]
    assert (before.attended, before.rows[0].last_year) == (1, 2025)

    set_time(desk, paris("2027-01-01 00:00"))
    assert children_to_renew(desk, 2027).rows == before.rows
    assert named(children_to_renew(desk, 2028)) == ["Inès Cette-Année", "Inès An-Dernier"]


def test_a_day_booked_counts_once_it_is_past_and_not_when_it_was_cancelled(desk: Desk) -> None:
    came, will_come = (
        a_child_of(desk, "Venu", renew_alsh_years=(2026,)),
        a_child_of(desk, "À-Venir", renew_alsh_years=(2026,)),
    )
    cancelled = a_child_of(desk, "Annulé", renew_alsh_years=(2026,))
    book_and_pay(desk, came.dossier_id, add(came.child_id, WEDNESDAY_ALSH, WEDNESDAY))
    book_and_pay(desk, will_come.dossier_id, add(will_come.child_id, WEDNESDAY_ALSH, LATE_WEDNESDAY))
    book_and_pay(desk, cancelled.dossier_id, add(cancelled.child_id, WEDNESDAY_ALSH, WEDNESDAY))
    finish(desk, cancelled.dossier_id, remove(cancelled.child_id, WEDNESDAY_ALSH, WEDNESDAY))
    set_time(desk, paris("2026-12-10 09:00"))
    found = {row.child: last_words(row) for row in children_to_renew(desk, 2027).rows}
    assert found == {"Inès À-Venir": "viendra 16/12", "Inès Annulé": "jamais"}
    assert children_to_renew(desk, 2026).renewed == 2

    set_time(desk, paris("2027-01-04 09:00"))
    assert named(children_to_renew(desk, 2027)) == ["Inès Annulé"]


def test_renewed_a_child_leaves_the_list_and_not_before_the_opening(desk: Desk) -> None:
    family = a_child_of(desk, "Dupont")
    set_time(desk, paris("2026-09-30 23:59"))
    refused = children_to_renew(desk, 2027).decision
    assert not refused
    assert "à partir du jeudi 1er octobre 2026" in refused.sentence
    with pytest.raises(RenewalRefused, match="1er octobre 2026"):
        renew_alsh(desk, family.child_id, 2027, new_operation())
    set_time(desk, paris("2026-10-01 00:00"))
    assert children_to_renew(desk, 2027).decision
    renew_alsh(desk, family.child_id, 2027, new_operation())
    found = children_to_renew(desk, 2027)
    assert (found.rows, found.renewed) == ((), 1)


def test_only_children_the_service_still_receives_are_listed_by_site(desk: Desk) -> None:
    for last_name, school in (("Grand", "COLLEGE"), ("Moyen", "ELEMENTAIRE"), ("Petit", "MATERNELLE")):
        a_child_of(desk, last_name, school_code=school, class_name="")
    gone = {name: a_child_of(desk, name) for name in ("Archivé", "Fusionné", "Effacé", "Parti", "Lycéen")}
    with desk.database.write() as connection:
        now = paris("2026-11-01 09:00")
        for name, values in (
            ("Archivé", {"archived_at": now}),
            ("Fusionné", {"merged_into_id": gone["Parti"].dossier_id}),
            ("Effacé", {"erased_at": now}),
        ):
            connection.execute(update(t.dossier).where(t.dossier.c.id == gone[name].dossier_id).values(**values))
        connection.execute(update(t.child).where(t.child.c.id == gone["Parti"].child_id).values(archived_at=now))
        connection.execute(
            update(t.schooling).where(t.schooling.c.child_id == gone["Lycéen"].child_id).values(level="2DE")
        )
    rows = children_to_renew(desk, 2027).rows
    assert [(row.site, row.child) for row in rows] == [
        ("Mélodie", "Inès Petit"),
        ("Harmonie", "Inès Moyen"),
        ("Ados", "Inès Grand"),
    ]


def test_the_list_says_whom_to_call_and_who_comes_already(desk: Desk) -> None:
    guardians = (a_guardian(), a_guardian("Benali", "Karim", phone="07 11 22 33 44", payer=False))
    family = a_family(desk, guardians=guardians)
    mute = a_family(desk, last_name="Muet", guardians=[a_guardian("Muet", phone="")])
    starts = datetime(2026, 12, 3, 14, 0)
    book_appointment(desk, starts, "RENOUVELLEMENT", Visitor(family.dossier_id), "", new_operation())
    known, unknown = children_to_renew(desk, 2027).rows
    assert known.callers == (("Marie Dupont", "06 12 34 56 78"), ("Karim Benali", "07 11 22 33 44"))
    assert known.appointment_on == date(2026, 12, 3)
    assert (unknown.dossier_id, unknown.callers, unknown.appointment_on) == (mute.dossier_id, (), None)

    text = " ".join(" ".join(page.extract_text() for page in PdfReader(print_call_list(desk, 2027).path).pages).split())
    for said in (
        "ALSH 2027",
        "Harmonie",
        "Inès Dupont",
        "Karim Benali 07 11 22 33 44",
        "03/12/2026",
        "aucun téléphone",
    ):
        assert said in text


def test_a_hundred_children_are_read_in_as_many_statements_as_two(desk: Desk) -> None:
    a_family(desk, children=2)
    desk.commune()  # read once, for the first of them
    with statements() as few:
        children_to_renew(desk, 2027)
    with desk.database.write() as connection:
        child = connection.execute(select(t.child)).mappings().first()
        schooling = connection.execute(select(t.schooling)).mappings().first()
        assert child is not None
        assert schooling is not None
        for _ in range(98):
            copy = {name: value for name, value in child.items() if name != "id"}
            child_id = connection.execute(insert(t.child).values(**copy).returning(t.child.c.id)).scalar_one()
            values = {name: value for name, value in schooling.items() if name != "id"} | {"child_id": child_id}
            connection.execute(insert(t.schooling).values(**values))
    with statements() as many:
        assert len(children_to_renew(desk, 2027).rows) == 100
    assert len(many) == len(few) <= 8


def test_a_child_recorded_twice_is_read_as_one(desk: Desk) -> None:
    came = [a_family(desk, last_name="Venu", renew_alsh_years=(2026,)) for _ in "12"]
    will_come = [a_family(desk, last_name="Viendra", renew_alsh_years=(2026,)) for _ in "12"]
    former = [a_family(desk, last_name="Ancien") for _ in "12"]
    attended(desk, former[0].child_id, 2024)
    attended(desk, former[1].child_id, 2024, 2026)
    book_and_pay(desk, came[1].dossier_id, add(came[1].child_id, WEDNESDAY_ALSH, WEDNESDAY))
    for family, day in zip(will_come, (LATE_WEDNESDAY, date(2026, 12, 9)), strict=True):
        book_and_pay(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, day))
    for kept, other in (came, will_come, former):
        merged(desk, kept, other)
    set_time(desk, paris("2026-12-03 09:00"))
    found = children_to_renew(desk, 2027)
    assert [(row.child, last_words(row)) for row in found.rows] == [("Inès Viendra", "viendra 09/12")]
    assert found.attended == 2
