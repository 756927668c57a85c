"""The grand-livre: what each account held when a period began, every movement in it, and what it holds at its end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, select, true

from models import tables as t
from tui_portail.book_entries import PLAN, account_of, narration
from tui_portail.services.ledger import AVOIRS, DEBTS, TO_REFUND
from tui_portail.services.registers import Books, Period, chunks, named
from tui_portail.services.registers_references import references

BY_PAYER = frozenset({AVOIRS, DEBTS, TO_REFUND})
ENTRIES_A_SUM = 20_000  # a year of a large town is summed in ten statements, each far from the time-out


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account over a period, in cents: what it held (a debit is positive), what was debited and credited, what it holds.

    Accounts kept by payer have a balance for each, with the payer's name of today.
    """

    account: str
    label: str
    opening_cents: int
    debit_cents: int
    credit_cents: int
    payer_id: int | None = None
    payer_name: str = ""

    @property
    def closing_cents(self) -> int:
        """What the account holds at the end."""
        return self.opening_cents + self.debit_cents - self.credit_cents


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One movement of an account, in cents, and what the account holds after it (`running_cents`, a debit is positive)."""

    entered_at: datetime
    entry_seq: int
    kind: str
    reference: str
    payer_id: int | None
    debit_cents: int
    credit_cents: int
    running_cents: int

    @property
    def words(self) -> str:
        """The entry in a few words: « Paiement, quittance 2026-000001 »."""
        return narration(self.kind, self.reference)


def account_balances(
    books: Books, period: Period, account: str | None = None, payer_id: int | None = None
) -> tuple[AccountBalance, ...]:
    """Return the accounts moved until the end of a period, in the order of the plan then by payer; of one account or payer if given."""
    sums: defaultdict[tuple[str, int | None], tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    chosen = _chosen(account, payer_id)
    for query in _sums(books, period):
        for row in books.connection.execute(query.where(chosen)):
            opening, debit, credit = sums[row.account, row.payer_id]
            sums[row.account, row.payer_id] = (
                opening + int(row.opening),
                debit + int(row.debit),
                credit + int(row.credit),
            )
    names = payer_names(books, {payer for _, payer in sums if payer is not None})
    labels = {name: account_of(name).label for name, _ in sums}
    order = list(PLAN)
    return tuple(
        AccountBalance(name, labels[name], *held, payer, names.get(payer, "") if payer else "")
        for (name, payer), held in sorted(sums.items(), key=lambda one: (order.index(one[0][0]), one[0][1] or 0))
    )


def ledger_lines(books: Books, period: Period, account: str, payer_id: int | None = None) -> Iterator[LedgerLine]:
    """Yield the movements of an account in a period, in the order of the journal; of one payer if given."""
    running = _opening(books, period, account, payer_id)
    entry, posting = t.journal_entry.c, t.posting.c
    moved = (
        select(posting.id, posting.payer_id, posting.amount_cents, entry.seq, entry.kind, entry.entered_at)
        .join(t.journal_entry, _SEALED)
        .where(posting.regie_id == books.regie_id, _chosen(account, payer_id), period.holds(entry.entered_at))
    )
    for rows in chunks(books, moved, posting.id):
        told = references(books, rows)
        for row in rows:
            running += row.amount_cents
            yield LedgerLine(
                row.entered_at,
                row.seq,
                row.kind,
                told.get(row.seq, ""),
                row.payer_id,
                max(row.amount_cents, 0),
                max(-row.amount_cents, 0),
                running,
            )


def payer_names(books: Books, payer_ids: Collection[int]) -> Mapping[int, str]:
    """Return the names of payers as they are today."""
    wanted, named_ = sorted(payer_ids), t.identity_snapshot.c
    names: dict[int, str] = {}
    for start in range(0, len(wanted), 500):
        for row in books.connection.execute(
            select(t.payer.c.id, named_.name, named_.erased_at)
            .join(t.guardian, t.guardian.c.id == t.payer.c.guardian_id)
            .join(t.identity_snapshot, named_.id == t.guardian.c.snapshot_id)
            .where(t.payer.c.id.in_(wanted[start : start + 500]))
        ):
            names[row.id] = named(row.name, row.erased_at)
    return names


_SEALED = and_(t.journal_entry.c.regie_id == t.posting.c.regie_id, t.journal_entry.c.seq == t.posting.c.entry_seq)


def _chosen(account: str | None, payer_id: int | None) -> ColumnElement[bool]:
    posting = t.posting.c
    chosen = true() if account is None else posting.account == account
    if payer_id is not None:
        return and_(chosen, posting.payer_id == payer_id)
    if account is not None and account not in BY_PAYER:
        return and_(chosen, posting.payer_id.is_(None))  # true of them all, and lets the index give them in order
    return chosen


def _sums(books: Books, period: Period) -> Iterator[Select[Any]]:
    """Yield the queries that sum the accounts over a period, each over some entries of the journal."""
    entry, posting = t.journal_entry.c, t.posting.c
    before = false() if period.starts_at is None else entry.entered_at < period.starts_at
    summed = (
        select(
            posting.account,
            posting.payer_id,
            _sum(before, posting.amount_cents).label("opening"),
            _sum(and_(~before, posting.amount_cents > 0), posting.amount_cents).label("debit"),
            _sum(and_(~before, posting.amount_cents < 0), -posting.amount_cents).label("credit"),
        )
        .join(t.journal_entry, _SEALED)
        .where(posting.regie_id == books.regie_id, Period(None, period.until_on).holds(entry.entered_at))
        .group_by(posting.account, posting.payer_id)
    )
    last = books.connection.scalar(select(func.max(entry.seq)).where(entry.regie_id == books.regie_id)) or 0
    for first in range(1, last + 1, ENTRIES_A_SUM):
        yield summed.where(posting.entry_seq.between(first, first + ENTRIES_A_SUM - 1))


def _sum(when: ColumnElement[bool], cents: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((when, cents), else_=0)), 0)


def _opening(books: Books, period: Period, account: str, payer_id: int | None) -> int:
    if period.starts_at is None:
        return 0
    held = (
        select(func.coalesce(func.sum(t.posting.c.amount_cents), 0))
        .join(t.journal_entry, _SEALED)
        .where(
            t.posting.c.regie_id == books.regie_id,
            _chosen(account, payer_id),
            t.journal_entry.c.entered_at < period.starts_at,
        )
    )
    return int(books.connection.scalar(held) or 0)
