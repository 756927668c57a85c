"""The registers as a screen shows them: the first lines of a period, and the totals of all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TypeVar

from tui_portail.files import reason
from tui_portail.policy import Means
from tui_portail.services.desk import Desk
from tui_portail.services.register_exports import Export, Exported, ExportNotWritten, export_register
from tui_portail.services.registers import Period, open_books
from tui_portail.services.registers_avoirs import AvoirState, PayerAvoirs, avoir_states, payer_avoirs
from tui_portail.services.registers_journal import Stub, stubs
from tui_portail.services.registers_ledger import AccountBalance, LedgerLine, account_balances, ledger_lines
from tui_portail.services.registers_references import means_label
from tui_portail.services.registers_revenue import Revenue, revenue

T = TypeVar("T")
MeansPaid = tuple[tuple[str, int], ...]
"""The means of a payment in words, and what each paid, in cents."""
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class JournalView:
    """The first quittances of a period, each with its means; of all of them the count, and the cents received and paid by avoirs.

    `reversed_cents`: of those received, the cents of payments reversed or corrected since.
    """

    stubs: tuple[tuple[Stub, MeansPaid], ...]
    count: int
    received_cents: int
    avoir_cents: int
    reversed_cents: int


@dataclass(frozen=True, slots=True)
class AccountView:
    """The first movements of an account in a period, and how many there are."""

    lines: tuple[LedgerLine, ...]
    count: int


def journal_view(desk: Desk, period: Period) -> JournalView:
    """Return the quittances of a period. Raises NotAllowed."""
    shown: list[tuple[Stub, MeansPaid]] = []
    count = received = avoirs = undone = 0
    with open_books(desk) as books:
        for stub in stubs(books, period):
            count += 1
            received += stub.received_cents
            undone += stub.reversed_cents
            avoirs += stub.avoir_cents
            if count <= MOST_LINES:
                paid = ((means_label(books.commune, Means(one)), cents) for one, cents in stub.means_cents.items())
                shown.append((stub, tuple(paid)))
    return JournalView(tuple(shown), count, received, avoirs, undone)


def ledger_view(desk: Desk, period: Period) -> tuple[AccountBalance, ...]:
    """Return the accounts moved in or before a period. Raises NotAllowed."""
    with open_books(desk) as books:
        balances = account_balances(books, period)
    return tuple(one for one in balances if one.closing_cents or one.debit_cents or one.credit_cents)


def account_view(desk: Desk, period: Period, account: str, payer_id: int | None) -> AccountView:
    """Return the movements of an account, of one payer if given. Raises NotAllowed."""
    with open_books(desk) as books:
        shown, count = _first(ledger_lines(books, period, account, payer_id))
    return AccountView(tuple(shown), count)


def avoirs_view(desk: Desk, on: date | None) -> tuple[PayerAvoirs, ...]:
    """Return the avoirs by payer at the end of a day, now when None. Raises NotAllowed."""
    with open_books(desk) as books:
        return payer_avoirs(books, on)


def payer_view(desk: Desk, on: date | None, payer_id: int) -> tuple[AvoirState, ...]:
    """Return the avoirs of one payer. Raises NotAllowed."""
    with open_books(desk) as books:
        return tuple(avoir_states(books, on, payer_id))


def revenue_view(desk: Desk, period: Period) -> Revenue:
    """Return the revenue of a period by month. Raises NotAllowed."""
    with open_books(desk) as books:
        return revenue(books, period)


def write_register(desk: Desk, export: Export, name: str) -> Exported:
    """Write a register in a file of the documents' folder, under a new name each time. Raises ExportNotWritten, NotAllowed."""
    with open_books(desk) as books:
        return export_register(books, export, exports_folder(desk) / name, replace=True)


def exports_folder(desk: Desk) -> Path:
    """Return the folder of the files this base was asked for, made if need be. Raises ExportNotWritten."""
    folder = desk.documents() / "exports"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ExportNotWritten(
            f"Le dossier {folder} n’a pas pu être créé ({reason(error)}). Vérifiez le dossier des documents."
        ) from error
    return folder


def _first(items: Iterable[T]) -> tuple[list[T], int]:
    iterator: Iterator[T] = iter(items)
    shown = list(islice(iterator, MOST_LINES))
    return shown, len(shown) + sum(1 for _ in iterator)
