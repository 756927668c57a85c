"""A backup, a restore or a move killed at any step: the base is as it was, and nothing half done has a name that would be trusted."""

import signal
from pathlib import Path
from typing import Any

import pytest

from models.addresses import DatabaseAddress
from models.any_version import marks_of
from models.engine import Database
from tests.databases import PostgresqlServer, SqliteTemplate
from tests.factories import a_desk, a_family
from tests.faults.killed_copies import IN_PLACE, copy_until_killed
from tests.other_desks import processes
from tests.tui_portail.backup_acts import a_paid_day, backed_up, facts_of, plainly
from tui_portail.services.backup_sealing import Opening
from tui_portail.services.backups import BackupOrder, back_up
from tui_portail.services.restoring import RestoreOrder, restore


def killed(what: str, step: str, facts: dict[str, Any]) -> None:
    process = processes().Process(target=copy_until_killed, args=(what, step, facts))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL, (what, step)


@pytest.fixture
def base(tmp_path: Path, sqlite_template: SqliteTemplate) -> Path:
    """A file with a payment, closed."""
    path = Path(sqlite_template.fresh(tmp_path))
    database = Database.open(str(path))
    a_paid_day(database)
    database.close()
    return path


def test_a_backup_killed_leaves_no_file_under_its_name(base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sauvegardes"
    before = facts_of(str(base))
    for step in ("Copie", "Vérification"):
        killed("sauvegarder", step, {"base": str(base), "folder": str(folder)})
        assert not list(folder.glob("portail-*"))
    assert facts_of(str(base)) == before
    assert back_up(BackupOrder(str(base), folder, folder), lambda *_: None).manifest.verified


def test_a_restore_killed_leaves_the_base_in_place_or_the_other_whole(base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sauvegardes"
    report = back_up(BackupOrder(str(base), folder, folder), lambda *_: None)
    database = Database.open(str(base))
    a_family(a_desk(database), last_name="Venue après")
    database.close()
    since = plainly(facts_of(str(base)))
    for step in ("Copie", "Vérification", IN_PLACE):
        killed("restaurer", step, {"base": str(base), "backup": str(report.path), "folder": str(folder)})
        assert plainly(facts_of(str(base))) == since
    order = RestoreOrder(report.path, str(base), folder, Opening, replace=True)
    restore(order, lambda *_: None, lambda lost, there: None)
    assert plainly(facts_of(str(base))) == plainly(report.manifest.facts)
    assert backed_up(folder) == report.path


@pytest.mark.postgresql
def test_a_move_killed_leaves_the_file_and_an_empty_base(
    base: Path, tmp_path: Path, postgresql_server: PostgresqlServer
) -> None:
    with postgresql_server.fresh(empty=True) as target:
        before = facts_of(str(base))
        facts = {"base": str(base), "target": target, "folder": str(tmp_path)}
        killed("transferer", "Vérification sur le serveur", facts)
        assert marks_of(DatabaseAddress.parse(target)).empty
        assert facts_of(str(base)) == before
