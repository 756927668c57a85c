"""The tax certificate (attestation fiscale): what a payer paid in a civil year for the care of children under six on 1 January.

The sum of the care parts of the lines paid in the year by whatever means, avoir included, less the care parts of the lines given back as
avoir in the year; reversed payments count for nothing (article 200 quater B du code général des impôts). Meals never count. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

UNDER_AGE = 6


@dataclass(frozen=True, slots=True)
class CareSum:
    """Care of one child paid by one payer in the year, or given back to them, in cents."""

    payer_id: int
    child_id: int
    care_cents: int


@dataclass(frozen=True, slots=True)
class CertifiedCare:
    """What a payer's certificate says: cents by child, none negative, and their total.

    `deducted_cents` is what was given back for children beyond what was paid for them in the year: it comes off the others'.
    """

    by_child: Mapping[int, int]
    deducted_cents: int

    @property
    def total_cents(self) -> int:
        """What may be declared."""
        return sum(self.by_child.values())


def counts_in(born_on: date, year: int) -> bool:
    """Say whether a child is under six on 1 January of a civil year: a sixth birthday on that day is one too many."""
    return born_on > date(year - UNDER_AGE, 1, 1)


def certify(paid: Iterable[CareSum], given_back: Iterable[CareSum]) -> dict[int, CertifiedCare]:
    """Return each payer's certificate of a year, those with nothing to declare left out. Only children who count are given."""
    net: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for one in paid:
        net[one.payer_id][one.child_id] += one.care_cents
    for one in given_back:
        net[one.payer_id][one.child_id] -= one.care_cents
    certified = {payer_id: _certified(children) for payer_id, children in net.items()}
    return {payer_id: one for payer_id, one in certified.items() if one.total_cents}


def _certified(net: Mapping[int, int]) -> CertifiedCare:
    """Take what is below zero for a child off the others, the most paid first: the year never says less than nothing."""
    missing = -sum(cents for cents in net.values() if cents < 0)
    by_child = {child_id: max(0, cents) for child_id, cents in net.items()}
    deducted = 0
    for child_id in sorted(by_child, key=lambda child_id: (-by_child[child_id], child_id)):
        taken = min(missing - deducted, by_child[child_id])
        by_child[child_id] -= taken
        deducted += taken
    return CertifiedCare({child_id: cents for child_id, cents in sorted(by_child.items()) if cents}, deducted)
