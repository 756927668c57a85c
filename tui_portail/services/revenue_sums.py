"""Revenue added up one way: by period, imputation, activity, site or means. Pure: it adds what `registers_revenue` read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import Enum

from tui_portail.french import month_name
from tui_portail.services.registers_revenue import Revenue, RevenueRow


class Dimension(Enum):
    """What revenue is added up by, with the word a register shows."""

    PERIOD = "Mois"
    IMPUTATION = "Imputation"
    ACTIVITY = "Activité"
    SITE = "Site"
    MEANS = "Moyen de paiement"

    @property
    def label(self) -> str:
        """The word shown."""
        return self.value


@dataclass(frozen=True, slots=True)
class RevenueSum:
    """Some revenue under one label, in cents."""

    label: str
    cashed_cents: int
    reversed_cents: int
    returned_cents: int

    @property
    def net_cents(self) -> int:
        """What remains: cashed, less reversed, less given back as avoirs."""
        return self.cashed_cents - self.reversed_cents - self.returned_cents


def sum_by(told: Revenue, dimension: Dimension) -> tuple[RevenueSum, ...]:
    """Return the revenue by one dimension, in the order in which it was read."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in told.rows:
        cents = sums[_label(row, dimension)]
        cents[0] += row.cashed_cents
        cents[1] += row.reversed_cents
        cents[2] += row.returned_cents
    return tuple(RevenueSum(label, *cents) for label, cents in sums.items())


def _label(row: RevenueRow, dimension: Dimension) -> str:
    match dimension:
        case Dimension.PERIOD:
            return month_label(row.from_on)
        case Dimension.IMPUTATION:
            return row.imputation.value.capitalize()
        case Dimension.ACTIVITY:
            return row.activity
        case Dimension.SITE:
            return row.site
        case Dimension.MEANS:
            return row.means_label


def month_label(day: date) -> str:
    """Return « décembre 2026 »."""
    return f"{month_name(day)} {day.year}"
