"""A backup's description that somebody edited, or that is no file: told by its sentence, and it stops nothing else."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.tui_portail.services.test_backup_folder import NOW, a_backup
from tui_portail.services import backup_manifest
from tui_portail.services.backup_folder import backups_in, prune
from tui_portail.services.backup_manifest import BackupUnreadable, manifest_path, read_manifest

BASE = "a" * 32
EDITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "an instant before the first": lambda it: it.update(at="0001-01-01T00:00:00+14:00"),
    "an instant after the last": lambda it: it.update(at="9999-12-31T23:59:59-14:00"),
    "an instant that Paris cannot tell": lambda it: it.update(at="9999-12-31T23:59:59+00:00"),
    "an instant of nowhere": lambda it: it.update(at="2026-11-29T02:30:00"),
    "a number for an instant": lambda it: it.update(at=5),
    "a quittance before the first instant": lambda it: it["facts"].update(quittance_at="0001-01-01T00:00:00+14:00"),
    "a text for a version": lambda it: it.update(dumped_by="x"),
    "a text for a size": lambda it: it.update(size="x"),
    "a text for verified": lambda it: it.update(verified="oui"),
    "a number for rows": lambda it: it["facts"].update(rows=5),
    "a text for a count": lambda it: it["facts"].update(rows={"quittance": "x"}),
    "a list for a revision": lambda it: it["facts"].update(revision=["x"]),
    "numbers for chains": lambda it: it["facts"].update(chains=[1]),
    "a number for a hash": lambda it: it["facts"].update(chains=[{"regie": 1, "seq": 1, "hash": 12}]),
    "no program": lambda it: it.pop("program"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edited_description_is_unreadable_and_left_alone_by_the_next_backup(
    tmp_path: Path, edit: Callable[[dict[str, Any]], Any]
) -> None:
    older, edited, kept = (a_backup(tmp_path, days) for days in (5, 4, 1))
    described = manifest_path(edited)
    written = json.loads(described.read_text(encoding="utf-8"))
    edit(written)
    described.write_text(json.dumps(written), encoding="utf-8")
    with pytest.raises(BackupUnreadable, match="est abîmée"):
        read_manifest(edited)
    assert prune(tmp_path, backups_in(tmp_path, BASE), kept.name, 1, NOW) == (older.name,)
    assert edited.exists() and kept.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
def test_a_description_that_is_no_file_is_never_read(tmp_path: Path) -> None:
    backup = a_backup(tmp_path, 3)
    manifest_path(backup).unlink()
    os.mkfifo(manifest_path(backup))
    with patch.object(backup_manifest, "read_text", side_effect=AssertionError("it would wait for ever")):
        with pytest.raises(BackupUnreadable, match="n’est pas un fichier"):
            read_manifest(backup)
        assert prune(tmp_path, backups_in(tmp_path, BASE), backup.name, 1, NOW) == ()
    assert backup.exists()
