"""What a deposit slip says, as values a service fills from committed rows and a test builds by hand.

Money is integer cents, instants are aware, names are text from people that drawing cleans. As in `documents`, figures that do not add
up are a bug and are refused when the document is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from receipts.documents import Issuer, Recipient
from receipts.figures import CashLine, require_aware, require_denominations, require_equal


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
