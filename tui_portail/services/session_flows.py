"""What a closed session received, reversed and moved, by means, imputation and activity; what became of avoirs meanwhile. In cents.

A session's payments are its own, and those that avoirs paid whole since the closing before: no till is needed for these, and their
quittances are in its range.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from models import tables as t
from receipts.closing_document import Avoirs, CashChange
from receipts.figures import Amount
from tui_portail.policy import Means
from tui_portail.services.cash_movements import MOVEMENT_LABELS
from tui_portail.services.ledger import ACCOUNT_OF, AVOIRS
from tui_portail.services.sale import quittance_number
from tui_portail.services.slip_reading import slip_number
from tui_portail.services.till_balance import movements_of


@dataclass(frozen=True, slots=True)
class Span:
    """A closed session and the part of the journal that is its own: after the closing before, up to its own."""

    session_id: int
    regie_id: int
    after_seq: int
    closing_seq: int

    def holds(self, regie_id: ColumnElement[int], entry_seq: ColumnElement[int]) -> ColumnElement[bool]:
        """Say, in a query, that an entry is of this part of the journal."""
        return and_(regie_id == self.regie_id, entry_seq > self.after_seq, entry_seq <= self.closing_seq)

    @property
    def payments(self) -> ColumnElement[bool]:
        """Say, in a query over `payment`, that it is one of the session's."""
        payment = t.payment.c
        by_avoirs_alone = and_(
            payment.till_session_id.is_(None),
            payment.avoir_cents == payment.total_cents,
            self.holds(payment.regie_id, payment.entry_seq),
        )
        return or_(payment.till_session_id == self.session_id, by_avoirs_alone)


def received_by_means(connection: Connection, span: Span) -> dict[Means, int]:
    """Return what the session received by each means."""
    tender = t.tender.c
    query = (
        select(tender.means, func.sum(tender.amount_cents))
        .join(t.payment, t.payment.c.id == tender.payment_id)
        .where(t.payment.c.till_session_id == span.session_id)
        .group_by(tender.means)
    )
    return _by_means(connection, query)


def reversed_by_means(connection: Connection, span: Span) -> dict[Means, int]:
    """Return what reversals of the session took back of each means, and cheques kept that came back, positive."""
    tender, back = t.tender.c, t.reversal_tender.c
    query = (
        select(tender.means, func.sum(tender.amount_cents))
        .join(t.reversal_tender, and_(back.payment_id == tender.payment_id, back.tender_rank == tender.rank))
        .join(t.reversal, t.reversal.c.payment_id == back.payment_id)
        .where(t.reversal.c.till_session_id == span.session_id, back.kept.is_(False))
        .group_by(tender.means)
    )
    found, late = Counter(_by_means(connection, query)), t.late_unpaid.c
    came_back = select(func.coalesce(func.sum(late.amount_cents), 0)).where(late.till_session_id == span.session_id)
    found[Means.CHEQUE] += int(connection.scalar(came_back) or 0)
    return {means: cents for means, cents in found.items() if cents}


def imputations(connection: Connection, span: Span) -> tuple[Amount, ...]:
    """Return what the session's payments settled of care and of meals, avoirs used included."""
    line = t.payment_line.c
    row = connection.execute(
        select(
            func.coalesce(func.sum(line.care_cents), 0).label("care"),
            func.coalesce(func.sum(line.meal_cents), 0).label("meals"),
        )
        .join(t.payment, t.payment.c.id == line.payment_id)
        .where(span.payments)
    ).one()
    return tuple(Amount(label, int(cents)) for label, cents in (("Garde", row.care), ("Repas", row.meals)) if cents)


def activities(connection: Connection, span: Span) -> tuple[Amount, ...]:
    """Return what the session's payments settled of each activity, as it was named then."""
    line = t.payment_line.c
    rows = connection.execute(
        select(line.activity_label, func.sum(line.price_cents).label("cents"))
        .join(t.payment, t.payment.c.id == line.payment_id)
        .where(span.payments)
        .group_by(line.activity_code, line.activity_label)
        .order_by(line.activity_code, line.activity_label)
    )
    return tuple(Amount(row.activity_label, int(row.cents)) for row in rows if row.cents)


def quittance_range(connection: Connection, span: Span) -> tuple[int, str | None, str | None]:
    """Return how many quittances the session's payments gave, the first and the last."""
    quittance = t.quittance.c
    rows = connection.execute(
        select(quittance.year, quittance.number)
        .join(t.payment, t.payment.c.id == quittance.payment_id)
        .where(span.payments)
        .order_by(quittance.year, quittance.number)
    ).all()
    if not rows:
        return 0, None, None
    first, last = (quittance_number(row.year, row.number) for row in (rows[0], rows[-1]))
    return len(rows), first, last


def cash_changes(connection: Connection, span: Span) -> tuple[CashChange, ...]:
    """Return the movements of the session, and the slips that took cash straight from its drawer."""
    posting, slip = t.posting.c, t.deposit_slip.c
    slips = connection.execute(
        select(slip.validated_at, slip.year, slip.number, posting.amount_cents)
        .join(t.deposit_slip, and_(slip.regie_id == posting.regie_id, slip.entry_seq == posting.entry_seq))
        .where(
            span.holds(posting.regie_id, posting.entry_seq),
            posting.account == ACCOUNT_OF[Means.CASH],
            posting.till_session_id == span.session_id,
        )
    )
    changes = [
        *(
            CashChange(row.validated_at, "Bordereau", row.amount_cents, f"n° {slip_number(row.year, row.number)}")
            for row in slips
        ),
        *(
            CashChange(move.moved_at, MOVEMENT_LABELS[move.kind], move.amount_cents, move.reason)
            for move in movements_of(connection, span.session_id)
        ),
    ]
    return tuple(sorted(changes, key=lambda change: change.moved_at))


def avoirs_of(connection: Connection, span: Span) -> Avoirs:
    """Return the avoirs given since the closing before, those the session's payments used, and what was owed in avoirs after it."""
    avoir, posting = t.avoir.c, t.posting.c
    given = connection.execute(
        select(func.count().label("given"), func.coalesce(func.sum(avoir.amount_cents), 0).label("cents")).where(
            span.holds(avoir.regie_id, avoir.entry_seq)
        )
    ).one()
    used = connection.scalar(select(func.coalesce(func.sum(t.payment.c.avoir_cents), 0)).where(span.payments))
    owed = connection.scalar(
        select(func.coalesce(func.sum(posting.amount_cents), 0)).where(
            posting.account == AVOIRS, posting.regie_id == span.regie_id, posting.entry_seq <= span.closing_seq
        )
    )
    return Avoirs(int(given.given), int(given.cents), int(used or 0), -int(owed or 0))


def _by_means(connection: Connection, query: Select[Any]) -> dict[Means, int]:
    found: Iterable[Any] = connection.execute(query)
    return {Means(means): int(cents) for means, cents in found}
