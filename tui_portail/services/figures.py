"""The service's figures: occupation, bookings against attendance, revenue, families by bracket; each with the list behind it.

Counted when asked, from the rows themselves; no health or diet data is read (Comptabilité sees them too).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from tui_portail.figures import Figure, FigureKind, FigureList
from tui_portail.instants import in_paris
from tui_portail.price_grids import BracketTariff
from tui_portail.services.desk import Desk
from tui_portail.services.figure_reading import FigureAsked, FigureReading
from tui_portail.services.figures_attendance import attendance_figure, attendance_list
from tui_portail.services.figures_brackets import brackets_figure, brackets_list
from tui_portail.services.figures_occupation import occupation_figure, occupation_list
from tui_portail.services.figures_revenue import revenue_figure, revenue_list
from tui_portail.services.rights import Right


@dataclass(frozen=True, slots=True)
class FigureChoices:
    """What may be asked: activities and sites, names by code."""

    activities: tuple[tuple[str, str], ...]
    sites: tuple[tuple[str, str], ...]
    bracket_grids: tuple[str, ...]  # activities whose price goes by bracket today


def figure_choices(desk: Desk) -> FigureChoices:
    """Return the activities and sites that figures can be asked of. Raises NotAllowed."""
    with desk.read(Right.FIGURES) as connection:
        commune, today = desk.commune(connection), in_paris(desk.instant(connection)).date()
    brackets = [
        grid.activity for grid in commune.grids if grid.covers(today) and isinstance(grid.tariff, BracketTariff)
    ]
    return FigureChoices(
        tuple((code, rule.label) for code, rule in commune.policy.activities.items()),
        tuple((site.code, site.name) for site in commune.sites),
        tuple(dict.fromkeys(brackets)),
    )


def read_figure(desk: Desk, asked: FigureAsked) -> Figure:
    """Return a figure. Raises InvalidInput, NotAllowed."""
    with desk.read(Right.FIGURES) as connection:
        return _READ[asked.kind](_opened(desk, connection, asked))


def list_behind(desk: Desk, asked: FigureAsked, label: str) -> FigureList:
    """Return the list behind the bar of this label: its rows make the bar. Raises InvalidInput, NotAllowed."""
    with desk.read(Right.FIGURES) as connection:
        return _LISTS[asked.kind](_opened(desk, connection, asked), label)


def _opened(desk: Desk, connection: Connection, asked: FigureAsked) -> FigureReading:
    return FigureReading(
        connection, desk.commune(connection), desk.instant(connection), asked, desk.place(connection)[0]
    )


_READ = {
    FigureKind.OCCUPATION: occupation_figure,
    FigureKind.ATTENDANCE: attendance_figure,
    FigureKind.REVENUE: revenue_figure,
    FigureKind.BRACKETS: brackets_figure,
}
_LISTS = {
    FigureKind.OCCUPATION: occupation_list,
    FigureKind.ATTENDANCE: attendance_list,
    FigureKind.REVENUE: revenue_list,
    FigureKind.BRACKETS: brackets_list,
}
