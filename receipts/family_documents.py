"""What a tax certificate and the list of avoirs to be refunded say, as values a service fills and a test builds by hand.

Money is integer cents, instants are aware, names are text from people that drawing cleans. Figures that do not add up are refused when
the document is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from receipts.documents import Issuer, Recipient
from receipts.figures import require_aware, require_equal

OLDEST_AGE = 6
"""A child counts while younger than this, in years, on 1 January (article 200 quater B du code général des impôts)."""


@dataclass(frozen=True, slots=True)
class CertifiedChild:
    """A child and what was paid for their care in the year, in cents. `born_on` is None once the family was erased."""

    name: str
    born_on: date | None
    paid_cents: int


@dataclass(frozen=True, slots=True)
class TaxCertificate:
    """What a payer paid in a civil year for the care of children under six on 1 January, meals left out.

    `total_cents` is the sum of the children's amounts, none negative. `signed_by` is the régisseur, empty when another agent
    writes it: they sign on paper. `notes` are printed under the total.
    """

    issuer: Issuer
    year: int
    issued_at: datetime
    payer: Recipient
    children: tuple[CertifiedChild, ...]
    total_cents: int
    signed_by: str
    notes: tuple[str, ...] = ()
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("issued_at", self.issued_at)
        if not self.children:
            raise ValueError("a certificate names at least one child")
        if any(child.paid_cents < 0 for child in self.children):
            raise ValueError("a certificate never says that less than nothing was paid")
        oldest = date(self.year - OLDEST_AGE, 1, 1)
        if any(child.born_on is not None and not oldest < child.born_on for child in self.children):
            raise ValueError(f"a child born on {oldest} or before is not under {OLDEST_AGE} on 1 January {self.year}")
        require_equal("the children", sum(child.paid_cents for child in self.children), self.total_cents)


@dataclass(frozen=True, slots=True)
class RefundLine:
    """An avoir balance to be paid back by mandat: its number, the day it was asked for, to whom, how much (cents) and why."""

    number: str
    requested_on: date
    payer: Recipient
    amount_cents: int
    reason: str

    def __post_init__(self) -> None:
        if self.amount_cents <= 0:
            raise ValueError(f"{self.number}: nothing to refund")


@dataclass(frozen=True, slots=True)
class RefundList:
    """The avoirs « à rembourser par mandat » of a period, for the ordonnateur. `period` is printed under the title: « année 2026 »."""

    issuer: Issuer
    period: str
    issued_at: datetime
    lines: tuple[RefundLine, ...]
    total_cents: int
    agent: str
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("issued_at", self.issued_at)
        require_equal("the refunds", sum(line.amount_cents for line in self.lines), self.total_cents)
