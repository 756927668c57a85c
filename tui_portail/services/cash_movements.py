"""Cash brought to the till or taken out of it otherwise than by a payment: to make change, part of the float, or to be deposited.

What was taken out to be deposited waits outside the till, in `IN_TRANSIT`, until a slip takes it to the Trésor. Typed wrong, or brought
back because the Trésor was closed, it returns to the till by a movement of its own: brought as if it came from elsewhere, it would still
be owed to the slip, which would then take it twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from models import tables as t
from models.states import EntryKind, MovementKind
from tui_portail.family_forms import checked_reason
from tui_portail.policy import Means
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import ACCOUNT_OF, FLOAT, IN_TRANSIT, Movement, balance_of, enter, lock_head
from tui_portail.services.rights import Right
from tui_portail.services.till import LONGEST_REASON, TillRefused, lock_open_session
from tui_portail.services.till_balance import cash_held, enters
from tui_portail.till_rules import CashFrom, judge_movement

__all__ = ["MOVEMENT_LABELS", "MovementKind", "movement_amounts", "record_movement"]

MOVEMENT_LABELS: dict[MovementKind, str] = {
    MovementKind.SUPPLY: "Apport",
    MovementKind.WITHDRAWAL: "Retrait",
    MovementKind.DEPOSIT: "Versement",
    MovementKind.RETURN: "Retour de versement",
}
_SOURCES = {
    MovementKind.SUPPLY: CashFrom.OUTSIDE,
    MovementKind.WITHDRAWAL: CashFrom.TILL,
    MovementKind.DEPOSIT: CashFrom.TILL,
    MovementKind.RETURN: CashFrom.IN_TRANSIT,
}
_OTHER_ACCOUNT = {
    MovementKind.SUPPLY: FLOAT,
    MovementKind.WITHDRAWAL: FLOAT,
    MovementKind.DEPOSIT: IN_TRANSIT,
    MovementKind.RETURN: IN_TRANSIT,
}


def movement_amounts(kind: MovementKind, amount_cents: int) -> dict[str, int]:
    """Return what a movement of so many cents moves on each account, debits positive: the till's cash first."""
    cents = amount_cents if enters(kind) else -amount_cents
    return {ACCOUNT_OF[Means.CASH]: cents, _OTHER_ACCOUNT[kind]: -cents}


def record_movement(desk: Desk, kind: MovementKind, amount_cents: int, reason: str, operation: str) -> int:
    """Record cash (positive cents) brought to the open session or taken out of it, and return the cash it then holds.

    Raises TillClosed, TillForgotten, TillRefused (no reason, more than the till holds, or than waits to be deposited), InvalidInput,
    NotAllowed, OperationReused.
    """
    reason = checked_reason(reason, LONGEST_REASON, "le motif du mouvement", "reason")

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        session_id = lock_open_session(gesture)
        head = lock_head(connection, gesture.regie_id)
        held_cents = cash_held(connection, gesture.regie_id, session_id)
        source = _SOURCES[kind]
        there_cents = (
            balance_of(connection, gesture.regie_id, IN_TRANSIT) if source is CashFrom.IN_TRANSIT else held_cents
        )
        decision = judge_movement(amount_cents, source, there_cents, reason, gesture.commune.policy)
        if not decision:
            raise TillRefused(decision)
        moved = movement_amounts(kind, amount_cents)
        row = {"till_session_id": session_id, "kind": kind.value, "amount_cents": amount_cents, "reason": reason}
        enter(
            connection,
            head,
            EntryKind.MOVEMENT,
            gesture.now,
            gesture.agent.agent_id,
            gesture.operation,
            [Movement(account, cents, till_session_id=session_id) for account, cents in moved.items()],
            {"movement": row},
        )
        connection.execute(
            insert(t.cash_movement).values(
                regie_id=gesture.regie_id,
                moved_at=gesture.now,
                agent_id=gesture.agent.agent_id,
                entry_seq=head.seq,
                **row,
            )
        )
        return Done(
            {"cash_cents": held_cents + moved[ACCOUNT_OF[Means.CASH]]},
            "till_session",
            session_id,
            reason=reason,
            details=row,
        )

    def answer(result: Mapping[str, Any]) -> int:
        return int(result["cash_cents"])

    return perform(desk, "mouvement_caisse", Right.TILL, operation, [kind, amount_cents, reason], work, answer)
