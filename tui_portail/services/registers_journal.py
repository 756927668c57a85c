"""The journal à souches: every quittance in the order of its number, with what was received by each means, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from models import tables as t
from models.states import ReversalKind
from tui_portail.policy import BasketKind, Means
from tui_portail.services.registers import Books, Period, chunks, named
from tui_portail.services.sale import quittance_number


@dataclass(frozen=True, slots=True)
class Stub:
    """A quittance in the register. In cents: its total, what avoirs paid of it, what each means did.

    `reversed_at`: the payment was reversed (UTC), `replaced_by` the quittance that corrected it, `replaces` the one it corrects.
    """

    number: str
    entry_seq: int
    issued_at: datetime
    payer_name: str
    dossier_number: str
    kind: BasketKind
    total_cents: int
    avoir_cents: int
    means_cents: Mapping[Means, int]
    agent_name: str
    reversed_at: datetime | None = None
    reversal: ReversalKind | None = None
    replaced_by: str = ""
    replaces: str = ""

    @property
    def received_cents(self) -> int:
        """What its means brought, avoirs apart, in cents."""
        return sum(self.means_cents.values())

    @property
    def reversed_cents(self) -> int:
        """What it brought, in cents, when it was reversed or corrected since; 0 while it stands."""
        return self.received_cents if self.reversed_at else 0


def stubs(books: Books, period: Period) -> Iterator[Stub]:
    """Yield the quittances issued in a period, in the order of their numbers."""
    quittance = t.quittance.c
    years = select(quittance.year).where(quittance.regie_id == books.regie_id).distinct().order_by(quittance.year)
    for year in books.connection.scalars(years).all():
        of_year = _STUBS.where(
            quittance.regie_id == books.regie_id, quittance.year == year, period.holds(quittance.issued_at)
        )
        for rows in chunks(books, of_year, quittance.number):
            means = _means(books, [row.payment_id for row in rows])
            yield from (_stub(row, means[row.payment_id]) for row in rows)


_corrected, _correcting, _new = t.quittance.alias("corrected"), t.payment.alias("correcting"), t.quittance.alias("new")
_STUBS = (
    select(
        t.quittance.c.year,
        t.quittance.c.number,
        t.quittance.c.issued_at,
        t.quittance.c.agent_name,
        t.quittance.c.payment_id,
        t.payment.c.entry_seq,
        t.payment.c.total_cents,
        t.payment.c.avoir_cents,
        t.basket.c.kind,
        t.dossier.c.number.label("dossier"),
        t.identity_snapshot.c.name,
        t.identity_snapshot.c.erased_at,
        t.reversal.c.reversed_at,
        t.reversal.c.kind.label("reversal"),
        _corrected.c.year.label("corrected_year"),
        _corrected.c.number.label("corrected_number"),
        _new.c.year.label("new_year"),
        _new.c.number.label("new_number"),
    )
    .join(t.payment, t.payment.c.id == t.quittance.c.payment_id)
    .join(t.basket, t.basket.c.id == t.payment.c.basket_id)
    .join(t.dossier, t.dossier.c.id == t.basket.c.dossier_id)
    .join(t.identity_snapshot, t.identity_snapshot.c.id == t.payment.c.payer_snapshot_id)
    .outerjoin(t.reversal, t.reversal.c.payment_id == t.payment.c.id)
    .outerjoin(_corrected, _corrected.c.payment_id == t.payment.c.corrects_id)
    .outerjoin(_correcting, _correcting.c.corrects_id == t.payment.c.id)
    .outerjoin(_new, _new.c.payment_id == _correcting.c.id)
)


def _means(books: Books, payment_ids: Sequence[str]) -> Mapping[str, dict[Means, int]]:
    found: defaultdict[str, dict[Means, int]] = defaultdict(dict)
    tender = t.tender.c
    rows = books.connection.execute(
        select(tender.payment_id, tender.means, tender.amount_cents)
        .where(tender.payment_id.in_(payment_ids))
        .order_by(tender.payment_id, tender.rank)
    )
    for row in rows:
        of_payment, means = found[row.payment_id], Means(row.means)
        of_payment[means] = of_payment.get(means, 0) + row.amount_cents
    return found


def _stub(row: Row[Any], means: Mapping[Means, int]) -> Stub:
    return Stub(
        quittance_number(row.year, row.number),
        row.entry_seq,
        row.issued_at,
        named(row.name, row.erased_at),
        row.dossier,
        BasketKind(row.kind),
        row.total_cents,
        row.avoir_cents,
        means,
        row.agent_name,
        row.reversed_at,
        None if row.reversal is None else ReversalKind(row.reversal),
        _number(row.new_year, row.new_number),
        _number(row.corrected_year, row.corrected_number),
    )


def _number(year: int | None, number: int | None) -> str:
    return "" if year is None or number is None else quittance_number(year, number)
