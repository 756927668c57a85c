"""The till: one session open at a time, each continuing the one before; what it must hold is what was last counted, less what left since.

A session still open from an earlier day is forgotten: nothing that needs the till is done before it is closed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import Connection, bindparam, insert, select

from models import tables as t
from models.engine import lock_rows
from models.states import CountAt, EntryKind, SessionState
from tui_portail.decision import POLICY, Decision
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.french import long_date
from tui_portail.instants import in_paris
from tui_portail.payment_means import needs_open_till
from tui_portail.policy import Means
from tui_portail.services.desk import Desk, SignedAgent
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import ACCOUNT_OF, FLOAT, Movement, enter, lock_head
from tui_portail.services.rights import Right
from tui_portail.services.till_differences import enter_difference
from tui_portail.services.till_float import last_session_id, read_expected_float
from tui_portail.till_rules import Count, is_forgotten, judge_float

LONGEST_REASON = 200


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


class TillForgotten(PortailError):
    """The session open is of an earlier day: it is closed before the till is used again."""

    code = "CAISSE_OUBLIEE"
    source = POLICY

    def __init__(self, opened_at: datetime, opened_by: str) -> None:
        day = long_date(in_paris(opened_at).date())
        super().__init__(
            f"La caisse ouverte le {day} par {opened_by} n’a pas été clôturée : "
            "comptez-la et clôturez-la (écran Caisse), puis ouvrez celle d’aujourd’hui."
        )


class TillRefused(InvalidInput):
    """A count, a float or a movement that the rules of the till refuse; the code is theirs."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.sentence, code=decision.code, source=decision.source)
        self.decision = decision


@dataclass(frozen=True, slots=True)
class TillSessionView:
    """The open session of the desk's till. `forgotten`: it was opened on an earlier day, and is to be closed first."""

    session_id: int
    opened_at: datetime
    opened_by: str
    opened_by_id: int
    float_cents: int
    forgotten: bool = False


def current_session(desk: Desk) -> TillSessionView | None:
    """Return the open session of the desk's till, if any."""
    with desk.read() as connection:
        _, till_id = desk.place(connection)
        return read_open_session(connection, till_id, desk.instant(connection))


def read_open_session(connection: Connection, till_id: int, now: datetime) -> TillSessionView | None:
    """Read a till's open session, if any."""
    row = connection.execute(_OPEN_WITH_AGENT, {"till": till_id}).first()
    if row is None:
        return None
    forgotten = is_forgotten(row.opened_at, now)
    return TillSessionView(row.id, row.opened_at, row.name, row.opened_by, row.float_cents, forgotten)


def may_close(agent: SignedAgent, session: TillSessionView) -> bool:
    """Say whether an agent may close a session: their own, or any with the right."""
    return agent.agent_id == session.opened_by_id or agent.may(Right.CLOSE_ANY_TILL)


def open_session(desk: Desk, float_cents: int, operation: str, reason: str = "") -> TillSessionView:
    """Open the desk's till with the float counted in it (cents); one that is not `expected_float` needs a reason, kept as a difference.

    Raises TillAlreadyOpen, TillForgotten, TillRefused, InvalidInput, OperationReused, NotAllowed.
    """
    reason = checked_reason(reason, LONGEST_REASON, "le motif de l’écart", "reason")

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        lock_rows(connection, t.till, [gesture.till_id])
        refuse_open(connection, gesture.till_id, gesture.now)
        head = lock_head(connection, gesture.regie_id)  # no slip is validated between what is expected and the opening
        previous = last_session_id(connection, gesture.till_id)
        expected = read_expected_float(connection, gesture.till_id, previous)
        decision = judge_float(float_cents, expected, reason, gesture.commune.policy)
        if not decision:
            raise TillRefused(decision)
        session_id = _insert_session(gesture, previous, float_cents)
        first = (
            []
            if previous is not None
            else [
                Movement(ACCOUNT_OF[Means.CASH], float_cents, till_session_id=session_id),
                Movement(FLOAT, -float_cents, till_session_id=session_id),
            ]
        )
        facts = {
            "till": gesture.till_id,
            "session": session_id,
            "previous": previous,
            "float": float_cents,
            "expected": expected,
        }
        enter(
            connection,
            head,
            EntryKind.OPENING,
            gesture.now,
            gesture.agent.agent_id,
            gesture.operation,
            first,
            facts,
        )
        counted = Count(Means.CASH, float_cents if expected is None else expected, float_cents)
        if counted.difference_cents:
            enter_difference(gesture, session_id, CountAt.OPENING, counted, reason)
        opened = TillSessionView(
            session_id, gesture.now, gesture.agent.name, gesture.agent.agent_id, float_cents, forgotten=False
        )
        said = reason if counted.difference_cents else ""
        return Done(asdict(opened), "till_session", session_id, reason=said)

    def answer(result: Mapping[str, Any]) -> TillSessionView:
        return TillSessionView(**{**result, "opened_at": datetime.fromisoformat(result["opened_at"])})

    return perform(desk, "ouvrir_caisse", Right.TILL, operation, [float_cents, reason], work, answer)


def refuse_open(connection: Connection, till_id: int, now: datetime) -> None:
    """Refuse a till that is open: today's, or one that was forgotten."""
    session = read_open_session(connection, till_id, now)
    if session is not None:
        raise TillForgotten(session.opened_at, session.opened_by) if session.forgotten else TillAlreadyOpen()


def open_today(connection: Connection, till_id: int, now: datetime) -> bool:
    """Say whether a till is open, and was opened on this day."""
    row = connection.execute(_OPEN, {"till": till_id}).first()
    return row is not None and not is_forgotten(row.opened_at, now)


def session_for(gesture: Gesture, means: Collection[Means]) -> int | None:
    """Lock the desk's open session for money of these means and return its id, None when none is of today and none of them needs one.

    Raises TillClosed, TillForgotten. With no means the till is not concerned: nothing is locked.
    """
    if not means:
        return None
    session = gesture.connection.execute(_OPEN_LOCKED, {"till": gesture.till_id}).first()
    if session is not None and not is_forgotten(session.opened_at, gesture.now):
        return int(session.id)
    if any(needs_open_till(one, gesture.commune.policy) for one in means):
        refuse_not_open(gesture, session)
    return None


def lock_open_session(gesture: Gesture) -> int:
    """Lock the desk's open session, which must be of today, and return its id. Raises TillClosed, TillForgotten."""
    session = gesture.connection.execute(_OPEN_LOCKED, {"till": gesture.till_id}).first()
    if session is None or is_forgotten(session.opened_at, gesture.now):
        refuse_not_open(gesture, session)
    return int(session.id)


def hold_till(gesture: Gesture) -> int | None:
    """Lock the desk's till, so that none opens or closes meanwhile, and return the id of its open session, of whatever day."""
    lock_rows(gesture.connection, t.till, [gesture.till_id])
    session = gesture.connection.execute(_OPEN_LOCKED, {"till": gesture.till_id}).first()
    return None if session is None else int(session.id)


def refuse_not_open(gesture: Gesture, session: Any) -> NoReturn:
    """Say that no session of today is open: none at all, or one forgotten."""
    if session is None:
        raise TillClosed
    name = gesture.connection.scalar(select(t.agent.c.name).where(t.agent.c.id == session.opened_by))
    raise TillForgotten(session.opened_at, name or "")


def _insert_session(gesture: Gesture, previous: int | None, float_cents: int) -> int:
    return int(
        gesture.connection.execute(
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
    )


_OPEN = select(t.till_session.c.id, t.till_session.c.opened_at, t.till_session.c.opened_by).where(
    t.till_session.c.till_id == bindparam("till"), t.till_session.c.state == SessionState.OPEN.value
)
_OPEN_LOCKED = _OPEN.with_for_update()
_OPEN_WITH_AGENT = (
    select(t.till_session, t.agent.c.name)
    .join(t.agent, t.agent.c.id == t.till_session.c.opened_by)
    .where(t.till_session.c.till_id == bindparam("till"), t.till_session.c.state == SessionState.OPEN.value)
)
