"""The closing sheet of a session, read back from the committed rows, written under the documents' folder and printed, as often as asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, select

from models import tables as t
from models.states import CountAt
from receipts.closing_document import ClosingSheet, Count, CountedCheque
from receipts.figures import Amount, CashLine
from tui_portail.payment_means import means_label
from tui_portail.policy import Means, Policy
from tui_portail.services.desk import Desk
from tui_portail.services.papers import PrintedDocument, issuer_of, keep_paper, print_paper, recipient_of
from tui_portail.services.rights import Right
from tui_portail.services.sale import quittance_number
from tui_portail.services.session_flows import (
    Span,
    activities,
    avoirs_of,
    cash_changes,
    imputations,
    quittance_range,
    received_by_means,
    reversed_by_means,
)
from tui_portail.services.till_closing import SessionUnknown
from tui_portail.till_rules import VALUES

MOST_SESSIONS = 200


@dataclass(frozen=True, slots=True)
class ClosedSession:
    """A closed session as listed; `number` counts the till's sessions from 1, amounts are in cents."""

    session_id: int
    number: int
    opened_at: datetime
    opened_by: str
    closed_at: datetime
    closed_by: str
    float_cents: int
    cash_cents: int
    difference_cents: int


def list_sessions(desk: Desk, limit: int = MOST_SESSIONS) -> tuple[ClosedSession, ...]:
    """Return the closed sessions of the desk's till, the latest first. Raises NotAllowed."""
    session, closing, count = t.till_session, t.till_closing, t.till_count.c
    with desk.read(Right.TILL) as connection:
        _, till_id = desk.place(connection)
        cash = select(count.counted_cents).where(count.till_session_id == session.c.id, count.means == Means.CASH.value)
        gaps = select(func.coalesce(func.sum(count.counted_cents - count.expected_cents), 0)).where(
            count.till_session_id == session.c.id
        )
        rows = connection.execute(
            select(
                session,
                closing.c.agent_name,
                t.agent.c.name.label("opened_by_name"),
                cash.scalar_subquery().label("cash"),
                gaps.scalar_subquery().label("gap"),
                _rank(session.c.till_id, session.c.id).label("rank"),
            )
            .join(closing, closing.c.till_session_id == session.c.id)
            .join(t.agent, t.agent.c.id == session.c.opened_by)
            .where(session.c.till_id == till_id)
            .order_by(session.c.id.desc())
            .limit(min(limit, MOST_SESSIONS))
        ).all()
    return tuple(
        ClosedSession(
            row.id,
            row.rank,
            row.opened_at,
            row.opened_by_name,
            row.closed_at,
            row.agent_name,
            row.float_cents,
            row.cash,
            row.gap,
        )
        for row in rows
    )


def closing_sheet(desk: Desk, session_id: int) -> ClosingSheet:
    """Return what a closed session's sheet prints. Raises SessionUnknown, NotAllowed."""
    with desk.read(Right.TILL) as connection:
        commune = desk.commune(connection)
        policy = commune.policy
        session = _session(connection, session_id)
        span = Span(session_id, session.regie_id, session.after_seq, session.entry_seq)
        counts = {Means(row.means): row for row in _of_session(connection, t.till_count, session_id)}
        closing = _differences(connection, session_id, CountAt.CLOSING)
        opening = _differences(connection, session_id, CountAt.OPENING).get(Means.CASH)
        received, reversed_ = received_by_means(connection, span), reversed_by_means(connection, span)
        quittances, first, last = quittance_range(connection, span)
        pieces = sorted(_of_session(connection, t.cash_count, session_id), key=lambda row: -row.denomination_cents)
        return ClosingSheet(
            issuer=issuer_of(commune),
            till=session.till_name,
            number=str(session.rank),
            opened_at=session.opened_at,
            opened_by=session.opened_by_name,
            closed_at=session.closed_at,
            closed_by=session.agent_name,
            float_cents=session.float_cents,
            float_expected_cents=None if opening is None else opening.expected_cents,
            float_reason="" if opening is None else opening.reason,
            cash=_count(counts[Means.CASH], closing, policy),
            denominations=tuple(CashLine(row.denomination_cents, row.pieces) for row in pieces),
            cheques=_count(counts[Means.CHEQUE], closing, policy),
            cheque_lines=_cheques(connection, session),
            values=tuple(_count(counts[means], closing, policy) for means in VALUES if means in counts),
            received=_amounts(received, policy),
            reversed_by_means=_amounts(reversed_, policy),
            cash_received_cents=received.get(Means.CASH, 0),
            cash_reversed_cents=reversed_.get(Means.CASH, 0),
            imputations=imputations(connection, span),
            activities=activities(connection, span),
            changes=cash_changes(connection, span),
            avoirs=avoirs_of(connection, span),
            quittance_count=quittances,
            first_quittance=first,
            last_quittance=last,
            head_hash=session.head_hash,
            fictitious=session.fictitious,
        )


def print_closing_sheet(desk: Desk, session_id: int) -> PrintedDocument:
    """Draw a closed session's sheet, write it and print it. Raises SessionUnknown, NotAllowed."""
    from receipts.closing_sheet import draw_closing_sheet  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    sheet = closing_sheet(desk, session_id)
    path = keep_paper(desk, sheet.closed_at, f"caisse-{int(sheet.number):06d}.pdf", draw_closing_sheet(sheet))
    return print_paper(desk, path)


def _session(connection: Connection, session_id: int) -> Row[Any]:
    session, closing, before = t.till_session, t.till_closing, t.till_closing.alias("before")
    row = connection.execute(
        select(
            session,
            closing.c.regie_id,
            closing.c.agent_name,
            closing.c.entry_seq,
            closing.c.head_hash,
            closing.c.fictitious,
            func.coalesce(before.c.entry_seq, 0).label("after_seq"),
            _rank(session.c.till_id, session.c.id).label("rank"),
            t.agent.c.name.label("opened_by_name"),
            t.till.c.name.label("till_name"),
        )
        .join(closing, closing.c.till_session_id == session.c.id)
        .outerjoin(before, before.c.till_session_id == session.c.previous_id)
        .join(t.agent, t.agent.c.id == session.c.opened_by)
        .join(t.till, t.till.c.id == session.c.till_id)
        .where(session.c.id == session_id)
    ).first()
    if row is None:
        raise SessionUnknown
    return row


def _rank(till_id: ColumnElement[int], session_id: ColumnElement[int]) -> ColumnElement[int]:
    """Return which session of its till it is, from 1: ids may have gaps, what is printed has none."""
    earlier = t.till_session.alias("earlier")
    return (
        select(func.count())
        .select_from(earlier)
        .where(earlier.c.till_id == till_id, earlier.c.id <= session_id)
        .scalar_subquery()
    )


def _of_session(connection: Connection, table: Table, session_id: int) -> list[Any]:
    return list(connection.execute(select(table).where(table.c.till_session_id == session_id)))


def _differences(connection: Connection, session_id: int, counted_at: CountAt) -> dict[Means, Any]:
    rows = _of_session(connection, t.till_difference, session_id)
    return {Means(row.means): row for row in rows if row.counted_at == counted_at.value}


def _count(row: Any, differences: Mapping[Means, Any], policy: Policy) -> Count:
    means = Means(row.means)
    reason = differences[means].reason if means in differences else ""
    return Count(means_label(means, policy), row.expected_cents, row.counted_cents, reason)


def _amounts(cents: Mapping[Means, int], policy: Policy) -> tuple[Amount, ...]:
    return tuple(Amount(means_label(means, policy), cents[means]) for means in Means if means in cents)


def _cheques(connection: Connection, session: Row[Any]) -> tuple[CountedCheque, ...]:
    """Return the cheques looked for; one that the closing before had not found was no longer expected."""
    count, tender, before = t.cheque_count.c, t.tender.c, t.cheque_count.alias("before")
    drawer = t.identity_snapshot
    counted_before = and_(
        before.c.till_session_id == session.previous_id,
        before.c.payment_id == count.payment_id,
        before.c.tender_rank == count.tender_rank,
    )
    rows = connection.execute(
        select(
            t.tender,
            t.quittance.c.year,
            t.quittance.c.number,
            drawer.c.name,
            drawer.c.erased_at,
            count.found,
            before.c.found.label("found_before"),
        )
        .select_from(t.cheque_count)
        .join(t.tender, and_(tender.payment_id == count.payment_id, tender.rank == count.tender_rank))
        .join(t.payment, t.payment.c.id == count.payment_id)
        .join(t.quittance, t.quittance.c.payment_id == count.payment_id)
        .outerjoin(drawer, drawer.c.id == tender.drawer_snapshot_id)
        .outerjoin(before, counted_before)
        .where(count.till_session_id == session.id)
        .order_by(t.payment.c.entry_seq, tender.rank)
    )
    return tuple(
        CountedCheque(
            quittance_number(row.year, row.number),
            recipient_of(row.name or "", "", row.erased_at),
            row.bank,
            row.reference,
            row.amount_cents,
            found=bool(row.found),
            expected=row.found_before is None or bool(row.found_before),
        )
        for row in rows
    )
