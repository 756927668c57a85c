"""Joining two accounts of one person: one entry « transfert » moves what is left of the one to the other, whose it was all along.

Nothing is given and nothing is paid: avoirs keep their numbers and their dates, days owed stay owed. The rows go on naming the account they
were written for; the balances, in the journal, are from now on those of the account that lives (`accounts`).
"""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, or_, select, update

from models import tables as t
from models.states import EntryKind
from tui_portail.services.gesture import Gesture
from tui_portail.services.ledger import AVOIRS, DEBTS, Movement, enter, lock_head

TRANSFER_FACTS = ("from_payer_id", "into_payer_id", "avoir_cents", "debt_cents")  # what is chained


def transfer_movements(
    *, from_payer_id: int, into_payer_id: int, avoir_cents: int, debt_cents: int
) -> tuple[Movement, ...]:
    """Return what a transfer moves: the avoirs, a credit of the payer, and the debt, one of the régie (cents)."""
    return (
        Movement(AVOIRS, avoir_cents, from_payer_id),
        Movement(AVOIRS, -avoir_cents, into_payer_id),
        Movement(DEBTS, -debt_cents, from_payer_id),
        Movement(DEBTS, debt_cents, into_payer_id),
    )


def join_accounts(gesture: Gesture, from_payer_id: int, into_payer_id: int) -> None:
    """Join an account into another that lives; both dossiers, baskets and avoirs are locked.

    Accounts joined before into the first are now joined into the second, so that one step leads to the one that lives.
    """
    connection, payer = gesture.connection, t.payer
    head = lock_head(connection, gesture.regie_id)
    facts = {
        "from_payer_id": from_payer_id,
        "into_payer_id": into_payer_id,
        "avoir_cents": -balance_of_payer(connection, AVOIRS, from_payer_id),
        "debt_cents": balance_of_payer(connection, DEBTS, from_payer_id),
    }
    enter(
        connection,
        head,
        EntryKind.TRANSFER,
        gesture.now,
        gesture.agent.agent_id,
        gesture.operation,
        transfer_movements(**facts),
        facts,
    )
    connection.execute(
        insert(t.payer_transfer).values(
            regie_id=gesture.regie_id,
            transferred_at=gesture.now,
            agent_id=gesture.agent.agent_id,
            entry_seq=head.seq,
            **facts,
        )
    )
    connection.execute(
        update(payer)
        .where(or_(payer.c.id == from_payer_id, payer.c.joined_into_id == from_payer_id))
        .values(joined_into_id=into_payer_id)
    )


def balance_of_payer(connection: Connection, account: str, payer_id: int) -> int:
    """Return what the journal has on a payer's account, in cents: debits positive."""
    posting = t.posting.c
    total = select(func.coalesce(func.sum(posting.amount_cents), 0)).where(
        posting.account == account, posting.payer_id == payer_id
    )
    return int(connection.execute(total).scalar_one())
