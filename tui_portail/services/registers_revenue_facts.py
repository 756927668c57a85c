"""Each thing that happened to revenue, day by day: a payment, its reversal, a day given back as avoir, that avoir taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple, Protocol

from sqlalchemy import and_, func, select

from models import tables as t
from tui_portail.revenue import AVOIR, Imputation, Share, imputed
from tui_portail.services.registers import Books, Period, chunks


class Measure(Enum):
    """What happened to some cents."""

    CASHED = "cashed"
    REVERSED = "reversed"
    RETURNED = "returned"


class RevenueFact(NamedTuple):
    """Some cents of one day: what happened of them, when, and what they are told under."""

    measure: Measure
    at: datetime
    imputation: Imputation
    activity_code: str
    site_code: str
    means: str
    cents: int


_WHERE = (t.slot.c.activity_code, t.slot.c.site_code)  # a day's slot: its activity and where


def revenue_facts(books: Books, period: Period) -> Iterator[RevenueFact]:
    """Yield everything that happened to revenue in a period, read in bounded memory."""
    yield from _cashed(books, period)
    yield from _reversed(books, period)
    yield from _come_back(books, period)
    yield from _returned(books, period)
    yield from _taken_back(books, period)


def _cashed(books: Books, period: Period) -> Iterator[RevenueFact]:
    payment = t.payment.c
    made = select(payment.entry_seq, payment.id, payment.paid_at.label("at"))
    made = made.where(payment.regie_id == books.regie_id, period.holds(payment.paid_at))
    for rows in chunks(books, made, payment.entry_seq):
        yield from _by_means(books, Measure.CASHED, {row.id: row.at for row in rows})


def _reversed(books: Books, period: Period) -> Iterator[RevenueFact]:
    reversal = t.reversal.c
    undone = select(reversal.entry_seq, reversal.payment_id.label("id"), reversal.reversed_at.label("at"))
    undone = undone.where(reversal.regie_id == books.regie_id, period.holds(reversal.reversed_at))
    for rows in chunks(books, undone, reversal.entry_seq):
        yield from _by_means(books, Measure.REVERSED, {row.id: row.at for row in rows})


def _come_back(books: Books, period: Period) -> Iterator[RevenueFact]:
    """Yield the cheques come back after a reversal had kept them: what it told as an avoir is told as the cheque."""
    late = t.late_unpaid.c
    back = select(late.entry_seq, late.payment_id, late.tender_rank, late.declared_at).where(
        late.regie_id == books.regie_id, period.holds(late.declared_at)
    )
    for rows in chunks(books, back, late.entry_seq):
        for row in rows:
            dated = {row.payment_id: row.declared_at}
            earlier = select(late.tender_rank).where(late.payment_id == row.payment_id, late.entry_seq < row.entry_seq)
            before = set(books.connection.scalars(earlier))
            yield from _by_means(books, Measure.REVERSED, dated, back=before | {row.tender_rank})
            for told in _by_means(books, Measure.REVERSED, dated, back=before):
                yield told._replace(cents=-told.cents)


def _returned(books: Books, period: Period) -> Iterator[RevenueFact]:
    line, avoir = t.avoir_line.c, t.avoir.c
    given = (
        select(line.id, avoir.issued_at.label("at"), line.care_cents, line.meal_cents, *_WHERE)
        .join(t.avoir, avoir.id == line.avoir_id)
        .join(t.booking, t.booking.c.id == line.booking_id)
        .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
        .where(avoir.regie_id == books.regie_id, period.holds(avoir.issued_at))
    )
    for rows in chunks(books, given, line.id):
        for row in rows:
            yield from _both(Measure.RETURNED, row.at, row, 1)


def _taken_back(books: Books, period: Period) -> Iterator[RevenueFact]:
    """Yield the days given back whose payment was reversed since: the reversal took their avoir back."""
    taken, reversal, line = t.avoir_withdrawal.c, t.reversal.c, t.avoir_line.c
    back = (
        select(taken.id, reversal.reversed_at.label("at"), line.care_cents, line.meal_cents, *_WHERE)
        .join(t.reversal, reversal.id == taken.reversal_id)
        .join(t.avoir_line, and_(line.booking_id == taken.booking_id, line.avoir_id == taken.avoir_id))
        .join(t.booking, t.booking.c.id == line.booking_id)
        .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
        .where(reversal.regie_id == books.regie_id, period.holds(reversal.reversed_at))
    )
    for rows in chunks(books, back, taken.id):
        for row in rows:
            yield from _both(Measure.RETURNED, row.at, row, -1)


class _Day(Protocol):
    """A day charged or given back, in cents."""

    activity_code: str
    site_code: str
    care_cents: int
    meal_cents: int


def _both(measure: Measure, at: datetime, day: _Day, sign: int) -> Iterator[RevenueFact]:
    for imputation, cents in ((Imputation.CARE, day.care_cents), (Imputation.MEAL, day.meal_cents)):
        if cents:
            yield RevenueFact(measure, at, imputation, day.activity_code, day.site_code, AVOIR, sign * cents)


def _by_means(
    books: Books, measure: Measure, dated: Mapping[str, datetime], *, back: Collection[int] = ()
) -> Iterator[RevenueFact]:
    """Yield what some payments (a few hundred) charged, by day and by what paid it; the ranks `back` were kept, then came back."""
    shares, line = _shares(books, measure, list(dated), back), t.payment_line.c
    for row in books.connection.execute(
        select(line.payment_id, line.booking_id, line.care_cents, line.meal_cents, *_WHERE)
        .join(t.booking, t.booking.c.id == line.booking_id)
        .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
        .where(line.payment_id.in_(list(dated)))
        .order_by(line.id)
    ):
        paid_by = shares.get((row.payment_id, row.booking_id), ())
        for imputation, share in imputed(row.care_cents, row.meal_cents, paid_by):
            yield RevenueFact(
                measure,
                dated[row.payment_id],
                imputation,
                row.activity_code,
                row.site_code,
                share.means,
                share.cents,
            )


def _shares(
    books: Books, measure: Measure, payment_ids: Sequence[str], back: Collection[int]
) -> Mapping[tuple[str, int], list[Share]]:
    """Return what paid each day of some payments. A means that a reversal kept was not given back: it became an avoir."""
    found: defaultdict[tuple[str, int], list[Share]] = defaultdict(list)
    use, part, tender, undone = t.avoir_use.c, t.tender_allocation.c, t.tender.c, t.reversal_tender.c
    for used in books.connection.execute(
        select(use.payment_id, use.booking_id, func.sum(use.amount_cents).label("cents"))
        .where(use.payment_id.in_(payment_ids))
        .group_by(use.payment_id, use.booking_id)
    ):
        found[used.payment_id, used.booking_id].append(Share(AVOIR, int(used.cents)))
    for row in books.connection.execute(
        select(part.payment_id, part.booking_id, part.tender_rank, part.amount_cents, tender.means, undone.kept)
        .join(t.tender, and_(tender.payment_id == part.payment_id, tender.rank == part.tender_rank))
        .outerjoin(
            t.reversal_tender, and_(undone.payment_id == part.payment_id, undone.tender_rank == part.tender_rank)
        )
        .where(part.payment_id.in_(payment_ids))
        .order_by(part.payment_id, part.tender_rank, part.booking_id)
    ):
        as_avoir = measure is Measure.REVERSED and row.kept and row.tender_rank not in back
        means = AVOIR if as_avoir else row.means
        found[row.payment_id, row.booking_id].append(Share(means, row.amount_cents))
    return found
