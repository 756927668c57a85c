"""What must agree with the chain: nothing paid outside it, balances of avoirs, numbers without gap, who signed, places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, exists, func, literal, or_, select, union_all

from models import tables as t
from models.states import OWED, EntryKind, SeriesKind
from tui_portail.money import format_cents
from tui_portail.services.accounts import living
from tui_portail.services.avoir_sums import left_cents
from tui_portail.services.findings import MOST_OF_A_KIND, Finding, Rule, asked
from tui_portail.services.ledger import AVOIRS, DEBTS
from tui_portail.services.verified_joined import check_joined
from tui_portail.services.verified_places import check_places

_CARRIED = (  # what an entry carries, and the kinds of entry that may
    (t.payment, EntryKind.PAYMENT),
    (t.avoir, EntryKind.AVOIR, EntryKind.REVERSAL),
    (t.cash_movement, EntryKind.MOVEMENT),
    (t.till_difference, EntryKind.DIFFERENCE),
    (t.till_closing, EntryKind.TILL_CLOSING),
    (t.reversal, EntryKind.REVERSAL),
    (t.deposit_slip, EntryKind.DEPOSIT),
    (t.refund, EntryKind.REFUND),
    (t.late_unpaid, EntryKind.UNPAID),
    (t.period_closing, EntryKind.CLOSING),
    (t.payer_transfer, EntryKind.TRANSFER),
)
_NUMBERED = (
    (t.quittance, SeriesKind.QUITTANCE),
    (t.avoir, SeriesKind.AVOIR),
    (t.deposit_slip, SeriesKind.SLIP),
    (t.refund, SeriesKind.REFUND),
)


def check_books(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Yield what does not hold at `now` (for the holds that live)."""
    yield from _outside_the_chain(connection)
    yield from _avoirs(connection)
    yield from _debts(connection)
    yield from check_joined(connection)
    for table, kind in _NUMBERED:
        yield from check_numbers(connection, table, kind)
    yield from _copies(connection)
    yield from _signatures(connection)
    yield from check_places(connection, now)


@asked
def _outside_the_chain() -> Iterator[Rule]:
    """Yield payments and avoirs that no entry of the journal speaks of."""
    entry = t.journal_entry.c
    for table, *kinds in _CARRIED:
        known = exists().where(
            entry.regie_id == table.c.regie_id,
            entry.seq == table.c.entry_seq,
            entry.kind.in_([kind.value for kind in kinds]),
        )
        written = table.c.entry_seq.is_not(None)  # a draft slip is carried by no entry yet
        yield table, and_(written, ~known), "aucune écriture du journal ne le porte."


def _avoirs(connection: Connection) -> Iterator[Finding]:
    avoir, posting = t.avoir.c, t.posting.c
    beyond = select(avoir.id, avoir.amount_cents, left_cents().label("left")).where(left_cents() < 0)
    for row in connection.execute(beyond.order_by(avoir.id).limit(MOST_OF_A_KIND)):
        sentence = f"{format_cents(row.amount_cents - int(row.left))} utilisés sur {format_cents(row.amount_cents)}."
        yield Finding("avoir", str(row.id), sentence)
    left = select(living(), left_cents(), literal(0)).select_from(t.avoir).join(t.payer, t.payer.c.id == avoir.payer_id)
    account = select(posting.payer_id, literal(0), -posting.amount_cents).where(posting.account == AVOIRS)
    for payer_id, held, booked in _apart(connection, left, account):
        sentence = f"ses avoirs font {format_cents(held)}, son compte au journal {format_cents(booked)}."
        yield Finding("payer", str(payer_id), sentence)


def _debts(connection: Connection) -> Iterator[Finding]:
    """Yield the payers whose days owed are not what their account says they owe."""
    booking, posting = t.booking.c, t.posting.c
    owed = (
        select(living(), booking.price_cents, literal(0))
        .select_from(t.booking)
        .join(t.payer, t.payer.c.id == booking.payer_id)
    )
    owed = owed.where(booking.state.in_(OWED))
    account = select(posting.payer_id, literal(0), posting.amount_cents).where(posting.account == DEBTS)
    for payer_id, held, booked in _apart(connection, owed, account):
        sentence = f"ses journées dues font {format_cents(held)}, son compte au journal {format_cents(booked)}."
        yield Finding("payer", str(payer_id), sentence)


def _apart(connection: Connection, rows: Select[Any], account: Select[Any]) -> list[tuple[int, int, int]]:
    """Return the payers for whom rows and account do not sum alike: what the rows make, what the account says (cents)."""
    first = rows.subquery()
    named = select(first.c[0].label("payer_id"), first.c[1].label("held"), first.c[2].label("booked"))
    moves = union_all(named, account).subquery()
    held, booked = func.sum(moves.c.held), func.sum(moves.c.booked)
    apart = select(moves.c.payer_id, held.label("held"), booked.label("booked")).group_by(moves.c.payer_id)
    found = connection.execute(apart.having(held != booked).order_by(moves.c.payer_id).limit(MOST_OF_A_KIND))
    return [(row.payer_id, int(row.held), int(row.booked)) for row in found]


def check_numbers(connection: Connection, table: Table, kind: SeriesKind) -> Iterator[Finding]:
    """Yield the gaps of a numbering, and a counter that is not at the last number given: a few rows a year are read."""
    given = select(
        table.c.regie_id,
        table.c.year,
        func.count().label("count"),
        func.min(table.c.number).label("first"),
        func.max(table.c.number).label("last"),
    ).group_by(table.c.regie_id, table.c.year)
    given = given.where(table.c.number.is_not(None))  # a draft slip has none
    counters = select(t.number_series).where(t.number_series.c.kind == kind.value)
    last = {(row.regie_id, row.year): row.last_number for row in connection.execute(counters)}
    for row in connection.execute(given.order_by(table.c.regie_id, table.c.year)).all():
        if (row.first, row.last) != (1, row.count):
            sentence = f"la numérotation a un trou ou un doublon : {row.count} numéros jusqu’à {row.last}."
            yield Finding(table.name, str(row.year), sentence)
        if last.pop((row.regie_id, row.year), None) != row.last:
            yield Finding("number_series", f"{row.year} {kind.value}", "le compteur n’est pas au dernier numéro donné.")
    for (_, year), number in sorted(last.items()):
        if number:
            yield Finding("number_series", f"{year} {kind.value}", f"{number} numéros donnés, aucun trouvé.")


def _copies(connection: Connection) -> Iterator[Finding]:
    """Yield the quittances whose duplicatas are not numbered from 1 on."""
    copy = t.quittance_copy.c
    gaps = (
        select(copy.quittance_id)
        .group_by(copy.quittance_id)
        .having(or_(func.min(copy.copy_no) != 1, func.max(copy.copy_no) != func.count()))
    )
    for quittance_id in connection.scalars(gaps.order_by(copy.quittance_id).limit(MOST_OF_A_KIND)):
        yield Finding("quittance", str(quittance_id), "ses duplicatas ne se suivent pas.")


@asked
def _signatures() -> Iterator[Rule]:
    """Yield papers signed by another name than their agent's (no gesture renames an agent)."""
    agent, payment, quittance = t.agent.c, t.payment.c, t.quittance.c
    other = exists().where(
        payment.id == quittance.payment_id, agent.id == payment.agent_id, agent.name != quittance.agent_name
    )
    sentence = "le nom de l’agent imprimé n’est pas celui de l’agent qui l’a établi."
    yield t.quittance, other, sentence
    for table, by in (
        (t.avoir, "agent_id"),
        (t.till_closing, "agent_id"),
        (t.deposit_slip, "validated_by"),
        (t.refund, "agent_id"),
        (t.period_closing, "agent_id"),
    ):
        signed = exists().where(agent.id == table.c[by], agent.name != table.c.agent_name)
        yield table, signed, sentence
