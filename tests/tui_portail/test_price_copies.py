"""Copying grids for the next year: dates, an increase rounded once, and never a hole, an overlap or a price that falls."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import the_commune
from tui_portail.errors import InvalidInput
from tui_portail.price_copies import UNCHANGED, CopyTerms, copy_grids, raised, raised_cents, read_increase, to_copy
from tui_portail.price_periods import check_prices, unpriced_days
from tui_portail.pricing import (
    BracketTariff,
    EffortTariff,
    FlatTariff,
    Price,
    PriceGrid,
    QuotientBracket,
    QuotientFamilial,
    Tariff,
    check_grids,
    price_of,
)

NEXT_YEAR = CopyTerms(date(2027, 9, 1), None, "Délibération du 15 juin 2027", False)
cents = st.integers(0, 5000)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    """Any sound tariff."""
    shape = draw(st.sampled_from(["flat", "effort", "brackets"]))
    if shape == "flat":
        return FlatTariff(draw(cents))
    if shape == "effort":
        floor, ceiling = sorted((draw(cents), draw(cents)))
        return EffortTariff(Fraction(draw(st.integers(0, 300)), 10000), floor, ceiling)
    bounds = sorted({0, *draw(st.lists(st.integers(1, 3000), max_size=6))})
    prices = sorted(draw(st.lists(cents, min_size=len(bounds), max_size=len(bounds))))
    uppers = [*(bound * 100 for bound in bounds[1:]), None]
    rows = zip(bounds, uppers, prices, strict=True)
    return BracketTariff(tuple(QuotientBracket(start * 100, upper, price) for start, upper, price in rows))


increases = st.fractions(Fraction(-1), Fraction(1), max_denominator=1000).map(lambda share: UNCHANGED + share)


def test_all_grids_are_copied_and_the_old_ones_end_the_day_before() -> None:
    grids = the_commune().grids
    copied = copy_grids(grids, to_copy(grids, NEXT_YEAR.first), NEXT_YEAR)
    assert len(copied) == 2 * len(grids)
    assert {one.valid_until for one in copied[: len(grids)]} == {date(2027, 8, 31)}
    assert {(one.valid_from, one.valid_until, one.source, one.fictitious) for one in copied[len(grids) :]} == {
        (date(2027, 9, 1), None, "Délibération du 15 juin 2027", False)
    }
    assert check_prices(replace(the_commune(), grids=copied)) == []


def test_an_activity_that_already_has_its_grid_for_that_period_is_not_copied_again() -> None:
    grids = the_commune().grids
    once = copy_grids(grids, to_copy(grids, NEXT_YEAR.first), NEXT_YEAR)
    assert to_copy(once, NEXT_YEAR.first) == ()
    assert len(to_copy(once, date(2028, 9, 1))) == len(grids)


def test_a_grid_that_ends_earlier_is_left_as_it_is_when_copied_alone() -> None:
    past = PriceGrid("ALP_SOIR", "Ancienne", date(2024, 9, 1), date(2025, 8, 31), FlatTariff(200))
    kept, copy = copy_grids([past], [0], NEXT_YEAR)
    assert kept == past
    assert copy.valid_from == NEXT_YEAR.first


def test_a_copy_cannot_begin_before_what_it_copies_nor_end_before_it_begins() -> None:
    grids = the_commune().grids
    with pytest.raises(InvalidInput, match="un jour plus tard"):
        copy_grids(grids, [0], replace(NEXT_YEAR, first=grids[0].valid_from))
    with pytest.raises(InvalidInput, match="avant de commencer"):
        copy_grids(grids, [0], replace(NEXT_YEAR, last=date(2027, 8, 31)))


@pytest.mark.parametrize(
    ("text", "factor"),
    [("2,5", "1.025"), ("+2.5 %", "1.025"), ("-1", "0.99"), ("−1,5", "0.985"), ("", "1"), ("0", "1")],
)
def test_an_increase_is_read_as_an_exact_factor(text: str, factor: str) -> None:
    assert read_increase(text) == Fraction(factor)


@pytest.mark.parametrize("text", ["deux", "101", "-200", "1,2,3"])
def test_an_increase_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_increase(text)


@pytest.mark.parametrize(
    ("before", "text", "after"), [(100, "2,5", 103), (50, "1", 51), (85, "2,5", 87), (205, "-10", 185), (333, "0", 333)]
)
def test_an_increase_is_rounded_once_half_up(before: int, text: str, after: int) -> None:
    # 102,5 → 103; 50,5 → 51; 87,125 → 87; 184,5 → 185
    assert raised_cents(before, read_increase(text)) == after


def test_a_rate_is_raised_exactly_and_the_bounds_of_brackets_stay() -> None:
    increase = read_increase("2,5")
    assert raised(EffortTariff(Fraction("0.011"), 500, 1600), increase) == EffortTariff(Fraction("0.011275"), 513, 1640)
    assert raised(BracketTariff((QuotientBracket(0, 50000, 100), QuotientBracket(50000, None, 240))), increase) == (
        BracketTariff((QuotientBracket(0, 50000, 103), QuotientBracket(50000, None, 246)))
    )


def test_the_meal_within_a_price_follows_it() -> None:
    one = PriceGrid("ALSH_MERCREDI", "Journée", date(2025, 9, 1), None, FlatTariff(1000), meal_cents=320)
    _, copy = copy_grids([one], [0], replace(NEXT_YEAR, increase=read_increase("2,5")))
    assert copy.meal_cents == 328


@given(
    shapes=st.lists(tariffs(), min_size=1, max_size=3),
    increase=increases,
    first=st.dates(date(2026, 9, 2), date(2028, 6, 30)),
    days=st.none() | st.integers(0, 400),
    meal=st.booleans(),
)
@settings(max_examples=60)
def test_a_copied_set_is_as_sound_as_what_it_copies(
    shapes: list[Tariff], increase: Fraction, first: date, days: int | None, meal: bool
) -> None:
    activities = [one.activity for one in the_commune().grids]
    others = [one for one in the_commune().grids if one.activity not in activities[: len(shapes)]]
    grids = [
        PriceGrid(activity, activity, date(2025, 9, 1), None, tariff, meal_cents=0 if meal else None)
        for activity, tariff in zip(activities, shapes, strict=False)
        if activity != "RESTAURATION" or not meal
    ]
    grids += [one for one in the_commune().grids if one.activity not in {g.activity for g in [*grids, *others]}]
    everything = (*grids, *others)
    last = None if days is None else first + timedelta(days=days)
    terms = CopyTerms(first, last, "Délibération", False, increase)
    copied = copy_grids(everything, to_copy(everything, first, last), terms)
    commune = replace(the_commune(), grids=copied)
    assert check_grids(copied) == []
    assert [days for days in unpriced_days(commune) if not days.after_the_last] == []


@given(
    tariff=tariffs(),
    increase=increases,
    quotients=st.lists(st.integers(0, 400000), min_size=2, max_size=5),
    rank=st.integers(1, 4),
)
@settings(max_examples=60)
def test_the_price_of_a_copy_never_falls_as_the_quotient_rises(
    tariff: Tariff, increase: Fraction, quotients: list[int], rank: int
) -> None:
    one = PriceGrid("ALP_SOIR", "Soir", date(2025, 9, 1), None, tariff, (Fraction(1), Fraction("0.85")))
    _, copy = copy_grids([one], [0], replace(NEXT_YEAR, increase=increase))
    prices = []
    for value in [*sorted(quotients), None]:
        quotient = None if value is None else QuotientFamilial(value, date(2027, 9, 1), None)
        price = price_of([copy], "ALP_SOIR", date(2027, 9, 2), quotient, rank, resident=False)
        assert isinstance(price, Price)
        prices.append(price.total_cents)
    assert prices == sorted(prices)
