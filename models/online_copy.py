"""A file copied while desks go on working: SQLite's online backup, page after page, of one instant of the base.

The read transaction opened first makes it one instant: else each page written by a desk meanwhile would begin the copy again, and a busy
day would never let it end.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from models.addresses import BUSY_TIMEOUT_S, DatabaseAddress
from models.inspection import opening, reading_mode

PAGES_A_STEP = 2_000
"""Copied between two signs of progress: 8 MB."""


def copy_online(address: DatabaseAddress, target: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Copy a base's file to `target`, which must be empty or missing; `progress` is told pages done and in all.

    The copy is one file, without a log beside it, and is on the disk when this returns. Raises DatabaseFailure, OSError.
    """
    told = progress or (lambda done, total: None)

    def step(_status: int, remaining: int, total: int) -> None:
        told(total - remaining, total)

    with opening(address), closing(address.connect_sqlite(reading_mode(address))) as source:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(target, isolation_level=None, timeout=BUSY_TIMEOUT_S)) as copy:
            try:
                source.backup(copy, pages=PAGES_A_STEP, progress=step)
                copy.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                    raise
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target)) from error  # the copy's disk
        source.execute("ROLLBACK")
    with target.open("rb") as written:
        os.fsync(written.fileno())


def damage_in(file: Path) -> str | None:
    """Return what SQLite says is damaged in a file, None when it reads it whole."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            said: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        return type(error).__name__
    return None if said == "ok" else said
