"""What a base of any released version must hold before it is upgraded, read by what its version 0001 already had.

The journal's chain and its postings, what payments are made of, avoirs and numbers: an upgrade of a base that does not hold would carry
the fault on, and make it look like its own. The whole verifier, which knows this version only, runs after the upgrade.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, inspect, select, union

from models import tables as t
from models.states import GENESIS_HASH, SeriesKind
from tui_portail.money import format_cents
from tui_portail.services.findings import MOST_OF_A_KIND, Finding
from tui_portail.services.verified_books import check_numbers
from tui_portail.services.verified_chain import check_link
from tui_portail.services.verified_entries import NOT_OURS

BATCH = 1000
Progress = Callable[[int], None]
"""Told how many entries of the journal are read, all régies together."""


def check_before(connection: Connection, read: Progress) -> Iterator[Finding]:
    """Yield what does not hold in a base of an older version, the journal first."""
    yield from _check_chains(connection, read)
    yield from _check_payments(connection)
    yield from _check_avoirs(connection)
    yield from check_numbers(connection, t.quittance, SeriesKind.QUITTANCE)
    yield from check_numbers(connection, t.avoir, SeriesKind.AVOIR)


def _check_chains(connection: Connection, read: Progress) -> Iterator[Finding]:
    entry, head = t.journal_entry.c, t.journal_head.c
    done = 0
    for regie_id in sorted(connection.scalars(union(select(entry.regie_id), select(head.regie_id)))):
        seq, previous = 0, GENESIS_HASH
        while entries := _entries_after(connection, regie_id, seq):
            postings = _postings(connection, regie_id, entries)
            for one in entries:
                yield from _check_entry(one, seq + 1, previous, postings[one.seq])
                seq, previous = one.seq, one.hash
            done += len(entries)
            read(done)
        last = connection.execute(select(head.last_seq, head.head_hash).where(head.regie_id == regie_id)).first()
        if last is None or tuple(last) != (seq, previous):
            yield Finding(
                "journal_head", str(regie_id), f"la tête du journal ne suit pas sa dernière écriture ({seq})."
            )


def _entries_after(connection: Connection, regie_id: int, seq: int) -> Sequence[Any]:
    entry = t.journal_entry.c
    wanted = select(entry.seq, entry.previous_hash, entry.hash, entry.document)
    return connection.execute(
        wanted.where(entry.regie_id == regie_id, entry.seq > seq).order_by(entry.seq).limit(BATCH)
    ).all()


def _postings(connection: Connection, regie_id: int, entries: Sequence[Any]) -> defaultdict[int, list[list[Any]]]:
    posting = t.posting.c
    wanted = select(posting.entry_seq, posting.account, posting.payer_id, posting.till_session_id, posting.amount_cents)
    of_batch = (posting.regie_id == regie_id, posting.entry_seq.between(entries[0].seq, entries[-1].seq))
    found: defaultdict[int, list[list[Any]]] = defaultdict(list)
    for seq, *values in connection.execute(wanted.where(*of_batch).order_by(posting.entry_seq, posting.rank)):
        found[seq].append(values)
    return found


def _check_entry(entry: Any, expected: int, previous: str, postings: list[list[Any]]) -> Iterator[Finding]:
    row = str(entry.seq)
    yield from check_link(entry, expected, previous)
    try:
        chained = json.loads(entry.document)["postings"]
        balance = sum(cents for *_, cents in postings)
    except NOT_OURS:
        yield Finding("journal_entry", row, "son document n’a pas la forme que le programme écrit.")
        return
    if chained != postings:
        yield Finding("posting", row, "les mouvements de cette écriture ne sont pas ceux qui ont été chaînés.")
    if balance:
        yield Finding("journal_entry", row, "ses mouvements ne s’équilibrent pas.")


def _check_payments(connection: Connection) -> Iterator[Finding]:
    """Yield the payments whose means and avoirs, or whose lines, are not their total."""
    payment = t.payment.c

    def sum_of(column: ColumnElement[int], table: Table) -> ColumnElement[int]:
        of_payment = select(func.coalesce(func.sum(column), 0)).where(table.c.payment_id == payment.id)
        return of_payment.correlate(t.payment).scalar_subquery()

    received, used = sum_of(t.tender.c.amount_cents, t.tender), sum_of(t.avoir_use.c.amount_cents, t.avoir_use)
    for wrong, sentence in (
        (payment.total_cents != received + used, "ses moyens de paiement et ses avoirs ne font pas son total."),
        (payment.avoir_cents != used, "ses avoirs utilisés ne sont pas ceux qu’il dit."),
        (
            payment.total_cents != sum_of(t.payment_line.c.price_cents, t.payment_line),
            "ses lignes ne font pas son total.",
        ),
    ):
        rows = select(payment.id).where(wrong).order_by(payment.entry_seq).limit(MOST_OF_A_KIND)
        for payment_id in connection.scalars(rows):
            yield Finding("payment", payment_id, sentence)


def _check_avoirs(connection: Connection) -> Iterator[Finding]:
    """Yield the avoirs used beyond their amount: what a payment reversed since had used is given back."""
    avoir, use = t.avoir.c, t.avoir_use.c
    counted: Select[Any] = select(func.coalesce(func.sum(use.amount_cents), 0)).where(use.avoir_id == avoir.id)
    if inspect(connection).has_table(t.reversal.name):  # since version 0002
        counted = counted.where(use.payment_id.not_in(select(t.reversal.c.payment_id)))
    used = counted.correlate(t.avoir).scalar_subquery()
    rows = select(avoir.id, avoir.amount_cents, used.label("used")).where(used > avoir.amount_cents)
    for row in connection.execute(rows.order_by(avoir.id).limit(MOST_OF_A_KIND)):
        sentence = f"{format_cents(int(row.used))} utilisés sur {format_cents(row.amount_cents)}."
        yield Finding("avoir", str(row.id), sentence)
