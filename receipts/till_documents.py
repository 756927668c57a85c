"""What a till's closing sheet and a deposit slip say, as values a service fills from committed rows and a test builds by hand.

Money is integer cents, instants are aware, names are text from people that drawing cleans. As in `documents`, figures that do not add
up are a bug and are refused when the document is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from receipts.documents import Issuer, Recipient


@dataclass(frozen=True, slots=True)
class CashLine:
    """How many notes or coins of a value, in cents, were counted."""

    value_cents: int
    pieces: int

    @property
    def total_cents(self) -> int:
        """The value of the pieces together, in cents."""
        return self.value_cents * self.pieces


@dataclass(frozen=True, slots=True)
class Amount:
    """A label and what it came to, in cents: a means, an imputation, an activity."""

    label: str
    cents: int


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
        if self.closed_at < self.opened_at:
            raise ValueError("a session is closed after it was opened")
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


class ChequeState(StrEnum):
    """Why a cheque is on a slip, as printed."""

    DEPOSITED = "déposé"
    CANCELLED = "annulé"  # its payment was reversed before validation: shown, not deposited
    UNPAID = "impayé"  # deposited by an earlier slip, came back: taken off, a negative amount
    TAKEN_OFF = "contre-passé"  # deposited by an earlier slip, its means typed wrong: a negative amount


@dataclass(frozen=True, slots=True)
class SlipCheque:
    """A cheque on a slip. Its amount is negative when an earlier slip had deposited it, positive otherwise."""

    quittance: str
    drawer: Recipient
    bank: str
    number: str
    amount_cents: int
    state: ChequeState = ChequeState.DEPOSITED

    def __post_init__(self) -> None:
        taken_off = self.state in (ChequeState.UNPAID, ChequeState.TAKEN_OFF)
        if (self.amount_cents < 0) != taken_off:
            raise ValueError(f"a cheque « {self.state} » of {self.amount_cents} cents")


@dataclass(frozen=True, slots=True)
class SlipMeans:
    """What a slip says of a means: how many payments and how much (cents) before cancellation, and what was cancelled since.

    What an earlier slip had deposited and was reversed since counts in `initial_…` too, with its negative amount.
    """

    label: str
    initial_count: int
    initial_cents: int
    cancelled_count: int = 0
    cancelled_cents: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.cancelled_count <= self.initial_count or self.cancelled_cents < 0:
            raise ValueError(f"{self.label}: more is cancelled than there was")

    @property
    def final_count(self) -> int:
        """How many payments are deposited."""
        return self.initial_count - self.cancelled_count

    @property
    def final_cents(self) -> int:
        """What is deposited, in cents; negative when earlier deposits taken off are more."""
        return self.initial_cents - self.cancelled_cents


@dataclass(frozen=True, slots=True)
class DepositSlip:
    """A bordereau de versement. Without `number` it is a draft: its cash may not be counted yet and it has no `head_hash`.

    `issued_at` is when it was validated, or when the draft was read. `others` are the means given back by neither coin nor cheque:
    CESU, ANCV, cards… `agent` validated it, or made the draft.
    """

    issuer: Issuer
    number: str | None
    issued_at: datetime
    till: str
    agent: str
    cash: SlipMeans
    denominations: tuple[CashLine, ...]
    cheques: SlipMeans
    cheque_lines: tuple[SlipCheque, ...]
    others: tuple[SlipMeans, ...] = ()
    head_hash: str = ""
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("issued_at", self.issued_at)
        if self.number is not None or self.denominations:
            require_denominations(self.denominations, self.cash.final_cents)
        if (self.number is None) != (not self.head_hash):
            raise ValueError("a validated slip has a number and the hash of its entry, a draft has neither")
        cancelled = [line for line in self.cheque_lines if line.state is ChequeState.CANCELLED]
        require_equal("the cheques", sum(line.amount_cents for line in self.cheque_lines), self.cheques.initial_cents)
        require_equal(
            "the cheques cancelled", sum(line.amount_cents for line in cancelled), self.cheques.cancelled_cents
        )
        counts = (len(self.cheque_lines), len(cancelled))
        if counts != (self.cheques.initial_count, self.cheques.cancelled_count):
            raise ValueError(f"{counts} cheques and cheques cancelled do not add up to the slip's")

    @property
    def means(self) -> tuple[SlipMeans, ...]:
        """Every means of the slip, cash and cheques first."""
        return (self.cash, self.cheques, *self.others)

    @property
    def total(self) -> SlipMeans:
        """All means together."""
        return SlipMeans(
            "Total",
            sum(means.initial_count for means in self.means),
            sum(means.initial_cents for means in self.means),
            sum(means.cancelled_count for means in self.means),
            sum(means.cancelled_cents for means in self.means),
        )


def sum_of(amounts: Iterable[Amount]) -> int:
    """Return the sum of amounts, in cents."""
    return sum(amount.cents for amount in amounts)


def require_aware(name: str, instant: datetime) -> None:
    """Raise ValueError when a datetime names no zone."""
    if instant.utcoffset() is None:
        raise ValueError(f"{name} must be an aware datetime")


def require_equal(what: str, found_cents: int, expected_cents: int) -> None:
    """Raise ValueError when two amounts in cents, that should be the same, are not."""
    if found_cents != expected_cents:
        raise ValueError(f"{what} add up to {found_cents} cents, not {expected_cents}")


def require_denominations(lines: Sequence[CashLine], expected_cents: int) -> None:
    """Raise ValueError unless each value is counted once, largest first, and all make `expected_cents`."""
    if any(line.value_cents <= 0 or line.pieces < 0 for line in lines):
        raise ValueError("a note or coin has a value and is not counted below zero")
    if any(first.value_cents <= second.value_cents for first, second in pairwise(lines)):
        raise ValueError("notes and coins are counted once a value, the largest first")
    require_equal("notes and coins", sum(line.total_cents for line in lines), expected_cents)
