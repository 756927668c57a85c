"""The two branches of a document that screens edit as values: the price grids and the school calendar, each apart from the rest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tui_portail.commune_files.calendars import build_calendar
from tui_portail.commune_files.document import calendar_table, prices_table
from tui_portail.commune_files.forms import CalendarForm, PricesForm
from tui_portail.commune_files.grids import read_grids
from tui_portail.price_grids import PriceGrid
from tui_portail.school_calendar import SchoolCalendar

Document = Mapping[str, Any]


def grids_in(document: Document) -> tuple[PriceGrid, ...]:
    """Return the price grids of a document as they are, whether they hold together or not."""
    form = PricesForm.model_validate_json(json.dumps(document["tarifs"]))
    return read_grids(form, {grid.activite for grid in form.grilles})


def with_grids(document: Document, grids: Iterable[PriceGrid]) -> dict[str, Any]:
    """Return a document with these price grids instead of its own."""
    return {**document, "tarifs": prices_table(grids)}


def calendar_in(document: Document) -> SchoolCalendar:
    """Return the school calendar of a document."""
    form = CalendarForm.model_validate_json(json.dumps(document["calendrier"]))
    sites = {closure.site for closure in form.fermetures if closure.site}
    return build_calendar(form, sites, {code for closure in form.fermetures for code in closure.seulement})


def with_calendar(document: Document, calendar: SchoolCalendar) -> dict[str, Any]:
    """Return a document with this school calendar instead of its own."""
    return {**document, "calendrier": calendar_table(calendar)}
