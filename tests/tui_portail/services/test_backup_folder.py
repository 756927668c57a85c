"""Which backups of a folder go: never the last one that can be trusted, whatever others, or a full disk, did to the folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tui_portail.services.backup_folder import backups_in, prune, put_away
from tui_portail.services.backup_manifest import BaseFacts, Manifest

NOW = datetime(2026, 11, 29, 2, 30, tzinfo=UTC)
BASE = "a" * 32


def a_backup(folder: Path, days_ago: int, base_id: str = BASE, *, verified: bool = True) -> Path:
    written = folder / "ecrite"
    written.write_bytes(b"base" * 100)
    facts = BaseFacts(base_id, "reelle", "0006_many_desks", "Clapiers", (), {})
    made_at = NOW - timedelta(days=days_ago)
    manifest = Manifest(facts, "", "sqlite", made_at, 0, "", "", verified=verified)
    return put_away(written, folder, manifest, ".sqlite3")[0]


def test_a_backup_cut_short_since_is_not_the_verified_one_that_lets_the_others_go(tmp_path: Path) -> None:
    older, whole, cut = (a_backup(tmp_path, days) for days in (3, 2, 1))
    cut.write_bytes(b"base")
    assert prune(tmp_path, backups_in(tmp_path, BASE), whole.name, 1, NOW) == (older.name,)
    assert whole.exists()


def test_a_backup_that_a_link_leads_to_or_of_another_base_stays(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "sauvegardes", tmp_path / "ailleurs"
    folder.mkdir()
    elsewhere.mkdir()
    target = a_backup(elsewhere, 5)
    for file in (target, target.with_name(target.name + ".json")):
        (folder / file.name).symlink_to(file)
    other = a_backup(folder, 4, "b" * 32)
    made = a_backup(folder, 1)
    assert prune(folder, backups_in(folder, BASE), made.name, 1, NOW) == (target.name,)
    assert target.exists() and other.exists()
    assert not (folder / target.name).is_symlink()


def test_the_one_just_made_stays_though_others_are_dated_after_it(tmp_path: Path) -> None:
    ahead = [a_backup(tmp_path, -days) for days in (14, 15)]
    old, made = a_backup(tmp_path, 1), a_backup(tmp_path, 0)
    assert prune(tmp_path, backups_in(tmp_path, BASE), made.name, 1, NOW) == (old.name,)
    assert all(one.exists() for one in (made, *ahead))


@pytest.mark.parametrize("which", [0, 1])
def test_the_one_just_made_stays_among_those_of_its_instant(tmp_path: Path, which: int) -> None:
    made = [a_backup(tmp_path, 0), a_backup(tmp_path, 0)][which]
    prune(tmp_path, backups_in(tmp_path, BASE), made.name, 1, NOW)
    assert made.exists()
