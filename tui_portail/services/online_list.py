"""The payments online as a desk reads them: those of a period by state, one in full with its days. No e-mail, no address, no diet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true

from models import tables as t
from models.states import BookingState, OnlineState, StatementOutcome
from tui_portail.payfip_answers import code_words
from tui_portail.services.desk import Desk
from tui_portail.services.online_entering import OnlinePaymentUnknown
from tui_portail.services.online_late import LateMoney, late_money_of
from tui_portail.services.quittances import name_contains
from tui_portail.services.registers import WHOLE, Period
from tui_portail.services.rights import Right
from tui_portail.services.sale import quittance_number

__all__ = [
    "MOST_ROWS",
    "STATE_WORDS",
    "Dispute",
    "OnlineDay",
    "OnlineDetail",
    "OnlineRow",
    "OnlineSort",
    "OnlineState",
    "SeenOnStatement",
    "list_online_payments",
    "online_detail",
    "online_page_until",
]

MOST_ROWS = 200
LONGEST_SEARCH = 60
STATE_WORDS: dict[OnlineState, str] = {
    OnlineState.ASKED: "demandée",
    OnlineState.OPEN: "page ouverte",
    OnlineState.PAID: "payée",
    OnlineState.REFUSED: "refusée",
    OnlineState.ABANDONED: "abandonnée",
    OnlineState.EXPIRED: "expirée",
    OnlineState.FAILED: "sans page",
}


class OnlineSort(StrEnum):
    """Which payments are listed; the value is the French words of the choice."""

    ALL = "tous"
    UNSETTLED = "en cours"
    PAID = "payés"
    LATE = "payés après le quart d’heure"
    UNPAID = "non payés"
    DISPUTED = "contestés"
    NOT_ON_STATEMENT = "payés, sur aucun relevé"


@dataclass(frozen=True, slots=True)
class OnlineRow:
    """A payment online as listed; cents, instants in UTC. `disputed`: contested and not answered yet.

    `statement` is the file of the Trésor's on which it was seen, empty for none; `until` when its page closes.
    """

    online_id: int
    asked_at: datetime
    until: datetime | None
    payer_name: str
    dossier_id: int
    dossier_number: str
    reference: str
    amount_cents: int
    state: OnlineState
    code: str
    late: bool
    quittance_id: int | None
    quittance_number: str
    disputed: bool
    statement: str
    reversed: bool

    @property
    def state_words(self) -> str:
        """Its state in French."""
        return STATE_WORDS[self.state]

    @property
    def meaning(self) -> str:
        """What its code means, in French."""
        return code_words(self.code)


@dataclass(frozen=True, slots=True)
class OnlineDay:
    """A day that a page was to pay, as it is now: cents, and its own state."""

    day: date
    child_name: str
    activity: str
    price_cents: int
    state: BookingState


@dataclass(frozen=True, slots=True)
class Dispute:
    """What is contested, when, by which agent; and what was answered, once it was."""

    reason: str
    at: datetime
    agent_name: str
    answer: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class SeenOnStatement:
    """A line of the Trésor's that names this payment (cents)."""

    file_name: str
    rank: int
    amount_cents: int
    paid_on: date
    outcome: StatementOutcome


@dataclass(frozen=True, slots=True)
class OnlineDetail:
    """A payment online in full. `paid_on` is the Trésor's day."""

    row: OnlineRow
    days: tuple[OnlineDay, ...]
    paid_on: date | None
    asked_again_at: datetime | None
    late: LateMoney | None
    dispute: Dispute | None
    statements: tuple[SeenOnStatement, ...]


def list_online_payments(
    desk: Desk, sort: OnlineSort = OnlineSort.ALL, text: str = "", period: Period = WHOLE
) -> tuple[OnlineRow, ...]:
    """Return the payments asked for in a period, the latest first, 200 at most.

    `text`: the beginning of a reference or of a dossier's number, or a part of the payer's name. Raises NotAllowed.
    """
    with desk.read(Right.ONLINE_PAYMENTS) as connection:
        query = _rows().where(_of(sort), period.holds(t.online_payment.c.asked_at))
        if wanted := "".join(filter(str.isprintable, text)).strip()[:LONGEST_SEARCH]:
            query = query.where(_matching(wanted))
        rows = connection.execute(query.order_by(t.online_payment.c.id.desc()).limit(MOST_ROWS)).all()
    return tuple(_shown(row) for row in rows)


def online_detail(desk: Desk, online_id: int) -> OnlineDetail:
    """Return a payment online in full. Raises OnlinePaymentUnknown, NotAllowed."""
    with desk.read(Right.ONLINE_PAYMENTS) as connection:
        row = connection.execute(_rows().where(t.online_payment.c.id == online_id)).first()
        if row is None:
            raise OnlinePaymentUnknown
        late = late_money_of(connection, online_id, row.payment_id) if row.late else None
        return OnlineDetail(
            _shown(row),
            _days(connection, online_id),
            row.paid_on,
            row.asked_again_at,
            late,
            _dispute(connection, row),
            _statements(connection, online_id),
        )


def online_page_until(desk: Desk, basket_id: int) -> datetime | None:
    """Return until when a page of a basket may still be paid (UTC), None where none is open: asked before cashing it. Raises NotAllowed."""
    online = t.online_payment.c
    with desk.read(Right.SEE_QUEUE) as connection:
        until: datetime | None = connection.scalar(
            select(online.page_until)
            .where(
                online.basket_id == basket_id,
                online.state == OnlineState.OPEN.value,
                online.page_until > desk.instant(connection),
            )
            .order_by(online.page_until.desc())
            .limit(1)
        )
    return until


def _rows() -> Select[Any]:
    online, line, statement = t.online_payment.c, t.treasury_line.c, t.treasury_statement.c
    seen_on = (
        select(statement.file_name)
        .join(t.treasury_line, line.statement_id == statement.id)
        .where(line.online_payment_id == online.id)
        .order_by(line.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            t.online_payment,
            t.guardian.c.first_name,
            t.guardian.c.last_name,
            t.dossier.c.id.label("dossier_id"),
            t.dossier.c.number.label("dossier_number"),
            t.quittance.c.id.label("quittance_id"),
            t.quittance.c.year,
            t.quittance.c.number,
            t.reversal.c.id.label("reversal_id"),
            func.coalesce(seen_on, "").label("statement"),
        )
        .join(t.payer, t.payer.c.id == online.payer_id)
        .join(t.guardian, t.guardian.c.id == t.payer.c.guardian_id)
        .join(t.basket, t.basket.c.id == online.basket_id)
        .join(t.dossier, t.dossier.c.id == t.basket.c.dossier_id)
        .outerjoin(t.quittance, t.quittance.c.payment_id == online.payment_id)
        .outerjoin(t.reversal, t.reversal.c.payment_id == online.payment_id)
    )


def _of(sort: OnlineSort) -> ColumnElement[bool]:
    online = t.online_payment.c
    paid = online.state == OnlineState.PAID.value
    waiting = online.state.in_((OnlineState.ASKED.value, OnlineState.OPEN.value))
    named = select(t.treasury_line.c.id).where(t.treasury_line.c.online_payment_id == online.id)
    return {
        OnlineSort.ALL: true(),
        OnlineSort.UNSETTLED: waiting,
        OnlineSort.PAID: paid,
        OnlineSort.LATE: and_(paid, online.late),
        OnlineSort.UNPAID: and_(~paid, ~waiting),
        OnlineSort.DISPUTED: and_(online.disputed_at.is_not(None), online.dispute_ended_at.is_(None)),
        OnlineSort.NOT_ON_STATEMENT: and_(paid, ~named.exists()),
    }[sort]


def _matching(text: str) -> ColumnElement[bool]:
    online = t.online_payment.c
    name = t.guardian.c.first_name + " " + t.guardian.c.last_name
    return or_(
        online.reference.startswith(text.upper(), autoescape=True),
        t.dossier.c.number.startswith(text.upper(), autoescape=True),
        name_contains(name, text),
    )


def _shown(row: Any) -> OnlineRow:
    return OnlineRow(
        row.id,
        row.asked_at,
        row.page_until,
        f"{row.first_name} {row.last_name}".strip() or "identité effacée",
        row.dossier_id,
        row.dossier_number,
        row.reference,
        row.amount_cents,
        OnlineState(row.state),
        row.code,
        row.late,
        row.quittance_id,
        "" if row.quittance_id is None else quittance_number(row.year, row.number),
        row.disputed_at is not None and row.dispute_ended_at is None,
        row.statement,
        row.reversal_id is not None,
    )


def _days(connection: Connection, online_id: int) -> tuple[OnlineDay, ...]:
    booking = t.booking.c
    rows = connection.execute(
        select(booking.day, booking.price_cents, booking.state, t.child.c.first_name, t.activity.c.label)
        .select_from(t.online_payment_line)
        .join(t.booking, booking.id == t.online_payment_line.c.booking_id)
        .join(t.child, t.child.c.id == booking.child_id)
        .join(t.slot, t.slot.c.id == booking.slot_id)
        .join(t.activity, t.activity.c.code == t.slot.c.activity_code)
        .where(t.online_payment_line.c.online_payment_id == online_id)
        .order_by(booking.day, booking.child_id, t.activity.c.rank, booking.id)
        .limit(MOST_ROWS)
    ).all()
    return tuple(
        OnlineDay(row.day, row.first_name, row.label, row.price_cents, BookingState(row.state)) for row in rows
    )


def _dispute(connection: Connection, row: Any) -> Dispute | None:
    if row.disputed_at is None:
        return None
    agents = (row.disputed_by, row.dispute_ended_by)
    names: dict[int, str] = dict(
        connection.execute(select(t.agent.c.id, t.agent.c.name).where(t.agent.c.id.in_(agents))).tuples().all()
    )
    return Dispute(
        row.dispute,
        row.disputed_at,
        names.get(row.disputed_by, ""),
        row.dispute_answer,
        row.dispute_ended_at,
        names.get(row.dispute_ended_by, ""),
    )


def _statements(connection: Connection, online_id: int) -> tuple[SeenOnStatement, ...]:
    line = t.treasury_line.c
    rows = connection.execute(
        select(t.treasury_statement.c.file_name, line.rank, line.amount_cents, line.paid_on, line.outcome)
        .join(t.treasury_statement, t.treasury_statement.c.id == line.statement_id)
        .where(line.online_payment_id == online_id)
        .order_by(line.id)
    ).all()
    return tuple(
        SeenOnStatement(row.file_name, row.rank, row.amount_cents, row.paid_on, StatementOutcome(row.outcome))
        for row in rows
    )
