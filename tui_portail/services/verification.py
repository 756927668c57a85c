"""`tui-portail verifier`: everything that can be recomputed is, and the first row that does not hold is named.

The chain (`verified_chain`) proves that no entry, and no row an entry speaks of, was changed; the rest (`verified_books`) that balances,
avoirs, numbers, bookings and capacities agree with it. It only reads, in one snapshot of the database and in batches: memory stays flat.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from sqlalchemy import func, select

from models import tables as t
from tui_portail.services.desk import Desk
from tui_portail.services.verified_books import check_books
from tui_portail.services.verified_chain import Finding, check_chain

MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """What was read, and what does not hold, the first thing first (20 at most)."""

    entries: int
    payments: int
    avoirs: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether everything holds."""
        return not self.findings


def verify(desk: Desk) -> VerificationReport:
    """Recompute the chain, balances, avoirs, numbers, bookings and capacities of the desk's database."""
    with desk.database.read() as connection:
        now = desk.instant(connection)
        findings: Iterator[Finding] = chain(check_chain(connection), check_books(connection, now))
        first = tuple(islice(findings, MOST_FINDINGS))
        counts = [
            int(connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in (t.journal_entry, t.payment, t.avoir)
        ]
    return VerificationReport(counts[0], counts[1], counts[2], first)
