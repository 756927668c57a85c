"""The periods of grids: what is in force, to come or past, holes between grids, and what is not voted yet."""

from dataclasses import replace
from datetime import date

from tests.factories import the_commune
from tui_portail.commune import Commune
from tui_portail.price_periods import GridState, check_prices, state_on, unpriced_days
from tui_portail.pricing import FlatTariff, PriceGrid


def grid(activity: str, first: str, last: str | None = None) -> PriceGrid:
    until = None if last is None else date.fromisoformat(last)
    return PriceGrid(activity, activity.lower(), date.fromisoformat(first), until, FlatTariff(200))


def commune_with(*grids: PriceGrid) -> Commune:
    """The example, with these grids in place of those it has for their activities."""
    named = {one.activity for one in grids}
    commune = the_commune()
    return replace(commune, grids=(*(g for g in commune.grids if g.activity not in named), *grids))


def test_a_grid_is_to_come_then_in_force_then_past() -> None:
    one = grid("ALP_SOIR", "2026-09-01", "2027-08-31")
    days = [date(2026, 8, 31), date(2026, 9, 1), date(2027, 8, 31), date(2027, 9, 1)]
    assert [state_on(one, day) for day in days] == [
        GridState.TO_COME,
        GridState.IN_FORCE,
        GridState.IN_FORCE,
        GridState.PAST,
    ]


def test_the_example_has_a_price_for_every_day_it_offers() -> None:
    assert unpriced_days(the_commune()) == ()
    assert check_prices(the_commune()) == []


def test_days_without_price_between_two_grids_are_refused_with_their_dates() -> None:
    commune = commune_with(grid("ALP_SOIR", "2025-09-01", "2026-12-18"), grid("ALP_SOIR", "2027-01-11"))
    (refusal,) = check_prices(commune)
    assert refusal.code == "TARIF_TROU_DATES"
    assert "« ALP soir » n’a pas de prix du lundi 4 janvier 2027 au vendredi 8 janvier 2027" in refusal.sentence


def test_a_hole_on_which_the_activity_never_runs_is_none() -> None:
    summer = (grid("ALP_SOIR", "2025-09-01", "2026-07-03"), grid("ALP_SOIR", "2026-09-01"))
    assert unpriced_days(commune_with(*summer)) == ()
    holidays = (grid("ALSH_VACANCES", "2025-09-01", "2026-07-03"), grid("ALSH_VACANCES", "2026-09-01"))
    (days,) = unpriced_days(commune_with(*holidays))
    assert (days.first, days.last) == (date(2026, 7, 6), date(2026, 8, 31))


def test_days_before_the_first_grid_are_a_hole_too() -> None:
    (days,) = unpriced_days(commune_with(grid("ALP_SOIR", "2025-09-08")))
    assert (days.first, days.last, days.after_the_last) == (date(2025, 9, 1), date(2025, 9, 5), False)


def test_what_comes_after_the_last_grid_is_told_and_not_refused() -> None:
    commune = commune_with(grid("ALP_SOIR", "2025-09-01", "2027-08-31"))
    (days,) = unpriced_days(commune)
    assert days.after_the_last
    assert "n’a plus de prix à partir du mercredi 1er septembre 2027" in days.sentence
    assert check_prices(commune) == []


def test_an_activity_offered_nowhere_needs_no_price() -> None:
    commune = commune_with(grid("ALP_SOIR", "2025-09-08"))
    nowhere = tuple(one for one in commune.offerings if one.activity != "ALP_SOIR")
    assert unpriced_days(replace(commune, offerings=nowhere)) == ()


def test_overlaps_are_told_before_holes() -> None:
    commune = commune_with(
        grid("ALP_SOIR", "2025-09-01", "2026-12-31"),
        grid("ALP_SOIR", "2026-12-01", "2027-01-05"),
        grid("ALP_SOIR", "2027-02-01"),
    )
    assert [refusal.code for refusal in check_prices(commune)] == ["TARIF_VALIDITES", "TARIF_TROU_DATES"]
