"""The whole journal as other accounting programs read it: every entry in order, and what each account then holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from models import tables as t
from tui_portail.book_entries import BookBalance, BookEntry, BookPosting
from tui_portail.services.registers import WHOLE, Books, chunks
from tui_portail.services.registers_ledger import account_balances
from tui_portail.services.registers_references import references


def book_entries(books: Books) -> Iterator[BookEntry]:
    """Yield every entry of the journal in the order of its number, for `beancount_book` and `hledger_book`."""
    entry, posting = t.journal_entry.c, t.posting.c
    entries = select(entry.seq, entry.entered_at, entry.kind, entry.hash).where(entry.regie_id == books.regie_id)
    for rows in chunks(books, entries, entry.seq):
        told = references(books, rows)
        moved: defaultdict[int, list[BookPosting]] = defaultdict(list)
        for move in books.connection.execute(
            select(posting.entry_seq, posting.account, posting.payer_id, posting.amount_cents)
            .where(posting.regie_id == books.regie_id, posting.entry_seq.between(rows[0].seq, rows[-1].seq))
            .order_by(posting.entry_seq, posting.rank)
        ):
            moved[move.entry_seq].append(BookPosting(move.account, move.payer_id, move.amount_cents))
        for row in rows:
            postings = tuple(moved.get(row.seq, ()))
            yield BookEntry(row.seq, row.entered_at, row.kind, told.get(row.seq, ""), row.hash, postings)


def book_balances(books: Books) -> Iterator[BookBalance]:
    """Yield what every account holds after the last entry, summed by the database and not from the entries yielded."""
    for balance in account_balances(books, WHOLE):
        yield BookBalance(balance.account, balance.payer_id, balance.closing_cents)
