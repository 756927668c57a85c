"""`tui-portail sauvegarder` from a shell: a copy of one instant while desks work, verified, encrypted by choice, never half there."""

import json
import stat
from pathlib import Path
from unittest.mock import patch

import pytest

from models import online_copy
from models.engine import Database
from tests.old_base import make_old_base
from tests.tui_portail.backup_acts import (
    EVENING,
    PHRASE,
    a_paid_day,
    add,
    backed_up,
    facts_of,
    plainly,
    run,
)
from tests.tui_portail.services.desk_acts import book_and_pay
from tests.tui_portail.services.tampering import unguarded
from tui_portail.services.backup_folder import UNFINISHED
from tui_portail.services.backup_manifest import read_manifest
from tui_portail.services.backups import BackupOrder, back_up
from tui_portail.settings import load_settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sauvegardes"


def test_a_backup_of_a_working_base_is_of_one_instant_and_verified(database: Database, folder: Path) -> None:
    desk, family = a_paid_day(database)
    before = facts_of(database.url)
    paid = 0

    def another_desk(what: str, done: int, total: int) -> None:
        nonlocal paid
        if what == "Copie" and done < total and paid < 2:
            paid += 1
            day = desk.now().date().replace(day=9 + paid)
            book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, day))

    with patch.object(online_copy, "PAGES_A_STEP", 20):
        report = back_up(
            BackupOrder(database.url, folder, folder, programs=load_settings().postgresql_programs), another_desk
        )
    assert paid == 2
    assert report.manifest.verified is True, report.manifest.verification
    assert report.manifest.facts == before
    assert facts_of(database.url).entries == before.entries + 2
    assert (report.path, report.noted) == (backed_up(folder), True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not list(folder.glob(f"{UNFINISHED}*"))


def test_a_backup_is_restored_elsewhere_the_same_and_goes_on(
    database: Database, folder: Path, request: pytest.FixtureRequest
) -> None:
    a_paid_day(database)
    before = plainly(facts_of(database.url))
    saved = run("sauvegarder", "--base", database.url, "--vers", folder)
    assert saved.exit_code == 0, saved.output
    assert "Vérifiée : restaurée et recalculée, tout concorde." in saved.output
    assert "Dernière quittance 2026-000001 du mardi 1er décembre 2026 à 10 h 30" in saved.output
    if database.dialect == "sqlite":
        elsewhere = str(folder.parent / "ailleurs" / "portail.sqlite3")
        done = run("restaurer", backed_up(folder), "--base", elsewhere)
    else:
        server = request.getfixturevalue("postgresql_server")
        with server.fresh(empty=True) as elsewhere:
            done = run("restaurer", backed_up(folder), "--base", elsewhere)
            restored = plainly(facts_of(elsewhere))
            taken = run("restaurer", backed_up(folder), "--base", elsewhere)
        assert (done.exit_code, restored) == (0, before), done.output
        assert (taken.exit_code, "existe et n’est pas vide" in taken.output) == (1, True)
        return
    assert done.exit_code == 0, done.output
    assert "Base restaurée : " in done.output
    assert "Dernière quittance 2026-000001 du" in done.output
    assert plainly(facts_of(elsewhere)) == before
    assert Path(elsewhere).stat().st_mode & 0o777 == 0o600
    assert "Tout concorde." in run("verifier", "--base", elsewhere).output


def test_a_base_that_does_not_agree_is_backed_up_and_said_not_to(tmp_path: Path, folder: Path, sqlite_template) -> None:
    database = Database.open(sqlite_template.fresh(tmp_path))
    desk, _ = a_paid_day(database)
    with unguarded(desk) as connection:
        connection.exec_driver_sql("UPDATE tender SET amount_cents = amount_cents - 1")
        connection.commit()
    saved = run("sauvegarder", "--base", database.url, "--vers", folder)
    assert saved.exit_code == 1
    assert "ANOMALIE : la base sauvegardée ne concorde pas" in saved.output
    assert read_manifest(backed_up(folder)).verified is False
    elsewhere = tmp_path / "b.sqlite3"
    refused = run("restaurer", backed_up(folder), "--base", elsewhere)
    assert (refused.exit_code, elsewhere.exists()) == (1, False)
    assert run("restaurer", backed_up(folder), "--base", elsewhere, "--malgre-les-anomalies").exit_code == 0
    database.close()


def test_a_passphrase_or_a_key_is_needed_to_open_what_was_encrypted(
    tmp_path: Path, folder: Path, sqlite_template
) -> None:
    database = Database.open(sqlite_template.fresh(tmp_path))
    a_paid_day(database)
    key = tmp_path / "cle.txt"
    made = run("sauvegarder", "--nouvelle-cle", key)
    assert (made.exit_code, key.stat().st_mode & 0o777) == (0, 0o600)
    public = made.output.split('"')[1]
    by_key, by_phrase = folder / "cle", folder / "phrase"
    quiet = "--sans-verification"
    assert (
        run(
            "sauvegarder", "--base", database.url, "--vers", by_key, quiet, TUI_PORTAIL_CLE_SAUVEGARDES=public
        ).exit_code
        == 0
    )
    twice = f"{PHRASE}\n{PHRASE}\n"
    saved = run("sauvegarder", "--base", database.url, "--vers", by_phrase, quiet, "--chiffrer", typed=twice)
    assert saved.exit_code == 0, saved.output
    assert "NON VÉRIFIÉE" in saved.output
    assert PHRASE not in saved.output
    for folder_of, words, typed in (
        (by_key, ("--cle-privee", key), ""),
        (by_phrase, (), f"{PHRASE}\n"),
    ):
        backup = backed_up(folder_of)
        assert backup.name.endswith(".sqlite3.age")
        assert b"Dupont" not in backup.read_bytes()
        target = folder_of.parent / f"{folder_of.name}.sqlite3"
        assert run("restaurer", backup, "--base", target, *words, typed=typed).exit_code == 0
        assert plainly(facts_of(str(target))) == plainly(facts_of(database.url))
    target = tmp_path / "x.sqlite3"
    wrong = run("restaurer", backed_up(by_phrase), "--base", target, typed="autre chose encore\n")
    assert (wrong.exit_code, target.exists()) == (1, False)
    assert "ce n’est pas sa phrase secrète" in wrong.output
    asked = run("restaurer", backed_up(by_key), "--base", target)
    assert (asked.exit_code, "--cle-privee" in asked.output) == (2, True)
    key.chmod(0o644)
    shared = run("restaurer", backed_up(by_key), "--base", target, "--cle-privee", key)
    assert (shared.exit_code, "chmod 600" in shared.output) == (1, True)
    database.close()


def test_a_file_cut_or_altered_is_refused_and_nothing_is_written(tmp_path: Path, folder: Path, sqlite_template) -> None:
    database = Database.open(sqlite_template.fresh(tmp_path))
    a_paid_day(database)
    assert run("sauvegarder", "--base", database.url, "--vers", folder).exit_code == 0
    backup, target = backed_up(folder), tmp_path / "x.sqlite3"
    whole = backup.read_bytes()
    altered = bytearray(whole)
    altered[len(whole) // 2] ^= 1
    for content in (whole[:-100], bytes(altered)):
        backup.write_bytes(content)
        refused = run("restaurer", backup, "--base", target)
        assert (refused.exit_code, target.exists()) == (1, False)
        assert "tronquée ou a été modifiée" in refused.output
    backup.write_bytes(whole)
    described = backup.with_name(backup.name + ".json")
    text = described.read_text(encoding="utf-8")
    for content in ("", "{}", "[1]", text.replace(json.loads(text)["facts"]["chains"][0]["hash"], "0" * 64)):
        described.write_text(content, encoding="utf-8")
        refused = run("restaurer", backup, "--base", target)
        assert (refused.exit_code, target.exists()) == (1, False), content
    described.unlink()
    assert run("restaurer", backup, "--base", target).exit_code == 1
    assert run("restaurer", backup, "--base", target, "--sans-description").exit_code == 0
    database.close()


def test_only_the_last_backups_are_kept_and_another_base_s_are_left_alone(
    tmp_path: Path, folder: Path, sqlite_template
) -> None:
    database = Database.open(sqlite_template.fresh(tmp_path))
    a_paid_day(database)
    folder.mkdir()
    other = folder / "portail-ailleurs-2020-01-01-0230.sqlite3"
    other.write_text("d’une autre base", encoding="utf-8")
    for _ in range(3):
        assert run("sauvegarder", "--base", database.url, "--vers", folder, "--garder", "1").exit_code == 0
    kept = [one.name for one in folder.iterdir() if one.suffix == ".sqlite3"]
    assert len(kept) == 2
    assert other.name in kept
    database.close()


def test_a_base_of_an_earlier_version_is_backed_up_before_its_upgrade_and_stays_of_it(
    tmp_path: Path, folder: Path
) -> None:
    base, again = tmp_path / "ancienne.sqlite3", tmp_path / "restauree.sqlite3"
    make_old_base(str(base))
    saved = run("sauvegarder", "--base", base, "--vers", folder)
    assert saved.exit_code == 0, saved.output
    assert "Vérifiée" in saved.output
    assert run("restaurer", backed_up(folder), "--base", again).exit_code == 0
    assert facts_of(str(again)) == facts_of(str(base))
    assert facts_of(str(again)).revision == "0001_counter_act"


def test_what_is_missing_or_mistyped_is_a_sentence(tmp_path: Path, sqlite_template) -> None:
    absent = run("sauvegarder", "--base", tmp_path / "rien.sqlite3", "--vers", tmp_path / "s")
    assert (absent.exit_code, "n’existe pas" in absent.output) == (1, True)
    base = sqlite_template.fresh(tmp_path)
    wrong = run("sauvegarder", "--base", base, "--vers", tmp_path / "s", "--cle", "age1faux")
    assert (wrong.exit_code, "age1" in wrong.output) == (2, True)
    short = run("sauvegarder", "--base", base, "--vers", tmp_path / "s", "--chiffrer", typed="court\ncourt\n")
    assert (short.exit_code, "trop courte" in short.output) == (2, True)
    assert not (tmp_path / "s").exists()
    assert run("restaurer", tmp_path / "rien.sqlite3", "--base", tmp_path / "x.sqlite3").exit_code == 1
