"""Files of the schools brought in: what is written is what the dry run said, once, and all of it or nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import a_child, a_desk, a_family, a_guardian
from tests.tui_portail.onde_files import MAIRIE, delimited, guardian, guardians_file, pupil, pupils_file
from tests.tui_portail.services.desk_acts import EVENING, add, audit_of, finish, merged, row_counts
from tests.tui_portail.services.import_acts import bring_in, everything, outcomes, reasons, rehearse
from tui_portail.errors import InvalidInput
from tui_portail.imports.columns import guess_map
from tui_portail.imports.plan import Outcome
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.desk import new_operation
from tui_portail.services.dossier_search import search
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.import_maps import find_map, save_map
from tui_portail.services.imports import ImportMoved, LinesLeft, apply_import, write_rejected
from tui_portail.services.planning import load_planning
from tui_portail.services.rights import Role
from tui_portail.services.verification import verify

CREATED, MATCHED, AMBIGUOUS, REJECTED = Outcome
PUPILS = pupils_file(
    pupil("NGUYEN", "Léa", "2019-03-12"),
    pupil("NGUYEN", "Tom", "12/03/2019", "CE1", sex="H"),  # her twin
    pupil("N'DIAYE", "Awa", "2020-02-29", "CP", address=MAIRIE),
)
GUARDIANS = guardians_file(
    guardian("NGUYEN", "Minh", ("NGUYEN", "Léa", "CE1"), ("NGUYEN", "Tom", "CE1"), phone="612345678"),
    guardian("PETIT", "Anne", ("NGUYEN", "Léa", "CE1"), ("NGUYEN", "Tom", "CE1"), address="9 rue Haute, Jacou"),
    guardian("N'DIAYE", "Fatou", ("N'DIAYE", "Awa", "CP"), address=MAIRIE, email="fatou@exemple.fr"),
)


def test_pupils_and_guardians_make_dossiers_and_a_second_run_changes_nothing(database: Database) -> None:
    desk = a_desk(database)
    seen = rehearse(desk, PUPILS, GUARDIANS)
    assert [outcome for _, outcome in outcomes(seen)] == [CREATED] * 6
    done = apply_import(desk, seen, new_operation())
    assert (done.created, done.dossiers, done.changed) == (6, 2, 0)

    [hit] = search(desk, "nguyen lea")
    family = load_dossier(desk, hit.dossier_id)
    assert [child.first_name for child in family.children] == ["Léa", "Tom"]
    assert [child.class_name for child in family.children] == ["CE1", "CE1"]
    assert [(one.last_name, one.payer_id is not None) for one in family.guardians] == [
        ("NGUYEN", True),
        ("PETIT", False),  # the other parent pays only when it is asked for
    ]
    assert family.guardians[0].phone == "0612345678"
    assert family.payers[0].resident
    assert search(desk, "0612345678")[0].dossier_id == hit.dossier_id

    before = everything(database)
    again = bring_in(desk, PUPILS, GUARDIANS, accepted_only=False)
    assert (again.created, again.matched, again.dossiers, again.changed) == (0, 6, 0, 0)
    assert again.sentence == "Tout est déjà dans la base : rien n’a été changé."
    assert everything(database) == before
    assert verify(desk).sound
    told = "".join(f"{row.details}{row.result}" for row in audit_of(database, "importer"))
    assert "NGUYEN" not in told
    assert "Léa" not in told


def test_pupils_alone_make_dossiers_that_the_screens_open_and_guardians_come_later(database: Database) -> None:
    desk = a_desk(database)
    bring_in(desk, PUPILS)
    [hit] = search(desk, "awa ndiaye")
    assert load_dossier(desk, hit.dossier_id).label == "N'DIAYE"
    snapshot = load_planning(desk, hit.dossier_id, date(2026, 12, 7), date(2026, 12, 11))
    assert snapshot.payers == ()
    [awa] = snapshot.children
    with pytest.raises(ChangesRefused, match="n’a pas de payeur"):
        finish(desk, hit.dossier_id, add(awa.child_id, EVENING, date(2026, 12, 7)))
    done = bring_in(desk, GUARDIANS)
    assert (done.created, done.dossiers, done.changed) == (3, 0, 2)
    assert [payer.name for payer in load_dossier(desk, hit.dossier_id).payers] == ["Fatou N'DIAYE"]


def test_what_an_agent_typed_is_kept_and_what_was_empty_is_filled(database: Database) -> None:
    desk = a_desk(database)
    typed = a_guardian("Nguyen", "Minh", phone="", email="minh@exemple.fr")
    child = a_child("Léa", "Nguyen", birth_on=date(2019, 3, 12), class_name="CP")
    family = a_family(desk, guardians=[typed], children=[child])
    other = guardians_file(
        guardian("NGUYEN", "Minh", ("NGUYEN", "Léa", "CE1"), phone="06 99 88 77 66", email="autre@exemple.fr")
    )
    seen = rehearse(desk, pupils_file(pupil("NGUYEN", "Léa", "2019-03-12", "CE1")), other)
    assert [line.outcome for line in seen.plan.lines] == [MATCHED, MATCHED]
    apply_import(desk, seen, new_operation())
    view = load_dossier(desk, family.dossier_id)
    assert (view.guardians[0].email, view.guardians[0].phone) == ("minh@exemple.fr", "06 99 88 77 66")
    assert view.guardians[0].address == "1 place de la Mairie"
    assert view.children[0].class_name == "CE1"
    with database.read() as connection:
        change = t.dossier_change.c
        kept = connection.execute(select(change.subject, change.field, change.before, change.after)).all()
    assert ("guardian", "phone", "", "06 99 88 77 66") in kept
    assert ("schooling", "class_name", "CP", "CE1") in kept


def test_all_or_nothing_or_the_accepted_lines_by_choice(database: Database) -> None:
    desk = a_desk(database)
    content = pupils_file(pupil("ROUX", "Zoé", "2019-05-04"), pupil("ROUX", "Max", "29/02/2019", sex="M"))
    seen = rehearse(desk, content)
    before = row_counts(database)
    with pytest.raises(LinesLeft):
        apply_import(desk, seen, new_operation())
    assert row_counts(database) == before
    operation = new_operation()
    done = apply_import(desk, seen, operation, accepted_only=True)
    assert (done.created, done.rejected) == (1, 1)
    assert apply_import(desk, seen, operation, accepted_only=True) == done, "the same gesture sent twice"
    assert reasons(seen)[3] == "La date de naissance : le 29/02/2019 n’existe pas dans le calendrier."


def test_a_dry_run_writes_nothing_and_is_refused_once_the_base_has_moved(database: Database) -> None:
    desk = a_desk(database)
    before = row_counts(database)
    seen = rehearse(desk, PUPILS)
    assert row_counts(database) == before
    a_family(desk, last_name="Nguyen", children=[a_child("Léa", "Nguyen", birth_on=date(2019, 3, 12))])
    with pytest.raises(ImportMoved):
        apply_import(desk, seen, new_operation())
    a_family(desk, last_name="Sans-rapport")
    later = rehearse(desk, PUPILS)
    a_family(desk, last_name="Autre")
    assert apply_import(desk, later, new_operation()).created == 2, "what moved has nothing to do with the file"


def test_an_import_stopped_on_its_way_leaves_nothing(database: Database) -> None:
    desk = a_desk(database)
    seen = rehearse(desk, PUPILS, GUARDIANS)
    before = row_counts(database)

    def stop(done: int, total: int) -> None:
        if done * 2 > total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_import(desk, seen, new_operation(), progress=stop)
    assert row_counts(database) == before


def test_homonyms_in_the_base_and_archived_families_are_left_to_an_agent(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE)
    for _ in range(2):
        a_family(desk, last_name="Martin", children=[a_child("Léo", "Martin", birth_on=date(2019, 1, 5))])
    seen = rehearse(desk, pupils_file(pupil("MARTIN", "Léo", "2019-01-05", sex="M")))
    assert outcomes(seen) == [(2, AMBIGUOUS)]
    assert "nés le même jour" in reasons(seen)[2]


def test_refused_lines_mended_and_imported_again_are_taken(database: Database, tmp_path: Path) -> None:
    desk = a_desk(database)
    content = pupils_file(
        pupil("ROUX", "Zoé", "2019-05-04"),
        pupil("HÉRAULT", "Max", "31/04/2019", sex="M"),
        encoding="cp1252",
        delimiter="\t",
    )
    seen = rehearse(desk, content)
    apply_import(desk, seen, new_operation(), accepted_only=True)
    path = tmp_path / "rejets.csv"
    assert write_rejected(seen, 0, path) == 1
    mended = path.read_bytes().decode("cp1252").replace("31/04/2019", "30/04/2019").encode("cp1252")
    assert bring_in(desk, mended, accepted_only=False).created == 1
    assert [child.first_name for child in load_dossier(desk, search(desk, "herault")[0].dossier_id).children] == ["Max"]


def test_a_table_writes_quotients_alsh_years_and_its_map_is_kept(database: Database) -> None:
    desk = a_desk(database)
    titles = ["Nom enfant", "Prénom enfant", "Naissance", "Niveau", "Nom parent", "Prénom parent", "Courriel parent"]
    titles += ["QF", "QF du", "QF au", "ALSH"]
    cells = ["Roux", "Zoé", "04/05/2019", "CE1", "Roux", "Anne", "anne@exemple.fr", "745", "01/01/2026", "31/12/2026"]
    content = delimited([titles, [*cells, "2026"]])
    save_map(desk, "Ancien logiciel", guess_map(titles), new_operation())
    columns = find_map(desk, "Ancien logiciel")
    assert columns == guess_map(titles)
    assert bring_in(desk, content, columns=columns).created == 1
    view = load_dossier(desk, search(desk, "roux")[0].dossier_id)
    assert view.payers[0].quotient_cents == 745_00
    assert [year for year, _ in view.children[0].alsh_years] == [2026]
    assert [line.label for line in view.operations] == ["Inscrit ou complété par un fichier"]
    before = everything(database)
    assert bring_in(desk, content, columns=columns).changed == 0
    assert everything(database) == before
    with pytest.raises(InvalidInput, match="Ancien logiciel"):
        find_map(desk, "Autre")


def test_while_an_import_is_written_other_desks_read_and_on_a_server_register_families(database: Database) -> None:
    desk = a_desk(database)
    seen = rehearse(desk, PUPILS, GUARDIANS)
    other, found, made = a_desk(database), [], []

    def meanwhile(done: int, total: int) -> None:
        found.append(search(other, "nguyen"))
        if database.dialect == "postgresql" and not made:
            made.append(a_family(other, last_name="Nguyen"))

    apply_import(desk, seen, new_operation(), progress=meanwhile)
    assert {hit.label for hits in found for hit in hits} <= {"Nguyen"}, (
        "nothing of an import is seen before it is whole"
    )
    assert len(search(other, "nguyen")) == 1 + len(made)


def test_two_agents_who_import_the_same_file_at_once_write_it_once(database: Database) -> None:
    desks = [a_desk(database), a_desk(database)]
    seen = [rehearse(desk, PUPILS, GUARDIANS) for desk in desks]
    start = Barrier(2)

    def go(place: int) -> bool:
        start.wait(20)
        try:
            apply_import(desks[place], seen[place], new_operation())
        except ImportMoved:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, range(2))) == [False, True]
    assert len(search(desks[0], "nguyen lea")) == 1


def test_a_child_recorded_twice_is_known_once(database: Database) -> None:
    desk = a_desk(database)
    kept = a_family(desk, last_name="Nguyen", children=[a_child("Léa", "Nguyen")])
    other = a_family(desk, last_name="Nguyen", children=[a_child("Léa", "Nguyen")])
    merged(desk, kept, other)
    seen = rehearse(desk, pupils_file(pupil("NGUYEN", "Léa", "2019-03-12")))
    assert [outcome for _, outcome in outcomes(seen)] == [MATCHED]
    apply_import(desk, seen, new_operation())
    with database.read() as connection:
        schools = set(connection.scalars(select(t.schooling.c.child_id)))
        shown = [child.child_id for child in load_dossier(desk, kept.dossier_id).children]
    assert shown == [kept.child_id]
    assert kept.child_id in schools
