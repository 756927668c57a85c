"""The reference's prices: FICTITIOUS tariffs as plain tables, and what a day costs by them (rules, « Prices »)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor

from tests.simulation.school_days import BREAK, EVENING, HOLIDAYS, MEAL, MORNING, WEDNESDAY


@dataclass(frozen=True)
class Tariff:
    """What an activity costs over a period. One of `flat` (cents), `brackets` (from a quotient in cents, price) or `effort` is given.

    `effort`: rate, floor and ceiling in cents. `meal`: the share of the price that is the meal's.
    """

    activity: str
    first: date
    last: date | None
    flat: int | None = None
    brackets: tuple[tuple[int, int], ...] = ()
    effort: tuple[Fraction, int, int] | None = None
    ranks: tuple[Fraction, ...] = (Fraction(1),)
    outside: Fraction = Fraction(1)
    meal: Fraction = Fraction(0)


_RANKS, _OUTSIDE = (Fraction(1), Fraction("0.85"), Fraction("0.70")), Fraction("1.25")


def _year(first: date, last: date | None, more: int) -> tuple[Tariff, ...]:
    """Return the tariffs of a year, `more` cents dearer."""
    return (
        Tariff(MORNING, first, last, brackets=((0, 60 + more), (900_00, 110 + more)), ranks=_RANKS, outside=_OUTSIDE),
        Tariff(BREAK, first, last, flat=55 + more, outside=_OUTSIDE),
        Tariff(
            MEAL,
            first,
            last,
            brackets=((0, 0), (500_00, 240 + more), (1400_00, 410 + more)),  # a free meal for some
            outside=_OUTSIDE,
            meal=Fraction(1),
        ),
        Tariff(EVENING, first, last, brackets=((0, 90 + more), (1400_00, 195 + more)), ranks=_RANKS),
        Tariff(
            WEDNESDAY,
            first,
            last,
            effort=(Fraction("0.0110"), 500, 1600 + more),
            ranks=_RANKS,
            outside=_OUTSIDE,
            meal=Fraction("0.25"),
        ),
        Tariff(
            HOLIDAYS, first, last, effort=(Fraction("0.0120"), 550, 1800 + more), ranks=_RANKS, meal=Fraction("0.25")
        ),
    )


TARIFFS = (
    *_year(date(2025, 9, 1), date(2026, 12, 31), 0),
    *_year(date(2027, 1, 1), None, 5),
)
"""Prices change on 1 January 2027."""


def price_of(activity: str, day: date, quotient: int | None, rank: int, resident: bool) -> tuple[int, int]:
    """Return the care and meal parts (cents) of a day: the grid of the day, factors exact, rounded once, half up."""
    [tariff] = [
        one
        for one in TARIFFS
        if one.activity == activity and one.first <= day and (one.last is None or day <= one.last)
    ]
    exact = _base(tariff, quotient) * tariff.ranks[min(rank, len(tariff.ranks)) - 1]
    if not resident:
        exact *= tariff.outside
    care = floor(exact * (1 - tariff.meal) + Fraction(1, 2))
    return care, floor(exact + Fraction(1, 2)) - care


def _base(tariff: Tariff, quotient: int | None) -> Fraction:
    if tariff.flat is not None:
        return Fraction(tariff.flat)
    if tariff.effort is not None:
        rate, lowest, highest = tariff.effort
        return Fraction(highest) if quotient is None else min(max(quotient * rate, Fraction(lowest)), Fraction(highest))
    if quotient is None:
        return Fraction(tariff.brackets[-1][1])
    return Fraction([price for start, price in tariff.brackets if start <= quotient][-1])
