"""A base of any version this program knows, read as it is: what a backup copies, before an upgrade as after one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Connection, Engine, text

from models.addresses import BUSY_TIMEOUT_S, DatabaseAddress
from models.driver_errors import translated
from models.engine import postgresql_engine, sqlite_engine
from models.inspection import (
    DatabaseMarks,
    check_ours,
    check_place,
    opening,
    postgresql_marks,
    reading_mode,
    sqlite_marks,
)


def marks_of(address: DatabaseAddress) -> DatabaseMarks:
    """Return what is inside, whoever's it is. Raises DatabaseMissing, DatabaseUnreachable and the other DatabaseFailure."""
    check_place(address)
    if address.dialect == "sqlite":
        mode = reading_mode(address)
        with opening(address), closing(address.connect_sqlite(mode, busy_timeout_s=BUSY_TIMEOUT_S)) as connection:
            return sqlite_marks(connection)
    engine = postgresql_engine(address)
    try:
        with opening(address), engine.connect() as server:
            return postgresql_marks(server)
    finally:
        engine.dispose()


def our_marks(address: DatabaseAddress) -> DatabaseMarks:
    """Return the marks of a base of ours, of this version or an earlier one.

    Raises DatabaseEmpty, DatabaseNotOurs, DatabaseTooNew, and as `marks_of`.
    """
    marks = marks_of(address)
    check_ours(address, marks)
    return marks


def reading_engine(address: DatabaseAddress, isolation: str) -> Engine:
    """Return an engine that cannot write, whatever the base's version; `isolation` is a server's, a file has its own."""
    if address.dialect == "sqlite":
        return sqlite_engine(address, reading_mode(address), reading=True)
    return postgresql_engine(address).execution_options(isolation_level=isolation, postgresql_readonly=True)


@contextmanager
def snapshot(address: DatabaseAddress) -> Iterator[Connection]:
    """Give a transaction that sees one instant and cannot write, for as long as it takes; nobody waits for it."""
    engine = reading_engine(address, "REPEATABLE READ")
    try:
        with translated(address), engine.begin() as connection:
            if address.dialect == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            yield connection
    finally:
        engine.dispose()
