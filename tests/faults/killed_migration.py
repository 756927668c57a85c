"""A process that is killed in the middle of a migration: it says that it has come there, and waits."""

from itertools import count
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import Engine, event

from models.migrate import migrate
from models.states import DatabaseKind


def migrate_until(url: str, statement: int, watched_by: Connection) -> None:
    """Migrate until that statement, say so, and never end."""
    numbers = count(1)

    def look(*_: Any) -> None:
        if next(numbers) == statement:
            watched_by.send("there")
            watched_by.recv()

    event.listen(Engine, "before_cursor_execute", look)
    migrate(url, DatabaseKind.TEST)
    watched_by.send("ended before")
