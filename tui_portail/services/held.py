"""What the régie holds: the means received that no validated slip has deposited, and that no reversal has lost.

A paper that a correction wrote again after it was deposited is at the Trésor, and not held (`replaced_deposits`).

One query for the counts of a closing, the slips and the warnings, so that the three speak of the same cheques.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from models import tables as t
from models.states import SessionState
from tui_portail.policy import Means
from tui_portail.services.replaced_deposits import deposited, replaced_deposits
from tui_portail.services.sale import quittance_number


@dataclass(frozen=True, slots=True)
class HeldTender:
    """A means received and still held: the payment and rank that name it, its amount in cents, its cheque's references.

    `drawer` is empty once erased; `missing`: a cheque that was not found at the last closing.
    """

    payment_id: str
    rank: int
    means: Means
    amount_cents: int
    paid_at: datetime
    quittance: str
    bank: str = ""
    reference: str = ""
    drawer: str = ""
    missing: bool = False


def lost() -> ColumnElement[bool]:
    """Say, in a query over `tender`, that a reversal lost it, or had kept it and it came back since."""
    tender, back, late = t.tender.c, t.reversal_tender.c, t.late_unpaid.c
    by_reversal = exists().where(
        back.payment_id == tender.payment_id, back.tender_rank == tender.rank, back.kept.is_(False)
    )
    return or_(by_reversal, exists().where(late.payment_id == tender.payment_id, late.tender_rank == tender.rank))


def missing(till_id: int) -> ColumnElement[bool]:
    """Say, in a query over `tender`, that it is a cheque looked for at the till's last closing, and not found."""
    closed, count = t.till_session.alias("closed"), t.cheque_count.c
    last = select(func.max(closed.c.id)).where(closed.c.till_id == till_id, closed.c.state == SessionState.CLOSED.value)
    return exists().where(
        count.till_session_id == last.scalar_subquery(),
        count.payment_id == t.tender.c.payment_id,
        count.tender_rank == t.tender.c.rank,
        count.found.is_(False),
    )


def missing_ranks(connection: Connection, till_id: int, payment_id: str) -> frozenset[int]:
    """Return the ranks of a payment's cheques that were not found at the till's last closing."""
    tender = t.tender.c
    wanted = select(tender.rank).where(tender.payment_id == payment_id, missing(till_id))
    return frozenset(connection.scalars(wanted))


def held_tenders(connection: Connection, regie_id: int, till_id: int, *means: Means) -> tuple[HeldTender, ...]:
    """Return what a till holds, oldest first: the tenders of its sessions, and those taken while no session was open.

    All means, unless some are named. Of a payment that replaces one deposited, only what that one did not deposit.
    """
    replaced = replaced_deposits(connection, regie_id)
    drawer = t.identity_snapshot.alias("drawer")
    of_till = and_(
        t.payment.c.regie_id == regie_id,
        or_(t.payment.c.till_session_id.is_(None), t.till_session.c.till_id == till_id),
    )
    wanted = t.tender.c.means.in_([one.value for one in means or Means])
    rows = connection.execute(
        select(
            t.tender,
            t.payment.c.paid_at,
            t.quittance.c.year,
            t.quittance.c.number,
            drawer.c.name.label("drawer"),
            missing(till_id).label("missing"),
        )
        .join(t.payment, t.payment.c.id == t.tender.c.payment_id)
        .join(t.quittance, t.quittance.c.payment_id == t.payment.c.id)
        .outerjoin(t.till_session, t.till_session.c.id == t.payment.c.till_session_id)
        .outerjoin(drawer, drawer.c.id == t.tender.c.drawer_snapshot_id)
        .where(of_till, wanted, ~lost(), ~deposited(t.tender.c.payment_id))
        .order_by(t.payment.c.entry_seq, t.tender.c.rank)
    )
    gone = {(new, rank): cents for new, one in replaced.items() for rank, cents in one.gone_cents.items()}
    return tuple(
        HeldTender(
            row.payment_id,
            row.rank,
            Means(row.means),
            held_cents,
            row.paid_at,
            quittance_number(row.year, row.number),
            row.bank,
            row.reference,
            row.drawer or "",
            bool(row.missing),
        )
        for row in rows
        if (held_cents := row.amount_cents - gone.get((row.payment_id, row.rank), 0))
    )
