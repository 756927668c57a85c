"""How many adults a group of children needs, under six and from six on.

The regulation writes one ratio by age (CASF art. R.227-15 and R.227-16, « un animateur pour huit mineurs âgés de moins de six ans … un
animateur pour douze mineurs âgés de six ans ou plus ») and none for a group of both. Each age is rounded up by itself: an adult who begins
a group of under-sixes is not counted for the older ones. It never asks for fewer than adding the two fractions would.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tui_portail.payment_means import age_on
from tui_portail.service_rules import StaffRatio

SIX = 6


@dataclass(frozen=True, slots=True)
class AgeCount:
    """So many children under six, so many of six and over, on the day."""

    under_six: int = 0
    six_and_over: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.under_six + self.six_and_over

    def __add__(self, other: AgeCount) -> AgeCount:
        return AgeCount(self.under_six + other.under_six, self.six_and_over + other.six_and_over)


def is_under_six(born_on: date, day: date) -> bool:
    """Say whether a child is not six yet on a day: from its sixth birthday on, it counts among the older ones."""
    return age_on(born_on, day) < SIX


def count_ages(births: Iterable[date], day: date) -> AgeCount:
    """Count children by their age on a day."""
    young = [is_under_six(born_on, day) for born_on in births]
    return AgeCount(sum(young), len(young) - sum(young))


def adults_needed(children: AgeCount, ratio: StaffRatio | None) -> int | None:
    """Return how many adults look after these children, each age rounded up; None where the commune gave no ratio."""
    if ratio is None:
        return None
    return -(-children.under_six // ratio.under_six) - (-children.six_and_over // ratio.six_and_over)
