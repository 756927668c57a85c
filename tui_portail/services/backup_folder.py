"""The folder of backups: a file takes its name there once whole, and those that need not be kept any more go."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from uuid import uuid4

from tui_portail.backup_rules import DatedBackup, backup_name, to_remove
from tui_portail.errors import PortailError
from tui_portail.files import reason, sync_folder, whole_file
from tui_portail.services.backup_manifest import (
    SUFFIX,
    BackupUnreadable,
    Manifest,
    as_json,
    manifest_path,
    read_manifest,
    with_file,
)

UNFINISHED = ".en-cours-"
NOT_WRITTEN = (
    "La sauvegarde n’a pas pu être écrite dans {folder} ({reason}) ; rien n’en est gardé. Libérez de la place ou choisissez un autre "
    "dossier (--vers)."
)
_LEFT_AFTER_S = 6 * 3600


class BackupNotWritten(PortailError):
    """The backup could not be written; nothing of it is left under a name that would be trusted."""

    code = "SAUVEGARDE_NON_ECRITE"


@contextmanager
def working_folder(parent: Path, refused: str | None = NOT_WRITTEN) -> Iterator[Path]:
    """Give a folder of one's own under `parent`, which is made if need be, and take it away; those that a kill left go too.

    Raises BackupNotWritten, with the sentence `refused`, for what the system refuses within, too; as it came when there is none.
    """
    try:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _take_away_left(parent)
        made = parent / f"{UNFINISHED}{uuid4().hex[:12]}"
        made.mkdir(mode=0o700)
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        if refused is None:
            raise
        raise BackupNotWritten(refused.format(folder=_where(error, parent), reason=reason(error))) from error


def _where(error: OSError, parent: Path) -> Path:
    """Return the folder that the system refused: the one of the working folder that it names, else `parent`."""
    named = Path(error.filename).parents if isinstance(error.filename, str) else ()
    return next((one.parent for one in named if one.name.startswith(UNFINISHED)), parent)


def put_away(written: Path, folder: Path, manifest: Manifest, suffix: str) -> tuple[Path, Manifest]:
    """Give a whole file its name in the folder, its manifest beside it; return where it is and the manifest. Raises OSError.

    `written` is on the same disk. The manifest comes first: a backup is never there without it.
    """
    written.chmod(0o600)
    with written.open("rb") as file:
        os.fsync(file.fileno())
    manifest = with_file(manifest, written)
    path = _free_name(folder, manifest, suffix)
    with whole_file(manifest_path(path), replace=True) as file:
        file.write(as_json(manifest).encode())
    written.replace(path)
    sync_folder(folder)
    return path, manifest


def _free_name(folder: Path, manifest: Manifest, suffix: str) -> Path:
    """Return the backup's path: with its seconds, then a number, where its name is taken."""
    commune, at = manifest.facts.commune, manifest.at
    names = chain(
        [backup_name(commune, at, suffix)],
        (backup_name(commune, at, f"{f'-{again}' * (again > 1)}{suffix}", seconds=True) for again in count(1)),
    )
    paths = (folder / name for name in names)
    return next(path for path in paths if not os.path.lexists(path) and not os.path.lexists(manifest_path(path)))


def backups_in(folder: Path, base_id: str) -> dict[str, Manifest]:
    """Return the backups of bases of this identity that a folder holds, whole with their manifest, by name."""
    found: dict[str, Manifest] = {}
    with suppress(OSError):
        for described in folder.glob(f"portail-*{SUFFIX}"):
            backup = described.with_name(described.name.removesuffix(SUFFIX))
            with suppress(BackupUnreadable):
                if backup.is_file() and (manifest := read_manifest(backup)).facts.base_id == base_id:
                    found[backup.name] = manifest
    return found


def prune(folder: Path, found: Mapping[str, Manifest], made: str, keep: int, now: datetime) -> tuple[str, ...]:
    """Remove the backups `found` that need not be kept any more (`backup_rules.to_remove`), never the one just `made`; return their names.

    One whose file is no longer of the size it had, cut by a full disk or by a copy, is not one that was verified.
    """
    dated = [
        DatedBackup(name, one.at, one.verified is True and _is_whole(folder / name, one)) for name, one in found.items()
    ]
    gone = sorted(to_remove(dated, keep, now) - {made})
    for name in gone:
        with suppress(OSError):  # held by another program: the next backup will
            (folder / name).unlink(missing_ok=True)
            manifest_path(folder / name).unlink(missing_ok=True)
    return tuple(gone)


def _is_whole(backup: Path, manifest: Manifest) -> bool:
    try:
        return backup.stat().st_size == manifest.size
    except OSError:
        return False


def _take_away_left(parent: Path) -> None:
    """Remove what a killed backup left: folders where nothing was written for six hours."""
    for left in parent.glob(f"{UNFINISHED}*"):
        with suppress(OSError):
            newest = max((one.stat().st_mtime for one in [left, *left.iterdir()]), default=0.0)
            if time.time() - newest > _LEFT_AFTER_S:
                shutil.rmtree(left, ignore_errors=True)
