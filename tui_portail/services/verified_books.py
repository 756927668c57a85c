"""What must agree with the chain: nothing paid outside it, balances of avoirs, numbers without gap, bookings and their payment, places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, exists, func, or_, select

from models import tables as t
from models.states import BasketState, BookingState, SeriesKind
from tui_portail.money import format_cents
from tui_portail.services.ledger import AVOIRS
from tui_portail.services.verified_chain import Finding

_TAKES_A_PLACE = [BookingState.CONFIRMED.value, BookingState.DUE.value]


def check_books(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Yield what does not hold at `now` (for the holds that live)."""
    yield from _outside_the_chain(connection)
    yield from _avoirs(connection)
    yield from _numbers(connection, t.quittance, SeriesKind.QUITTANCE)
    yield from _numbers(connection, t.avoir, SeriesKind.AVOIR)
    yield from _bookings(connection)
    yield from _places(connection, now)


def _outside_the_chain(connection: Connection) -> Iterator[Finding]:
    """Yield payments, avoirs and postings that no entry of the journal speaks of, and payments without quittance."""
    entry = t.journal_entry.c
    for table in (t.payment, t.avoir, t.posting):
        known = exists().where(entry.regie_id == table.c.regie_id, entry.seq == table.c.entry_seq)
        for row_id in connection.scalars(select(table.c.id).where(~known).order_by(table.c.id).limit(5)):
            yield Finding(table.name, str(row_id), "aucune écriture du journal ne la porte.")
    numbered = exists().where(t.quittance.c.payment_id == t.payment.c.id)
    for row_id in connection.scalars(select(t.payment.c.id).where(~numbered).limit(5)):
        yield Finding("payment", row_id, "ce paiement n’a pas de quittance.")
    printed = (
        select(t.quittance.c.id)
        .join(t.payment, t.payment.c.id == t.quittance.c.payment_id)
        .join(t.journal_entry, and_(entry.regie_id == t.payment.c.regie_id, entry.seq == t.payment.c.entry_seq))
        .where(t.quittance.c.head_hash != entry.hash)
    )
    for row_id in connection.scalars(printed.limit(5)):
        yield Finding("quittance", str(row_id), "l’empreinte imprimée n’est pas celle de son écriture.")


def _avoirs(connection: Connection) -> Iterator[Finding]:
    used = (
        select(func.coalesce(func.sum(t.avoir_use.c.amount_cents), 0))
        .where(t.avoir_use.c.avoir_id == t.avoir.c.id)
        .scalar_subquery()
    )
    for row in connection.execute(select(t.avoir.c.id, t.avoir.c.amount_cents, used.label("used"))):
        if row.used > row.amount_cents:
            yield Finding(
                "avoir", str(row.id), f"{format_cents(int(row.used))} utilisés sur {format_cents(row.amount_cents)}."
            )
    given = _sums(
        connection.execute(select(t.avoir.c.payer_id, func.sum(t.avoir.c.amount_cents)).group_by(t.avoir.c.payer_id))
    )
    spent = _sums(
        connection.execute(
            select(t.avoir.c.payer_id, func.sum(t.avoir_use.c.amount_cents))
            .join(t.avoir, t.avoir.c.id == t.avoir_use.c.avoir_id)
            .group_by(t.avoir.c.payer_id)
        )
    )
    booked = _sums(
        connection.execute(
            select(t.posting.c.payer_id, func.sum(t.posting.c.amount_cents))
            .where(t.posting.c.account == AVOIRS)
            .group_by(t.posting.c.payer_id)
        )
    )
    for payer_id in sorted({*given, *booked}):
        left, account = given.get(payer_id, 0) - spent.get(payer_id, 0), -booked.get(payer_id, 0)
        if left != account:
            yield Finding(
                "payer",
                str(payer_id),
                f"ses avoirs font {format_cents(left)}, son compte au journal {format_cents(account)}.",
            )


def _sums(rows: Any) -> dict[int, int]:
    return {payer_id: int(cents) for payer_id, cents in rows}


def _numbers(connection: Connection, table: Table, kind: SeriesKind) -> Iterator[Finding]:
    """Yield the gaps of a numbering, and a counter that is not at the last number given."""
    rows = connection.execute(
        select(
            table.c.regie_id,
            table.c.year,
            func.count().label("count"),
            func.min(table.c.number).label("first"),
            func.max(table.c.number).label("last"),
        ).group_by(table.c.regie_id, table.c.year)
    ).all()
    counters = {
        (row.regie_id, row.year): row.last_number
        for row in connection.execute(select(t.number_series).where(t.number_series.c.kind == kind.value))
    }
    for row in rows:
        where = f"{row.year}"
        if (row.first, row.last) != (1, row.count):
            yield Finding(
                table.name, where, f"la numérotation a un trou ou un doublon : {row.count} numéros jusqu’à {row.last}."
            )
        if counters.get((row.regie_id, row.year)) != row.last:
            yield Finding("number_series", f"{kind.value} {where}", "le compteur n’est pas au dernier numéro donné.")
    for (regie_id, year), last in counters.items():
        if last and (regie_id, year) not in {(row.regie_id, row.year) for row in rows}:
            yield Finding("number_series", f"{kind.value} {year}", f"{last} numéros donnés, aucun trouvé.")


def _bookings(connection: Connection) -> Iterator[Finding]:
    """Yield bookings that do not agree with what was paid for them, and baskets that do not agree with their payment."""
    booking, line = t.booking.c, t.payment_line.c
    differs = or_(
        booking.price_cents != line.price_cents,
        booking.care_cents != line.care_cents,
        booking.meal_cents != line.meal_cents,
        booking.day != line.day,
    )
    charged = select(booking.id, booking.price_cents, line.price_cents.label("paid")).join(
        t.payment_line, line.booking_id == booking.id
    )
    for row in connection.execute(charged.where(differs).order_by(booking.id).limit(5)):
        yield Finding(
            "booking",
            str(row.id),
            f"son prix est de {format_cents(row.price_cents)}, {format_cents(row.paid)} ont été payés.",
        )
    paid = exists().where(line.booking_id == booking.id)
    unpaid = select(booking.id).where(booking.state == BookingState.CONFIRMED.value, ~paid)
    yield from _named("booking", connection.scalars(unpaid.limit(5)), "confirmée sans avoir été payée.")
    held = select(booking.id).where(booking.state == BookingState.HELD.value, paid)
    yield from _named("booking", connection.scalars(held.limit(5)), "payée mais encore en attente.")
    given = exists().where(t.avoir_line.c.booking_id == booking.id)
    ended = [BookingState.CANCELLED.value, BookingState.CANCELLED_LATE.value]
    both = select(booking.id).where(given, booking.state.not_in(ended))
    yield from _named("booking", connection.scalars(both.limit(5)), "rendue en avoir mais encore réservée.")
    cashed = exists().where(t.payment.c.basket_id == t.basket.c.id)
    for state, condition, sentence in (
        (BasketState.PAID, ~cashed, "marqué payé sans paiement."),
        (BasketState.OPEN, cashed, "payé mais encore ouvert."),
        (BasketState.CLOSED, cashed, "payé mais marqué clos."),
    ):
        baskets = select(t.basket.c.id).where(t.basket.c.state == state.value, condition).limit(5)
        yield from _named("basket", connection.scalars(baskets), sentence)


def _places(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Yield the slots sold above their capacity: confirmed and due, plus the holds that live at `now`."""
    live = and_(
        t.booking.c.state == BookingState.HELD.value,
        t.basket.c.state == BasketState.OPEN.value,
        t.basket.c.expires_at > now,
    )
    taken = func.count(t.booking.c.id)
    rows = connection.execute(
        select(t.slot.c.id, t.slot.c.capacity, t.slot.c.withheld, taken.label("taken"))
        .join(t.booking, t.booking.c.slot_id == t.slot.c.id)
        .outerjoin(t.basket, t.basket.c.id == t.booking.c.basket_id)
        .where(or_(t.booking.c.state.in_(_TAKES_A_PLACE), live))
        .group_by(t.slot.c.id, t.slot.c.capacity, t.slot.c.withheld)
        .having(taken > t.slot.c.capacity - t.slot.c.withheld)
        .order_by(t.slot.c.id)
        .limit(5)
    )
    for row in rows:
        places = row.capacity - row.withheld
        yield Finding("slot", str(row.id), f"{row.taken} places prises pour {places}.")


def _named(table: str, ids: Any, sentence: str) -> Iterator[Finding]:
    for row_id in ids:
        yield Finding(table, str(row_id), sentence)
