"""The registers as a screen shows them: the first lines of a period, and the totals of all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

from tui_portail.policy import Means
from tui_portail.services.desk import Desk
from tui_portail.services.register_exports import Export, Exported, export_register
from tui_portail.services.registers import Period, open_books
from tui_portail.services.registers_avoirs import AvoirState, PayerAvoirs, avoir_states, payer_avoirs
from tui_portail.services.registers_journal import Stub, stubs
from tui_portail.services.registers_ledger import AccountBalance, LedgerLine, account_balances, ledger_lines
from tui_portail.services.registers_references import means_label
from tui_portail.services.registers_revenue import Revenue, revenue

T = TypeVar("T")
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class JournalView:
    """The first quittances of a period with their means in words; of all of them the count, and in cents received and paid by avoirs."""

    stubs: tuple[tuple[Stub, str], ...]
    count: int
    received_cents: int
    avoir_cents: int


@dataclass(frozen=True, slots=True)
class AccountView:
    """The first movements of an account in a period, and how many there are."""

    lines: tuple[LedgerLine, ...]
    count: int


def journal_view(desk: Desk, period: Period) -> JournalView:
    """Return the quittances of a period. Raises NotAllowed."""
    shown: list[tuple[Stub, str]] = []
    count = received = avoirs = 0
    with open_books(desk) as books:
        for stub in stubs(books, period):
            count += 1
            received += sum(stub.means_cents.values())
            avoirs += stub.avoir_cents
            if count <= MOST_LINES:
                shown.append((stub, ", ".join(means_label(books.commune, Means(one)) for one in stub.means_cents)))
    return JournalView(tuple(shown), count, received, avoirs)


def ledger_view(desk: Desk, period: Period) -> tuple[AccountBalance, ...]:
    """Return the accounts moved in or before a period. Raises NotAllowed."""
    with open_books(desk) as books:
        return account_balances(books, period)


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
        folder = desk.documents() / "exports"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return export_register(books, export, folder / name, replace=True)


def _first(items: Iterable[T]) -> tuple[list[T], int]:
    iterator: Iterator[T] = iter(items)
    shown = list(islice(iterator, MOST_LINES))
    return shown, len(shown) + sum(1 for _ in iterator)
