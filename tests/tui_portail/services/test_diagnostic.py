"""The diagnostic: true on both engines, useful when the base is not, and never a secret nor a name in it."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from typer.testing import CliRunner

from models.engine import Database
from models.states import DatabaseKind
from tests.databases import SqliteTemplate
from tests.factories import a_desk, a_family
from tests.old_base import make_old_base
from tui_portail.cli import app
from tui_portail.diagnosis import Diagnosis, Finding, State, judged_room, judged_skew, size_text
from tui_portail.logs import keep_logs, note_incident
from tui_portail.services.backup_notes import BACKED_UP, NOT_VERIFIED, SUBJECT, VERIFIED
from tui_portail.services.desk import new_operation
from tui_portail.services.diagnostic import diagnose, diagnose_desk
from tui_portail.services.gesture import Done, keep
from tui_portail.services.rights import NotAllowed, Role

SECRET = "-".join(("tilleul", "soupe", "jeudi"))


def seen(found: Diagnosis, what: str) -> Finding:
    (one,) = [one for one in found.findings if one.what == what]
    return one


def text_of(found: Diagnosis) -> str:
    return "\n".join(found.lines()) + found.as_json()


def test_a_base_at_work_is_told_without_a_name_of_its_families(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE)
    a_family(desk, last_name="Kermadec")
    found = diagnose(database.url)
    assert seen(found, "Joignable").seen == "oui"
    assert "connue de ce programme" in seen(found, "Version de la base").seen
    assert seen(found, "Une lecture").state is State.OK
    assert "ms" in seen(found, "Une lecture").seen
    assert seen(found, "Sauvegarde vérifiée").seen == "aucune connue"
    told = text_of(found)
    assert "INCONNU" not in told
    for personal in ("Kermadec", "KERMADEC", "Marie", "06 12", database.url if "secret" in database.url else "Dupont"):
        assert personal not in told
    if database.dialect == "sqlite":
        assert seen(found, "Journal des écritures").seen == "wal"
        assert "dossier 1" in seen(found, "Lignes (au plus)").seen
        assert found.sound, told
    else:
        assert seen(found, "fsync").state is State.ERREUR, "the tests' own server promises nothing"
        with database.read() as connection:
            owner = connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
        assert seen(found, "Compte").seen == ("superutilisateur" if owner else "ordinaire")
        assert ("journal_entry" in seen(found, "Livres").seen) is owner
        assert "sur cette machine" in seen(found, "Liaison").seen
        assert "statement_timeout 15s" in seen(found, "Délais").seen


def test_the_last_backup_is_found_in_the_audit_trail(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        for days in (9, 3):
            keep_backup(connection, days, VERIFIED)
        keep_backup(connection, 0, NOT_VERIFIED)
    late = seen(diagnose(sqlite_database.url), "Sauvegarde vérifiée")
    assert (late.state, late.seen.startswith("le ")) == (State.ATTENTION, True), (
        "one that was not verified does not count"
    )
    with sqlite_database.write() as connection:
        keep_backup(connection, 0, VERIFIED)
    assert seen(diagnose(sqlite_database.url), "Sauvegarde vérifiée").state is State.OK


def keep_backup(connection: Connection, days: int, verified: str) -> None:
    at = datetime.now(UTC) - timedelta(days=days)
    keep(connection, BACKED_UP, "f" * 64, new_operation(), at, Done({}, SUBJECT, verified), None)


@pytest.fixture
def sqlite_database(sqlite_template: SqliteTemplate, tmp_path: Path) -> Database:
    return Database.open(sqlite_template.fresh(tmp_path))


def test_a_base_that_is_not_there_too_old_too_new_foreign_or_mistyped_is_told_as_far_as_it_can_be(
    sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    absent = diagnose(str(tmp_path / "absente.sqlite"))
    assert (seen(absent, "Joignable").state, absent.sound) == (State.ERREUR, False)
    assert "tui-portail initialiser" in seen(absent, "Joignable").advice
    old = str(tmp_path / "vieille.sqlite")
    make_old_base(old, DatabaseKind.REAL)
    found = diagnose(old)
    assert seen(found, "Version de la base").state is State.ERREUR
    assert "sauvegarde" in seen(found, "Version de la base").advice
    assert seen(found, "Une lecture").state is State.OK, "what can be said of it is"
    newer = Database.open(sqlite_template.fresh(tmp_path))
    with newer.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999_demain'"))
    newer.close()
    assert "plus récente" in seen(diagnose(newer.url), "Version de la base").advice
    (tmp_path / "texte.sqlite").write_text("bonjour " * 200, encoding="utf-8")
    assert not diagnose(str(tmp_path / "texte.sqlite")).sound
    mistyped = diagnose(f"postgresql://agent:{SECRET}@x@serveur/m")
    assert seen(mistyped, "Adresse").state is State.ERREUR
    assert SECRET not in text_of(mistyped)


def test_a_server_that_does_not_answer_is_told_and_the_password_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_PORTAIL_BASE", f"postgresql://agent:{SECRET}@127.0.0.1:1/m")
    monkeypatch.setenv("PGPASSWORD", SECRET)
    found = diagnose()
    assert "ne répond pas" in seen(found, "Joignable").advice
    assert "PGPASSWORD, l’adresse" in seen(found, "Mot de passe de la base").seen
    assert "variable TUI_PORTAIL_BASE" in [one.seen for one in found.findings if one.section == "Réglages"][1]
    assert SECRET not in text_of(found)


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_settings_that_others_may_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "reglages.toml"
    file.write_text(f'papier = "A4"\nbase = "{tmp_path}/x.sqlite"\n', encoding="utf-8")
    file.chmod(0o644)
    monkeypatch.setenv("TUI_PORTAIL_REGLAGES", str(file))
    found = diagnose()
    assert "mode 0644" in next(one.seen for one in found.findings if one.what == "Fichier")
    assert seen(found, "Papier").seen == "A4 (fichier)"
    file.write_text(f'base = "postgresql://agent:{SECRET}@127.0.0.1:1/m"\n', encoding="utf-8")
    refused = diagnose()
    assert any("chmod 600" in one.advice and one.state is State.ERREUR for one in refused.findings)
    assert SECRET not in text_of(refused)


def test_the_last_incidents_are_told_by_reference_and_date(tmp_path: Path) -> None:
    with keep_logs(tmp_path):
        references = [note_incident(ValueError("Kermadec")).reference for _ in range(7)]
        told = seen(diagnose(str(tmp_path / "x.sqlite")), "Derniers incidents").seen
    assert [one for one in references if one in told] == references[-5:]
    assert datetime.now(UTC).strftime("/%Y à ") in told


def test_the_command_answers_by_its_code_in_json_and_in_a_file_of_its_owner(
    sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    base = sqlite_template.fresh(tmp_path)
    runner = CliRunner()
    well = runner.invoke(app, ["diagnostic", "--base", base, "--json"])
    answer = json.loads(well.stdout)
    assert (well.exit_code, answer["correct"]) == (0, True)
    assert {line["etat"] for line in answer["lignes"]} <= {"OK", "ATTENTION"}
    report = tmp_path / "rapport.txt"
    bad = runner.invoke(app, ["diagnostic", "--base", str(tmp_path / "absente.sqlite"), "--sortie", str(report)])
    assert bad.exit_code == 1
    assert "ERREUR" in report.read_text(encoding="utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(report.stat().st_mode) == 0o600
    again = runner.invoke(app, ["diagnostic", "--base", base, "--sortie", str(report)])
    assert (again.exit_code, "existe déjà" in again.output) == (1, True)
    assert not (tmp_path / "absente.sqlite").exists()


def test_it_is_for_who_changes_the_settings(sqlite_database: Database) -> None:
    with pytest.raises(NotAllowed):
        diagnose_desk(a_desk(sqlite_database, Role.ENFANCE))
    assert diagnose_desk(a_desk(sqlite_database, Role.ADMINISTRATEUR)).findings


def test_clocks_and_room_are_judged() -> None:
    assert [judged_skew(seconds)[0] for seconds in (0, -60, 61, -3600)] == [
        State.OK,
        State.OK,
        State.ATTENTION,
        State.ATTENTION,
    ]
    assert [judged_room(free)[0] for free in (10**10, 10**6)] == [State.OK, State.ATTENTION]
    assert [size_text(size) for size in (12, 1_500, 2_000_000, 3.2e9, 4e12)] == [
        "12 octets",
        "1,5 Ko",
        "2,0 Mo",
        "3,2 Go",
        "4000 Go",
    ]
