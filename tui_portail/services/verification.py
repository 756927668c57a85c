"""`tui-portail verifier`: everything that can be recomputed is, and the first row that does not hold is named.

Values and references are checked against the tables' own description (`verified_rows`); the chain (`verified_chain`, `verified_entries`,
`verified_regie_entries`) proves that no entry, and no row an entry speaks of, was changed; balances, avoirs, debts and numbers
(`verified_books`), places (`verified_places`), bookings and baskets (`verified_bookings`), days closed (`verified_closures`), waiting lists
(`verified_waiting`), meals ordered (`verified_meals`), tills, slips and periods (`verified_regie`), payments online and statements
(`verified_online`) and the audit trail (`verified_audit`) agree with it; the portal's accounts are whole (`verified_portal`); nothing is
blank but of families erased (`verified_erasure`); the base refuses what it must (`verified_guards`). It only reads, in one snapshot of the
database, entries and gestures in batches and all else
summed by the database: memory stays flat.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from sqlite3 import SQLITE_ERROR

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DataError, OperationalError

from models import tables as t
from models.database_errors import DatabaseFailure
from tui_portail.errors import PortailError
from tui_portail.logs import note_incident
from tui_portail.services.desk import Desk
from tui_portail.services.findings import Finding
from tui_portail.services.verified_audit import check_audit
from tui_portail.services.verified_bookings import check_bookings
from tui_portail.services.verified_books import check_books
from tui_portail.services.verified_chain import check_chain
from tui_portail.services.verified_closures import check_closures
from tui_portail.services.verified_entries import NOT_OURS
from tui_portail.services.verified_erasure import check_erasures
from tui_portail.services.verified_guards import check_guards
from tui_portail.services.verified_meals import check_meals
from tui_portail.services.verified_online import check_online
from tui_portail.services.verified_portal import check_portal
from tui_portail.services.verified_regie import check_regie
from tui_portail.services.verified_rows import check_constraints, check_values
from tui_portail.services.verified_waiting import check_waiting

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
        counts = [
            int(connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in (t.journal_entry, t.payment, t.avoir)
        ]
        first = tuple(islice(findings_of(connection, now), MOST_FINDINGS))
    return VerificationReport(counts[0], counts[1], counts[2], first)


def findings_of(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Yield everything that does not hold, the journal first; only what cannot be read, and the guards, when there is any.

    Of a base so damaged that a rule itself cannot be asked, that is the last thing said.
    """
    try:
        yield from _recomputed(connection, now)
    except DatabaseFailure:
        raise
    except PortailError as broken:  # the set-up, which some rules are read from
        yield Finding("commune_version", "", broken.sentence)
    except (*NOT_OURS, DataError, OperationalError) as broken:
        if isinstance(broken, OperationalError) and getattr(broken.orig, "sqlite_errorcode", None) != SQLITE_ERROR:
            raise  # of the base itself, which does not answer
        reference = note_incident(broken, where="verifier").reference
        yield Finding("base", reference, "ses lignes sont trop abîmées pour que le reste soit recalculé.")


def _recomputed(connection: Connection, now: datetime) -> Iterator[Finding]:
    unreadable = list(check_values(connection))
    if unreadable:  # nothing can be recomputed from these rows
        yield from unreadable
        yield from check_guards(connection)
        return
    yield from check_chain(connection)
    yield from check_constraints(connection)
    yield from check_books(connection, now)
    yield from check_bookings(connection)
    yield from check_closures(connection)
    yield from check_waiting(connection)
    yield from check_meals(connection, now)
    yield from check_regie(connection)
    yield from check_online(connection)
    yield from check_audit(connection)
    yield from check_portal(connection)
    yield from check_erasures(connection)
    yield from check_guards(connection)
