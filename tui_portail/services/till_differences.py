"""A difference between what was counted in a till and what the books say: an entry of its own, with its reason."""

from __future__ import annotations

from sqlalchemy import insert

from models import tables as t
from models.states import CountAt, EntryKind
from tui_portail.services.gesture import Gesture
from tui_portail.services.ledger import ACCOUNT_OF, DIFFERENCES, Movement, enter, lock_head
from tui_portail.till_rules import Count


def enter_difference(gesture: Gesture, session_id: int, counted_at: CountAt, count: Count, reason: str) -> None:
    """Bring the account of a means to what was counted of it, against `ecarts`; the session is open and locked."""
    head = lock_head(gesture.connection, gesture.regie_id)
    row = {
        "till_session_id": session_id,
        "counted_at": counted_at.value,
        "means": count.means.value,
        "expected_cents": count.expected_cents,
        "counted_cents": count.counted_cents,
        "reason": reason,
    }
    enter(
        gesture.connection,
        head,
        EntryKind.DIFFERENCE,
        gesture.now,
        gesture.agent.agent_id,
        gesture.operation,
        [
            Movement(ACCOUNT_OF[count.means], count.difference_cents, till_session_id=session_id),
            Movement(DIFFERENCES, -count.difference_cents, till_session_id=session_id),
        ],
        {"difference": row},
    )
    gesture.connection.execute(
        insert(t.till_difference).values(
            regie_id=gesture.regie_id,
            noted_at=gesture.now,
            agent_id=gesture.agent.agent_id,
            entry_seq=head.seq,
            **row,
        )
    )
