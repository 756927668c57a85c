"""A desk: a database, a clock, and the agent who sits at it. Every service takes one first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, func, select

from models import tables as t
from models.engine import Database
from models.identity import DatabaseKind
from tui_portail.commune import Commune
from tui_portail.errors import PortailError
from tui_portail.services.clock import Clock, ServerClock
from tui_portail.services.commune import read_commune_version
from tui_portail.services.rights import NotAllowed, Right, Role, may


class NobodySignedIn(PortailError):
    """A gesture was asked at a desk where nobody is signed in."""

    code = "PERSONNE_CONNECTE"

    def __init__(self) -> None:
        super().__init__("Personne n’est connecté à ce poste. Identifiez-vous pour continuer.")


@dataclass(frozen=True, slots=True)
class SignedAgent:
    """The agent at the desk, as signed in."""

    agent_id: int
    username: str
    name: str
    roles: frozenset[Role]
    must_change_password: bool = False

    def may(self, right: Right) -> bool:
        """Say whether one of the agent's roles gives `right`."""
        return may(self.roles, right)


def new_operation() -> str:
    """Return a fresh operation id: made by the screen before sending, kept while the same gesture is sent again."""
    return uuid4().hex


@dataclass(slots=True)
class Desk:
    """What every gesture needs. `documents_dir` is where PDFs are written; `printer` and `paper` come from the settings."""

    database: Database
    documents_dir: Path
    clock: Clock = field(default=None)  # type: ignore[assignment]  # set below from the database
    agent: SignedAgent | None = None
    printer: str | None = None
    paper: str = "A5"
    _commune: tuple[int, Commune] | None = None
    _place: tuple[int, int] | None = None
    _offset: tuple[datetime, float] | None = None

    def __post_init__(self) -> None:
        if self.clock is None:
            self.clock = ServerClock(self.database)

    @property
    def is_demo(self) -> bool:
        """Whether the database is a demonstration."""
        return self.database.kind is DatabaseKind.DEMO

    def sign(self, agent: SignedAgent) -> None:
        """Put an agent at the desk."""
        self.agent = agent

    def sign_out(self) -> None:
        """Leave the desk empty."""
        self.agent = None

    def require(self, *rights: Right) -> SignedAgent:
        """Return the agent, who must hold every right. Raises NobodySignedIn, NotAllowed."""
        if self.agent is None:
            raise NobodySignedIn
        for right in rights:
            if not self.agent.may(right):
                raise NotAllowed(right)
        return self.agent

    @contextmanager
    def read(self, *rights: Right) -> Iterator[Connection]:
        """Give a read transaction to an agent who holds `rights`."""
        self.require(*rights)
        with self.database.read() as connection:
            yield connection

    def now(self) -> datetime:
        """Return the instant it is for the database (aware, UTC), by one short read."""
        with self.database.read() as connection:
            return self.instant(connection)

    def instant(self, connection: Connection) -> datetime:
        """Return the instant within a transaction, and remember it for `now_estimate`."""
        asked = time.monotonic()
        now = self.clock.now(connection)
        self._offset = (now, asked)
        return now

    def now_estimate(self) -> datetime:
        """Return the instant without a query, from the last one read: for countdowns, never for a rule that writes."""
        if self._offset is None:
            return self.now()
        seen, asked = self._offset
        return self.clock.after(seen, time.monotonic() - asked)

    def commune(self, connection: Connection | None = None, version: int | None = None) -> Commune:
        """Return the commune's set-up in force, read again only when a newer version was recorded."""
        if connection is None:
            with self.database.read() as reading:
                return self.commune(reading)
        if version is None:
            version = connection.scalar(select(func.max(t.commune_version.c.id))) or 0
        if self._commune is None or self._commune[0] != version:
            self._commune = (version, read_commune_version(connection, version))
        return self._commune[1]

    def place(self, connection: Connection) -> tuple[int, int]:
        """Return the régie and the till this desk works for: the commune's first, read once."""
        if self._place is None:
            row = connection.execute(select(t.till.c.regie_id, t.till.c.id).order_by(t.till.c.id).limit(1)).one()
            self._place = (row.regie_id, row.id)
        return self._place

    def close(self) -> None:
        """Keep where a demo's clock stops, and close the database."""
        self.clock.stop()
        self.database.close()


OpenDesk = Callable[[], Desk]
