"""Price grids copied for another period, « copier pour l’année suivante »: the ones copied end the day before, nothing else moves.

An increase multiplies each amount as an exact rational, rounded once to the cent, half up; a rate is kept exact. Rounding never turns an
order around, so that a copy of sound grids is sound: its price still never falls as the quotient rises, its meal is never above its price.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from tui_portail.errors import InvalidInput
from tui_portail.french import long_date
from tui_portail.money import MINUS, round_half_up
from tui_portail.price_grids import (
    BracketTariff,
    EffortTariff,
    FlatTariff,
    PriceGrid,
    Tariff,
    exact_factor,
)
from tui_portail.school_calendar import ONE_DAY

UNCHANGED = Fraction(1)
_HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class CopyTerms:
    """What copies are made of: their first day and last (None: no end known), by how much prices are multiplied, their délibération."""

    first: date
    last: date | None
    source: str
    fictitious: bool
    increase: Fraction = UNCHANGED


def read_increase(text: str) -> Fraction:
    """Return what prices are multiplied by for an increase typed in %: « 2,5 » → 1,025; « -1 » → 0,99; nothing → 1. Raises InvalidInput."""
    typed = text.strip().removesuffix("%").strip()
    if not typed:
        return UNCHANGED
    lower = typed[0] in f"-{MINUS}–"
    try:
        percent = exact_factor(typed.lstrip(f"+-{MINUS}– "))
    except InvalidInput:
        raise InvalidInput(
            f"« {typed[:20]} » n’est pas une augmentation : tapez un pourcentage, par exemple 2,5."
        ) from None
    if percent > _HUNDRED:
        raise InvalidInput("Une augmentation ou une baisse ne dépasse pas 100 % : vérifiez le pourcentage.")
    return UNCHANGED + (-percent if lower else percent) / 100


def raised(tariff: Tariff, increase: Fraction) -> Tariff:
    """Return a tariff with its amounts multiplied, each rounded once; the bounds of its brackets stay."""
    match tariff:
        case FlatTariff(price_cents):
            return FlatTariff(raised_cents(price_cents, increase))
        case EffortTariff(rate, floor_cents, ceiling_cents):
            return EffortTariff(
                rate * increase, raised_cents(floor_cents, increase), raised_cents(ceiling_cents, increase)
            )
        case BracketTariff(brackets):
            return BracketTariff(
                tuple(replace(one, price_cents=raised_cents(one.price_cents, increase)) for one in brackets)
            )


def raised_cents(cents: int, increase: Fraction) -> int:
    """Return an amount multiplied, rounded once to the cent, half up."""
    return round_half_up(cents * increase)


def to_copy(grids: Sequence[PriceGrid], first: date, last: date | None = None) -> tuple[int, ...]:
    """Return the places, in `grids`, of those in force the day before `first` whose activity has no grid yet in the period of the copy."""

    def is_free(activity: str) -> bool:
        return not any(
            grid.activity == activity and first <= grid.valid_from and (last is None or grid.valid_from <= last)
            for grid in grids
        )

    eve = first - ONE_DAY
    return tuple(place for place, grid in enumerate(grids) if grid.covers(eve) and is_free(grid.activity))


def copy_grids(grids: Sequence[PriceGrid], places: Collection[int], terms: CopyTerms) -> tuple[PriceGrid, ...]:
    """Return all the grids, those at `places` ended the day before the copies begin, the copies after them.

    Raises InvalidInput when the period of the copies ends before it begins, or begins no later than a grid to copy.
    """
    if terms.last is not None and terms.last < terms.first:
        raise InvalidInput(
            f"La copie finirait le {long_date(terms.last)}, avant de commencer : vérifiez ses deux dates."
        )
    for place in places:
        if terms.first <= grids[place].valid_from:
            raise InvalidInput(
                f"La grille « {grids[place].name} » commence le {long_date(grids[place].valid_from)} : "
                "sa copie doit commencer un jour plus tard."
            )
    eve = terms.first - ONE_DAY
    kept = (
        replace(grid, valid_until=eve) if place in places and grid.covers(terms.first) else grid
        for place, grid in enumerate(grids)
    )
    return (*kept, *(_copy(grids[place], terms) for place in sorted(places)))


def _copy(grid: PriceGrid, terms: CopyTerms) -> PriceGrid:
    return replace(
        grid,
        valid_from=terms.first,
        valid_until=terms.last,
        tariff=raised(grid.tariff, terms.increase),
        meal_cents=None if grid.meal_cents is None else raised_cents(grid.meal_cents, terms.increase),
        source=terms.source,
        fictitious=terms.fictitious,
    )
