"""What a till's closing sheet says, as values a service fills from committed rows and a test builds by hand.

Money is integer cents, instants are aware, names are text from people that drawing cleans. As in `documents`, figures that do not add
up are a bug and are refused when the document is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from receipts.documents import Issuer, Recipient
from receipts.figures import Amount, CashLine, require_aware, require_denominations, require_equal, sum_of


@dataclass(frozen=True, slots=True)
class Count:
    """One means at a closing: what the books say is there, what was counted, both in cents, and why they differ."""

    label: str
    expected_cents: int
    counted_cents: int
    reason: str = ""

    def __post_init__(self) -> None:
        if self.difference_cents and not self.reason.strip():
            raise ValueError(f"{self.label}: a difference of {self.difference_cents} cents has no reason")

    @property
    def difference_cents(self) -> int:
        """What was counted less what was expected, in cents."""
        return self.counted_cents - self.expected_cents


@dataclass(frozen=True, slots=True)
class CountedCheque:
    """A cheque looked for at a closing. `expected` is False for one already found missing at a closing before."""

    quittance: str
    drawer: Recipient
    bank: str
    number: str
    amount_cents: int
    found: bool
    expected: bool = True


@dataclass(frozen=True, slots=True)
class CashChange:
    """Cash that entered the till (positive cents) or left it (negative) otherwise than by a payment, and why."""

    moved_at: datetime
    kind: str
    amount_cents: int
    reason: str

    def __post_init__(self) -> None:
        require_aware("moved_at", self.moved_at)


@dataclass(frozen=True, slots=True)
class Avoirs:
    """What became of avoirs in a session, and what the régie owed in avoirs after it, in cents."""

    issued_count: int
    issued_cents: int
    used_cents: int
    outstanding_cents: int


@dataclass(frozen=True, slots=True)
class ClosingSheet:
    """A till session closed, from its float to its signatures.

    `closed_at` is before `opened_at` where the clock was put back meanwhile: the sheet says both as they were written.
    `float_cents` is the cash counted at the opening; `float_reason` says why it was not `float_expected_cents`, when it was not.
    `cash.expected_cents` is the float, the cash received less the cash reversed, and the changes (a slip that took cash straight from
    the drawer is one of them). `cheques.expected_cents` is the sum of the cheques expected, `counted_cents` of those found. `values` are
    the other means counted (CESU, ANCV).
    `received` is by means and holds the cash received as `cash_received_cents`; `imputations` and `activities` split what the payments
    of the session settled, avoirs used included. `reversed_by_means` is what reversals of the session took back, in positive cents, and
    `cash_reversed_cents` its cash.
    """

    issuer: Issuer
    till: str
    number: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime
    closed_by: str
    float_cents: int
    cash: Count
    denominations: tuple[CashLine, ...]
    cheques: Count
    values: tuple[Count, ...]
    received: tuple[Amount, ...]
    imputations: tuple[Amount, ...]
    activities: tuple[Amount, ...]
    avoirs: Avoirs
    quittance_count: int
    head_hash: str
    cash_received_cents: int
    cash_reversed_cents: int = 0
    float_expected_cents: int | None = None
    float_reason: str = ""
    first_quittance: str | None = None
    last_quittance: str | None = None
    cheque_lines: tuple[CountedCheque, ...] = ()
    changes: tuple[CashChange, ...] = ()
    reversed_by_means: tuple[Amount, ...] = ()
    warnings: tuple[str, ...] = ()
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("opened_at", self.opened_at)
        require_aware("closed_at", self.closed_at)
        if self.float_gap_cents and not self.float_reason.strip():
            raise ValueError(f"the float differs by {self.float_gap_cents} cents without a reason")
        require_denominations(self.denominations, self.cash.counted_cents)
        moved = sum(change.amount_cents for change in self.changes)
        drawer = self.float_cents + self.cash_received_cents - self.cash_reversed_cents + moved
        require_equal("the float and what moved", drawer, self.cash.expected_cents)
        expected = sum(line.amount_cents for line in self.cheque_lines if line.expected)
        found = sum(line.amount_cents for line in self.cheque_lines if line.found)
        require_equal("the cheques expected", expected, self.cheques.expected_cents)
        require_equal("the cheques found", found, self.cheques.counted_cents)
        settled = self.received_cents + self.avoirs.used_cents
        require_equal("the imputations", sum_of(self.imputations), settled)
        require_equal("the activities", sum_of(self.activities), settled)
        if (self.quittance_count > 0) != (self.first_quittance is not None and self.last_quittance is not None):
            raise ValueError("a range of quittances has a first and a last, or there is none")

    @property
    def float_gap_cents(self) -> int:
        """The float counted at the opening less the one expected, in cents; 0 when none was expected."""
        return 0 if self.float_expected_cents is None else self.float_cents - self.float_expected_cents

    @property
    def received_cents(self) -> int:
        """What the session received by all means, in cents."""
        return sum_of(self.received)

    @property
    def reversed_cents(self) -> int:
        """What the session's reversals took back, in positive cents."""
        return sum_of(self.reversed_by_means)
