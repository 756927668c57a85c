"""Every row of one base copied into another engine's, and both compared: what a move from SQLite to PostgreSQL is made of.

Rows go through the columns' types (`models.tables`), so that both engines read the same booleans, days and instants. The guards and the
keys between tables are set aside while the rows come in the order of their tables, then put back: the keys are then checked in full. Only
the owner's rights are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from sqlalchemy import Connection, Integer, Table, func, select, text
from sqlalchemy.exc import DBAPIError

from models.database_errors import DatabaseFailure
from models.table_contents import Content
from models.tables import metadata

BATCH = 2_000
TABLES: tuple[Table, ...] = tuple(sorted(metadata.tables.values(), key=lambda table: table.name))
_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conname
"""
REFUSED = (
    "La table {table} a une ligne que PostgreSQL n’accepte pas ({said}). Rien n’a été transféré : "
    "faites lire cette ligne à qui vous dépanne, puis recommencez."
)
Told = Callable[[str, int, int], None]
"""Hears of a table's name, the rows done and those there are."""


class RowRefused(DatabaseFailure):
    """A row of one engine cannot be written in the other: text with a NUL, a value out of the column's range."""

    code = "LIGNE_REFUSEE"


def copy_rows(source: Connection, target: Connection, told: Told) -> dict[str, Content]:
    """Copy every table of `source` into the empty tables of `target` (PostgreSQL), and return what was read of each.

    Raises RowRefused, and IntegrityError of the driver for a key that leads nowhere.
    """
    keys = target.exec_driver_sql(_KEYS).all()
    for table, name, _ in keys:
        target.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    read: dict[str, Content] = {}
    for table in TABLES:
        target.exec_driver_sql(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        target.execute(table.delete())
        read[table.name] = _copy_table(source, target, table, told)
        target.exec_driver_sql(f"ALTER TABLE {table.name} ENABLE TRIGGER USER")
        _set_counter(source, target, table)
    for table, name, definition in keys:
        target.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}".replace("%", "%%"))
    target.exec_driver_sql("ANALYZE")
    return read


def content_of(connection: Connection, told: Told) -> dict[str, Content]:
    """Read every table and return what it holds."""
    found: dict[str, Content] = {}
    for table in TABLES:
        total = _count(connection, table)
        content = found[table.name] = Content()
        for rows in _batches(connection, table):
            for row in rows:
                content.add(row)
            told(table.name, content.rows, total)
    return found


def _copy_table(source: Connection, target: Connection, table: Table, told: Told) -> Content:
    content, total = Content(), _count(source, table)
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    driver: Any = target.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for rows in _batches(source, table):
                for row in rows:
                    content.add(row)
                    copy.write_row(row)
                told(table.name, content.rows, total)
    except (psycopg.DataError, psycopg.IntegrityError, UnicodeError) as error:
        raise RowRefused(REFUSED.format(table=table.name, said=_said(error))) from error
    except DBAPIError as error:  # the source's text is no UTF-8
        if "decode" not in str(error.orig).lower():
            raise
        raise RowRefused(REFUSED.format(table=table.name, said="texte illisible")) from error
    return content


def _said(error: Exception) -> str:
    """Return where and why, without the row's values: they may name somebody."""
    if isinstance(error, psycopg.Error) and error.diag.context:
        where = error.diag.context.split(":", 1)[0]
        return f"{where} : {error.diag.message_primary}"
    return str(error).splitlines()[0]


def _batches(connection: Connection, table: Table) -> Iterator[Any]:
    yield from connection.execute(select(table), execution_options={"yield_per": BATCH}).partitions()


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _set_counter(source: Connection, target: Connection, table: Table) -> None:
    """Have the next row take the number after the last one ever given."""
    key = table.autoincrement_column
    if key is None or not isinstance(key.type, Integer):
        return
    sequence = target.execute(select(func.pg_get_serial_sequence(table.name, key.name))).scalar()
    if sequence is None:
        return
    last = target.execute(select(func.max(key))).scalar() or 0
    if source.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").first():
        given = source.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        last = max(last, given.scalar() or 0)
    target.execute(select(func.setval(sequence, max(last, 1), last > 0)))
