"""The journal's chain, entry by entry: sequence, hashes, and every row an entry speaks of, compared with what was hashed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select, union

from models import tables as t
from models.states import GENESIS_HASH, EntryKind
from tui_portail.services.findings import Finding
from tui_portail.services.ledger import chain_hash
from tui_portail.services.verified_comparison import Details
from tui_portail.services.verified_entries import check_entry, session_opened
from tui_portail.services.verified_regie_entries import regie_rows, undone_payments

BATCH = 500


def check_chain(connection: Connection) -> Iterator[Finding]:
    """Yield what does not hold in each régie's chain, in the order of its entries."""
    for regie_id in _regies(connection):
        yield from _check_regie(connection, regie_id)


def _regies(connection: Connection) -> list[int]:
    """Return every régie that anything speaks of: a chain without its head, or a head without its régie, is looked at too."""
    tables = (t.journal_head, t.journal_entry, t.posting, t.payment, t.quittance, t.avoir, t.number_series)
    named = union(select(t.regie.c.id), *(select(table.c.regie_id) for table in tables))
    return sorted(connection.scalars(named))


def _check_regie(connection: Connection, regie_id: int) -> Iterator[Finding]:
    seq, previous = 0, GENESIS_HASH
    while entries := _next_entries(connection, regie_id, seq):
        details = _details(connection, regie_id, entries)
        for entry in entries:
            yield from check_link(entry, seq + 1, previous)
            yield from check_entry(entry, details)
            seq, previous = entry.seq, entry.hash
        del entries, details  # never two batches in memory
    head = connection.execute(select(t.journal_head).where(t.journal_head.c.regie_id == regie_id)).first()
    if head is None:
        yield Finding("journal_head", str(regie_id), "la tête du journal de cette régie manque.")
    elif (head.last_seq, head.head_hash) != (seq, previous):
        yield Finding("journal_head", str(regie_id), f"la tête du journal ne suit pas sa dernière écriture ({seq}).")


def _next_entries(connection: Connection, regie_id: int, seq: int) -> Sequence[Any]:
    entry = t.journal_entry.c
    following = select(t.journal_entry).where(entry.regie_id == regie_id, entry.seq > seq)
    return connection.execute(following.order_by(entry.seq).limit(BATCH)).all()


def check_link(entry: Any, expected: int, previous: str) -> Iterator[Finding]:
    """Yield what is wrong with an entry's place in the chain, which is to follow the hash `previous` under the number `expected`."""
    row = str(entry.seq)
    if entry.seq != expected:
        yield Finding("journal_entry", row, f"l’écriture {expected} manque.")
    if entry.previous_hash != previous:
        yield Finding("journal_entry", row, "elle n’est pas chaînée à l’écriture précédente.")
    if chain_hash(entry.previous_hash, entry.document) != entry.hash:
        yield Finding("journal_entry", row, "son empreinte n’est pas celle de son contenu : elle a été modifiée.")


def _details(connection: Connection, regie_id: int, entries: Sequence[Any]) -> Details:
    """Read the rows of a batch of entries, by table and by entry."""
    first, last = entries[0].seq, entries[-1].seq
    found: Details = {}

    def read(table: Table, query: Any) -> None:
        grouped: defaultdict[int, list[Any]] = defaultdict(list)
        for row in connection.execute(query.order_by(*table.primary_key.columns)):
            grouped[row.entry_seq].append(row)
        found[table.name] = grouped

    def of_batch(table: Table) -> list[Any]:
        return [table.c.regie_id == regie_id, table.c.entry_seq.between(first, last)]

    for table in (t.payment, t.avoir):
        read(table, select(table).where(*of_batch(table)))
    postings = select(t.posting).where(*of_batch(t.posting))
    found["posting"] = defaultdict(list)
    for row in connection.execute(postings.order_by(t.posting.c.entry_seq, t.posting.c.rank)):
        found["posting"][row.entry_seq].append(row)
    seq = t.payment.c.entry_seq
    for table in (t.tender, t.payment_line, t.avoir_use, t.tender_allocation, t.quittance):
        parts = select(table, seq).join(t.payment, t.payment.c.id == table.c.payment_id)
        read(table, parts.where(*of_batch(t.payment)))
    baskets = select(t.basket, seq).join(t.payment, t.payment.c.basket_id == t.basket.c.id)
    read(t.basket, baskets.where(*of_batch(t.payment)))
    bookings = (
        select(t.booking, seq)
        .join(t.payment_line, t.payment_line.c.booking_id == t.booking.c.id)
        .join(t.payment, t.payment.c.id == t.payment_line.c.payment_id)
    )
    read(t.booking, bookings.where(*of_batch(t.payment)))
    lines = select(t.avoir_line, t.avoir.c.entry_seq).join(t.avoir, t.avoir.c.id == t.avoir_line.c.avoir_id)
    read(t.avoir_line, lines.where(*of_batch(t.avoir)))
    for name, query in regie_rows(regie_id, first, last):
        grouped: defaultdict[int, list[Any]] = defaultdict(list)
        for row in connection.execute(query):
            grouped[row.entry_seq].append(row)
        found[name] = grouped
    undone = undone_payments(connection, regie_id, first, last)
    found["undone"] = {
        seq: [payment] for seq, payments in found["payment"].items() for payment in payments if payment.id in undone
    }
    opened = {session_opened(entry): entry.seq for entry in entries if entry.kind == EntryKind.OPENING.value}
    sessions = connection.execute(select(t.till_session).where(t.till_session.c.id.in_(set(opened) - {None})))
    found["till_session"] = {opened[session.id]: [session] for session in sessions}
    return found
