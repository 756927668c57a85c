"""A commune's whole price table on a day, as its conseil municipal reads it: each grid's lines, by rank of the child, residents or not.

Every amount is the one `pricing.price_of` charges; nothing is computed a second way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tui_portail.commune import Commune
from tui_portail.decision import Decision
from tui_portail.french import long_date
from tui_portail.money import format_cents
from tui_portail.price_grids import (
    BracketTariff,
    EffortTariff,
    FlatTariff,
    PriceGrid,
    QuotientBracket,
    Tariff,
    factor_text,
    quotient_text,
)
from tui_portail.pricing import WITHOUT_MEAL, QuotientFamilial, price_of

_DECIMALS = 4  # of a share of the quotient, as printed for elected members; the set-up keeps it exact


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a grid: what it is for, then a text for each rank (residents first, then families from outside)."""

    words: str
    residents: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GridPrices:
    """A grid in force with its lines; `period` and `source` in words."""

    activity: str
    name: str
    period: str
    source: str
    fictitious: bool
    lines: tuple[PriceLine, ...]


@dataclass(frozen=True, slots=True)
class PriceTable:
    """The grids in force on a day, in the order of the activities; `ranks` are the titles of their columns."""

    day: date
    ranks: tuple[str, ...]
    grids: tuple[GridPrices, ...]
    unpriced: tuple[str, ...]


def price_table(commune: Commune, grids: Sequence[PriceGrid], day: date) -> PriceTable:
    """Return the price table of a set of grids on a day; activities offered without a price are named in `unpriced`."""
    offered = {offering.activity for offering in commune.offerings}
    rules = [rule for code, rule in commune.policy.activities.items() if code in offered]
    in_force = {grid.activity: grid for grid in grids if grid.covers(day)}
    count = max((len(grid.sibling_factors) for grid in in_force.values()), default=1)
    shown = [(rule, in_force[rule.code]) for rule in rules if rule.code in in_force]
    return PriceTable(
        day,
        rank_titles(count),
        tuple(
            GridPrices(
                rule.label, grid.name, period_words(grid), grid.source, grid.fictitious, tuple(_lines(grid, day, count))
            )
            for rule, grid in shown
        ),
        tuple(rule.label for rule in rules if rule.code not in in_force),
    )


def rank_titles(count: int) -> tuple[str, ...]:
    """Return « 1er enfant », « 2e enfant », « 3e et suivants »; one rank alone is every child."""
    if count == 1:
        return ("par enfant",)
    names = [f"{rank}{'er' if rank == 1 else 'e'} enfant" for rank in range(1, count)]
    return (*names, f"{count}e et suivants")


def period_words(grid: PriceGrid) -> str:
    """Return the validity of a grid in words."""
    if grid.valid_until is None:
        return f"à partir du {long_date(grid.valid_from)}"
    return f"du {long_date(grid.valid_from)} au {long_date(grid.valid_until)}"


def tariff_words(tariff: Tariff) -> str:
    """Return a tariff in a few words: « 0,55 », « 0,60 à 1,30 », « 1,1 % QF »."""
    match tariff:
        case FlatTariff(price_cents):
            return format_cents(price_cents, symbol=False)
        case EffortTariff(rate):
            return f"{factor_text(rate * 100)}\u00a0% QF"
        case BracketTariff(brackets):
            prices = sorted(one.price_cents for one in brackets)
            ends = dict.fromkeys((prices[0], prices[-1]))
            return " à ".join(format_cents(cents, symbol=False) for cents in ends)


def rate_words(rate: Fraction) -> str:
    """Return a share of the quotient, « 1,1 % »; one of more decimals than are printed is rounded: « environ 0,9584 % »."""
    shown = round(rate * 100, _DECIMALS)
    return f"{'' if shown == rate * 100 else 'environ '}{factor_text(shown)}\u00a0%"


def bracket_words(bracket: QuotientBracket) -> str:
    """Return « quotient de 500 à moins de 900 », « quotient à partir de 1400 »."""
    start = quotient_text(bracket.from_quotient_cents)
    if bracket.below_quotient_cents is None:
        return f"quotient à partir de {start}"
    if bracket.from_quotient_cents == 0:
        return f"quotient de moins de {quotient_text(bracket.below_quotient_cents)}"
    return f"quotient de {start} à moins de {quotient_text(bracket.below_quotient_cents)}"


def _lines(grid: PriceGrid, day: date, count: int) -> Iterator[PriceLine]:
    """Yield the lines with the meal, then those without it where the grid has a meal."""
    with_meal = list(_supplied(grid, day, count, True))
    yield from with_meal
    without = list(_supplied(grid, day, count, False))
    if without == with_meal:
        return
    free = all(text == format_cents(0, symbol=False) for line in without for text in (*line.residents, *line.others))
    for line in without[:1] if free else without:
        yield PriceLine(WITHOUT_MEAL if free else f"{line.words}, {WITHOUT_MEAL}", line.residents, line.others)


def _supplied(grid: PriceGrid, day: date, count: int, supplied: bool) -> Iterator[PriceLine]:
    def line(words: str, quotient_cents: int | None) -> PriceLine:
        residents, others = (
            tuple(_price(grid, day, quotient_cents, rank, resident, supplied) for rank in range(1, count + 1))
            for resident in (True, False)
        )
        return PriceLine(words, residents, others)

    tariff = grid.tariff
    if isinstance(tariff, BracketTariff):
        for bracket in sorted(tariff.brackets, key=lambda one: one.from_quotient_cents):
            yield line(bracket_words(bracket), bracket.from_quotient_cents)
    elif isinstance(tariff, EffortTariff):
        yield line("plancher", 0)
        if supplied:
            yield _rates(grid, tariff.rate, count)
        yield line("plafond, ou quotient non justifié", None)
    else:
        yield line("tarif unique", None)


def _rates(grid: PriceGrid, rate: Fraction, count: int) -> PriceLine:
    """Return the share of the quotient each rank pays between floor and ceiling."""
    factors = grid.sibling_factors
    residents, others = (
        tuple(rate_words(rate * factors[min(rank, len(factors)) - 1] * home) for rank in range(1, count + 1))
        for home in (grid.resident_factor, grid.non_resident_factor)
    )
    return PriceLine("entre les deux, part du quotient", residents, others)


def _price(
    grid: PriceGrid, day: date, quotient_cents: int | None, rank: int, resident: bool, meal_supplied: bool
) -> str:
    quotient = None if quotient_cents is None else QuotientFamilial(quotient_cents, day, None)
    price = price_of([grid], grid.activity, day, quotient, rank, resident=resident, meal_supplied=meal_supplied)
    return price.sentence if isinstance(price, Decision) else format_cents(price.total_cents, symbol=False)
