"""How a day's price is told apart: which means paid its care and which its meal. Pure: amounts in integer cents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tui_portail.policy import Means

AVOIR = "avoir"
"""What stands beside the means of payment where revenue is told by means: it was paid by days given back earlier."""


class Imputation(StrEnum):
    """What revenue is entered under."""

    CARE = "garde"
    MEAL = "repas"


class Grain(StrEnum):
    """The days revenue is added up over."""

    DAY = "jour"
    MONTH = "mois"
    YEAR = "annee"

    def first_day(self, day: date) -> date:
        """Return the first day of the one, the month or the year that holds a day."""
        match self:
            case Grain.DAY:
                return day
            case Grain.MONTH:
                return day.replace(day=1)
            case Grain.YEAR:
                return day.replace(month=1, day=1)


@dataclass(frozen=True, slots=True)
class Share:
    """What one means (a `Means` value, or AVOIR) paid of a day, in cents."""

    means: str
    cents: int


def imputed(care_cents: int, meal_cents: int, shares: Iterable[Share]) -> Iterator[tuple[Imputation, Share]]:
    """Yield what each means paid of a day's care and of its meal; the shares add up to the two.

    Care is paid first, and CESU first of all since it may pay nothing else; then avoirs, then the other means in their order.
    """
    left = care_cents
    for share in sorted(shares, key=lambda share: (share.means != Means.CESU.value, share.means != AVOIR)):
        care = min(left, share.cents)
        left -= care
        for imputation, cents in ((Imputation.CARE, care), (Imputation.MEAL, share.cents - care)):
            if cents:
                yield imputation, Share(share.means, cents)
