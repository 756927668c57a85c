"""The set-up changed by its administrateur: checked whole, recorded with who and why, compared, followed when another one recorded."""

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, a_family, the_commune
from tests.tui_portail.services.desk_acts import THURSDAY, add, hold
from tui_portail.commune_files import read_commune, to_document
from tui_portail.commune_sections import section_of
from tui_portail.errors import InvalidInput
from tui_portail.services.commune_exchange import export_version, read_commune_file
from tui_portail.services.commune_history import VersionUnknown, list_versions, version_changes, version_document
from tui_portail.services.commune_settings import (
    CodeInUse,
    CommuneChanged,
    RegieCodeFixed,
    TermsKeepVersion,
    change_commune,
    read_settings,
)
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.register_exports import ExportNotWritten
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.settings_draft import Draft


@pytest.fixture
def desk(database: Database) -> Desk:
    return a_desk(database, Role.ADMINISTRATEUR, name="Maxime Bel")


def record(desk: Desk, reason: str = "délibération", operation: str | None = None, **branches: Any) -> int:
    """Record the set-up in force with some of its branches changed; return the version."""
    settings = read_settings(desk)
    document = settings.document | branches
    done = change_commune(desk, settings.version, document, "essai", reason, operation or new_operation())
    return done.version


def events(desk: Desk) -> int:
    with desk.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(t.audit_event)) or 0


def capacity(desk: Desk, day: date, activity: str) -> int | None:
    with desk.database.read() as connection:
        slot = t.slot.c
        return connection.scalar(
            select(slot.capacity).where(slot.day == day, slot.activity_code == activity, slot.site_code == "HARMONIE")
        )


def test_a_change_is_a_dated_version_with_who_and_why_and_the_days_sold_follow(desk: Desk) -> None:
    registrar = a_desk(desk.database, Role.ENFANCE)
    family = a_family(registrar)
    hold(registrar, family.dossier_id, add(family.child_id, "ALP_SOIR", THURSDAY))
    places = copy.deepcopy(read_settings(desk).document["places"])
    places["HARMONIE"]["ALP_SOIR"] = 90
    operation = new_operation()
    version = record(desk, "conseil du 4 juin", operation, places=places)

    assert record(desk, "conseil du 4 juin", places=places) == version, "the same set-up is not recorded twice"
    first_document = version_document(desk, 1) | {"places": places}
    again = change_commune(desk, 1, first_document, "essai", "conseil du 4 juin", operation)
    assert (again.version, again.changed) == (version, True), "a gesture sent twice is done once"
    assert capacity(desk, THURSDAY, "ALP_SOIR") == 90
    latest, first = list_versions(desk)
    assert (latest.version, latest.who, latest.reason, latest.source) == (
        version,
        "Maxime Bel",
        "conseil du 4 juin",
        "essai",
    )
    assert first.who is None
    assert [change.sentence for change in version_changes(desk, version)] == [
        "Places d’un jour, Harmonie · ALP soir — Places : 120 → 90"
    ]
    assert version_changes(desk, first.version) == ()
    with pytest.raises(VersionUnknown):
        version_changes(desk, 99)


def test_a_code_that_rows_point_to_stays_and_so_does_the_regies(desk: Desk) -> None:
    a_family(a_desk(desk.database, Role.ENFANCE))
    document = read_settings(desk).document
    schools = [school for school in document["ecoles"] if school["code"] != "ELEMENTAIRE"]
    with pytest.raises(CodeInUse, match="École « ELEMENTAIRE » : des dossiers"):
        record(desk, ecoles=schools)
    assert record(desk, ecoles=[school for school in document["ecoles"] if school["code"] != "COLLEGE"]) == 2
    with pytest.raises(RegieCodeFixed, match="Gardez « PERISCOLAIRE »"):
        record(desk, regie=document["regie"] | {"code": "AUTRE"})
    with pytest.raises(InvalidInput, match="motif du changement"):
        record(desk, "  ", commune="Ailleurs")
    assert len(list_versions(desk)) == 2
    record(desk, regie=document["regie"] | {"caisse": "Caisse de l’accueil"}, ecoles=document["ecoles"])
    with desk.database.read() as connection:
        assert connection.scalars(select(t.till.c.name)).all() == ["Caisse de l’accueil"]


def test_other_terms_of_use_have_another_version(desk: Desk) -> None:
    portal = read_settings(desk).document["portail"]
    terms = portal["conditions"] | {"texte": ["Un autre texte."]}
    with pytest.raises(TermsKeepVersion, match="une autre version que « 1 »"):
        record(desk, portail=portal | {"conditions": terms})
    assert len(list_versions(desk)) == 1
    assert record(desk, portail=portal | {"conditions": terms | {"version": "2"}}) == 2
    assert record(desk, portail=portal | {"conditions": terms | {"version": "3"}}) == 3, (
        "the same text may be accepted again"
    )


@pytest.mark.parametrize("role", Role)
def test_only_an_administrateur_reads_changes_and_exports_the_settings(
    database: Database, role: Role, tmp_path: Path
) -> None:
    desk = a_desk(database, role)
    before = events(desk)
    elsewhere = to_document(the_commune()) | {"commune": "Ailleurs"}
    acts: tuple[Callable[[], object], ...] = (
        lambda: read_settings(desk),
        lambda: list_versions(desk),
        lambda: version_changes(desk, 1),
        lambda: version_document(desk, 1),
        lambda: export_version(desk, 1, str(tmp_path / "commune.toml")),
        lambda: change_commune(desk, 1, elsewhere, "", "essai", new_operation()),
    )
    for act in acts:
        if role is Role.ADMINISTRATEUR:
            act()
        else:
            with pytest.raises(NotAllowed):
                act()
    if role is Role.ADMINISTRATEUR:
        assert events(desk) - before == 1
    else:
        assert events(desk) == before and not list(tmp_path.glob("*.toml"))


def test_a_draft_follows_what_another_administrateur_recorded_and_asks_where_both_changed(desk: Desk) -> None:
    draft = Draft(read_settings(desk))
    sites, waiting = section_of("sites"), section_of("attente")
    draft.document = draft.with_lines(sites, [*draft.lines(sites)[:2], draft.lines(sites)[2] | {"nom": "Espace ados"}])
    draft.document = draft.with_lines(waiting, [{"offre_minutes": 60}])
    assert draft.touched() == {"sites", "attente"}

    other = a_desk(desk.database, Role.ADMINISTRATEUR, name="Anne Roux")
    record(other, "grève", liste_attente={"offre_minutes": 120}, commune="Le Village")
    with pytest.raises(CommuneChanged) as changed:
        change_commune(desk, draft.read.version, draft.document, "écran", "essai", new_operation())
    assert changed.value.who == "Anne Roux"

    theirs, both = draft.follow(read_settings(desk))
    assert [change.section.title for change in theirs] == ["Commune", "Liste d’attente"]
    assert both == (waiting,)
    assert draft.document["commune"] == "Le Village", "a section the draft did not change is theirs"
    assert draft.document["liste_attente"] == {"offre_minutes": 60}, "nothing typed is lost before the agent chooses"
    draft.take_theirs(both)
    change_commune(desk, draft.read.version, draft.document, "écran", "essai", new_operation())
    assert [change.sentence for change in version_changes(desk, 3)] == ["Sites, Ados — Nom : Ados → Espace ados"]


def test_a_draft_says_what_is_wrong_where_and_keeps_recorded_codes(desk: Desk) -> None:
    draft = Draft(read_settings(desk))
    activities, places = section_of("activites"), section_of("places")
    assert draft.fault() is None
    lines = draft.lines(activities)
    assert draft.is_kept(activities, lines[0]) and not draft.is_kept(activities, lines[0] | {"code": "NOUVELLE"})
    draft.document = draft.with_lines(activities, lines[:-1])
    fault = draft.fault()
    assert fault is not None and fault.spot is not None
    assert "n’est le code d’aucune activité" in fault.expected
    with pytest.raises(InvalidInput, match="y est déjà"):
        draft.with_lines(places, [*draft.lines(places), draft.lines(places)[0]])


def test_a_version_is_written_in_a_file_and_read_back(desk: Desk, tmp_path: Path) -> None:
    record(desk, fictif=True, commune='Le "Village" #1')
    file = tmp_path / "commune.toml"
    assert export_version(desk, 1, str(file)) == file
    assert read_commune(file) == the_commune()
    with pytest.raises(ExportNotWritten, match="existe déjà"):
        export_version(desk, 2, str(file))
    export_version(desk, 2, str(file), replace=True)
    in_force = read_settings(desk).document
    read = read_commune_file(str(file), in_force)
    assert (read.document, read.source) == (in_force, "fichier commune.toml")
    with pytest.raises(InvalidInput, match="nom du fichier"):
        export_version(desk, 2, " ")
    with pytest.raises(RegieCodeFixed):
        read_commune_file(str(file), in_force | {"regie": {"code": "AUTRE"}})
