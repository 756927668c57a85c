"""A full base as each released version left it, on each engine: its schema by its migrations, its rows as its own program wrote them.

The rows and what made them are in `tests/old_bases`. They are put back triggers aside, as they were.
"""

import json
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, create_engine, text

from models.addresses import DatabaseAddress
from models.migrate import migrate
from models.revisions import REVISIONS
from models.states import DatabaseKind
from tests.old_bases.make import RELEASED, file_of

__all__ = ["RELEASED", "connected", "make_old_base", "old_rows", "verified_then"]

Rows = list[list[Any]]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Give a connection that asks nothing of the base, whatever its version."""
    engine = create_engine(DatabaseAddress.parse(url).url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def make_old_base(url: str, kind: DatabaseKind = DatabaseKind.TEST, revision: str = REVISIONS[0]) -> None:
    """Make the full base of a released version, the first unless said, at an address where there is none."""
    with patch("models.migrate.CURRENT", revision):
        assert migrate(url, kind).to_revision == revision
    with connected(url) as connection:
        (_fill_sqlite if connection.dialect.name == "sqlite" else _fill_postgresql)(connection, revision, kind)


@cache
def verified_then(revision: str) -> dict[str, int]:
    """Return what that version's own verifier counted: entries, payments, avoirs."""
    with lzma.open(file_of(revision), "rt", encoding="utf-8") as lines:
        found: dict[str, int] = json.loads(lines.readline())["verified"]
    return found


@cache
def old_rows(revision: str) -> dict[str, tuple[list[str], Rows]]:
    """Return the columns and rows of each table that had some, as SQLite keeps them; bytes as bytes."""
    found: dict[str, tuple[list[str], Rows]] = {}
    with lzma.open(file_of(revision), "rt", encoding="utf-8") as lines:
        lines.readline()
        rows: Rows = []
        for line in lines:
            values = json.loads(line)
            if len(values) == 2 and isinstance(values[1], list):
                rows = []
                found[values[0]] = (values[1], rows)
            else:
                rows.append([bytes.fromhex(value["hex"]) if isinstance(value, dict) else value for value in values])
    return found


def _fill_sqlite(connection: Connection, revision: str, kind: DatabaseKind) -> None:
    kept = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for trigger in kept:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
    connection.exec_driver_sql("DELETE FROM database_identity")
    for table, (columns, rows) in old_rows(revision).items():
        places = ", ".join("?" * len(columns))
        written = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
        connection.exec_driver_sql(written, [tuple(row) for row in rows])
    connection.exec_driver_sql(f"UPDATE database_identity SET kind = '{kind}'")
    for trigger in kept:
        connection.exec_driver_sql(trigger.sql)


def _fill_postgresql(connection: Connection, revision: str, kind: DatabaseKind) -> None:
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    connection.exec_driver_sql("SET LOCAL TimeZone = 'UTC'")
    connection.exec_driver_sql("DELETE FROM database_identity")
    driver: Any = connection.connection.driver_connection
    for table, (columns, rows) in old_rows(revision).items():
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([value if value is None or isinstance(value, bytes) else str(value) for value in row])
        if "id" in columns and (sequence := connection.scalar(text(f"SELECT pg_get_serial_sequence('{table}', 'id')"))):
            connection.exec_driver_sql(f"SELECT setval('{sequence}', (SELECT MAX(id) FROM {table}))")
    connection.exec_driver_sql(f"UPDATE database_identity SET kind = '{kind}'")
