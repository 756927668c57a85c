"""What a commune's grids must be: no gap, no overlap, the last bracket open, a price that never falls as the quotient rises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from tui_portail.errors import InvalidInput
from tui_portail.pricing import (
    BracketTariff,
    EffortTariff,
    FlatTariff,
    PriceGrid,
    QuotientBracket,
    Tariff,
    check_grid,
    check_grids,
    exact_factor,
)


def grid(tariff: Tariff, activity: str = "ALP_SOIR", **changes: object) -> PriceGrid:
    made = PriceGrid(activity, "Tarifs 2026", date(2026, 9, 1), date(2027, 8, 31), tariff)
    return replace(made, **changes)  # type: ignore[arg-type]


def brackets(*rows: tuple[int, int | None, int]) -> BracketTariff:
    return BracketTariff(tuple(QuotientBracket(*row) for row in rows))


SOUND = brackets((0, 60000, 52), (60000, None, 104))


@pytest.mark.parametrize(
    "tariff", [SOUND, FlatTariff(0), EffortTariff(Fraction("0.005"), 100, 900), brackets((0, None, 80))]
)
def test_a_sound_grid_is_accepted(tariff: Tariff) -> None:
    assert check_grid(grid(tariff)) == []


def test_the_order_in_which_brackets_are_written_does_not_matter() -> None:
    assert check_grid(grid(brackets((60000, None, 104), (0, 60000, 52)))) == []


@pytest.mark.parametrize(
    ("tariff", "code"),
    [
        (brackets(), "TARIF_TROU"),
        (brackets((10000, None, 52)), "TARIF_TROU"),
        (brackets((0, 60000, 52), (70000, None, 104)), "TARIF_TROU"),
        (brackets((0, 60000, 52), (50000, None, 104)), "TARIF_CHEVAUCHEMENT"),
        (brackets((0, None, 52), (60000, None, 104)), "TARIF_CHEVAUCHEMENT"),
        (brackets((0, 60000, 52), (60000, 90000, 104)), "TARIF_SANS_FIN"),
        (brackets((0, 60000, 104), (60000, None, 52)), "TARIF_DECROISSANT"),
        (brackets((0, 0, 52), (0, None, 104)), "TARIF_TRANCHE_VIDE"),
        (brackets((0, 60000, -1), (60000, None, 52)), "TARIF_NEGATIF"),
        (FlatTariff(-1), "TARIF_NEGATIF"),
        (EffortTariff(Fraction("-0.01"), 0, 100), "TARIF_DECROISSANT"),
        (EffortTariff(Fraction("0.01"), 200, 100), "TARIF_PLANCHER"),
    ],
)
def test_a_tariff_that_leaves_a_price_to_luck_is_refused(tariff: Tariff, code: str) -> None:
    refusals = check_grid(grid(tariff))
    assert [refusal.code for refusal in refusals] == [code]
    assert "« Tarifs 2026 »" in refusals[0].sentence
    assert not refusals[0]


def test_the_refusal_names_the_quotients_that_have_no_price() -> None:
    (refusal,) = check_grid(grid(brackets((0, 60000, 52), (70050, None, 104))))
    assert refusal.sentence == "La grille « Tarifs 2026 » n’a pas de tranche entre les quotients 600 et 700,50."


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_until": date(2026, 8, 31)}, "TARIF_DATES"),
        ({"sibling_factors": ()}, "TARIF_COEFFICIENT"),
        ({"sibling_factors": (Fraction(1), Fraction(-1))}, "TARIF_COEFFICIENT"),
        ({"non_resident_factor": Fraction(-1)}, "TARIF_COEFFICIENT"),
        ({"meal_cents": 53}, "TARIF_REPAS"),
        ({"meal_cents": -1}, "TARIF_REPAS"),
        ({"meal_share": Fraction(2)}, "TARIF_REPAS"),
        ({"meal_cents": 10, "meal_share": Fraction("0.1")}, "TARIF_REPAS"),
        ({"unsupplied_meal_factor": Fraction(2)}, "TARIF_REPAS"),
    ],
)
def test_dates_factors_and_meal_parts_must_make_sense(changes: dict[str, Any], code: str) -> None:
    assert [refusal.code for refusal in check_grid(grid(SOUND, **changes))] == [code]


def test_the_restaurant_cannot_hide_care_nor_the_midday_break_a_meal() -> None:
    assert [r.code for r in check_grid(grid(SOUND, "RESTAURATION", meal_share=Fraction("0.5")))] == ["TARIF_REPAS"]
    assert [r.code for r in check_grid(grid(SOUND, "PAUSE_MERIDIENNE", meal_cents=10))] == ["TARIF_REPAS"]
    assert check_grid(grid(SOUND, "RESTAURATION", meal_share=Fraction(1))) == []
    assert check_grid(grid(SOUND, "PAUSE_MERIDIENNE")) == []


def test_two_grids_of_one_activity_never_hold_on_the_same_day() -> None:
    first = grid(SOUND)
    overlapping = replace(first, name="Tarifs bis", valid_from=date(2027, 8, 31), valid_until=None)
    refusals = check_grids([overlapping, first])
    assert [refusal.code for refusal in refusals] == ["TARIF_VALIDITES"]
    assert "mardi 31 août 2027" in refusals[0].sentence


def test_grids_that_follow_each_other_or_price_other_activities_stand_together() -> None:
    first = grid(SOUND)
    follows = replace(first, valid_from=date(2027, 9, 1), valid_until=None)
    assert check_grids([first, follows, grid(SOUND, "ALP_MATIN")]) == []


def test_the_check_of_all_grids_includes_that_of_each() -> None:
    assert [refusal.code for refusal in check_grids([grid(FlatTariff(-1))])] == ["TARIF_NEGATIF"]


@pytest.mark.parametrize(("text", "value"), [("0,85", "17/20"), ("1.15", "23/20"), (" 2 ", "2"), ("1/3", "1/3")])
def test_a_factor_is_read_exactly(text: str, value: str) -> None:
    assert exact_factor(text) == Fraction(value)


@pytest.mark.parametrize("text", ["", "-1", "1/0", "1/-3", "abc", "1e3", "0,8,5"])
def test_a_factor_that_is_no_number_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InvalidInput, match="coefficient"):
        exact_factor(text)
