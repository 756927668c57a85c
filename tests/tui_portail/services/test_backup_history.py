"""Which backups are a base's own: a trial base, restored from one of them, never removes the others."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.addresses import DatabaseAddress
from models.any_version import snapshot
from models.engine import Database
from models.states import GENESIS_HASH
from tests.databases import SqliteTemplate
from tests.tui_portail.backup_acts import a_paid_day, facts_of
from tui_portail.services.backup_folder import backups_in
from tui_portail.services.backup_history import of_this_history
from tui_portail.services.backup_manifest import Chain, Manifest
from tui_portail.services.backup_sealing import Opening
from tui_portail.services.backups import BackupOrder, BackupReport, back_up
from tui_portail.services.restoring import RestoreOrder, restore
from tui_portail.settings import load_settings

NIGHT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


def saved(url: str, folder: Path, at: datetime) -> BackupReport:
    programs = load_settings().postgresql_programs
    return back_up(BackupOrder(url, folder, folder, keep=1, programs=programs), lambda *_: None, at)


def _no_key() -> Opening:
    raise AssertionError("nothing is encrypted")


def own(database: Database, manifest: Manifest, *, remembers: bool) -> bool:
    with snapshot(DatabaseAddress.parse(database.url)) as connection:
        return bool(of_this_history(connection, {"x": manifest}, remembers=remembers))


def test_a_backup_of_another_history_of_the_same_base_is_not_its_own(database: Database, tmp_path: Path) -> None:
    a_paid_day(database)
    made = saved(database.url, tmp_path / "s", NIGHT).manifest
    [head] = made.facts.chains
    begun = Chain(head.regie, 0, GENESIS_HASH)
    elsewhere = (replace(head, hash="0" * 64), replace(head, seq=head.seq + 1), replace(head, regie=head.regie + 1))
    assert own(database, made, remembers=True)
    for chain, same in ((head, True), (begun, True), *((other, False) for other in elsewhere)):
        described = replace(made, facts=replace(made.facts, chains=(chain,)))
        assert own(database, described, remembers=False) is same, chain


def test_a_backup_that_the_base_did_not_note_is_not_its_own_unless_it_notes_none(
    database: Database, tmp_path: Path
) -> None:
    a_paid_day(database)
    made = replace(saved(database.url, tmp_path / "s", NIGHT).manifest, sha256="f" * 64)
    assert not own(database, made, remembers=True)
    assert own(database, made, remembers=False)


def test_a_trial_base_leaves_the_backups_of_the_one_it_comes_from(
    tmp_path: Path, sqlite_template: SqliteTemplate
) -> None:
    database, folder, trial = Database.open(sqlite_template.fresh(tmp_path)), tmp_path / "s", str(tmp_path / "essai")
    a_paid_day(database)
    kept = saved(database.url, folder, NIGHT)
    restore(RestoreOrder(kept.path, trial, tmp_path, _no_key), lambda *_: None, lambda *_: None)
    assert facts_of(trial).base_id == facts_of(database.url).base_id
    tried = [saved(trial, folder, NIGHT + timedelta(hours=hours)) for hours in (1, 2)]
    assert tried[1].removed == (tried[0].path.name,)
    again = saved(database.url, folder, NIGHT + timedelta(days=1))
    assert again.removed == (kept.path.name,)
    assert set(backups_in(folder, kept.manifest.facts.base_id)) == {tried[1].path.name, again.path.name}
    database.close()
