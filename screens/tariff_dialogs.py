"""A price grid typed whole, whatever its shape; grids copied for another period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, cast

from textual import on
from textual.widget import Widget
from textual.widgets import Static

from screens.brackets_field import BracketsField
from screens.choice_field import ChoiceField, YesNoField
from screens.form_fields import DateField, Field, TextField
from screens.forms import FormDialog
from screens.plain_text import content
from tui_portail.errors import InvalidInput
from tui_portail.price_copies import CopyTerms, copy_grids, read_increase, to_copy
from tui_portail.price_grids import PriceGrid
from tui_portail.tariff_form import MealShape, Shape, TypedGrid, read_grid

_SHOWN_FOR: dict[str, Shape] = {
    "price": Shape.FLAT,
    "brackets": Shape.BRACKETS,
    "rate": Shape.EFFORT,
    "floor": Shape.EFFORT,
    "ceiling": Shape.EFFORT,
}
_NEXT_YEAR_ON = (9, 1)


class GridDialog(FormDialog[PriceGrid | None]):
    """One grid, sound by itself. `activities` are (code, label); a grid already there keeps its own."""

    SAVES = "garder au brouillon"
    DEFAULT_CSS = "GridDialog Form { max-height: 15; }"
    HELP = (
        "Tranches : « à partir de » compris, « moins de » non compris ; la dernière n’a pas de « moins de ».\n"
        "Taux d’effort : quotient × taux, jamais sous le plancher ni au-dessus du plafond.\n"
        "Fratrie : coefficient du 1er enfant, du 2e… ; le dernier vaut pour les suivants.\n"
        "Sans repas : ce qui reste dû du repas quand la famille le fournit (0 : rien, 0,5 : la moitié)."
    )

    def __init__(self, title: str, form: TypedGrid, activities: Sequence[tuple[str, str]], *, fictitious: bool) -> None:
        super().__init__()
        self.title = title
        self._form, self._activities, self._may_be_fictitious = form, tuple(activities), fictitious
        self._is_new = form.valid_from is None

    def form_fields(self) -> Iterable[Field]:
        """Return the fields; those of another shape are hidden."""
        form, today = self._form, self.today
        shapes = [(shape, shape.value) for shape in Shape]
        meals = [(meal, meal.value) for meal in MealShape]
        return [
            ChoiceField("activity", "Activité", self._activities, form.activity, full=True),
            TextField("name", "Nom", form.name, full=True, proposed=self._is_new),
            DateField("valid_from", "Du", today, form.valid_from),
            DateField("valid_until", "Au (compris)", today, form.valid_until),
            ChoiceField("shape", "Tarif", shapes, form.shape, full=True),
            TextField("price", "Prix", form.price, placeholder="ex. 2,40"),
            BracketsField("brackets", "Tranches", form.brackets),
            TextField("rate", "Taux (% QF)", form.rate, placeholder="ex. 1,1", full=True),
            TextField("floor", "Plancher", form.floor, placeholder="ex. 5,00"),
            TextField("ceiling", "Plafond", form.ceiling, placeholder="ex. 16,00"),
            TextField("siblings", "Fratrie", form.siblings, placeholder="ex. 1 ; 0,85 ; 0,70", full=True),
            TextField("resident", "Résidents ×", form.resident),
            TextField("outside", "Extérieurs ×", form.outside),
            ChoiceField("meal", "Part repas", meals, form.meal),
            TextField("meal_value", "Elle vaut", form.meal_value, placeholder="ex. 3,20 ou 0,25"),
            TextField("unsupplied", "Sans repas ×", form.unsupplied, full=True),
            TextField("source", "Délibération", form.source, placeholder="ex. n° 2027-41 du 15 juin 2027", full=True),
            *(
                [YesNoField("fictitious", "Prix fictifs", form.fictitious, full=True)]
                if self._may_be_fictitious
                else []
            ),
        ]

    def on_mount(self) -> None:
        """Show what the shape asks for."""
        self._show_asked()
        first = self.form.field("activity" if self._is_new else "name")
        if first is not None:
            first.focus_field()

    @on(Field.Changed)
    def _shape_turned(self, event: Field.Changed) -> None:
        if event.field.key in ("shape", "meal"):
            self._show_asked()

    def _show_asked(self) -> None:
        known = {field.key: field for field in self.query(Field)}
        shape, meal = known["shape"].value, known["meal"].value
        for key, wanted in _SHOWN_FOR.items():
            known[key].display = shape is wanted
        known["meal_value"].display = meal is not MealShape.NONE

    async def save(self, values: dict[str, object]) -> PriceGrid:
        """Return the grid. Raises FormRefused."""
        typed: dict[str, Any] = {field.name: values.get(field.name, "") for field in fields(TypedGrid)}
        typed["fictitious"] = bool(typed["fictitious"])
        typed["brackets"] = typed["brackets"] or ()
        return read_grid(TypedGrid(**typed))


class CopyDialog(FormDialog[tuple[PriceGrid, ...] | None]):
    """Copies for another period: of the grid at `place`, or of all that are in force the day before. Returns all the grids."""

    WIDE_LABELS = True
    SAVES = "copier au brouillon"
    WORDS = (
        "Les grilles copiées finissent la veille ; leurs prix sont multipliés, puis arrondis une fois au centime. "
        "Les journées déjà réservées gardent leur prix."
    )

    def __init__(self, grids: Sequence[PriceGrid], place: int | None = None) -> None:
        super().__init__()
        self._grids, self._place = tuple(grids), place
        self.title = (
            "Copier pour l’année suivante"
            if place is None
            else f"Copier « {self._grids[place].name} » pour une autre période"
        )

    def compose_body(self) -> Iterable[Widget]:
        """What a copy does, then its terms."""
        yield Static(content(self.WORDS), id="dialog-text")
        yield from super().compose_body()

    def form_fields(self) -> Iterable[Field]:
        """Return the terms."""
        today = self.today
        chosen = self._grids if self._place is None else (self._grids[self._place],)
        fictitious = any(grid.fictitious for grid in chosen)
        return [
            DateField("first", "Du", today, next_first(chosen, today), proposed=True),
            DateField("last", "Au (vide : sans fin)", today),
            TextField("increase", "Augmentation (%)", placeholder="ex. 2,5 ; vide : mêmes prix"),
            TextField("source", "Délibération", placeholder="ex. n° 2027-41 du 15 juin 2027"),
            *([YesNoField("fictitious", "Prix fictifs", True)] if fictitious else []),
        ]

    async def save(self, values: dict[str, object]) -> tuple[PriceGrid, ...]:
        """Return the grids with their copies. Raises InvalidInput."""
        first, last = cast("date | None", values["first"]), cast("date | None", values["last"])
        if first is None:
            raise InvalidInput("Donnez le premier jour des copies.")
        if not values["source"]:
            raise InvalidInput("Dites d’où viennent ces prix : la délibération et sa date.")
        terms = CopyTerms(
            first,
            last,
            str(values["source"]),
            bool(values.get("fictitious", False)),
            read_increase(str(values["increase"])),
        )
        places = to_copy(self._grids, first, last) if self._place is None else (self._place,)
        if not places:
            raise InvalidInput(
                "Rien à copier : aucune grille n’est en vigueur la veille, ou toutes ont déjà leur suite."
            )
        return copy_grids(self._grids, places, terms)


def next_first(grids: Sequence[PriceGrid], today: date) -> date:
    """Return the 1 September that follows both today and the first day of every grid."""
    latest = max((today, *(grid.valid_from for grid in grids)))
    month, day = _NEXT_YEAR_ON
    this_year = date(latest.year, month, day)
    return this_year if latest < this_year else date(latest.year + 1, month, day)
