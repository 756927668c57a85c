"""The till: one session open at a time, opened with a counted float. Counting and closing come with the régie's own gestures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from models import tables as t
from models.engine import lock_rows
from models.states import EntryKind, SessionState
from tui_portail.decision import POLICY
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.money import format_cents
from tui_portail.payment_means import needs_open_till
from tui_portail.policy import Means
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import ACCOUNT_OF, FLOAT, Movement, enter, lock_head
from tui_portail.services.rights import Right

HIGHEST_FLOAT_CENTS = 10_000_00


class TillClosed(PortailError):
    """Cash was given while no till session is open."""

    code = "CAISSE_FERMEE"
    source = POLICY

    def __init__(self) -> None:
        super().__init__(
            "La caisse n’est pas ouverte : comptez le fonds de caisse et ouvrez-la avant d’encaisser des espèces."
        )


class TillAlreadyOpen(PortailError):
    """The till has an open session."""

    code = "CAISSE_DEJA_OUVERTE"

    def __init__(self) -> None:
        super().__init__("La caisse est déjà ouverte, peut-être par un autre poste. Vous pouvez encaisser.")


@dataclass(frozen=True, slots=True)
class TillSessionView:
    """The open session of the desk's till."""

    session_id: int
    opened_at: datetime
    opened_by: str
    float_cents: int


def current_session(desk: Desk) -> TillSessionView | None:
    """Return the open session of the desk's till, if any."""
    with desk.read() as connection:
        _, till_id = desk.place(connection)
        row = connection.execute(
            select(t.till_session, t.agent.c.name)
            .join(t.agent, t.agent.c.id == t.till_session.c.opened_by)
            .where(t.till_session.c.till_id == till_id, t.till_session.c.state == SessionState.OPEN.value)
        ).first()
    return None if row is None else TillSessionView(row.id, row.opened_at, row.name, row.float_cents)


def open_session(desk: Desk, float_cents: int, operation: str) -> TillSessionView:
    """Open the desk's till with the float counted in it (cents). Raises TillAlreadyOpen, InvalidInput, NotAllowed."""
    if not 0 <= float_cents <= HIGHEST_FLOAT_CENTS:
        raise InvalidInput(f"Le fonds de caisse va de 0 à {format_cents(HIGHEST_FLOAT_CENTS)}.")

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        lock_rows(connection, t.till, [gesture.till_id])
        if open_session_id(connection, gesture.till_id) is not None:
            raise TillAlreadyOpen
        previous = connection.scalar(
            select(t.till_session.c.id)
            .where(t.till_session.c.till_id == gesture.till_id)
            .order_by(t.till_session.c.id.desc())
            .limit(1)
        )
        session_id = connection.execute(
            insert(t.till_session)
            .values(
                till_id=gesture.till_id,
                previous_id=previous,
                state=SessionState.OPEN.value,
                float_cents=float_cents,
                opened_at=gesture.now,
                opened_by=gesture.agent.agent_id,
            )
            .returning(t.till_session.c.id)
        ).scalar_one()
        enter(
            connection,
            lock_head(connection, gesture.regie_id),
            EntryKind.OPENING,
            gesture.now,
            gesture.agent.agent_id,
            gesture.operation,
            [
                Movement(ACCOUNT_OF[Means.CASH], float_cents, till_session_id=session_id),
                Movement(FLOAT, -float_cents, till_session_id=session_id),
            ],
            {"till": gesture.till_id, "session": session_id, "previous": previous, "float": float_cents},
        )
        result = {
            "session_id": session_id,
            "opened_at": gesture.now,
            "opened_by": gesture.agent.name,
            "float_cents": float_cents,
        }
        return Done(result, "till_session", session_id)

    def answer(result: Mapping[str, Any]) -> TillSessionView:
        return TillSessionView(**{**result, "opened_at": datetime.fromisoformat(result["opened_at"])})

    return perform(desk, "ouvrir_caisse", Right.TILL, operation, [float_cents], work, answer)


def open_session_id(connection: Connection, till_id: int, *, lock: bool = False) -> int | None:
    """Return the id of a till's open session, if any; `lock` keeps it open until the transaction ends."""
    return connection.scalar(_OPEN_SESSION_LOCKED if lock else _OPEN_SESSION, {"till": till_id})


def session_for(gesture: Gesture, means: Collection[Means]) -> int | None:
    """Lock the desk's open session for money of these means and return its id, None when none is open and none of them needs one.

    Raises TillClosed. With no means the till is not concerned: nothing is locked.
    """
    if not means:
        return None
    session_id = open_session_id(gesture.connection, gesture.till_id, lock=True)
    if session_id is None and any(needs_open_till(one, gesture.commune.policy) for one in means):
        raise TillClosed
    return session_id


_OPEN_SESSION = select(t.till_session.c.id).where(
    t.till_session.c.till_id == bindparam("till"), t.till_session.c.state == SessionState.OPEN.value
)
_OPEN_SESSION_LOCKED = _OPEN_SESSION.with_for_update()
