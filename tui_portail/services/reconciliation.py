"""What was paid online here beside what the Trésor says it received, over a period: the differences one by one, and both sums.

What is paid here is what the account « payfip » of the journal was debited of, by payment; what was reversed since is told apart. A payment
is of the day it was entered, a line of a statement of the Trésor's day: around midnight, or when money came late, they are of two days,
which is a difference of the period and of no other kind. A payment on two statements (a week's, then the month's) counts once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select

from models import tables as t
from models.states import EntryKind, OnlineState
from tui_portail.errors import InvalidInput
from tui_portail.instants import in_paris
from tui_portail.policy import Means
from tui_portail.services.desk import Desk
from tui_portail.services.ledger import ACCOUNT_OF
from tui_portail.services.registers import Period
from tui_portail.services.rights import Right
from tui_portail.services.sale import quittance_number

LONGEST_DAYS = 366


class Gap(StrEnum):
    """Why both sides differ; the value is the French words shown."""

    ABSENT = "payé ici, sur aucun relevé"
    UNPAID = "au relevé, pas payé ici"
    UNKNOWN = "au relevé, inconnu ici"
    AMOUNT = "montants différents"
    TWICE = "deux fois aux relevés"
    STATEMENT_ELSEWHERE = "payé ici, relevé d’un autre jour"
    HERE_ELSEWHERE = "au relevé, payé ici un autre jour"


@dataclass(frozen=True, slots=True)
class Difference:
    """One payment that both sides do not tell alike (cents, None: not on that side). `line_id` is the statement's line.

    `gap_cents` is what it makes the Trésor's sum more than ours, in this period.
    """

    gap: Gap
    reference: str
    here_cents: int | None
    statement_cents: int | None
    gap_cents: int
    here_on: date | None = None
    statement_on: date | None = None
    statement: str = ""
    rank: int = 0
    line_id: int | None = None
    online_id: int | None = None
    payer_name: str = ""
    quittance_number: str = ""

    @property
    def may_be_settled(self) -> bool:
        """Whether the money may be entered from the statement."""
        return self.gap is Gap.UNPAID and self.line_id is not None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A period reconciled, in cents: what was paid here, what the Trésor received, what the account « payfip » was moved by.

    Of that account: `entered_cents` by payments, `reversed_cents` taken back by reversals, `deposited_cents` put on validated slips.
    """

    period: Period
    here_count: int
    here_cents: int
    statement_count: int
    statement_cents: int
    matched: int
    entered_cents: int
    reversed_cents: int
    deposited_cents: int
    differences: tuple[Difference, ...]

    @property
    def ledger_cents(self) -> int:
        """What the account was paid over the period, less what was reversed."""
        return self.entered_cents - self.reversed_cents

    @property
    def gap_cents(self) -> int:
        """What the Trésor has more than what was paid here."""
        return self.statement_cents - self.here_cents

    @property
    def is_explained(self) -> bool:
        """Whether every cent of the gap is one of the differences, and what was paid here is what the journal says."""
        explained = sum(one.gap_cents for one in self.differences)
        return self.gap_cents == explained and self.here_cents == self.entered_cents

    @property
    def agrees(self) -> bool:
        """Whether both sides say the same, payment by payment."""
        return not self.differences and self.is_explained


def reconciliation(desk: Desk, first_on: date, last_on: date) -> Reconciliation:
    """Reconcile the payments of a period, both days included (Paris), 366 days at most. Raises InvalidInput, NotAllowed."""
    period = Period(first_on, last_on)
    if (last_on - first_on).days >= LONGEST_DAYS:
        raise InvalidInput("Le rapprochement porte sur un an au plus : donnez une période plus courte.")
    with desk.read(Right.ONLINE_PAYMENTS) as connection:
        regie_id, _ = desk.place(connection)
        here = _here(connection, regie_id, period)
        lines = _lines(connection, regie_id, first_on, last_on)
        moved = _account(connection, regie_id, period)
    differences = [*_of_here(here, first_on, last_on), *_of_lines(lines, period)]
    counted = [line for line in lines if line.first_same]
    return Reconciliation(
        period,
        len(here),
        sum(row.amount_cents for row in here),
        len(counted),
        sum(line.amount_cents for line in counted),
        sum(_agrees(line, period) for line in counted),
        moved.get(EntryKind.PAYMENT, 0),
        -moved.get(EntryKind.REVERSAL, 0),
        -moved.get(EntryKind.DEPOSIT, 0),
        tuple(differences),
    )


_online, _line, _statement = t.online_payment.c, t.treasury_line.c, t.treasury_statement.c


def _here(connection: Connection, regie_id: int, period: Period) -> Sequence[Any]:
    """Return the payments entered in the period, each with the first line of a statement that names it."""
    first_line = (
        select(func.min(_line.id))
        .where(_line.online_payment_id == _online.id)
        .correlate(t.online_payment)
        .scalar_subquery()
    )
    return connection.execute(
        select(
            *(_online.id, _online.reference, _online.amount_cents, t.payment.c.paid_at),
            *(t.quittance.c.year, t.quittance.c.number, t.identity_snapshot.c.name),
            *(
                _line.id.label("line_id"),
                _line.amount_cents.label("line_cents"),
                _line.paid_on.label("line_on"),
                _line.rank,
            ),
            _statement.file_name,
        )
        .join(t.payment, t.payment.c.id == _online.payment_id)
        .join(t.quittance, t.quittance.c.payment_id == t.payment.c.id)
        .join(t.identity_snapshot, t.identity_snapshot.c.id == t.payment.c.payer_snapshot_id)
        .outerjoin(t.treasury_line, _line.id == first_line)
        .outerjoin(t.treasury_statement, _statement.id == _line.statement_id)
        .where(_online.regie_id == regie_id, period.holds(t.payment.c.paid_at))
        .order_by(t.payment.c.paid_at, _online.id)
    ).all()


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a statement. `first_same`: no line before says the same; `first_of_ours`: none before names the same payment."""

    row: Any
    first_same: bool
    first_of_ours: bool

    @property
    def amount_cents(self) -> int:
        return int(self.row.amount_cents)

    @property
    def is_paid_here(self) -> bool:
        return bool(self.row.state == OnlineState.PAID.value)

    @property
    def here_on(self) -> date | None:
        return _day(self.row.paid_at)


def _lines(connection: Connection, regie_id: int, first_on: date, last_on: date) -> list[_Line]:
    """Return the lines of the period's days, each with our payment of its reference."""
    before = t.treasury_line.alias("before")
    of_ours = (
        select(before.c.id)
        .where(before.c.id < _line.id, before.c.online_payment_id == _line.online_payment_id)
        .correlate(t.treasury_line)
        .exists()
    )
    rows = connection.execute(
        select(
            *(_line.id, _line.reference, _line.amount_cents, _line.paid_on, _line.rank, _statement.file_name),
            *(_online.id.label("online_id"), _online.amount_cents.label("ours_cents"), _online.state),
            *(t.payment.c.paid_at, t.quittance.c.year, t.quittance.c.number),
            *(t.guardian.c.first_name, t.guardian.c.last_name),
            of_ours.label("of_ours"),
        )
        .join(t.treasury_statement, _statement.id == _line.statement_id)
        .outerjoin(t.online_payment, _online.id == _line.online_payment_id)
        .outerjoin(t.payment, t.payment.c.id == _online.payment_id)
        .outerjoin(t.quittance, t.quittance.c.payment_id == _online.payment_id)
        .outerjoin(t.payer, t.payer.c.id == _online.payer_id)
        .outerjoin(t.guardian, t.guardian.c.id == t.payer.c.guardian_id)
        .where(
            *(_statement.regie_id == regie_id, _statement.first_on <= last_on, _statement.last_on >= first_on),
            *(_line.paid_on >= first_on, _line.paid_on <= last_on),
        )
        .order_by(_line.paid_on, _line.id)
    ).all()
    seen: set[tuple[str, int, date]] = set()  # the same line is of the same day: all of them are here
    lines = []
    for row in rows:
        said = (row.reference, row.amount_cents, row.paid_on)
        lines.append(_Line(row, said not in seen, not row.of_ours))
        seen.add(said)
    return lines


def _account(connection: Connection, regie_id: int, period: Period) -> dict[str, int]:
    """Return what each kind of entry moved on the account « payfip » in the period, in cents: a debit is positive."""
    posting, entry = t.posting.c, t.journal_entry.c
    rows = connection.execute(
        select(entry.kind, func.sum(posting.amount_cents).label("cents"))
        .join(t.posting, (entry.regie_id == posting.regie_id) & (entry.seq == posting.entry_seq))
        .where(
            posting.regie_id == regie_id,
            posting.account == ACCOUNT_OF[Means.PAYFIP],
            period.holds(entry.entered_at),
        )
        .group_by(entry.kind)
    )
    return {row.kind: int(row.cents) for row in rows}


def _of_here(here: Sequence[Any], first_on: date, last_on: date) -> Iterator[Difference]:
    """Yield what was paid here and is on no line of the period."""
    for row in here:
        if row.line_id is not None and first_on <= row.line_on <= last_on:
            continue  # told by its line
        gap = Gap.ABSENT if row.line_id is None else Gap.STATEMENT_ELSEWHERE
        yield Difference(
            gap,
            row.reference,
            row.amount_cents,
            row.line_cents,
            -row.amount_cents,
            _day(row.paid_at),
            row.line_on,
            row.file_name or "",
            row.rank or 0,
            row.line_id,
            row.id,
            row.name or "identité effacée",
            quittance_number(row.year, row.number),
        )


def _of_lines(lines: Sequence[_Line], period: Period) -> Iterator[Difference]:
    """Yield the lines of the period that are not, to the cent, a payment of the period."""
    for line in lines:
        if not line.first_same or _agrees(line, period):
            continue
        gap, here_cents = _gap(line, period)
        row = line.row
        name = f"{row.first_name or ''} {row.last_name or ''}".strip()
        yield Difference(
            gap,
            row.reference,
            row.ours_cents if line.is_paid_here else None,
            line.amount_cents,
            line.amount_cents - here_cents,
            line.here_on,
            row.paid_on,
            row.file_name,
            row.rank,
            row.id,
            row.online_id,
            name or ("identité effacée" if row.online_id else ""),
            quittance_number(row.year, row.number) if row.year else "",
        )


def _agrees(line: _Line, period: Period) -> bool:
    same = line.is_paid_here and line.first_of_ours and line.row.ours_cents == line.amount_cents
    return same and _holds(period, line.here_on)


def _gap(line: _Line, period: Period) -> tuple[Gap, int]:
    """Say why a line differs, and what of our payment is in the period beside it (cents)."""
    row = line.row
    if row.online_id is None:
        return Gap.UNKNOWN, 0
    if not line.first_of_ours:
        return Gap.TWICE, 0
    if not line.is_paid_here:
        return (Gap.UNPAID if row.ours_cents == line.amount_cents else Gap.AMOUNT), 0
    if not _holds(period, line.here_on):
        return Gap.HERE_ELSEWHERE, 0
    return Gap.AMOUNT, row.ours_cents


def _holds(period: Period, day: date | None) -> bool:
    assert period.from_on is not None and period.until_on is not None  # noqa: S101  both are given
    return day is not None and period.from_on <= day <= period.until_on


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else in_paris(instant).date()
