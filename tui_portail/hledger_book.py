"""The régie's journal as an hledger file, line by line: one transaction an entry, and balances that hledger checks to the cent.

Accounts are declared before their first use, so that `hledger check --strict` finds every name known; an entry that moves nothing (a
closing) is a comment. Final balances are given apart from the entries and asserted by a last transaction of zeros, the day after the last
entry. Syntax: hledger's manual, « journal format ».
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from tui_portail.book_entries import (
    CURRENCY,
    AccountType,
    BookBalance,
    BookEntry,
    account_of,
    account_path,
    dated,
    day_after,
    euros,
    narration,
)
from tui_portail.instants import in_paris

_TYPES = {
    AccountType.ASSETS: "A",
    AccountType.LIABILITIES: "L",
    AccountType.EQUITY: "E",
    AccountType.INCOME: "R",
    AccountType.EXPENSES: "X",
}
_NOT_IN_A_DESCRIPTION = re.compile(
    r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff;|]+"
)  # a comment or a payee would begin


def hledger_lines(title: str, entries: Iterable[BookEntry], balances: Iterable[BookBalance]) -> Iterator[str]:
    """Yield the lines of the file, without line ends. `entries` are in the order of their numbers; `balances` are read last.

    Raises AccountUnknown.
    """
    yield f"; {_plain(title)}"
    yield "; Fichier hledger, en UTF-8. Vérifiez-le par : hledger -f FICHIER check --strict ordereddates"
    yield "decimal-mark ."
    yield f"commodity 1000.00 {CURRENCY}"
    declared: set[tuple[str, int | None]] = set()
    last: date | None = None
    for last, entry in dated(entries):
        yield ""
        for posting in entry.postings:
            account = (posting.account, posting.payer_id)
            if account not in declared:
                declared.add(account)
                yield f"account {account_path(*account)}  ; type:{_TYPES[account_of(posting.account).type]}"
        yield from _entry(last, entry)
    if last is None:
        yield "; Aucune écriture."
        return
    held = list(balances)
    if not held:
        return
    yield ""
    yield f"{day_after(last)} * Soldes de contrôle"
    for balance in held:
        path = account_path(balance.account, balance.payer_id)
        yield f"    {path}  {euros(0)} {CURRENCY} = {euros(balance.cents)} {CURRENCY}"


def _entry(on: date, entry: BookEntry) -> Iterator[str]:
    """Yield a transaction and its tags, or the comment of an entry that moves nothing."""
    words = _plain(narration(entry.kind, entry.reference))
    if not entry.postings:
        yield f"; {on} ({entry.seq}) {words}"
        yield from (f"; {tag}" for tag in _tags(entry))
        return
    yield f"{on} * ({entry.seq}) {words}"
    yield from (f"    ; {tag}" for tag in _tags(entry))
    for posting in entry.postings:
        yield f"    {account_path(posting.account, posting.payer_id)}  {euros(posting.cents)} {CURRENCY}"


def _tags(entry: BookEntry) -> Iterator[str]:
    yield f"ecriture:{entry.seq}"
    yield f"saisie:{in_paris(entry.entered_at).isoformat(timespec='seconds')}"
    yield f"empreinte:{_plain(entry.hash)}"


def _plain(text: str) -> str:
    return _NOT_IN_A_DESCRIPTION.sub(" ", text)
