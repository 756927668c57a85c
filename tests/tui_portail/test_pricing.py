"""« Prices » of the service's rules: the grid in force, exact factors, one rounding, and what is refused rather than guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_portail.decision import Decision
from tui_portail.money import round_half_up
from tui_portail.pricing import (
    BracketTariff,
    EffortTariff,
    FlatTariff,
    Price,
    PriceGrid,
    QuotientBracket,
    QuotientFamilial,
    Sibling,
    Tariff,
    check_grid,
    price_of,
    quotient_on,
    sibling_rank,
    unbooked_price,
)
from tui_portail.service_rules import AttendanceRules

DAY = date(2026, 12, 1)
BRACKETS = BracketTariff(
    (QuotientBracket(0, 60000, 52), QuotientBracket(60000, 120000, 78), QuotientBracket(120000, None, 104))
)


def grid(tariff: Tariff = BRACKETS, activity: str = "ALP_SOIR", **changes: object) -> PriceGrid:
    made = PriceGrid(activity, "Tarifs 2026", date(2026, 9, 1), date(2027, 8, 31), tariff)
    return replace(made, **changes)  # type: ignore[arg-type]


def quotient(euros: int) -> QuotientFamilial:
    return QuotientFamilial(euros * 100, date(2026, 1, 1), date(2026, 12, 31))


def priced(
    of: PriceGrid,
    qf: QuotientFamilial | None = None,
    rank: int = 1,
    resident: bool = True,
    meal_supplied: bool = True,
) -> Price:
    price = price_of([of], of.activity, DAY, qf, rank, resident=resident, meal_supplied=meal_supplied)
    assert isinstance(price, Price), price
    return price


def test_a_flat_tariff_costs_the_same_whatever_the_quotient() -> None:
    flat = grid(FlatTariff(250))
    assert {priced(flat, qf).total_cents for qf in (None, quotient(0), quotient(3000))} == {250}


@pytest.mark.parametrize(
    ("quotient_cents", "cents"), [(0, 52), (59999, 52), (60000, 78), (119999, 78), (120000, 104), (9_999_900, 104)]
)
def test_a_bracket_holds_its_lower_bound_and_not_its_upper_one(quotient_cents: int, cents: int) -> None:
    assert priced(grid(), QuotientFamilial(quotient_cents, DAY, None)).total_cents == cents


def test_no_proven_quotient_pays_the_highest_bracket() -> None:
    price = priced(grid(), None)
    assert price.total_cents == 104
    assert "quotient non justifié" in price.explanation


@pytest.mark.parametrize(("euros", "cents"), [(100, 200), (400, 400), (745, 745), (2000, 1500)])
def test_a_taux_d_effort_multiplies_the_quotient_between_floor_and_ceiling(euros: int, cents: int) -> None:
    assert priced(grid(EffortTariff(Fraction("0.01"), 200, 1500)), quotient(euros)).total_cents == cents


def test_a_taux_d_effort_without_proven_quotient_costs_its_ceiling() -> None:
    assert priced(grid(EffortTariff(Fraction("0.01"), 200, 1500)), None).total_cents == 1500


@pytest.mark.parametrize(("rank", "cents"), [(1, 1000), (2, 800), (3, 500), (7, 500)])
def test_the_price_is_multiplied_by_the_rank_of_the_sibling_the_last_one_open(rank: int, cents: int) -> None:
    ranked = grid(FlatTariff(1000), sibling_factors=(Fraction(1), Fraction("0.8"), Fraction("0.5")))
    assert priced(ranked, rank=rank).total_cents == cents


def test_a_family_from_outside_the_commune_pays_its_own_factor() -> None:
    outside = grid(FlatTariff(1000), non_resident_factor=Fraction("1.25"))
    assert (priced(outside).total_cents, priced(outside, resident=False).total_cents) == (1000, 1250)


def test_factors_multiply_exactly_and_round_once_half_up() -> None:
    worked = grid(
        FlatTariff(104),
        sibling_factors=(Fraction(1), Fraction("0.85")),
        non_resident_factor=Fraction("1.15"),
    )
    assert priced(worked, rank=2, resident=False).total_cents == 102
    half = grid(FlatTariff(5), sibling_factors=(Fraction("0.5"),))
    assert priced(half).total_cents == 3
    twice_rounded_would_be_higher = grid(
        FlatTariff(3), sibling_factors=(Fraction("0.5"),), non_resident_factor=Fraction("0.8")
    )
    assert priced(twice_rounded_would_be_higher, resident=False).total_cents == 1


def test_the_care_part_is_rounded_and_the_meal_is_what_remains() -> None:
    alsh = grid(FlatTariff(1105), "ALSH_MERCREDI", meal_cents=402, sibling_factors=(Fraction("0.75"),))
    price = priced(alsh)
    assert (price.total_cents, price.care_cents, price.meal_cents) == (829, 527, 302)


def test_the_meal_may_be_a_share_of_the_price() -> None:
    price = priced(grid(FlatTariff(1001), "ALSH_VACANCES", meal_share=Fraction("0.4")))
    assert (price.total_cents, price.care_cents, price.meal_cents) == (1001, 601, 400)


def test_the_restaurant_is_all_meal_and_the_midday_break_all_care() -> None:
    meal = priced(grid(FlatTariff(410), "RESTAURATION"))
    care = priced(grid(FlatTariff(90), "PAUSE_MERIDIENNE"))
    assert (meal.care_cents, meal.meal_cents) == (0, 410)
    assert (care.care_cents, care.meal_cents) == (90, 0)


def test_a_meal_not_supplied_leaves_the_care_under_a_neutral_label() -> None:
    alsh = grid(FlatTariff(1400), "ALSH_MERCREDI", meal_cents=400)
    price = priced(alsh, meal_supplied=False)
    assert (price.total_cents, price.care_cents, price.meal_cents) == (1000, 1000, 0)
    assert "accueil sans repas fourni" in price.label
    assert "PAI" not in price.label + price.explanation
    kept = replace(alsh, unsupplied_meal_factor=Fraction("0.25"))
    assert priced(kept, meal_supplied=False).total_cents == 1100


def test_a_meal_not_supplied_changes_nothing_where_there_is_no_meal() -> None:
    assert priced(grid(), meal_supplied=False) == priced(grid())


def test_the_grid_in_force_on_the_day_booked_is_the_one_used() -> None:
    before = grid(FlatTariff(100), valid_until=DAY - timedelta(days=1))
    after = replace(grid(FlatTariff(120)), valid_from=DAY, valid_until=None)
    found = [
        price_of([before, after], "ALP_SOIR", DAY + timedelta(days=shift), None, 1, resident=True) for shift in (-1, 0)
    ]
    assert [price.total_cents for price in found if isinstance(price, Price)] == [100, 120]


def test_without_a_grid_the_price_is_refused_and_never_guessed() -> None:
    other_activity = price_of([grid()], "ALP_MATIN", DAY, None, 1, resident=True)
    other_day = price_of([grid()], "ALP_SOIR", date(2027, 9, 1), None, 1, resident=True)
    assert isinstance(other_activity, Decision)
    assert isinstance(other_day, Decision)
    assert {other_activity.code, other_day.code} == {"TARIF_ABSENT"}
    assert other_day.sentence.startswith("Aucun tarif")
    assert "mercredi 1er septembre 2027" in other_day.sentence


def test_two_grids_in_force_on_the_same_day_are_refused() -> None:
    twice = price_of([grid(), grid(FlatTariff(1))], "ALP_SOIR", DAY, None, 1, resident=True)
    assert isinstance(twice, Decision)
    assert twice.code == "TARIF_EN_DOUBLE"


def test_a_quotient_that_falls_in_a_gap_is_refused() -> None:
    gap = grid(BracketTariff((QuotientBracket(50000, None, 90),)))
    price = price_of([gap], "ALP_SOIR", DAY, quotient(100), 1, resident=True)
    assert isinstance(price, Decision)
    assert price.code == "TARIF_HORS_TRANCHES"


def test_an_example_price_says_fictif_and_a_voted_one_does_not() -> None:
    assert priced(grid()).label == "Tarifs 2026 (FICTIF)"
    assert priced(grid()).fictitious
    voted = priced(grid(fictitious=False))
    assert "FICTIF" not in voted.label + voted.explanation


def test_the_explanation_shows_every_step_an_agent_may_be_asked_about() -> None:
    worked = grid(sibling_factors=(Fraction(1), Fraction("0.85")), non_resident_factor=Fraction("1.15"))
    assert priced(worked, quotient(745), rank=2, resident=False).explanation.replace("\u00a0", " ") == (
        "Tarifs 2026 (FICTIF) : quotient 745, tranche de 600 à moins de 1200, 0,78 € × 0,85 (2e enfant) "
        "× 1,15 (extérieur) = 0,76 €"
    )


def test_the_quotient_valid_on_the_day_booked_is_the_one_that_begins_last() -> None:
    year = QuotientFamilial(80000, date(2026, 1, 1), date(2026, 12, 31))
    autumn = QuotientFamilial(60000, date(2026, 10, 1), None)
    corrected = QuotientFamilial(61000, date(2026, 10, 1), None)
    assert quotient_on([year, autumn], date(2026, 9, 30)) is year
    assert quotient_on([autumn, year], date(2026, 10, 1)) is autumn
    assert quotient_on([autumn, corrected], DAY) is corrected
    assert quotient_on([year], date(2027, 1, 1)) is None
    assert quotient_on([], DAY) is None


def test_a_quotient_is_never_negative_and_never_ends_before_it_begins() -> None:
    with pytest.raises(ValueError, match="negative"):
        QuotientFamilial(-1, DAY, None)
    with pytest.raises(ValueError, match="ends before"):
        QuotientFamilial(1, DAY, DAY - timedelta(days=1))


def test_the_rank_is_the_order_of_birth_among_children_not_archived() -> None:
    children = [
        Sibling(4, date(2019, 5, 1)),
        Sibling(9, date(2012, 1, 1), archived=True),
        Sibling(2, date(2016, 3, 3)),
        Sibling(3, date(2016, 3, 3)),
    ]
    assert [sibling_rank(child, children) for child in (2, 3, 4)] == [1, 2, 3]
    with pytest.raises(ValueError, match="9"):
        sibling_rank(9, children)


def test_a_rank_begins_at_one() -> None:
    with pytest.raises(ValueError, match="rank"):
        price_of([grid()], "ALP_SOIR", DAY, None, 0, resident=True)


FACTORS = st.integers(0, 300).map(lambda hundredths: Fraction(hundredths, 100))


@st.composite
def bracket_tariffs(draw: st.DrawFn) -> BracketTariff:
    bounds = [0, *sorted(draw(st.sets(st.integers(1, 400_000), max_size=6)))]
    prices = sorted(draw(st.lists(st.integers(0, 3000), min_size=len(bounds), max_size=len(bounds))))
    uppers = [*bounds[1:], None]
    return BracketTariff(tuple(map(QuotientBracket, bounds, uppers, prices)))


@st.composite
def effort_tariffs(draw: st.DrawFn) -> EffortTariff:
    floor, ceiling = sorted((draw(st.integers(0, 3000)), draw(st.integers(0, 3000))))
    return EffortTariff(Fraction(draw(st.integers(0, 500)), 10_000), floor, ceiling)


@st.composite
def valid_grids(draw: st.DrawFn) -> PriceGrid:
    tariff: Tariff = draw(st.one_of(st.builds(FlatTariff, st.integers(0, 3000)), bracket_tariffs(), effort_tariffs()))
    return grid(
        tariff,
        "ALSH_MERCREDI",
        sibling_factors=tuple(draw(st.lists(FACTORS, min_size=1, max_size=3))),
        non_resident_factor=draw(FACTORS),
        meal_share=draw(st.none() | st.integers(0, 100).map(lambda share: Fraction(share, 100))),
        unsupplied_meal_factor=draw(st.integers(0, 4).map(lambda quarter: Fraction(quarter, 4))),
    )


FAMILIES = st.fixed_dictionaries({"rank": st.integers(1, 4), "resident": st.booleans(), "meal_supplied": st.booleans()})


@settings(max_examples=100)
@given(valid_grids(), st.lists(st.integers(0, 500_000), min_size=2, max_size=2).map(sorted), FAMILIES)
def test_the_price_never_falls_as_the_quotient_rises(of: PriceGrid, values: list[int], family: dict[str, Any]) -> None:
    assert check_grid(of) == []
    low, high = (priced(of, QuotientFamilial(value, DAY, None), **family).total_cents for value in values)
    assert 0 <= low <= high <= priced(of, None, **family).total_cents


@settings(max_examples=100)
@given(valid_grids(), st.integers(0, 500_000), FAMILIES)
def test_care_and_meal_always_make_the_price(of: PriceGrid, value: int, family: dict[str, Any]) -> None:
    price = priced(of, QuotientFamilial(value, DAY, None), **family)
    assert price.care_cents + price.meal_cents == price.total_cents
    assert price.care_cents >= 0
    assert price.meal_cents >= 0


@settings(max_examples=100)
@given(st.integers(0, 5000), FACTORS, FACTORS)
def test_a_price_is_the_exact_product_rounded_a_single_time(cents: int, by_rank: Fraction, outside: Fraction) -> None:
    of = grid(FlatTariff(cents), sibling_factors=(by_rank,), non_resident_factor=outside)
    assert priced(of, resident=False).total_cents == round_half_up(cents * by_rank * outside)


@settings(max_examples=100)
@given(effort_tariffs(), st.integers(0, 500_000))
def test_a_taux_d_effort_is_never_above_its_ceiling_nor_below_its_floor(tariff: EffortTariff, value: int) -> None:
    price = priced(grid(tariff), QuotientFamilial(value, DAY, None))
    assert tariff.floor_cents <= price.total_cents <= tariff.ceiling_cents


@given(
    st.integers(0, 20_00),
    st.integers(0, 20_00),
    st.fractions(min_value=0, max_value=4, max_denominator=100),
    st.integers(0, 5_00),
)
def test_what_is_owed_without_booking_is_rounded_once_and_its_parts_make_it(
    care: int, meal: int, factor: Fraction, extra: int
) -> None:
    day = Price(care + meal, care, meal, "Grille", "tarif unique", fictitious=False)
    rules = AttendanceRules(factor, extra)
    owed, brought = unbooked_price(day, rules), unbooked_price(day, rules, extra=False)
    assert brought.total_cents == floor((care + meal) * factor + Fraction(1, 2))
    assert owed.total_cents == brought.total_cents + extra
    assert owed.care_cents + owed.meal_cents == owed.total_cents
    assert owed.meal_cents == brought.meal_cents >= 0, "the extra is care"
    assert unbooked_price(day, AttendanceRules()).total_cents == day.total_cents
    assert owed.label == "Grille – sans réservation"
