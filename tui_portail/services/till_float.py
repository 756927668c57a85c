"""What a till must hold when it is opened: the cash counted at its last closing, less what slips took from the drawer since."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, true

from models import tables as t
from tui_portail.policy import Means
from tui_portail.services.desk import Desk
from tui_portail.services.ledger import ACCOUNT_OF
from tui_portail.services.rights import Right


def expected_float(desk: Desk) -> int | None:
    """Return what the till should hold when it is opened next, in cents; None for a till that was never closed."""
    with desk.read(Right.TILL) as connection:
        _, till_id = desk.place(connection)
        return read_expected_float(connection, till_id, last_session_id(connection, till_id))


def last_session_id(connection: Connection, till_id: int) -> int | None:
    """Return the id of a till's last session, open or closed, None when it never had one."""
    session = t.till_session.c
    last: int | None = connection.scalar(select(func.max(session.id)).where(session.till_id == till_id))
    return last


def read_expected_float(
    connection: Connection, till_id: int, previous: int | None, *, before_seq: int | None = None
) -> int | None:
    """Return the cash last counted, less what slips validated since took from the drawer while no session was open.

    `before_seq` stops at an entry: what was expected when it was written.
    """
    if previous is None:
        return None
    counted, closing, slip, posting = t.till_count.c, t.till_closing.c, t.deposit_slip.c, t.posting.c
    last = connection.execute(
        select(counted.counted_cents, closing.regie_id, closing.entry_seq)
        .join(t.till_closing, closing.till_session_id == counted.till_session_id)
        .where(counted.till_session_id == previous, counted.means == Means.CASH.value)
    ).first()
    if last is None:
        return None  # still open
    deposited = connection.scalar(
        select(func.coalesce(func.sum(posting.amount_cents), 0))
        .join(t.deposit_slip, (slip.regie_id == posting.regie_id) & (slip.entry_seq == posting.entry_seq))
        .where(
            posting.regie_id == last.regie_id,
            posting.entry_seq > last.entry_seq,
            true() if before_seq is None else posting.entry_seq < before_seq,
            posting.account == ACCOUNT_OF[Means.CASH],
            posting.till_session_id.is_(None),
            slip.till_id == till_id,
        )
    )
    return int(last.counted_cents) + int(deposited or 0)
