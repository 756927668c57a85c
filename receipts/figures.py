"""Figures that the régie's documents share, and the checks that refuse a document whose figures do not add up. Money is integer cents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise


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
