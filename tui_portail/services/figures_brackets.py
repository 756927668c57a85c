"""Families by bracket: the payers of the dossiers in use, by the quotient proven today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select

from models import tables as t
from tui_portail.dossier_number import display
from tui_portail.errors import InvalidInput
from tui_portail.figures import Bar, Figure, FigureKind, FigureList, percent
from tui_portail.french import long_date, plural
from tui_portail.price_grids import BracketTariff, PriceGrid, quotient_text
from tui_portail.pricing import QuotientFamilial, quotient_on
from tui_portail.services.figure_reading import FigureReading

UNPROVEN = "non prouvé"


def brackets_figure(of: FigureReading) -> Figure:
    """Return the figure."""
    grid = _bracket_grid(of)
    counts: defaultdict[str, int] = defaultdict(int)
    for _, label in _payers(of, grid):
        counts[label] += 1
    total = sum(counts.values())
    labels = [*_bracket_labels(grid), UNPROVEN]
    bars = tuple(Bar(label, (counts[label],), f"{counts[label]} · {percent(counts[label], total)}") for label in labels)
    note = (
        f"Payeurs des familles suivies, d’après le quotient prouvé le {long_date(of.today)}, tranches de « {grid.name} » ; "
        "sans preuve, le tarif le plus haut s’applique."
    )
    return Figure(FigureKind.BRACKETS, f"Familles par tranche : {of.label(grid.activity)}", ("payeurs",), bars, note)


def brackets_list(of: FigureReading, label: str) -> FigureList:
    """Return the list behind a bar."""
    grid = _bracket_grid(of)
    rows = tuple(
        (display(row.number), f"{row.last_name} {row.first_name}", quotient)
        for (row, quotient), bracket in _payers(of, grid)
        if bracket == label
    )
    return FigureList(f"Tranche {label} : {plural(len(rows), 'payeur')}", ("Dossier", "Payeur", "Quotient"), rows)


def _bracket_grid(of: FigureReading) -> PriceGrid:
    for grid in of.commune.grids:
        if (
            grid.covers(of.today)
            and isinstance(grid.tariff, BracketTariff)
            and of.asked.activity in ("", grid.activity)
        ):
            return grid
    raise InvalidInput("Aucune grille en vigueur aujourd’hui ne va par tranche de quotient pour cette activité.")


def _bracket_labels(grid: PriceGrid) -> list[str]:
    assert isinstance(grid.tariff, BracketTariff)  # noqa: S101 (chosen so)
    return [
        f"{quotient_text(one.from_quotient_cents)} et plus"
        if one.below_quotient_cents is None
        else f"{quotient_text(one.from_quotient_cents)} à {quotient_text(one.below_quotient_cents)}"
        for one in grid.tariff.brackets
    ]


def _payers(of: FigureReading, grid: PriceGrid) -> Iterator[tuple[tuple[Any, str], str]]:
    """Yield each payer of a dossier in use, with the quotient proven today in words, and its bracket's label."""
    assert isinstance(grid.tariff, BracketTariff)  # noqa: S101 (chosen so)
    payer, dossier, quotient = t.payer.c, t.dossier.c, t.quotient_familial.c
    proven: defaultdict[int, list[QuotientFamilial]] = defaultdict(list)
    for row in of.connection.execute(
        select(quotient.payer_id, quotient.value_cents, quotient.valid_from_on, quotient.valid_until_on)
        .where(
            quotient.valid_from_on <= of.today,
            or_(quotient.valid_until_on.is_(None), quotient.valid_until_on >= of.today),
        )
        .order_by(quotient.id)
    ):
        proven[row.payer_id].append(QuotientFamilial(row.value_cents, row.valid_from_on, row.valid_until_on))
    labels = _bracket_labels(grid)
    for row in of.connection.execute(
        select(payer.id, dossier.number, t.guardian.c.last_name, t.guardian.c.first_name)
        .join(t.dossier, dossier.id == payer.dossier_id)
        .join(t.guardian, t.guardian.c.id == payer.guardian_id)
        .where(payer.joined_into_id.is_(None), dossier.archived_at.is_(None), dossier.erased_at.is_(None))
        .order_by(t.guardian.c.last_name, t.guardian.c.first_name, payer.id)
    ):
        known = quotient_on(proven[row.id], of.today)
        if known is None:
            yield (row, UNPROVEN), UNPROVEN
            continue
        places = [place for place, one in enumerate(grid.tariff.brackets) if one.holds(known.value_cents)]
        yield (row, quotient_text(known.value_cents)), labels[places[0]]
