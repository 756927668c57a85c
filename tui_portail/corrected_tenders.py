"""Which of a corrected payment's means are those that its old version deposited already: paper at the Trésor, not in the drawer.

Cash is never told apart from other cash: it is left to the counts. Amounts are integer cents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui_portail.policy import Means


@dataclass(frozen=True, slots=True)
class WrittenTender:
    """A means as it was written, before or after a correction: its rank in the payment, its amount (cents), its cheque's references."""

    rank: int
    means: Means
    amount_cents: int
    bank: str = ""
    reference: str = ""


def already_deposited(before: Sequence[WrittenTender], after: Sequence[WrittenTender]) -> dict[int, int]:
    """Return what of each new tender, by rank, went with the old deposit (cents); ranks of which nothing did are left out.

    A cheque is one paper: it went whole, whatever amount it is now said to have. Of other means, as much as was deposited of them.
    """
    gone = {after_one.rank: after_one.amount_cents for after_one in _same_cheques(before, after)}
    left: Counter[Means] = Counter()
    for one in before:
        left[one.means] += one.amount_cents
    for one in after:
        if one.means in (Means.CASH, Means.CHEQUE):
            continue
        if cents := min(one.amount_cents, left[one.means]):
            gone[one.rank] = cents
            left[one.means] -= cents
    return gone


def _same_cheques(before: Sequence[WrittenTender], after: Sequence[WrittenTender]) -> list[WrittenTender]:
    """Return the new cheques that are an old one written again: that of the same number first, then of the same amount, then any."""
    old = [one for one in before if one.means is Means.CHEQUE]
    new = [one for one in after if one.means is Means.CHEQUE]
    found = []
    same: tuple[Callable[[WrittenTender], object], ...] = (
        lambda one: (one.bank, one.reference),
        lambda one: one.amount_cents,
        lambda one: one.means,
    )
    for told in same:
        for one in list(new):
            if twin := next((other for other in old if told(other) == told(one)), None):
                old.remove(twin)
                new.remove(one)
                found.append(one)
    return found
