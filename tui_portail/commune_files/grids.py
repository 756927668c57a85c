"""The price grids of a document. A set of grids that would make a price a matter of luck is refused as a whole."""

from __future__ import annotations

from collections.abc import Container

from tui_portail.commune_files.forms import GridForm, PricesForm
from tui_portail.commune_files.mistakes import Place, WrongKey
from tui_portail.pricing import (
    BracketTariff,
    EffortTariff,
    FlatTariff,
    PriceGrid,
    QuotientBracket,
    Tariff,
    check_grid,
    check_grids,
)

GRIDS: Place = ("tarifs", "grilles")


def build_grids(form: PricesForm, activities: Container[str]) -> tuple[PriceGrid, ...]:
    """Return the grids in the order of the file. Raises WrongKey with the first refusal of `check_grid`, then of `check_grids`."""
    grids = read_grids(form, activities)
    for place, grid in enumerate(grids):
        for refusal in check_grid(grid):
            bracket = refusal.facts.get("bracket")
            within: Place = ("tranches", bracket) if isinstance(bracket, int) else ()
            raise WrongKey((*GRIDS, place, *within), refusal.sentence)
    if refusals := check_grids(grids):
        raise WrongKey(GRIDS, refusals[0].sentence)
    return grids


def read_grids(form: PricesForm, activities: Container[str]) -> tuple[PriceGrid, ...]:
    """Return the grids as written, sound or not. Raises WrongKey for one that is no grid at all."""
    return tuple(_grid(grid, place, form, activities) for place, grid in enumerate(form.grilles))


def _grid(form: GridForm, place: int, prices: PricesForm, activities: Container[str]) -> PriceGrid:
    if form.activite not in activities:
        raise WrongKey((*GRIDS, place, "activite"), f"« {form.activite} » n’est le code d’aucune activité")
    return PriceGrid(
        activity=form.activite,
        name=form.nom,
        valid_from=form.du,
        valid_until=form.au,
        tariff=_tariff(form, place),
        sibling_factors=form.fratrie,
        resident_factor=form.resident,
        non_resident_factor=form.exterieur,
        meal_cents=form.repas,
        meal_share=form.part_repas,
        unsupplied_meal_factor=form.repas_non_fourni,
        fictitious=prices.fictif if form.fictif is None else form.fictif,
        source=prices.source if form.source is None else form.source,
    )


def _tariff(form: GridForm, place: int) -> Tariff:
    tariffs: list[Tariff] = []
    if form.prix is not None:
        tariffs.append(FlatTariff(form.prix))
    if form.tranches is not None:
        brackets = (QuotientBracket(bracket.de, bracket.moins_de, bracket.prix) for bracket in form.tranches)
        tariffs.append(BracketTariff(tuple(brackets)))
    if form.effort is not None:
        tariffs.append(EffortTariff(form.effort.taux, form.effort.plancher, form.effort.plafond))
    if len(tariffs) != 1:
        raise WrongKey((*GRIDS, place), "donnez une seule des clés « prix », « tranches » et « effort »")
    return tariffs[0]
