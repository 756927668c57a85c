"""A deposit slip as the régisseur sees it: payments and earlier deposits taken off, what was cancelled since, totals by means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, or_, select

from models import tables as t
from models.states import ReversalKind, SlipLineKind, SlipState
from tui_portail.errors import PortailError
from tui_portail.payment_means import means_label
from tui_portail.policy import Means, Policy
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Right
from tui_portail.services.sale import quittance_number

MOST_SLIPS = 200


class SlipUnknown(PortailError):
    """No slip has this id."""

    code = "BORDEREAU_INCONNU"

    def __init__(self) -> None:
        super().__init__("Ce bordereau n’existe pas. Retrouvez-le dans la liste des bordereaux.")


@dataclass(frozen=True, slots=True)
class SlipTender:
    """One means on a slip, in cents: negative where an earlier slip had deposited it. `cancelled`: lost before validation, not deposited.

    `drawer` is None once erased, with the day it was (`erased_at`, UTC).
    """

    payment_id: str
    rank: int
    means: Means
    amount_cents: int
    cancelled: bool
    bank: str
    reference: str
    drawer: str
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A payment on a slip. `unpaid`: what is taken off came back unpaid, and was not a mistake of typing."""

    payment_id: str
    quittance: str
    payer_name: str
    paid_at: datetime
    kind: SlipLineKind
    unpaid: bool
    tenders: tuple[SlipTender, ...]

    @property
    def final_cents(self) -> int:
        """What the line deposits, in cents."""
        return sum(tender.amount_cents for tender in self.tenders if not tender.cancelled)


@dataclass(frozen=True, slots=True)
class SlipTotal:
    """One means of a slip: how many tenders and how much (cents), what was cancelled since, what is left to deposit."""

    means: Means
    label: str
    initial_count: int
    initial_cents: int
    cancelled_count: int
    cancelled_cents: int

    @property
    def final_count(self) -> int:
        """How many tenders are deposited."""
        return self.initial_count - self.cancelled_count

    @property
    def final_cents(self) -> int:
        """What is deposited, in cents."""
        return self.initial_cents - self.cancelled_cents


@dataclass(frozen=True, slots=True)
class SlipView:
    """A slip at one instant; `number` and what follows are empty for a draft. `cash` pairs a value in cents with its pieces."""

    slip_id: int
    state: SlipState
    number: str
    created_at: datetime
    validated_at: datetime | None
    agent_name: str
    lines: tuple[SlipLine, ...]
    totals: tuple[SlipTotal, ...]
    cash: tuple[tuple[int, int], ...]
    head_hash: str
    fictitious: bool

    def cents_of(self, means: Means) -> int:
        """Return what the slip deposits by a means, in cents."""
        return sum(total.final_cents for total in self.totals if total.means is means)

    @property
    def initial_cents(self) -> int:
        """What it holds before cancellations."""
        return sum(total.initial_cents for total in self.totals)

    @property
    def cancelled_cents(self) -> int:
        """What was cancelled since."""
        return sum(total.cancelled_cents for total in self.totals)

    @property
    def final_cents(self) -> int:
        """What it deposits."""
        return self.initial_cents - self.cancelled_cents


@dataclass(frozen=True, slots=True)
class SlipRow:
    """A slip as listed; the total is what it deposits, in cents."""

    slip_id: int
    number: str
    state: SlipState
    at: datetime
    agent_name: str
    payments: int
    final_cents: int


def slip_number(year: int, number: int) -> str:
    """Return the number of a slip as printed."""
    return f"BV-{year}-{number:04d}"


def load_slip(desk: Desk, slip_id: int) -> SlipView:
    """Return a slip as it stands. Raises SlipUnknown, NotAllowed."""
    with desk.read(Right.DEPOSIT) as connection:
        return read_slip(connection, desk.commune(connection).policy, slip_id)


def list_slips(desk: Desk) -> tuple[SlipRow, ...]:
    """Return the till's slips, the draft first, then the latest."""
    with desk.read(Right.DEPOSIT) as connection:
        policy = desk.commune(connection).policy
        _, till_id = desk.place(connection)
        slip = t.deposit_slip.c
        wanted = select(slip.id).where(slip.till_id == till_id).order_by(slip.id.desc()).limit(MOST_SLIPS)
        views = [read_slip(connection, policy, slip_id) for slip_id in connection.scalars(wanted).all()]
    rows = [
        SlipRow(
            view.slip_id,
            view.number,
            view.state,
            view.validated_at or view.created_at,
            view.agent_name,
            len(view.lines),
            view.final_cents,
        )
        for view in views
    ]
    return tuple(sorted(rows, key=lambda row: row.state is SlipState.VALIDATED))


def waiting_payments(connection: Connection, regie_id: int, till_id: int) -> list[tuple[str, SlipLineKind]]:
    """Return what the next slip of a till takes: the payments in no slip that still hold money, and the deposits reversed since."""
    payment, tender, back = t.payment.c, t.tender.c, t.reversal_tender.c
    of_till = or_(payment.till_session_id.is_(None), t.till_session.c.till_id == till_id)
    lost = exists().where(back.payment_id == tender.payment_id, back.tender_rank == tender.rank, back.kept.is_(False))
    waiting = (
        select(payment.id)
        .outerjoin(t.till_session, t.till_session.c.id == payment.till_session_id)
        .where(
            payment.regie_id == regie_id,
            of_till,
            exists().where(tender.payment_id == payment.id, ~lost),
            ~_on_a_slip(payment.id, SlipLineKind.PAYMENT),
        )
        .order_by(payment.entry_seq)
    )
    line, slip = t.deposit_slip_line.c, t.deposit_slip.c
    reversed_since = (
        select(line.payment_id)
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
        .order_by(t.reversal.c.entry_seq)
    )
    found = [(payment_id, SlipLineKind.PAYMENT) for payment_id in connection.scalars(waiting)]
    return found + [(payment_id, SlipLineKind.REVERSAL) for payment_id in connection.scalars(reversed_since)]


def read_slip(connection: Connection, policy: Policy, slip_id: int) -> SlipView:
    """Read a slip. Raises SlipUnknown."""
    slip = connection.execute(
        select(t.deposit_slip, t.agent.c.name)
        .join(t.agent, t.agent.c.id == t.deposit_slip.c.created_by)
        .where(t.deposit_slip.c.id == slip_id)
    ).first()
    if slip is None:
        raise SlipUnknown
    lines = _lines(connection, slip)
    counts = t.deposit_slip_cash.c
    cash = connection.execute(
        select(counts.denomination_cents, counts.pieces)
        .where(counts.slip_id == slip_id)
        .order_by(counts.denomination_cents.desc())
    ).all()
    return SlipView(
        slip.id,
        SlipState(slip.state),
        "" if slip.number is None else slip_number(slip.year, slip.number),
        slip.created_at,
        slip.validated_at,
        slip.agent_name or slip.name,
        lines,
        _totals(policy, lines),
        tuple((row.denomination_cents, row.pieces) for row in cash),
        slip.head_hash,
        slip.fictitious or (slip.number is None and policy.fictitious),
    )


def _on_a_slip(payment_id: Any, kind: SlipLineKind) -> Any:
    line = t.deposit_slip_line.alias()
    return exists().where(line.c.payment_id == payment_id, line.c.kind == kind.value)


def _lines(connection: Connection, slip: Any) -> tuple[SlipLine, ...]:
    line, drawer = t.deposit_slip_line.c, t.identity_snapshot.alias("drawer")
    payer, back = t.identity_snapshot.alias("payer"), t.reversal_tender
    rows = connection.execute(
        select(
            line.payment_id,
            line.kind.label("line_kind"),
            t.payment.c.paid_at,
            t.quittance.c.year,
            t.quittance.c.number,
            payer.c.name.label("payer_name"),
            t.tender,
            drawer.c.name.label("drawer"),
            drawer.c.erased_at,
            back.c.kept,
            t.reversal.c.entry_seq.label("reversed_seq"),
            t.reversal.c.kind.label("reversal_kind"),
        )
        .join(t.payment, t.payment.c.id == line.payment_id)
        .join(t.quittance, t.quittance.c.payment_id == line.payment_id)
        .join(payer, payer.c.id == t.payment.c.payer_snapshot_id)
        .join(t.tender, t.tender.c.payment_id == line.payment_id)
        .outerjoin(drawer, drawer.c.id == t.tender.c.drawer_snapshot_id)
        .outerjoin(t.reversal, t.reversal.c.payment_id == line.payment_id)
        .outerjoin(back, and_(back.c.payment_id == line.payment_id, back.c.tender_rank == t.tender.c.rank))
        .where(line.slip_id == slip.id)
        .order_by(line.kind.desc(), t.payment.c.entry_seq, t.tender.c.rank)
    ).all()
    by_line: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        by_line.setdefault((row.payment_id, row.line_kind), []).append(row)
    return tuple(_line(found, slip) for found in by_line.values())


def _line(rows: list[Any], slip: Any) -> SlipLine:
    first = rows[0]
    kind = SlipLineKind(first.line_kind)
    if kind is SlipLineKind.REVERSAL:
        tenders = tuple(_tender(row, -1, cancelled=False) for row in rows if row.kept is False)
    else:
        before = first.reversed_seq is not None and (slip.entry_seq is None or first.reversed_seq < slip.entry_seq)
        tenders = tuple(_tender(row, 1, cancelled=before and row.kept is False) for row in rows)
    return SlipLine(
        first.payment_id,
        quittance_number(first.year, first.number),
        first.payer_name,
        first.paid_at,
        kind,
        first.reversal_kind == ReversalKind.UNPAID.value,
        tenders,
    )


def _tender(row: Any, sign: int, *, cancelled: bool) -> SlipTender:
    return SlipTender(
        row.payment_id,
        row.rank,
        Means(row.means),
        sign * row.amount_cents,
        cancelled,
        row.bank,
        row.reference,
        row.drawer or "",
        row.erased_at,
    )


def _totals(policy: Policy, lines: Iterable[SlipLine]) -> tuple[SlipTotal, ...]:
    """Return one total a means present, cash and cheques always, in the order of the commune's list."""
    tenders = [tender for line in lines for tender in line.tenders]
    wanted = {Means.CASH, Means.CHEQUE} | {tender.means for tender in tenders}
    totals = []
    for means in [one for one in Means if one in wanted]:
        initial = [tender for tender in tenders if tender.means is means]
        cancelled = [tender for tender in initial if tender.cancelled]
        totals.append(
            SlipTotal(
                means,
                means_label(means, policy),
                len(initial),
                sum(tender.amount_cents for tender in initial),
                len(cancelled),
                sum(tender.amount_cents for tender in cancelled),
            )
        )
    return tuple(totals)
