"""A desk: a database, a clock, and the agent who sits at it. Every service takes one first."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, func, select

from models import tables as t
from models.engine import Database
from models.states import BasketOrigin, DatabaseKind
from tui_portail.errors import PortailError
from tui_portail.services.clock import Clock, ServerClock
from tui_portail.services.commune import commune_name, latest_version, read_commune_version
from tui_portail.services.rights import NotAllowed, Right, Role, may

if TYPE_CHECKING:
    from tui_portail.commune import Commune
    from tui_portail.mailing import Message
    from tui_portail.services.online_payments import OnlineServices


class NobodySignedIn(PortailError):
    """A gesture was asked at a desk where nobody is signed in."""

    code = "PERSONNE_CONNECTE"

    def __init__(self) -> None:
        super().__init__("Personne n’est connecté à ce poste. Identifiez-vous pour continuer.")


class AgentDisabled(PortailError):
    """The agent's account was disabled while signed in."""

    code = "COMPTE_DESACTIVE"

    def __init__(self) -> None:
        super().__init__(
            "Votre compte a été désactivé : vous ne pouvez plus rien lire ni enregistrer ici. Adressez-vous à l’administrateur."
        )


class PasswordToChange(PortailError):
    """The agent's password is provisional: nothing is read or done before it is changed."""

    code = "MOT_DE_PASSE_PROVISOIRE"

    def __init__(self) -> None:
        super().__init__(
            "Votre mot de passe est provisoire : identifiez-vous avec lui, puis choisissez le vôtre pour continuer."
        )


class OperationInvalid(PortailError):
    """A gesture's operation id is not one that `new_operation` makes: sent again, nobody could tell it from another's."""

    code = "OPERATION_INVALIDE"

    def __init__(self) -> None:
        super().__init__(
            "Ce geste ne porte pas de numéro valable. Rien n’a été changé : revenez à l’écran précédent et recommencez."
        )


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

    def require(self, *rights: Right) -> None:
        """Raise NotAllowed unless the agent holds every right."""
        for right in rights:
            if not self.may(right):
                raise NotAllowed(right)


def new_operation() -> str:
    """Return a fresh operation id: made by the screen before sending, kept while the same gesture is sent again."""
    return uuid4().hex


def checked_operation(operation: str) -> str:
    """Return an operation id long enough to be nobody else's, as those of `new_operation`. Raises OperationInvalid."""
    if not _OPERATION.fullmatch(operation):
        raise OperationInvalid
    return operation


@dataclass(slots=True)
class Desk:
    """What every gesture needs. `documents_dir` holds a folder of PDFs for each base.

    `printer`, `paper`, `post` (None: no message can be sent) and `portal_address`, the portal's own in a browser, come from the settings.
    `origin` marks the baskets made here: a desk's, the public computer's, a browser's. `online`:
    PayFiP, where it can be asked from here.
    """

    database: Database
    documents_dir: Path
    clock: Clock = field(default=None)  # type: ignore[assignment]  # set below from the database
    agent: SignedAgent | None = None
    printer: str | None = None
    paper: str = "A5"
    origin: BasketOrigin = BasketOrigin.DESK
    post: Post | None = None
    portal_address: str | None = None
    online: OnlineServices | None = None
    _commune: tuple[int, Commune] | None = None
    _place: tuple[int, int] | None = None
    _offset: tuple[datetime, float] | None = None
    _base_id: str | None = None

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

    def require(self) -> SignedAgent:
        """Return the agent at the desk, as last known. Raises NobodySignedIn."""
        if self.agent is None:
            raise NobodySignedIn
        return self.agent

    @contextmanager
    def read(self, *rights: Right) -> Iterator[Connection]:
        """Give a read transaction to the agent at the desk, who must still hold `rights` in what it sees.

        Raises NobodySignedIn, AgentDisabled, PasswordToChange, NotAllowed.
        """
        signed = self.require()
        with self.database.read() as connection:
            rows = connection.execute(_WHO, {"agent": signed.agent_id}).all()
            self.recognise(signed, rows).require(*rights)
            yield connection.execution_options(**{_VERSION: rows[0].version or 0})

    def recognise(self, signed: SignedAgent, rows: Sequence[Any]) -> SignedAgent:
        """Return the agent with the roles held now, from their rows (disabled_at, must_change_password, role); the desk follows.

        Raises NobodySignedIn when there is no such agent any more, AgentDisabled, PasswordToChange.
        """
        if not rows:
            raise NobodySignedIn
        if rows[0].disabled_at is not None:
            raise AgentDisabled
        if rows[0].must_change_password:
            raise PasswordToChange
        roles = frozenset(Role(row.role) for row in rows if row.role)
        if roles == signed.roles:
            return signed
        known = replace(signed, roles=roles)
        if self.agent is signed:  # nobody else sat down meanwhile
            self.agent = known
        return known

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
            version = connection.get_execution_options().get(_VERSION)  # what `read` saw, asked with the agent's rights
        if version is None:
            version = latest_version(connection)
        if self._commune is None or self._commune[0] != version:
            self._commune = (version, read_commune_version(connection, version))
        return self._commune[1]

    def commune_name(self) -> str:
        """Return the commune's name, for the header: the set-up itself is read when a gesture first needs it."""
        with self.database.read() as connection:
            return commune_name(connection)

    def place(self, connection: Connection) -> tuple[int, int]:
        """Return the régie and the till this desk works for: the commune's first, read once."""
        if self._place is None:
            row = connection.execute(select(t.till.c.regie_id, t.till.c.id).order_by(t.till.c.id).limit(1)).one()
            self._place = (row.regie_id, row.id)
        return self._place

    def base_id(self) -> str:
        """Return what the base calls itself, the same in a copy of it; asked once."""
        if self._base_id is None:
            with self.database.read() as connection:
                self._base_id = connection.scalars(select(t.database_identity.c.base_id)).one()
        return self._base_id

    def documents(self) -> Path:
        """Return the folder of this base's documents: two bases may give the same number to two quittances."""
        return self.documents_dir / f"{'demonstration' if self.is_demo else 'base'}-{self.base_id()[:12]}"

    def close(self) -> None:
        """Keep where a demo's clock stops, and close the database."""
        self.clock.stop()
        self.database.close()


_VERSION = "commune_version"
_OPERATION = re.compile(r"[0-9A-Za-z-]{16,64}")
_WHO = (
    select(
        t.agent.c.disabled_at,
        t.agent.c.must_change_password,
        t.agent_role.c.role,
        select(func.max(t.commune_version.c.id)).scalar_subquery().label("version"),
    )
    .select_from(t.agent)
    .outerjoin(t.agent_role, t.agent_role.c.agent_id == t.agent.c.id)
    .where(t.agent.c.id == bindparam("agent"))
)
"""Whether an agent may still work, with which roles, and which set-up is in force: by primary keys, before each read."""
OpenDesk = Callable[[], Desk]
Post = Callable[["Message"], None]
"""Sends a message, or raises MailNotSent."""
