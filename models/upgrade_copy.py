"""A copy of a file beside it before it is upgraded: going back is putting it in its place."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from itertools import count
from pathlib import Path

from models.addresses import DatabaseAddress
from models.database_errors import DatabaseDamaged, DatabaseReadOnly
from models.driver_errors import DAMAGED, translated
from tui_portail.files import reason
from tui_portail.instants import in_paris

PAGES_A_STEP = 4096
MOST_PAGES: int | None = None
"""As many as the disk takes; a test says less."""
CANNOT_COPY = (
    "La copie de la base avant sa mise à jour ne peut pas être faite dans {folder} ({reason}). Rien n’a été changé : "
    "libérez de la place ou donnez à votre compte le droit d’y écrire, puis recommencez."
)


def copy_beside(
    address: DatabaseAddress, revision: str, at: datetime, progress: Callable[[int, int], None] | None = None
) -> Path:
    """Copy a file beside it, for its owner alone, under a name that says its version and the instant (aware), and check the copy.

    The caller keeps others from writing. `progress` is told how many pages are done, of how many. Nothing is left of a copy that fails.
    Raises DatabaseReadOnly or DatabaseFull when it cannot be made, DatabaseDamaged when what was copied does not hold.
    """
    if address.path is None:
        raise ValueError("not a SQLite address")
    try:
        copy = _new_file(address.path, revision, at)
    except OSError as error:
        raise DatabaseReadOnly(CANNOT_COPY.format(folder=address.path.parent, reason=reason(error))) from error
    try:
        with translated(address):
            _copy(address, copy, progress)
    except BaseException:
        remove_copy(copy)
        raise
    return copy


def remove_copy(copy: Path) -> None:
    """Take a copy away: the base was not upgraded."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def _new_file(path: Path, revision: str, at: datetime) -> Path:
    """Make an empty file of a name not taken: « portail-version-0003-2027-01-05-1032.sqlite »."""
    name = f"{path.stem}-version-{revision[:4]}-{in_paris(at):%Y-%m-%d-%H%M}"
    for place in count(1):
        copy = path.with_name(f"{name}{'' if place == 1 else f'-{place}'}{path.suffix}")
        try:
            os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        return copy
    raise AssertionError("names never end")


def _copy(address: DatabaseAddress, copy: Path, progress: Callable[[int, int], None] | None) -> None:
    def told(_: int, left: int, total: int) -> None:
        if progress is not None:
            progress(total - left, total)

    with closing(address.connect_sqlite()) as source, closing(sqlite3.connect(copy)) as target:
        if MOST_PAGES is not None:
            target.execute(f"PRAGMA max_page_count = {MOST_PAGES}")
        source.backup(target, pages=PAGES_A_STEP, progress=told, sleep=0)
        if target.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise DatabaseDamaged(DAMAGED.format(address=address))
