"""The régie's journal as a beancount file, line by line: one transaction an entry, and balances that beancount checks to the cent.

Accounts open at their first use; an entry that moves nothing (a closing) is a note. Final balances are given apart from the entries and
asserted with no tolerance, the day after the last entry: beancount checks the entries against them. Syntax: beancount's language reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from tui_portail.book_entries import (
    CURRENCY,
    BookBalance,
    BookEntry,
    account_path,
    dated,
    day_after,
    euros,
    narration,
)
from tui_portail.instants import in_paris

_NOTES = ("caisse", None)  # a note is written under an account
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]+")


def beancount_lines(title: str, entries: Iterable[BookEntry], balances: Iterable[BookBalance]) -> Iterator[str]:
    """Yield the lines of the file, without line ends. `entries` are in the order of their numbers; `balances` are read last.

    Raises AccountUnknown.
    """
    yield f"; {_plain(title)}"
    yield "; Fichier beancount, en UTF-8. Vérifiez-le par : bean-check FICHIER"
    yield f'option "title" {_quoted(title)}'
    yield f'option "operating_currency" "{CURRENCY}"'
    opened: set[tuple[str, int | None]] = set()
    last: date | None = None

    def openings(on: date, accounts: Iterable[tuple[str, int | None]]) -> Iterator[str]:
        for account in accounts:
            if account not in opened:
                opened.add(account)
                yield f"{on} open {account_path(*account)} {CURRENCY}"

    for last, entry in dated(entries):
        yield ""
        moved = [(posting.account, posting.payer_id) for posting in entry.postings]
        yield from openings(last, moved or [_NOTES])
        yield from _transaction(last, entry) if moved else _note(last, entry)
    if last is None:
        yield "; Aucune écriture."
        return
    yield ""
    for balance in balances:
        path = account_path(balance.account, balance.payer_id)
        yield f"{day_after(last)} balance {path}  {euros(balance.cents)} ~ 0.00 {CURRENCY}"


def _transaction(on: date, entry: BookEntry) -> Iterator[str]:
    yield f"{on} * {_quoted(narration(entry.kind, entry.reference))}"
    yield from _metadata(entry)
    for posting in entry.postings:
        yield f"  {account_path(posting.account, posting.payer_id)}  {euros(posting.cents)} {CURRENCY}"


def _note(on: date, entry: BookEntry) -> Iterator[str]:
    yield f"{on} note {account_path(*_NOTES)} {_quoted(narration(entry.kind, entry.reference))}"
    yield from _metadata(entry)


def _metadata(entry: BookEntry) -> Iterator[str]:
    yield f"  ecriture: {entry.seq}"
    yield f'  saisie: "{in_paris(entry.entered_at).isoformat(timespec="seconds")}"'
    yield f"  empreinte: {_quoted(entry.hash)}"


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _quoted(text: str) -> str:
    """Return a text as a string of the language, on one line."""
    return '"' + _plain(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
