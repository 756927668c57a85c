"""What the till holds at any time: its float, what the session received by each means, its movements, the cash and values there.

Cash is read from the postings since the closing before, cheques one by one, other values from what is held and was noted different.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from models import tables as t
from models.states import EntryKind, MovementKind
from tui_portail.payment_means import means_label
from tui_portail.policy import Means
from tui_portail.services.desk import Desk
from tui_portail.services.held import HeldTender, held_tenders
from tui_portail.services.ledger import ACCOUNT_OF
from tui_portail.services.rights import Right
from tui_portail.services.till import TillSessionView, read_open_session
from tui_portail.till_rules import VALUES, counted_values


@dataclass(frozen=True, slots=True)
class MeansFlow:
    """What a session received by a means, and what reversals took back of it, in cents (both positive)."""

    label: str
    received_cents: int
    reversed_cents: int


@dataclass(frozen=True, slots=True)
class MovementView:
    """Cash brought in or taken out, in cents: negative when it left."""

    moved_at: datetime
    kind: MovementKind
    amount_cents: int
    reason: str
    agent: str


@dataclass(frozen=True, slots=True)
class ValueHeld:
    """What the books say the till holds of a value (CESU, ANCV), in cents."""

    means: Means
    label: str
    expected_cents: int


@dataclass(frozen=True, slots=True)
class TillBalance:
    """The open session and what its till holds, in cents. `deposited_cents`: cash that a slip took straight from the drawer."""

    session: TillSessionView
    flows: tuple[MeansFlow, ...]
    movements: tuple[MovementView, ...]
    deposited_cents: int
    cash_cents: int
    cheques: tuple[HeldTender, ...]
    values: tuple[ValueHeld, ...]

    @property
    def cheques_cents(self) -> int:
        """What the cheques held make, those missing at the last closing left out."""
        return sum(cheque.amount_cents for cheque in self.cheques if not cheque.missing)


def till_balance(desk: Desk) -> TillBalance | None:
    """Return the open session's balance, None when the till is closed. Raises NotAllowed."""
    with desk.read(Right.TILL) as connection:
        regie_id, till_id = desk.place(connection)
        session = read_open_session(connection, till_id, desk.instant(connection))
        if session is None:
            return None
        policy = desk.commune(connection).policy
        sums = session_sums(connection, regie_id, session.session_id)
        values = values_held(connection, regie_id, till_id)
        flows = [_flow(means, means_label(means, policy), sums) for means in Means]
        return TillBalance(
            session,
            tuple(flow for flow in flows if flow.received_cents or flow.reversed_cents),
            movements_of(connection, session.session_id),
            -sums.get((ACCOUNT_OF[Means.CASH], EntryKind.DEPOSIT.value), 0),
            cash_of(session.float_cents, sums),
            held_tenders(connection, regie_id, till_id, Means.CHEQUE),
            tuple(
                ValueHeld(means, means_label(means, policy), values[means]) for means in counted_values(policy, values)
            ),
        )


def _flow(means: Means, label: str, sums: Mapping[tuple[str, str], int]) -> MeansFlow:
    received, reversed_, came_back = (
        sums.get((ACCOUNT_OF[means], kind.value), 0)
        for kind in (EntryKind.PAYMENT, EntryKind.REVERSAL, EntryKind.UNPAID)
    )
    return MeansFlow(label, received, -reversed_ - came_back)


def cash_held(connection: Connection, regie_id: int, session_id: int) -> int:
    """Return the cash that an open session must hold, in cents: its float and every movement of the account since."""
    float_cents = connection.scalar(select(t.till_session.c.float_cents).where(t.till_session.c.id == session_id))
    return cash_of(int(float_cents or 0), session_sums(connection, regie_id, session_id))


def cash_of(float_cents: int, sums: Mapping[tuple[str, str], int]) -> int:
    """Return the float and what moved the cash since, in cents: the opening, and what was noted different, make the float."""
    made_the_float = {EntryKind.OPENING.value, EntryKind.DIFFERENCE.value}
    cash = ACCOUNT_OF[Means.CASH]
    return float_cents + sum(
        cents for (account, kind), cents in sums.items() if account == cash and kind not in made_the_float
    )


def session_sums(connection: Connection, regie_id: int, session_id: int) -> dict[tuple[str, str], int]:
    """Return the postings of an open session, in cents, by account and kind of entry."""
    rows = connection.execute(_SUMS, {"regie": regie_id, "session": session_id})
    return {(row.account, row.kind): int(row.cents) for row in rows}


def movements_of(connection: Connection, session_id: int) -> tuple[MovementView, ...]:
    """Return a session's movements of cash, in order."""
    movement = t.cash_movement.c
    rows = connection.execute(
        select(t.cash_movement, t.agent.c.name)
        .join(t.agent, t.agent.c.id == movement.agent_id)
        .where(movement.till_session_id == session_id)
        .order_by(movement.entry_seq)
    )
    return tuple(
        MovementView(row.moved_at, kind, row.amount_cents if enters(kind) else -row.amount_cents, row.reason, row.name)
        for row in rows
        for kind in (MovementKind(row.kind),)
    )


def enters(kind: MovementKind) -> bool:
    """Say whether a movement brings cash."""
    return kind in {MovementKind.SUPPLY, MovementKind.RETURN}


def values_held(connection: Connection, regie_id: int, till_id: int) -> dict[Means, int]:
    """Return what the books say a till holds of each value, in cents: what is held, and the differences noted of it."""
    cents = dict.fromkeys(VALUES, 0)
    for tender in held_tenders(connection, regie_id, till_id, *VALUES):
        cents[tender.means] += tender.amount_cents
    difference = t.till_difference.c
    for row in connection.execute(
        select(difference.means, func.sum(difference.counted_cents - difference.expected_cents).label("cents"))
        .join(t.till_session, t.till_session.c.id == difference.till_session_id)
        .where(t.till_session.c.till_id == till_id, difference.means.in_([means.value for means in VALUES]))
        .group_by(difference.means)
    ):
        cents[Means(row.means)] += int(row.cents)
    return cents


# A session's entries all come after the closing of the one before: the journal is read from there, not from its beginning.
_closing = t.till_closing.alias("closing_before")
_AFTER = func.coalesce(
    select(_closing.c.entry_seq)
    .join(t.till_session, t.till_session.c.previous_id == _closing.c.till_session_id)
    .where(t.till_session.c.id == bindparam("session"))
    .scalar_subquery(),
    0,
)
_SUMS = (
    select(t.posting.c.account, t.journal_entry.c.kind, func.sum(t.posting.c.amount_cents).label("cents"))
    .join(
        t.journal_entry,
        (t.journal_entry.c.regie_id == t.posting.c.regie_id) & (t.journal_entry.c.seq == t.posting.c.entry_seq),
    )
    .where(
        t.posting.c.regie_id == bindparam("regie"),
        t.posting.c.entry_seq > _AFTER,
        t.posting.c.till_session_id == bindparam("session"),
    )
    .group_by(t.posting.c.account, t.journal_entry.c.kind)
)
