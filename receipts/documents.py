"""What a quittance and an avoir note say, as values a service fills from committed rows and a test builds by hand.

Money is integer cents, instants are aware, and what is printed is text from people: drawing cleans and escapes it, so
nothing here has to. A document whose figures do not add up is a bug and is refused when it is built: it is never
printed. No health or diet data has a field here, and none may come in through a label (rules, « Privacy »).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Paper = Literal["A5", "A4"]


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who gives the document: the commune, its address, its régie and how to reach it."""

    commune: str
    address: tuple[str, ...]
    regie: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """The payer as named that day. `erased_on`: the identity was erased since, that date is printed in place of names."""

    name: str
    address: tuple[str, ...] = ()
    erased_on: date | None = None


@dataclass(frozen=True, slots=True)
class QuittanceLine:
    """One child, one activity, one price, the days it covers; `unit_cents` × `quantity` is `total_cents`.

    A line without days (the fee of a régularisation, an unpaid chèque) counts once and `activity` says what it is.
    """

    child: str
    activity: str
    days: tuple[date, ...]
    unit_cents: int

    @property
    def quantity(self) -> int:
        """How many times the unit price is counted."""
        return len(self.days) or 1

    @property
    def total_cents(self) -> int:
        """The amount of the line, in cents."""
        return self.unit_cents * self.quantity


@dataclass(frozen=True, slots=True)
class TenderLine:
    """What one means brought, in cents kept (cash: after the change), with the reference recorded by the agent."""

    label: str
    amount_cents: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class QuittanceDocument:
    """A quittance as it is printed, sheet or ticket.

    `total_cents` is the sum of the lines; the avoirs used come off first and the tenders bring exactly the rest.
    `cash_received_cents` and `change_cents` are what passed over the counter, 0 without cash. `avoir_left_cents` is
    the payer's balance after this payment. `head_hash` is the hexadecimal head of the journal after its entry.
    `replaces` is the number of a quittance reversed by this one; `reversed_on` the day this one's payment was reversed, if it was.
    """

    issuer: Issuer
    number: str
    issued_at: datetime
    payer: Recipient
    lines: tuple[QuittanceLine, ...]
    total_cents: int
    tenders: tuple[TenderLine, ...]
    agent: str
    head_hash: str
    avoir_used_cents: int = 0
    avoir_left_cents: int = 0
    cash_received_cents: int = 0
    change_cents: int = 0
    duplicate_no: int | None = None
    fictitious: bool = False
    replaces: str | None = None
    reversed_on: date | None = None

    def __post_init__(self) -> None:
        _require_aware(self.issued_at)
        _require_sum("the lines", self.lines, self.total_cents)
        brought = sum(tender.amount_cents for tender in self.tenders)
        if brought != self.received_cents:
            raise ValueError(f"the tenders bring {brought} cents, {self.received_cents} were due after avoirs")

    @property
    def received_cents(self) -> int:
        """What the tenders brought: the total less the avoirs used, in cents."""
        return self.total_cents - self.avoir_used_cents


@dataclass(frozen=True, slots=True)
class AvoirNote:
    """The note given to a payer when a cancellation opens an avoir.

    `lines` are the days cancelled, at what had been paid for them; their sum is `amount_cents`. `balance_cents` is
    all the payer's avoirs after this one. `reason` is the sentence of the rule or of the commune; `quittance` the
    number that had been paid.
    """

    issuer: Issuer
    number: str
    issued_at: datetime
    payer: Recipient
    lines: tuple[QuittanceLine, ...]
    amount_cents: int
    balance_cents: int
    agent: str
    head_hash: str
    reason: str = ""
    quittance: str | None = None
    duplicate_no: int | None = None
    fictitious: bool = False

    def __post_init__(self) -> None:
        _require_aware(self.issued_at)
        _require_sum("the days cancelled", self.lines, self.amount_cents)


def _require_aware(instant: datetime) -> None:
    if instant.utcoffset() is None:
        raise ValueError("issued_at must be an aware datetime")


def _require_sum(what: str, lines: Sequence[QuittanceLine], expected_cents: int) -> None:
    total = sum(line.total_cents for line in lines)
    if total != expected_cents:
        raise ValueError(f"{what} add up to {total} cents, not {expected_cents}")
