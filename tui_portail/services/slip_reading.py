"""Deposit slips read back: the list, one slip as it stands with what a draft could still take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from models import tables as t
from models.states import ReversalKind, SlipLineKind, SlipState
from tui_portail.errors import PortailError
from tui_portail.payment_means import means_label
from tui_portail.policy import Means, Policy
from tui_portail.services.desk import Desk
from tui_portail.services.held import lost, missing
from tui_portail.services.ledger import DEPOSITED
from tui_portail.services.replaced_deposits import replaced_deposits
from tui_portail.services.rights import Right
from tui_portail.services.sale import quittance_number
from tui_portail.services.slip_views import SlipLine, SlipRow, SlipTender, SlipView, slip_totals

MOST_SLIPS = 200
# Payments, each with the kind of its line, and the rank of the tender where it is of one alone.
Wanted = Select[tuple[str, str, int]] | CompoundSelect[tuple[str, str, int]]


class SlipUnknown(PortailError):
    """No slip has this id."""

    code = "BORDEREAU_INCONNU"

    def __init__(self) -> None:
        super().__init__("Ce bordereau n’existe pas. Retrouvez-le dans la liste des bordereaux.")


def slip_number(year: int, number: int) -> str:
    """Return the number of a slip as printed."""
    return f"BV-{year}-{number:04d}"


def load_slip(desk: Desk, slip_id: int) -> SlipView:
    """Return a slip as it stands. Raises SlipUnknown, NotAllowed."""
    with desk.read(Right.DEPOSIT) as connection:
        return read_slip(connection, desk.commune(connection).policy, slip_id)


def list_slips(desk: Desk, limit: int = MOST_SLIPS) -> tuple[SlipRow, ...]:
    """Return the till's slips: the draft first, then those validated, the latest first. Raises NotAllowed."""
    slip, posting = t.deposit_slip.c, t.posting.c
    with desk.read(Right.DEPOSIT) as connection:
        policy = desk.commune(connection).policy
        _, till_id = desk.place(connection)
        lines = select(func.count()).where(t.deposit_slip_line.c.slip_id == slip.id).scalar_subquery()
        deposited = (
            select(func.coalesce(func.sum(posting.amount_cents), 0))
            .where(posting.regie_id == slip.regie_id, posting.entry_seq == slip.entry_seq, posting.account == DEPOSITED)
            .scalar_subquery()
        )
        rows = connection.execute(
            select(t.deposit_slip, t.agent.c.name, lines.label("payments"), deposited.label("deposited"))
            .join(t.agent, t.agent.c.id == slip.created_by)
            .where(slip.till_id == till_id)
            .order_by(slip.state, slip.validated_at.desc(), slip.id.desc())  # « brouillon » before « valide »
            .limit(min(limit, MOST_SLIPS))
        ).all()
        return tuple(
            SlipRow(
                row.id,
                slip_number(row.year, row.number) if row.number is not None else "",
                SlipState(row.state),
                row.validated_at or row.created_at,
                row.agent_name or row.name,
                row.payments,
                row.deposited if row.number is not None else read_slip(connection, policy, row.id).final_cents,
            )
            for row in rows
        )


def read_slip(connection: Connection, policy: Policy, slip_id: int) -> SlipView:
    """Read a slip. Raises SlipUnknown."""
    slip = connection.execute(
        select(t.deposit_slip, t.agent.c.name)
        .join(t.agent, t.agent.c.id == t.deposit_slip.c.created_by)
        .where(t.deposit_slip.c.id == slip_id)
    ).first()
    if slip is None:
        raise SlipUnknown
    line, counts = t.deposit_slip_line.c, t.deposit_slip_cash.c
    draft = slip.state == SlipState.DRAFT.value
    replaced = replaced_deposits(connection, slip.regie_id) if draft else {}
    replaces = {payment_id: one.deposited_id for payment_id, one in replaced.items()}
    wanted = select(line.payment_id, line.kind, line.tender_rank).where(line.slip_id == slip_id)
    lines = _lines(connection, policy, slip, wanted, replaces)
    cash = connection.execute(
        select(counts.denomination_cents, counts.pieces)
        .where(counts.slip_id == slip_id)
        .order_by(counts.denomination_cents.desc())
    ).all()
    return SlipView(
        slip.id,
        SlipState(slip.state),
        "" if draft else slip_number(slip.year, slip.number),
        slip.created_at,
        slip.validated_at,
        slip.agent_name or slip.name,
        lines,
        _lines(connection, policy, slip, _waiting(slip.regie_id, slip.till_id), replaces) if draft else (),
        slip_totals(policy, lines),
        tuple((row.denomination_cents, row.pieces) for row in cash),
        slip.head_hash,
        policy.fictitious if draft else slip.fictitious,
    )


def waiting_payments(connection: Connection, regie_id: int, till_id: int) -> list[tuple[str, SlipLineKind, int]]:
    """Return what the next slip of a till takes: the payments in no slip that still hold money, and what came back of deposits.

    Each with the kind of its line, and the rank of the cheque that came back alone (0: the payment).
    """
    rows = connection.execute(_waiting(regie_id, till_id)).all()
    return [(row.payment_id, SlipLineKind(row.kind), row.tender_rank) for row in rows]


def _waiting(regie_id: int, till_id: int) -> Wanted:
    payment, line, slip = t.payment.c, t.deposit_slip_line.c, t.deposit_slip.c
    of_till = or_(payment.till_session_id.is_(None), t.till_session.c.till_id == till_id)
    payments = (
        select(
            payment.id.label("payment_id"),
            literal(SlipLineKind.PAYMENT.value).label("kind"),
            literal(0).label("tender_rank"),
        )
        .outerjoin(t.till_session, t.till_session.c.id == payment.till_session_id)
        .where(
            payment.regie_id == regie_id,
            of_till,
            exists().where(t.tender.c.payment_id == payment.id, ~lost()),
            ~_on_a_slip(payment.id, SlipLineKind.PAYMENT),
        )
    )
    reversed_since = (
        select(line.payment_id, literal(SlipLineKind.REVERSAL.value), literal(0))
        .join(t.deposit_slip, slip.id == line.slip_id)
        .join(t.reversal, t.reversal.c.payment_id == line.payment_id)
        .where(
            slip.till_id == till_id,
            slip.state == SlipState.VALIDATED.value,
            line.kind == SlipLineKind.PAYMENT.value,
            t.reversal.c.entry_seq > slip.entry_seq,
            t.reversal.c.lost_cents > 0,
            ~_on_a_slip(line.payment_id, SlipLineKind.REVERSAL),
        )
    )
    late = t.late_unpaid.c
    came_back_since = (
        select(line.payment_id, literal(SlipLineKind.UNPAID.value), late.tender_rank)
        .join(t.deposit_slip, slip.id == line.slip_id)
        .join(t.late_unpaid, late.payment_id == line.payment_id)
        .where(
            slip.till_id == till_id,
            slip.state == SlipState.VALIDATED.value,
            line.kind == SlipLineKind.PAYMENT.value,
            late.entry_seq > slip.entry_seq,
            ~_on_a_slip(line.payment_id, SlipLineKind.UNPAID, late.tender_rank),
        )
    )
    return union_all(payments, reversed_since, came_back_since)


def _on_a_slip(
    payment_id: ColumnElement[str], kind: SlipLineKind, rank: ColumnElement[int] | None = None
) -> ColumnElement[bool]:
    line = t.deposit_slip_line.alias()
    of_rank = () if rank is None else (line.c.tender_rank == rank,)
    return exists().where(line.c.payment_id == payment_id, line.c.kind == kind.value, *of_rank)


def _lines(
    connection: Connection, policy: Policy, slip: Any, lines: Wanted, replaces: Mapping[str, str]
) -> tuple[SlipLine, ...]:
    """Read the lines that payments make on a slip, what is taken off last."""
    wanted, back, late = lines.subquery("wanted"), t.reversal_tender, t.late_unpaid
    payer, drawer = t.identity_snapshot.alias("payer"), t.identity_snapshot.alias("drawer")
    rows = connection.execute(
        select(
            wanted.c.kind.label("line_kind"),
            wanted.c.tender_rank.label("line_rank"),
            t.payment.c.paid_at,
            t.quittance.c.year,
            t.quittance.c.number,
            payer.c.name.label("payer_name"),
            t.tender,
            drawer.c.name.label("drawer"),
            drawer.c.erased_at,
            back.c.kept,
            late.c.entry_seq.label("late_seq"),
            missing(slip.till_id).label("missing"),
            t.reversal.c.entry_seq.label("reversed_seq"),
            t.reversal.c.kind.label("reversal_kind"),
        )
        .join(t.payment, t.payment.c.id == wanted.c.payment_id)
        .join(t.quittance, t.quittance.c.payment_id == wanted.c.payment_id)
        .join(payer, payer.c.id == t.payment.c.payer_snapshot_id)
        .join(t.tender, t.tender.c.payment_id == wanted.c.payment_id)
        .outerjoin(drawer, drawer.c.id == t.tender.c.drawer_snapshot_id)
        .outerjoin(t.reversal, t.reversal.c.payment_id == wanted.c.payment_id)
        .outerjoin(back, and_(back.c.payment_id == wanted.c.payment_id, back.c.tender_rank == t.tender.c.rank))
        .outerjoin(late, and_(late.c.payment_id == wanted.c.payment_id, late.c.tender_rank == t.tender.c.rank))
        .where(wanted.c.tender_rank.in_([0, t.tender.c.rank]))
        .order_by(wanted.c.kind.desc(), t.payment.c.entry_seq, wanted.c.tender_rank, t.tender.c.rank)
    ).all()
    by_line: dict[tuple[str, str, int], list[Any]] = {}
    for row in rows:
        by_line.setdefault((row.payment_id, row.line_kind, row.line_rank), []).append(row)
    return tuple(_line(found, policy, slip, replaces) for found in by_line.values())


def _line(rows: list[Any], policy: Policy, slip: Any, replaces: Mapping[str, str]) -> SlipLine:
    first = rows[0]
    kind = SlipLineKind(first.line_kind)
    if kind is SlipLineKind.PAYMENT:
        tenders = tuple(_tender(row, policy, 1, cancelled=_lost_before(row, slip)) for row in rows)
    else:
        gone = rows if kind is SlipLineKind.UNPAID else [row for row in rows if row.kept is False]
        tenders = tuple(_tender(row, policy, -1, cancelled=False) for row in gone)
    return SlipLine(
        first.payment_id,
        quittance_number(first.year, first.number),
        first.payer_name,
        first.paid_at,
        kind,
        kind is SlipLineKind.UNPAID or first.reversal_kind == ReversalKind.UNPAID.value,
        tenders,
        replaces.get(first.payment_id, "") if kind is SlipLineKind.PAYMENT else "",
    )


def _lost_before(row: Any, slip: Any) -> bool:
    """Say whether a tender was lost before the slip was validated: by its payment's reversal, or come back after that had kept it."""
    lost_seq = row.reversed_seq if row.kept is False else row.late_seq
    return lost_seq is not None and (slip.entry_seq is None or lost_seq < slip.entry_seq)


def _tender(row: Any, policy: Policy, sign: int, *, cancelled: bool) -> SlipTender:
    return SlipTender(
        row.payment_id,
        row.rank,
        Means(row.means),
        means_label(Means(row.means), policy),
        sign * row.amount_cents,
        cancelled,
        bool(row.missing),
        row.bank,
        row.reference,
        row.drawer or "",
        row.erased_at,
    )
