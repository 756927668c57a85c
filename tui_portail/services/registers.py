"""The registers of the régie, read in one snapshot: who may, over which days, and how long lists are read in bounded memory.

A screen opens them with `open_books`, for an agent who holds the right; a command, which nobody signs, with `books_for_command`. What is
read is a module each: quittances (`registers_journal`), accounts (`registers_ledger`), avoirs, revenue, and the entries for other programs.
Names are those of the quittance or the avoir; no health or diet data is here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, true

from tui_portail.commune import Commune
from tui_portail.errors import InvalidInput
from tui_portail.french import long_date
from tui_portail.instants import day_begins, in_paris
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Right

FIRST_YEAR, LAST_YEAR = 1970, 2999
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Books:
    """A régie's books opened: every reading sees the same instant."""

    connection: Connection
    regie_id: int
    commune: Commune


@dataclass(frozen=True, slots=True)
class Period:
    """Days of Paris, both included; None: since the beginning, or until now. Raises InvalidInput when they are in the wrong order."""

    from_on: date | None = None
    until_on: date | None = None

    def __post_init__(self) -> None:
        for day in (self.from_on, self.until_on):
            if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise InvalidInput(f"Donnez une date entre {FIRST_YEAR} et {LAST_YEAR}.")
        if self.from_on is not None and self.until_on is not None and self.from_on > self.until_on:
            raise InvalidInput("La période finit avant de commencer : donnez d’abord le premier jour, puis le dernier.")

    @property
    def starts_at(self) -> datetime | None:
        """The first instant of the period, None when it has no beginning."""
        return None if self.from_on is None else day_begins(self.from_on)

    @property
    def ends_at(self) -> datetime | None:
        """The first instant after the period, None when it has no end."""
        return None if self.until_on is None else day_begins(self.until_on + timedelta(days=1))

    @property
    def words(self) -> str:
        """The period in French, to follow a title: « du … au … », empty for the whole."""
        match self.from_on, self.until_on:
            case None, None:
                return ""
            case None, date() as until:
                return f"jusqu’au {long_date(until)}"
            case date() as start, None:
                return f"depuis le {long_date(start)}"
            case date() as start, date() as until:
                return f"le {long_date(start)}" if start == until else f"du {long_date(start)} au {long_date(until)}"
        raise AssertionError("both are dates or None")

    def holds(self, instant: ColumnElement[Any]) -> ColumnElement[bool]:
        """Say, in a query, that an instant is within the period."""
        starts, ends = self.starts_at, self.ends_at
        return and_(
            true() if starts is None else instant >= starts,
            true() if ends is None else instant < ends,
        )


WHOLE = Period()


@contextmanager
def open_books(desk: Desk) -> Iterator[Books]:
    """Open the books of the desk's régie to the agent at the desk. Raises NotAllowed, NobodySignedIn, CommuneMissing."""
    with desk.read(Right.REGISTERS) as connection:
        yield _books(desk, connection)


@contextmanager
def books_for_command(desk: Desk) -> Iterator[Books]:
    """Open the books for a command: whoever can read the base can run it. Raises CommuneMissing."""
    with desk.database.read() as connection:
        yield _books(desk, connection)


def _books(desk: Desk, connection: Connection) -> Books:
    commune = desk.commune(connection)
    return Books(connection, desk.place(connection)[0], commune)


def chunks(
    books: Books, query: Select[Any], key: ColumnElement[int], size: int = CHUNK
) -> Iterator[Sequence[Row[Any]]]:
    """Yield the rows of a query in the order of `key`, a positive number it selects, a few hundred at a time.

    Each chunk is a statement of its own: a long register is never in memory, and none of its statements is long.
    """
    last = 0
    while rows := books.connection.execute(query.where(key > last).order_by(key).limit(CHUNK)).all():
        yield rows
        last = rows[-1]._mapping[key]
        if len(rows) < CHUNK:
            return


def named(name: str, erased_at: datetime | None) -> str:
    """Return the name of an identity snapshot, or when it was erased."""
    return name if erased_at is None else f"identité effacée le {long_date(in_paris(erased_at).date())}"
