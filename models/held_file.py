"""A base's file held for oneself alone: what replaces or moves it lets nobody in meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from models.addresses import DatabaseAddress
from models.database_errors import DatabaseLocked
from models.inspection import IN_USE, opening


@contextmanager
def held_file(address: DatabaseAddress) -> Iterator[Connection]:
    """Give a file for oneself alone until the end: nobody else reads it nor writes in it. Nothing is written here.

    Raises DatabaseLocked when somebody has it, DatabaseFailure.
    """

    def connect() -> Any:
        return address.connect_sqlite(busy_timeout_s=0)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA journal_mode = DELETE")  # granted only to who is alone with the file
        connection.exec_driver_sql("BEGIN EXCLUSIVE")

    with closing(_held(address, engine)) as connection:
        try:
            yield connection
        finally:
            connection.rollback()
            engine.dispose()


def _held(address: DatabaseAddress, engine: Engine) -> Connection:
    try:
        with opening(address):
            connection = engine.connect()
            connection.begin()
            return connection
    except DatabaseLocked as locked:
        engine.dispose()
        raise DatabaseLocked(IN_USE.format(address=address)) from locked
