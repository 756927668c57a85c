"""What time it is for the desk: the database's clock, or, in a demo or a test database only, another one (design, guarantee 8)."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, case, select, update

from models import tables as t
from models.engine import Database
from models.states import DatabaseKind
from tui_portail.errors import PortailError
from tui_portail.french import PARIS

DEMO_START = datetime(2026, 12, 1, 10, 30, tzinfo=PARIS).astimezone(UTC)


class ClockRefused(PortailError):
    """A clock of its own was asked of a real database."""

    code = "HORLOGE_REFUSEE"


class Clock(Protocol):
    """Gives the instant a gesture is judged at, aware and in UTC."""

    def now(self, connection: Connection) -> datetime:
        """Return the instant it is, within a transaction."""
        ...

    def after(self, now: datetime, seconds: float) -> datetime:
        """Return the instant it is `seconds` after one read, by this machine's monotonic clock: no query."""
        ...

    def remember(self, connection: Connection, now: datetime) -> None:
        """Keep where the clock is, if it is one that stops with the program."""
        ...


class ServerClock:
    """The database server's clock on PostgreSQL, so that a wrong desk PC cannot move a limit; this machine's on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self, connection: Connection) -> datetime:
        """Return the server's instant."""
        return self._database.server_now(connection)

    def after(self, now: datetime, seconds: float) -> datetime:
        """Return `now` moved on: a running clock runs while locks are waited for."""
        return now + timedelta(seconds=seconds)

    def remember(self, connection: Connection, now: datetime) -> None:
        """Do nothing: a server's clock never stops."""


class FixedClock:
    """A clock that stands where it was set, for tests. Raises ClockRefused on a real database."""

    def __init__(self, database: Database, instant: datetime) -> None:
        _refuse_real(database)
        self.instant = instant.astimezone(UTC)

    def now(self, connection: Connection) -> datetime:
        """Return the instant set."""
        return self.instant

    def advance(self, **duration: float) -> None:
        """Move the clock on, with timedelta's arguments."""
        self.instant += timedelta(**duration)

    def after(self, now: datetime, seconds: float) -> datetime:
        """Return the instant set: this clock only moves when it is told to."""
        return self.instant

    def remember(self, connection: Connection, now: datetime) -> None:
        """Do nothing: a test sets its own instants."""


class DemoClock:
    """A running clock that starts on Tuesday 2026-12-01 10:30 Paris and goes on where it stopped; never on a real database."""

    def __init__(self, database: Database) -> None:
        _refuse_real(database)
        with database.read() as connection:
            stopped = connection.scalar(select(t.database_identity.c.clock_at))
        self._started_at = stopped or DEMO_START
        self._monotonic = time.monotonic()

    def now(self, connection: Connection) -> datetime:
        """Return the demo's instant: where it stopped, plus the time this program has run."""
        return self._started_at + timedelta(seconds=time.monotonic() - self._monotonic)

    def after(self, now: datetime, seconds: float) -> datetime:
        """Return `now` moved on: a running clock runs while locks are waited for."""
        return now + timedelta(seconds=seconds)

    def remember(self, connection: Connection, now: datetime) -> None:
        """Keep `now` as the instant to resume from, never an earlier one than another desk kept."""
        kept = t.database_identity.c.clock_at
        connection.execute(
            update(t.database_identity).values(clock_at=case((kept > now, kept), else_=now)),
        )


def clock_of(database: Database) -> Clock:
    """Return the clock a database runs on: a demo's own, the server's otherwise."""
    return DemoClock(database) if database.kind is DatabaseKind.DEMO else ServerClock(database)


def _refuse_real(database: Database) -> None:
    if database.kind is DatabaseKind.REAL:
        raise ClockRefused(
            "Cette base est celle d’une vraie commune : elle n’accepte que l’horloge réelle. "
            "Ouvrez une base de démonstration pour changer l’heure."
        )
