"""The file keeps a write-ahead log, whoever else has it open at that moment."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models.driver_errors import is_busy
from models.inspection import keep_wal

SWITCH, TURN = "PRAGMA journal_mode = WAL", "BEGIN EXCLUSIVE"


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another connection in the middle of a write: the log can't be switched on before it ends."""
    with closing(sqlite3.connect(tmp_path / "p.sqlite", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE site (code text)")
        connection.execute("BEGIN IMMEDIATE")
        yield connection


@pytest.fixture
def opening(tmp_path: Path, writing: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "p.sqlite", isolation_level=None)) as connection:
        yield connection


def test_the_log_is_switched_on_as_soon_as_the_other_has_finished(
    opening: sqlite3.Connection, writing: sqlite3.Connection
) -> None:
    asked: list[str] = []

    def watch(statement: str) -> None:
        asked.append(statement)
        if statement == TURN:
            writing.execute("COMMIT")

    opening.set_trace_callback(watch)
    keep_wal(opening)

    assert asked.index(SWITCH) < asked.index(TURN), "the switch was refused once, at once, as SQLite does"
    assert opening.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_wait_is_bounded(opening: sqlite3.Connection, writing: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError) as refusal:
        keep_wal(opening, patience_s=0.05)
    assert is_busy(refusal.value)
