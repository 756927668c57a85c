"""A grid as typed: every shape read back the same, and each mistake told beside its field."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings

from tests.factories import the_commune
from tests.tui_portail.test_price_copies import tariffs
from tui_portail.errors import InvalidInput
from tui_portail.field_checks import FormRefused
from tui_portail.pricing import BracketTariff, EffortTariff, FlatTariff, PriceGrid, QuotientBracket, Tariff
from tui_portail.tariff_form import MealShape, Shape, TypedBracket, TypedGrid, read_grid, typed

FORM = TypedGrid(
    "ALP_SOIR",
    "ALP soir 2027",
    date(2027, 9, 1),
    brackets=(TypedBracket("0", "900", "1,25"), TypedBracket("900", "", "1,95")),
    siblings="1 ; 0,85",
    outside="1,25",
    source="Délibération du 15 juin 2027",
)


@pytest.mark.parametrize("grid", the_commune().grids, ids=lambda grid: grid.activity)
def test_every_grid_of_the_example_is_typed_and_read_back_the_same(grid: PriceGrid) -> None:
    assert read_grid(typed(grid)) == grid


@given(tariff=tariffs())
@settings(max_examples=60)
def test_any_sound_grid_is_typed_and_read_back_the_same(tariff: Tariff) -> None:
    grid = PriceGrid("ALSH_MERCREDI", "Journée", date(2026, 9, 1), date(2027, 8, 31), tariff, meal_share=Fraction(1, 3))
    assert read_grid(typed(grid)) == grid


def test_brackets_are_read_from_until_below_and_empty_lines_are_nothing() -> None:
    grid = read_grid(replace(FORM, brackets=(*FORM.brackets, TypedBracket("", "", " "))))
    assert grid.tariff == BracketTariff((QuotientBracket(0, 90000, 125), QuotientBracket(90000, None, 195)))
    assert grid.sibling_factors == (1, Fraction("0.85"))
    assert (grid.resident_factor, grid.non_resident_factor) == (1, Fraction("1.25"))


def test_a_rate_is_typed_in_percent_of_the_quotient() -> None:
    grid = read_grid(replace(FORM, shape=Shape.EFFORT, rate="1,1", floor="5", ceiling="16"))
    assert grid.tariff == EffortTariff(Fraction("0.011"), 500, 1600)


def test_the_meal_is_an_amount_or_a_share_never_both() -> None:
    flat = replace(FORM, activity="ALSH_MERCREDI", shape=Shape.FLAT, price="10", meal_value="3,20")
    assert (read_grid(replace(flat, meal=MealShape.AMOUNT)).meal_cents) == 320
    shared = read_grid(replace(flat, meal=MealShape.SHARE, meal_value="0,25", unsupplied="0,5"))
    assert (shared.meal_cents, shared.meal_share, shared.unsupplied_meal_factor) == (
        None,
        Fraction(1, 4),
        Fraction(1, 2),
    )
    assert read_grid(flat).meal_cents is None


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"name": " "}, "name", "Donnez un nom"),
        ({"valid_from": None}, "valid_from", "premier jour"),
        ({"valid_until": date(2027, 8, 1)}, "valid_until", "avant de commencer"),
        ({"source": ""}, "source", "délibération"),
        ({"outside": "beaucoup"}, "outside", "coefficient"),
        ({"siblings": "1 ; moins"}, "siblings", "coefficient"),
        ({"shape": Shape.FLAT, "price": ""}, "price", "montant"),
        ({"shape": Shape.EFFORT, "rate": "1", "floor": "9", "ceiling": "5"}, "floor", "plancher"),
        ({"meal": MealShape.AMOUNT, "meal_value": "3,20"}, "meal_value", "plus cher que son prix"),
        (
            {"brackets": (TypedBracket("0", "500", "1"), TypedBracket("600", "", "2"))},
            "brackets",
            "entre les quotients 500 et 600",
        ),
        (
            {"brackets": (TypedBracket("0", "500", "1"), TypedBracket("400", "", "2"))},
            "brackets",
            "chevauchent au quotient 400",
        ),
        ({"brackets": (TypedBracket("0", "500", "2"), TypedBracket("500", "", "1"))}, "brackets", "baisse"),
        ({"brackets": (TypedBracket("0", "500", "2"),)}, "brackets", "sans limite haute"),
        ({"brackets": (TypedBracket("", "", ""),)}, "brackets", "aucune tranche"),
        ({"brackets": (TypedBracket("0", "cinq", "2"),)}, "brackets", "Tranche 1"),
    ],
)
def test_each_mistake_is_told_beside_its_field(change: dict[str, object], field: str, said: str) -> None:
    with pytest.raises(FormRefused, match=said) as refused:
        read_grid(replace(FORM, **change))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert isinstance(refused.value, InvalidInput)


def test_a_flat_price_of_nothing_is_a_price() -> None:
    assert read_grid(replace(FORM, shape=Shape.FLAT, price="0")).tariff == FlatTariff(0)
