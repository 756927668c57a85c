"""The price grids a commune writes, as values, and whether they hold together (rules of the service, « Prices »).

A grid prices one activity over a validity: flat, by brackets of quotient familial, or by taux d'effort, with factors by rank of the
sibling and for families from outside the commune. `check_grids` refuses what would make a price a matter of luck: gaps, overlaps, a
price that falls as the quotient rises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations, pairwise

from tui_portail.decision import POLICY, Decision
from tui_portail.errors import InvalidInput
from tui_portail.french import long_date
from tui_portail.money import format_cents

MEAL_ACTIVITY = "RESTAURATION"
"""The leaflet's restaurant scolaire: the meal itself, without care."""
MEAL_BREAK_ACTIVITY = "PAUSE_MERIDIENNE"
"""The leaflet's garderie de la pause méridienne: the care, without the meal."""

_LONGEST_FACTOR = 40  # beyond, nobody reads it, and Python refuses to make a number of thousands of digits
_FACTOR = re.compile(r"[0-9]+([.,][0-9]+)?|[0-9]+/0*[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class FlatTariff:
    """The same price, in cents, whatever the quotient familial."""

    price_cents: int


@dataclass(frozen=True, slots=True)
class QuotientBracket:
    """The price, in cents, for a quotient in `[from_quotient_cents, below_quotient_cents[`; None: no upper bound."""

    from_quotient_cents: int
    below_quotient_cents: int | None
    price_cents: int

    def holds(self, quotient_cents: int) -> bool:
        """Say whether a quotient, in cents, falls in this bracket."""
        upper = self.below_quotient_cents
        return self.from_quotient_cents <= quotient_cents and (upper is None or quotient_cents < upper)


@dataclass(frozen=True, slots=True)
class BracketTariff:
    """A price by bracket of quotient familial; `check_grid` says whether the brackets hold together."""

    brackets: tuple[QuotientBracket, ...]


@dataclass(frozen=True, slots=True)
class EffortTariff:
    """Taux d'effort: quotient × `rate`, never under `floor_cents`, never over `ceiling_cents`."""

    rate: Fraction
    floor_cents: int
    ceiling_cents: int


Tariff = FlatTariff | BracketTariff | EffortTariff


@dataclass(frozen=True, slots=True)
class PriceGrid:
    """The price of one activity on the days of `[valid_from, valid_until]`; None: no end known.

    `sibling_factors` multiply by rank, the last one open: `(1, 0.85)` means 0,85 from the second child on.
    The meal within the base price is `meal_cents` or the share `meal_share`, never both; where the grid gives neither it is all of
    RESTAURATION and nothing of other activities. `unsupplied_meal_factor` is what is still charged of the meal part when the family
    brings the meal (0: the care only). `source` names the délibération.
    """

    activity: str
    name: str
    valid_from: date
    valid_until: date | None
    tariff: Tariff
    sibling_factors: tuple[Fraction, ...] = (Fraction(1),)
    resident_factor: Fraction = Fraction(1)
    non_resident_factor: Fraction = Fraction(1)
    meal_cents: int | None = None
    meal_share: Fraction | None = None
    unsupplied_meal_factor: Fraction = Fraction(0)
    fictitious: bool = True
    source: str = POLICY

    def covers(self, day: date) -> bool:
        """Say whether the grid is in force on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


def exact_factor(text: str) -> Fraction:
    """Return the exact rational a text means: « 0,85 », « 1.15 », « 17/20 ». Raises InvalidInput on anything else."""
    if len(text.strip()) > _LONGEST_FACTOR or not _FACTOR.fullmatch(text.strip()):
        raise InvalidInput(f"« {text[:20]} » n’est pas un coefficient : écrivez un nombre décimal, par exemple 0,85.")
    return Fraction(text.strip().replace(",", "."))


def factor_text(value: Fraction) -> str:
    """Write an exact rational the French way, « 0,85 »; as a fraction where no decimal is exact."""
    denominator, places = value.denominator, 0
    while (10**places) % denominator and places < 12:
        places += 1
    if (10**places) % denominator:
        return f"{value.numerator}/{denominator}"
    digits = str(value.numerator * 10**places // denominator).rjust(places + 1, "0")
    return f"{digits[:-places]},{digits[-places:]}" if places else digits


def meal_part(grid: PriceGrid, base: Fraction) -> Fraction:
    """Return the meal within a base price, in exact cents, never more than that price."""
    if grid.meal_cents is not None:
        return min(Fraction(grid.meal_cents), base)
    if grid.meal_share is not None:
        return base * grid.meal_share
    return base if grid.activity == MEAL_ACTIVITY else Fraction(0)


def check_grids(grids: Sequence[PriceGrid]) -> list[Decision]:
    """Return the refusals of a commune's grids: those of each, then those in force together on one activity. Empty: all is well."""
    refusals = [refusal for grid in grids for refusal in check_grid(grid)]
    for first, second in combinations(grids, 2):
        begins = max(first.valid_from, second.valid_from)
        if first.activity == second.activity and first.covers(begins) and second.covers(begins):
            refusals.append(
                _fault(
                    first,
                    "TARIF_VALIDITES",
                    f"vaut en même temps que la grille « {second.name} » à partir du {long_date(begins)}",
                )
            )
    return refusals


def check_grid(grid: PriceGrid) -> list[Decision]:
    """Return the refusals of one grid, each with its sentence; empty when it holds together.

    Brackets begin at 0, without gap or overlap, the last open; the price never falls as the quotient rises; nothing is negative; the
    meal is no more than the price.
    """
    return [
        *(_fault(grid, code, what) for code, what in _validity_faults(grid)),
        *(_fault(grid, code, what, bracket=place) for code, what, place in _bracket_faults(grid.tariff)),
        *(_fault(grid, code, what) for code, what in (*_tariff_faults(grid), *_meal_faults(grid))),
    ]


def lowest_base_cents(tariff: Tariff) -> int:
    """Return the lowest price a tariff may give before factors, in cents; 0 for a tariff without bracket."""
    if isinstance(tariff, FlatTariff):
        return tariff.price_cents
    if isinstance(tariff, EffortTariff):
        return tariff.floor_cents
    return min((bracket.price_cents for bracket in tariff.brackets), default=0)


def quotient_text(quotient_cents: int) -> str:
    """Return a quotient as families read it: « 745 », « 745,50 »."""
    euros, cents = divmod(quotient_cents, 100)
    return f"{euros},{cents:02d}" if cents else str(euros)


def _fault(grid: PriceGrid, code: str, what: str, *, bracket: int | None = None) -> Decision:
    sentence = f"La grille « {grid.name} » {what}."
    return Decision.refuse(code, sentence, grid.source, grid=grid.name, activity=grid.activity, bracket=bracket)


def _validity_faults(grid: PriceGrid) -> Iterator[tuple[str, str]]:
    if grid.valid_until is not None and grid.valid_until < grid.valid_from:
        yield (
            "TARIF_DATES",
            f"finit le {long_date(grid.valid_until)}, avant de commencer le {long_date(grid.valid_from)}",
        )
    if not grid.sibling_factors:
        yield "TARIF_COEFFICIENT", "n’a aucun coefficient de rang : indiquez au moins 1 pour le premier enfant"
    if min((*grid.sibling_factors, grid.resident_factor, grid.non_resident_factor)) < 0:
        yield "TARIF_COEFFICIENT", "a un coefficient négatif"


def _tariff_faults(grid: PriceGrid) -> Iterator[tuple[str, str]]:
    tariff = grid.tariff
    if isinstance(tariff, EffortTariff):
        if tariff.rate < 0:
            yield "TARIF_DECROISSANT", "a un taux d’effort négatif : le prix baisserait quand le quotient monte"
        if tariff.ceiling_cents < tariff.floor_cents:
            yield (
                "TARIF_PLANCHER",
                f"a un prix plancher ({format_cents(tariff.floor_cents)}) au-dessus de son prix plafond "
                f"({format_cents(tariff.ceiling_cents)})",
            )
    if lowest_base_cents(tariff) < 0:
        yield "TARIF_NEGATIF", "a un prix négatif"


def _bracket_faults(tariff: Tariff) -> Iterator[tuple[str, str, int | None]]:
    """Give each fault with the place of its bracket in the grid as written, from 0."""
    if not isinstance(tariff, BracketTariff):
        return
    if not tariff.brackets:
        yield "TARIF_TROU", "n’a aucune tranche de quotient", None
        return
    brackets = sorted(enumerate(tariff.brackets), key=lambda placed: placed[1].from_quotient_cents)
    first, last = brackets[0], brackets[-1]
    if first[1].from_quotient_cents != 0:
        yield "TARIF_TROU", "ne commence pas au quotient 0", first[0]
    for place, bracket in brackets:
        upper = bracket.below_quotient_cents
        if upper is not None and upper <= bracket.from_quotient_cents:
            what = f"a une tranche vide au quotient {quotient_text(bracket.from_quotient_cents)}"
            yield "TARIF_TRANCHE_VIDE", what, place
    for (_, lower), (place, higher) in pairwise(brackets):
        start = higher.from_quotient_cents
        upper = lower.below_quotient_cents
        if upper is None or upper > start:
            what = f"a deux tranches qui se chevauchent au quotient {quotient_text(start)}"
            yield "TARIF_CHEVAUCHEMENT", what, place
        elif upper < start:
            what = f"n’a pas de tranche entre les quotients {quotient_text(upper)} et {quotient_text(start)}"
            yield "TARIF_TROU", what, place
        if higher.price_cents < lower.price_cents:
            what = f"a un prix qui baisse quand le quotient atteint {quotient_text(start)}"
            yield "TARIF_DECROISSANT", what, place
    if last[1].below_quotient_cents is not None:
        yield "TARIF_SANS_FIN", "doit finir par une tranche sans limite haute", last[0]


def _meal_faults(grid: PriceGrid) -> Iterator[tuple[str, str]]:
    if grid.meal_cents is not None and grid.meal_share is not None:
        yield "TARIF_REPAS", "donne la part du repas deux fois, en euros et en proportion"
    if grid.meal_cents is not None and not 0 <= grid.meal_cents <= lowest_base_cents(grid.tariff):
        yield "TARIF_REPAS", "a un repas négatif ou plus cher que son prix le plus bas"
    if grid.meal_share is not None and not 0 <= grid.meal_share <= 1:
        yield "TARIF_REPAS", "a une part de repas qui n’est pas entre 0 et 1"
    if not 0 <= grid.unsupplied_meal_factor <= 1:
        yield "TARIF_REPAS", "a un coefficient de repas non fourni qui n’est pas entre 0 et 1"
    base = Fraction(lowest_base_cents(grid.tariff))
    if grid.activity == MEAL_ACTIVITY and (grid.meal_cents is not None or grid.meal_share not in (None, 1)):
        yield "TARIF_REPAS", "est celle du restaurant scolaire : tout son prix est le repas"
    if grid.activity == MEAL_BREAK_ACTIVITY and meal_part(grid, max(base, Fraction(1))) > 0:
        yield "TARIF_REPAS", "est celle de la garderie du midi : le repas est facturé par le restaurant scolaire"
