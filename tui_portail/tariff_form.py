"""A price grid as an agent types it, whatever its shape, and what is refused of it: each refusal one French sentence beside its field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from tui_portail.errors import InvalidInput
from tui_portail.field_checks import FormRefused, checked_text
from tui_portail.money import format_cents, parse_amount
from tui_portail.price_grids import (
    BracketTariff,
    EffortTariff,
    FlatTariff,
    PriceGrid,
    QuotientBracket,
    Tariff,
    check_grid,
    exact_factor,
    factor_text,
    quotient_text,
)

T = TypeVar("T")
LONGEST_LABEL = 120


class Shape(StrEnum):
    """How a grid's price is given."""

    FLAT = "prix unique"
    BRACKETS = "tranches de quotient"
    EFFORT = "taux d’effort"


class MealShape(StrEnum):
    """How the meal within a price is given."""

    NONE = "sans objet"
    AMOUNT = "un montant"
    SHARE = "une part du prix"


@dataclass(frozen=True, slots=True)
class TypedBracket:
    """A line of the table of brackets, as typed: from, below (empty: no upper bound), price."""

    starts: str
    below: str
    price: str


@dataclass(frozen=True, slots=True)
class TypedGrid:
    """The form. Amounts and quotients are texts in euros, factors decimals, the rate a share of the quotient in %."""

    activity: str
    name: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    shape: Shape = Shape.BRACKETS
    price: str = ""
    brackets: tuple[TypedBracket, ...] = (TypedBracket("0", "", ""),)
    rate: str = ""
    floor: str = ""
    ceiling: str = ""
    siblings: str = "1"
    resident: str = "1"
    outside: str = "1"
    meal: MealShape = MealShape.NONE
    meal_value: str = ""
    unsupplied: str = "0"
    source: str = ""
    fictitious: bool = False


def typed(grid: PriceGrid) -> TypedGrid:
    """Return the form of a grid; `read_grid` gives back the same grid."""
    form = TypedGrid(
        activity=grid.activity,
        name=grid.name,
        valid_from=grid.valid_from,
        valid_until=grid.valid_until,
        siblings=" ; ".join(factor_text(factor) for factor in grid.sibling_factors),
        resident=factor_text(grid.resident_factor),
        outside=factor_text(grid.non_resident_factor),
        unsupplied=factor_text(grid.unsupplied_meal_factor),
        source=grid.source,
        fictitious=grid.fictitious,
    )
    if grid.meal_cents is not None:
        form = replace(form, meal=MealShape.AMOUNT, meal_value=_euros(grid.meal_cents))
    elif grid.meal_share is not None:
        form = replace(form, meal=MealShape.SHARE, meal_value=factor_text(grid.meal_share))
    match grid.tariff:
        case FlatTariff(price_cents):
            return replace(form, shape=Shape.FLAT, price=_euros(price_cents))
        case EffortTariff(rate, floor_cents, ceiling_cents):
            return replace(
                form,
                shape=Shape.EFFORT,
                rate=factor_text(rate * 100),
                floor=_euros(floor_cents),
                ceiling=_euros(ceiling_cents),
            )
        case BracketTariff(brackets):
            return replace(form, shape=Shape.BRACKETS, brackets=tuple(_typed_brackets(brackets)))


def read_grid(form: TypedGrid) -> PriceGrid:
    """Return the grid a form means, sound by itself. Raises FormRefused, with the field and what to do about it."""
    name = checked_text(form.name, LONGEST_LABEL, "le nom de la grille", "name")
    source = checked_text(form.source, LONGEST_LABEL, "la délibération", "source")
    if not name:
        raise FormRefused("Donnez un nom à la grille : il s’imprime sur les quittances.", "name")
    if form.valid_from is None:
        raise FormRefused("Donnez le premier jour de la grille.", "valid_from")
    if not source:
        raise FormRefused("Dites d’où viennent ces prix : la délibération et sa date.", "source")
    meal_cents, meal_share = _meal(form)
    grid = PriceGrid(
        activity=form.activity,
        name=name,
        valid_from=form.valid_from,
        valid_until=form.valid_until,
        tariff=_tariff(form),
        sibling_factors=_siblings(form.siblings),
        resident_factor=_read("resident", form.resident, exact_factor),
        non_resident_factor=_read("outside", form.outside, exact_factor),
        meal_cents=meal_cents,
        meal_share=meal_share,
        unsupplied_meal_factor=_read("unsupplied", form.unsupplied or "0", exact_factor),
        fictitious=form.fictitious,
        source=source,
    )
    for refusal in check_grid(grid):
        raise FormRefused(refusal.sentence, _FIELD_OF.get(refusal.code, _TARIFF_FIELD[form.shape]))
    return grid


_TARIFF_FIELD = {Shape.FLAT: "price", Shape.BRACKETS: "brackets", Shape.EFFORT: "rate"}
_FIELD_OF = {
    "TARIF_DATES": "valid_until",
    "TARIF_COEFFICIENT": "siblings",
    "TARIF_PLANCHER": "floor",
    "TARIF_REPAS": "meal_value",
}


def _tariff(form: TypedGrid) -> Tariff:
    match form.shape:
        case Shape.FLAT:
            return FlatTariff(_read("price", form.price, parse_amount))
        case Shape.EFFORT:
            return EffortTariff(
                _read("rate", form.rate, exact_factor) / 100,
                _read("floor", form.floor, parse_amount),
                _read("ceiling", form.ceiling, parse_amount),
            )
        case Shape.BRACKETS:
            return BracketTariff(tuple(_brackets(form.brackets)))


def _brackets(rows: tuple[TypedBracket, ...]) -> Iterator[QuotientBracket]:
    """Yield the brackets of the lines not left empty."""
    for place, row in enumerate(rows, 1):
        if not (row.starts.strip() or row.below.strip() or row.price.strip()):
            continue
        try:
            below = parse_amount(row.below) if row.below.strip() else None
            yield QuotientBracket(parse_amount(row.starts), below, parse_amount(row.price))
        except InvalidInput as error:
            raise FormRefused(f"Tranche {place} : {error.sentence}", "brackets") from None


def _typed_brackets(brackets: tuple[QuotientBracket, ...]) -> Iterator[TypedBracket]:
    for one in sorted(brackets, key=lambda bracket: bracket.from_quotient_cents):
        below = "" if one.below_quotient_cents is None else quotient_text(one.below_quotient_cents)
        yield TypedBracket(quotient_text(one.from_quotient_cents), below, _euros(one.price_cents))


def _siblings(text: str) -> tuple[Fraction, ...]:
    return tuple(_read("siblings", word, exact_factor) for word in text.replace(";", " ").split()) or (Fraction(1),)


def _meal(form: TypedGrid) -> tuple[int | None, Fraction | None]:
    match form.meal:
        case MealShape.NONE:
            return None, None
        case MealShape.AMOUNT:
            return _read("meal_value", form.meal_value, parse_amount), None
        case MealShape.SHARE:
            return None, _read("meal_value", form.meal_value, exact_factor)


def _read(field: str, text: str, reader: Callable[[str], T]) -> T:
    try:
        return reader(text)
    except InvalidInput as error:
        raise FormRefused(error.sentence, field) from None


def _euros(cents: int) -> str:
    return format_cents(cents, symbol=False)
