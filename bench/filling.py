"""Writing many rows fast into a fresh database: guards and indexes set aside while it is filled, and put back after.

Only for databases the measures make and throw away. SQLite: no journal while filling. PostgreSQL: COPY, triggers of the session off.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

import psycopg

from models.addresses import DatabaseAddress


class Filling(Protocol):
    """A database being filled."""

    dialect: str

    def rows(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write rows of plain values into a table."""
        ...

    def run(self, statement: str) -> None:
        """Run one statement of plain SQL."""
        ...

    def instant(self, moment: datetime) -> str:
        """Return an instant as this engine stores it."""
        ...


class SqliteFilling:
    """A file, filled without journal."""

    dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write rows in one prepared statement."""
        marks = ", ".join("?" * len(columns))
        self._connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)

    def run(self, statement: str) -> None:
        """Run one statement."""
        self._connection.execute(statement)

    def instant(self, moment: datetime) -> str:
        """Return UTC without offset, as `UtcDateTime` stores it."""
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


class PostgresqlFilling:
    """A server's database, filled by COPY."""

    dialect = "postgresql"

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def rows(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Copy rows."""
        with self._connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def run(self, statement: str) -> None:
        """Run one statement."""
        self._connection.execute(statement.encode())

    def instant(self, moment: datetime) -> str:
        """Return UTC with its offset."""
        return moment.astimezone(UTC).isoformat()


@contextmanager
def filling(url: str, late_indexes: Sequence[str]) -> Iterator[Filling]:
    """Fill the database at `url`; the indexes of the tables in `late_indexes` are built after their rows are in."""
    address = DatabaseAddress.parse(url)
    with _sqlite(address, late_indexes) if address.dialect == "sqlite" else _postgresql(address, late_indexes) as fill:
        yield fill


@contextmanager
def _sqlite(address: DatabaseAddress, late_indexes: Sequence[str]) -> Iterator[Filling]:
    with closing(address.connect_sqlite()) as connection:
        for pragma in (
            "foreign_keys = OFF",
            "journal_mode = OFF",
            "synchronous = OFF",
            "cache_size = -1000000",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        tables = ", ".join(f"'{table}'" for table in late_indexes)
        set_aside = connection.execute(
            f"SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "
            f"AND (type = 'trigger' OR (type = 'index' AND tbl_name IN ({tables})))"
        ).fetchall()
        for kind, name, _ in set_aside:
            connection.execute(f"DROP {kind} {name}")
        yield SqliteFilling(connection)
        for _, _, statement in set_aside:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA optimize = 0x10002")
        connection.execute("PRAGMA journal_mode = WAL")


@contextmanager
def _postgresql(address: DatabaseAddress, late_indexes: Sequence[str]) -> Iterator[Filling]:
    url = address.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '1GB'")
        found = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT LIKE 'pk%%' "
            "AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            (list(late_indexes),),
        ).fetchall()
        for name, _ in found:
            connection.execute(f"DROP INDEX {name}".encode())
        fill = PostgresqlFilling(connection)
        yield fill
        for _, definition in found:
            connection.execute(definition.encode())
        for table, column in connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE column_default LIKE 'nextval%' AND table_schema = 'public'"
        ).fetchall():
            fill.run(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), "
                f"(SELECT COALESCE(MAX({column}), 0) + 1 FROM {table}), false)"
            )
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
