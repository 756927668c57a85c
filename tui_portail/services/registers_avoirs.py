"""The state of avoirs at a date: what each was given for, what payments used of it, what was withdrawn, what is left; and by payer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, select

from models import tables as t
from models.states import AvoirReason
from tui_portail.services.accounts import joined_accounts
from tui_portail.services.avoirs import avoir_number
from tui_portail.services.registers import Books, Period, chunks, named

AVOIR_REASONS = {
    AvoirReason.CANCELLED: "Journées annulées avant la limite",
    AvoirReason.PROOF: "Absence justifiée dans les délais",
    AvoirReason.COMMUNE: "Journées annulées par la commune",
    AvoirReason.CARRIED: "Repris du registre précédent",
    AvoirReason.REVERSAL: "Somme gardée d’un paiement contre-passé",
}


@dataclass(frozen=True, slots=True)
class AvoirState:
    """An avoir at a date, in cents. `used_cents` is what payments that stood at that date used of it."""

    number: str
    issued_at: datetime
    payer_id: int
    payer_name: str
    dossier_number: str
    reason: AvoirReason
    issued_cents: int
    used_cents: int
    withdrawn_cents: int

    @property
    def left_cents(self) -> int:
        """What the payer still had."""
        return self.issued_cents - self.used_cents - self.withdrawn_cents


@dataclass(frozen=True, slots=True)
class PayerAvoirs:
    """The avoirs of one payer at a date, in cents."""

    payer_id: int
    payer_name: str
    dossier_number: str
    avoirs: int
    issued_cents: int
    used_cents: int
    withdrawn_cents: int

    @property
    def left_cents(self) -> int:
        """What the payer still had."""
        return self.issued_cents - self.used_cents - self.withdrawn_cents


def avoir_states(books: Books, on: date | None = None, payer_id: int | None = None) -> Iterator[AvoirState]:
    """Yield the avoirs given until the end of a day (until now: None), in the order of their numbers; of one payer if given.

    Those of an account joined into another by then are that one's, as in the journal.
    """
    avoir, until = t.avoir.c, Period(None, on)
    joined = joined_accounts(books.connection, until.holds(t.payer_transfer.c.transferred_at))
    states = (
        select(
            avoir.number,
            avoir.issued_at,
            avoir.payer_id,
            avoir.reason,
            avoir.amount_cents,
            t.identity_snapshot.c.name,
            t.identity_snapshot.c.erased_at,
            t.dossier.c.number.label("dossier"),
            _used(until).label("used"),
            _withdrawn(until).label("withdrawn"),
        )
        .select_from(t.avoir)
        .join(t.identity_snapshot, t.identity_snapshot.c.id == avoir.payer_snapshot_id)
        .join(t.payer, t.payer.c.id == avoir.payer_id)
        .join(t.dossier, t.dossier.c.id == t.payer.c.dossier_id)
        .where(avoir.regie_id == books.regie_id, until.holds(avoir.issued_at))
    )
    if payer_id is not None:
        states = states.where(avoir.payer_id.in_(joined.of(payer_id)))
    years = select(avoir.year).where(avoir.regie_id == books.regie_id).distinct().order_by(avoir.year)
    for year in books.connection.scalars(years).all():
        for rows in chunks(books, states.where(avoir.year == year), avoir.number):
            for row in rows:
                yield AvoirState(
                    avoir_number(year, row.number),
                    row.issued_at,
                    joined.lives(row.payer_id),
                    named(row.name, row.erased_at),
                    row.dossier,
                    AvoirReason(row.reason),
                    row.amount_cents,
                    int(row.used),
                    int(row.withdrawn),
                )


def payer_avoirs(books: Books, on: date | None = None) -> tuple[PayerAvoirs, ...]:
    """Return the avoirs of each payer at the end of a day (now: None), by name; each is named as on the latest of its avoirs."""
    found: dict[int, PayerAvoirs] = {}
    for state in avoir_states(books, on):
        before = found.get(state.payer_id)
        found[state.payer_id] = PayerAvoirs(
            state.payer_id,
            state.payer_name,
            state.dossier_number,
            1 + (before.avoirs if before else 0),
            state.issued_cents + (before.issued_cents if before else 0),
            state.used_cents + (before.used_cents if before else 0),
            state.withdrawn_cents + (before.withdrawn_cents if before else 0),
        )
    return tuple(sorted(found.values(), key=lambda payer: (payer.payer_name.casefold(), payer.payer_id)))


def _used(until: Period) -> ColumnElement[int]:
    """Return, in a query over `avoir`, what was used of it by payments made and not reversed at that date."""
    use, reversal = t.avoir_use.c, t.reversal.c
    undone = exists().where(reversal.payment_id == use.payment_id, until.holds(reversal.reversed_at))
    return (
        select(func.coalesce(func.sum(use.amount_cents), 0))
        .join(t.payment, t.payment.c.id == use.payment_id)
        .where(use.avoir_id == t.avoir.c.id, until.holds(t.payment.c.paid_at), ~undone)
        .scalar_subquery()
    )


def _withdrawn(until: Period) -> ColumnElement[int]:
    """Return, in a query over `avoir`, what a reversal, a refund or a cheque come back had taken from it at that date."""
    taken = t.avoir_withdrawal.c
    taken_at = func.coalesce(t.reversal.c.reversed_at, t.refund.c.requested_at, t.late_unpaid.c.declared_at)
    return (
        select(func.coalesce(func.sum(taken.amount_cents), 0))
        .outerjoin(t.reversal, t.reversal.c.id == taken.reversal_id)
        .outerjoin(t.refund, t.refund.c.id == taken.refund_id)
        .outerjoin(t.late_unpaid, t.late_unpaid.c.id == taken.late_unpaid_id)
        .where(taken.avoir_id == t.avoir.c.id, until.holds(taken_at))
        .scalar_subquery()
    )
