"""What someone with the file or the server's password may do behind the guards' back, and what the verifier says of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, text

from tui_portail.services.desk import Desk
from tui_portail.services.verification import findings_of

WITHOUT_CHECKS = """
SELECT string_agg(format('ALTER TABLE %s %s', conrelid::regclass, dropped), '; ') FROM (
    SELECT conrelid, string_agg(format('DROP CONSTRAINT %I', conname), ', ') AS dropped
    FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 GROUP BY conrelid
) AS checks
"""


@contextmanager
def unguarded(desk: Desk) -> Iterator[Connection]:
    """Give a transaction with no trigger, CHECK nor reference, as to someone with the file or the server's password.

    What is missing of them is not told there: `tests/guards` asks that, and what is asked here is whether rows tell by themselves.
    """
    guards_untold = patch("tui_portail.services.verification.check_guards", lambda _: iter(()))
    with guards_untold, desk.database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            driver.execute("PRAGMA foreign_keys = OFF")
            driver.execute("PRAGMA ignore_check_constraints = ON")
            for name in list(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.exec_driver_sql(connection.exec_driver_sql(WITHOUT_CHECKS.replace("%", "%%")).scalar_one())
        try:
            yield connection
        finally:
            connection.rollback()
            if isinstance(driver, sqlite3.Connection):
                driver.execute("PRAGMA foreign_keys = ON")
                driver.execute("PRAGMA ignore_check_constraints = OFF")


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Take back what is changed within, without what `unguarded` took away."""
    changing = connection.begin_nested()
    try:
        yield
    finally:
        changing.rollback()


def sql(connection: Connection, statement: str) -> Any:
    return connection.execute(text(statement.replace(":", "\\:")))


def key_of(table: str) -> str:
    keys = {"journal_entry": "seq", "journal_head": "regie_id", "audit_event": "operation_id", "number_series": "kind"}
    return keys.get(table, "id")


def a_row(connection: Connection, table: str, where: str) -> str:
    key = key_of(table)
    rows = sql(connection, f"SELECT {key} FROM {table} WHERE {where} ORDER BY {key} DESC LIMIT 1")
    row_id = rows.scalar()
    assert row_id is not None, f"no {table} where {where}"
    return str(row_id)


def change_a_row(connection: Connection, table: str, change: str, where: str = "1 = 1") -> str:
    """Change the last row that matches; return its id."""
    row_id = a_row(connection, table, where)
    change = change.replace("{false}", "0" if connection.dialect.name == "sqlite" else "false")
    sql(connection, f"UPDATE {table} SET {change} WHERE {key_of(table)} = '{row_id}'")
    return row_id


def found(desk: Desk, connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield the tables and rows named, as the verifier reads on: whoever has found theirs asks no further."""
    return ((finding.table, finding.row) for finding in findings_of(connection, desk.clock.now(connection)))
