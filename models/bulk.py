"""Many rows written in one transaction: COPY on PostgreSQL, one prepared statement on SQLite, a few thousand at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")
CHUNK = 2_000
Told = Callable[[int], None]
"""Told how many rows were just written; it may raise, and the transaction is undone."""


def write_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    told: Told | None = None,
) -> None:
    """Insert rows of plain values, in the order of `columns`."""
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        if connection.dialect.name == "postgresql":
            _copy(connection, table, columns, chunk)
        else:
            connection.execute(insert(table), [dict(zip(columns, row, strict=True)) for row in chunk])
        if told is not None:
            told(len(chunk))


def allocate_ids(connection: Connection, table: Table, count: int) -> list[int]:
    """Return the ids that the next `count` rows of a table will be inserted with, in ascending order."""
    if not count:
        return []
    if connection.dialect.name == "sqlite":  # the writer is alone, and a row's id is the largest plus one
        last = connection.scalar(select(func.max(table.c.id))) or 0
        return list(range(last + 1, last + 1 + count))
    numbers = select(func.nextval(func.pg_get_serial_sequence(table.name, "id"))).select_from(
        func.generate_series(1, count)
    )
    return sorted(connection.scalars(numbers))


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    import psycopg  # noqa: PLC0415  this engine only

    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{column}"' for column in columns)
    try:
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance("COPY", None, error, psycopg.Error, dialect=connection.dialect) from error


def by_chunks(values: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """Yield values a few hundred at a time, for queries that name each."""
    return (values[start : start + size] for start in range(0, len(values), size))
