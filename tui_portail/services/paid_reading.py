"""A payment as the régisseur sees it before reversing or correcting it: its means, and what would become of its days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models import tables as t
from models.states import BasketState, ReversedLine
from tui_portail.commune import Commune
from tui_portail.policy import BasketKind, Means, Policy
from tui_portail.services.baskets import BasketLine, BasketView
from tui_portail.services.corrections import due_lines_of, plan_of
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import avoir_balances
from tui_portail.services.reversal_entry import PaidBefore, read_payment
from tui_portail.services.reversals import outcome_of
from tui_portail.services.rights import Right
from tui_portail.services.sale import quittance_number
from tui_portail.services.till import open_today


@dataclass(frozen=True, slots=True)
class PaidTender:
    """One means of the payment, with the references recorded; `amount_cents` is what the régie kept of it.

    Of a payment reversed: `kept` became an avoir, and `came_back` unpaid since; the others were lost by the reversal.
    """

    rank: int
    means: Means
    label: str
    amount_cents: int
    reference: str
    kept: bool = False
    came_back: bool = False

    @property
    def may_come_back(self) -> bool:
        """Whether it is a cheque kept by the reversal, that may still come back unpaid."""
        return self.kept and not self.came_back and self.means is Means.CHEQUE


@dataclass(frozen=True, slots=True)
class PaidView:
    """A payment that may be reversed. In cents: its total, what avoirs paid, what its days would owe again, what would be taken back.

    `reversed_at` (UTC): it was reversed already, and `replaced_by` is the quittance that corrected it, if one did.
    """

    payment_id: str
    quittance: str
    paid_at: datetime
    payer_name: str
    total_cents: int
    avoir_cents: int
    tenders: tuple[PaidTender, ...]
    owed_days: int
    owed_cents: int
    withdrawn_cents: int
    reversed_at: datetime | None
    replaced_by: str

    @property
    def is_reversible(self) -> bool:
        """Whether it stands, and something was paid: by money or by avoirs."""
        return self.reversed_at is None and bool(self.tenders or self.avoir_cents)

    @property
    def may_come_back(self) -> bool:
        """Whether it was reversed and a cheque kept of it may still come back unpaid."""
        return any(tender.may_come_back for tender in self.tenders)

    @property
    def may_keep_all(self) -> bool:
        """Whether it may be reversed with all its money received: for the avoirs it used, that what gave them be reversed."""
        return bool(self.avoir_cents)


def load_paid(desk: Desk, quittance_id: int) -> PaidView:
    """Return the payment of a quittance. Raises PaymentUnknown, NotAllowed."""
    with desk.read(Right.REVERSE) as connection:
        paid = read_payment(connection, _payment_of(connection, quittance_id))
        return _view(connection, desk.commune(connection), paid)


def load_to_correct(desk: Desk, payment_id: str) -> tuple[BasketView, Policy]:
    """Return a payment as a basket to be paid again by other means, with the régie's rules. Raises PaymentUnknown, NotAllowed."""
    with desk.read(Right.REVERSE) as connection:
        commune = desk.commune(connection)
        paid = read_payment(connection, payment_id)
        lines = due_lines_of(paid, commune.policy)
        plan = plan_of(connection, payment_id, lines)
        left = sum(
            one.remaining_cents for one in avoir_balances(connection, [paid.row.payer_id]).get(paid.row.payer_id, ())
        )
        _, till_id = desk.place(connection)
        view = BasketView(
            paid.row.basket_id,
            paid.row.dossier_id,
            paid.row.dossier_number,
            paid.row.payer_id,
            paid.row.payer_name,
            BasketKind(paid.row.kind),
            BasketState.PAID,
            None,
            0,
            tuple(
                BasketLine(
                    line.booking_id,
                    line.child_name,
                    line.activity_code,
                    line.activity_label,
                    line.day,
                    line.price_cents,
                    line.child_id,
                )
                for line in paid.lines
            ),
            tuple(lines),
            plan,
            paid.row.total_cents,
            plan.used_cents,
            plan.rest_cents,
            left,
            open_today(connection, till_id, desk.instant(connection)),
            commune.policy.fictitious,
        )
        return view, commune.policy


def _payment_of(connection: Connection, quittance_id: int) -> str:
    return connection.scalar(select(t.quittance.c.payment_id).where(t.quittance.c.id == quittance_id)) or ""


def _view(connection: Connection, commune: Commune, paid: PaidBefore) -> PaidView:
    undone = connection.execute(select(t.reversal.c.reversed_at).where(t.reversal.c.payment_id == paid.row.id)).first()
    new = connection.execute(
        select(t.quittance.c.year, t.quittance.c.number)
        .join(t.payment, t.payment.c.id == t.quittance.c.payment_id)
        .where(t.payment.c.corrects_id == paid.row.id)
    ).first()
    kept, came_back = _kept_ranks(connection, paid.row.id)
    outcomes = {line.booking_id: outcome_of(line) for line in paid.lines}
    owed = [line for line in paid.lines if outcomes[line.booking_id] is not ReversedLine.WITHDRAWN]
    owed_cents = sum(line.price_cents for line in owed)
    return PaidView(
        paid.row.id,
        paid.number,
        paid.row.paid_at,
        paid.row.payer_name,
        paid.row.total_cents,
        paid.row.avoir_cents,
        tuple(
            replace(_tender(commune, one), kept=one.rank in kept, came_back=one.rank in came_back)
            for one in paid.tenders
        ),
        len(owed),
        owed_cents,
        paid.row.total_cents - owed_cents,
        undone.reversed_at if undone else None,
        quittance_number(new.year, new.number) if new else "",
    )


def _kept_ranks(connection: Connection, payment_id: str) -> tuple[set[int], set[int]]:
    """Return the ranks of the means that the payment's reversal kept, and of those that came back unpaid since."""
    back, late = t.reversal_tender.c, t.late_unpaid.c
    kept = select(back.tender_rank).where(back.payment_id == payment_id, back.kept)
    came_back = select(late.tender_rank).where(late.payment_id == payment_id)
    return set(connection.scalars(kept)), set(connection.scalars(came_back))


def _tender(commune: Commune, tender: Any) -> PaidTender:
    means = Means(tender.means)
    rule = commune.policy.means.get(means)
    reference = " ".join(part for part in (tender.bank, tender.reference, tender.drawer or "") if part)
    return PaidTender(tender.rank, means, rule.label if rule else means.value, tender.amount_cents, reference)
