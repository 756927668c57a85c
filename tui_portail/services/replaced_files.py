"""A restored file put in the place of a base: the one that was there keeps all it holds under another name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from sqlalchemy import Connection

from models.addresses import DatabaseAddress
from models.database_errors import DatabaseDamaged, DatabaseNotOurs
from models.held_file import held_file
from models.inspection import REPLACED_SUFFIX
from tui_portail.files import sync_folder

LOGS = ("-wal", "-shm", "-journal")


def put_in_place(copy: Path, address: DatabaseAddress, stamp: str, check: Callable[[Connection], None]) -> Path | None:
    """Give `copy` the base's name, and return the name that the file in place has from then on, None when there was none.

    Both are on one disk. At every instant a whole base has the name, where the file system has links. Nobody may have the file open:
    `check` reads it once it is held for this alone, and raises to leave it as it is. Raises DatabaseLocked, OSError.
    """
    target = address.path
    if target is None:
        raise ValueError("not a SQLite address")
    copy.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o600)
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    aside: Path | None = None
    with ExitStack() as held:
        if target.exists() and target.stat().st_size:
            standing: Connection | None = None
            with suppress(DatabaseDamaged, DatabaseNotOurs):  # no desk works in such a file
                standing = held.enter_context(held_file(address))  # its log, if any, is then in it
            if standing is not None:
                check(standing)
            if sys.platform == "win32":
                held.close()  # a file that is open keeps its name there
            aside = target.with_name(f"{target.name}{REPLACED_SUFFIX}{stamp}")
            _keep_as(target, aside)
        for log in LOGS:  # of a file taken away or damaged: it would be read into the new one
            left = target.with_name(target.name + log)
            if left.exists():
                left.replace(target.with_name(f"{target.name}{REPLACED_SUFFIX}{stamp}{log}"))
        copy.replace(target)
        sync_folder(target.parent)
    return aside


def _keep_as(target: Path, aside: Path) -> None:
    try:
        os.link(target, aside)
    except OSError:  # a file system without links
        target.rename(aside)
