"""One gesture at the desk, one write transaction (design, guarantees 1 and 4): who asks, may they, was it already done, write, audit.

`perform` opens the transaction, serialises on the operation id, checks that the agent still holds the right, and answers a gesture that
the same agent already did from what it wrote then. The work itself locks, computes, writes, numbers and journals, and returns what to keep.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Select, bindparam, func, insert, select

from models import tables as t
from models.revisions import CURRENT
from models.states import BasketOrigin
from tui_portail.errors import PortailError
from tui_portail.services.clock import CORRECTED, Clock
from tui_portail.services.commune import latest_version, read_commune_version
from tui_portail.services.desk import Desk, SignedAgent, checked_operation
from tui_portail.services.logged_gesture import LoggedGesture
from tui_portail.services.rights import Right

if TYPE_CHECKING:
    from tui_portail.commune import Commune

T = TypeVar("T")


class OperationReused(PortailError):
    """The same operation id came back with another content, or from another agent."""

    code = "OPERATION_REUTILISEE"

    def __init__(self) -> None:
        super().__init__(
            "Ce geste a déjà été enregistré avec un autre contenu. Rien n’a été changé : revenez à l’écran précédent et recommencez."
        )


@dataclass(frozen=True, slots=True)
class Gesture:
    """What the work of a gesture has in hand: its transaction, the instant it is judged at, the agent, the commune's set-up."""

    connection: Connection
    now: datetime
    agent: SignedAgent
    commune: Commune
    operation: str
    regie_id: int
    till_id: int
    clock: Clock
    asked: float  # this machine's monotonic clock, just before `now` was read
    version: int = 0  # of the set-up: the one in force when the gesture began
    origin: BasketOrigin = BasketOrigin.DESK

    def commune_under_lock(self) -> Commune:
        """Return the set-up in force once slots are locked: a closure recorded meanwhile (it locks them too) is then known."""
        latest = latest_version(self.connection)
        return self.commune if latest == self.version else read_commune_version(self.connection, latest)

    def under_lock(self) -> datetime:
        """Return the instant it is once locks have been waited for: never earlier than the server's own.

        A hold is judged by it, its slots locked, so that no other desk can have sold the place in the meantime.
        """
        return self.clock.after(self.now, time.monotonic() - self.asked)


@dataclass(frozen=True, slots=True)
class Done:
    """What a gesture leaves: `result` is the JSON its answer is made from, again if it is sent twice; the rest is the audit trail."""

    result: Mapping[str, Any]
    subject: str
    subject_id: object = ""
    dossier_id: int | None = None
    reason: str = ""
    details: Mapping[str, Any] | None = None


def canonical(content: object) -> str:
    """Return the canonical JSON of plain values: sorted keys, no spaces, dates and enumerations as text."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def fingerprint(content: object) -> str:
    """Return the SHA-256 of a content's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(content).encode(errors="surrogatepass")).hexdigest()


def perform(
    desk: Desk,
    name: str,
    right: Right,
    operation: str,
    content: object,
    work: Callable[[Gesture], Done],
    answer: Callable[[Mapping[str, Any]], T],
    *,
    also: Collection[Right] = (),
) -> T:
    """Do a gesture once and for all, and return `answer(result)`. It needs `right`, and those of `also`.

    Sent again by the same agent with the same `operation` and `content`, returns the first answer. Raises OperationReused with another
    content or by another agent, OperationInvalid, NobodySignedIn, NotAllowed, AgentDisabled, PasswordToChange, ClockBehind,
    DatabaseFailure, and whatever the work refuses.
    """
    signed = desk.require()
    checked_operation(operation)
    mark = fingerprint([name, content])

    seen = LoggedGesture(name, operation, signed.agent_id)

    def gesture(connection: Connection) -> Mapping[str, Any]:
        seen.begins()
        serialise(connection, operation)
        asked = time.monotonic()
        now = desk.instant(connection)
        asking = {"agent": signed.agent_id, "operation": operation}
        rows = connection.execute(_WHO_AND_WHETHER, asking).all()
        agent = desk.recognise(signed, rows)
        first = rows[0]
        if first.fingerprint is not None:
            if (first.done_by, first.gesture, first.fingerprint) != (agent.agent_id, name, mark):
                raise OperationReused
            kept: Mapping[str, Any] = json.loads(first.result)
            seen.was_done = True
            return kept
        agent.require(right, *also)
        if name != CORRECTED:
            desk.clock.refuse_behind(connection, now, first.last_at)
        commune = desk.commune(connection, first.version or 0)
        regie_id, till_id = desk.place(connection)
        done = work(
            Gesture(
                *(connection, now, agent, commune, operation, regie_id, till_id, desk.clock, asked),
                first.version or 0,
                desk.origin,
            )
        )
        keep(connection, name, mark, operation, now, done, agent.agent_id)
        desk.clock.keep(connection)
        return done.result

    with seen:
        result = desk.database.run(gesture)
    return answer(json.loads(canonical(result)))


def keep(
    connection: Connection, name: str, mark: str, operation: str, now: datetime, done: Done, agent_id: int | None
) -> None:
    """Write the gesture's audit row, which also makes it known by its operation id."""
    connection.execute(
        _AUDIT,
        {
            "operation_id": operation,
            "gesture": name,
            "fingerprint": mark,
            "result": canonical(done.result),
            "at": now,
            "agent_id": agent_id,
            "subject": done.subject,
            "subject_id": str(done.subject_id),
            "dossier_id": done.dossier_id,
            "reason": done.reason,
            "details": canonical(done.details or {}),
            "revision": CURRENT,
        },
    )


_AUDIT = insert(t.audit_event)


def serialise(connection: Connection, operation: str) -> None:
    """Let the same operation id through one at a time; SQLite's write transaction already does."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(operation, 0))))


def _who_and_whether_query() -> Select[Any]:
    agent, role, event = t.agent, t.agent_role, t.audit_event
    version = select(func.max(t.commune_version.c.id)).scalar_subquery().label("version")
    last_at = select(func.max(t.audit_event.alias().c.at)).scalar_subquery().label("last_at")
    return (
        select(
            agent.c.disabled_at,
            agent.c.must_change_password,
            role.c.role,
            event.c.agent_id.label("done_by"),
            event.c.gesture,
            event.c.fingerprint,
            event.c.result,
            version,
            last_at,
        )
        .select_from(agent)
        .outerjoin(role, role.c.agent_id == agent.c.id)
        .outerjoin(event, event.c.operation_id == bindparam("operation"))
        .where(agent.c.id == bindparam("agent"))
    )


_WHO_AND_WHETHER = _who_and_whether_query()
"""One read: is the agent still active, with which roles, was this done, which set-up is in force, when was the last gesture."""
