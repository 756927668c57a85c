"""Revenue by activity: what the register of revenue says, added up by activity; the rows behind add up to the bar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tui_portail.figures import AMOUNTS, Bar, Figure, FigureKind, FigureList
from tui_portail.money import format_cents
from tui_portail.revenue import Grain
from tui_portail.services.figure_reading import FigureReading
from tui_portail.services.registers import Books, Period
from tui_portail.services.registers_revenue import Revenue, RevenueRow, revenue


def revenue_figure(of: FigureReading) -> Figure:
    """Return the figure."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in _told(of):
        sums[row.activity][0] += row.net_cents
        sums[row.activity][1] += row.cashed_cents
    bars = tuple(
        Bar(label, (max(0, net),), f"{format_cents(net)} (encaissé {format_cents(cashed)})")
        for label, (net, cashed) in sums.items()
    )
    total = sum(net for net, _ in sums.values())
    note = f"Encaissé, moins contre-passé, moins rendu en avoirs : {format_cents(total)} en tout, comme au registre des recettes."
    return Figure(FigureKind.REVENUE, of.title, ("net",), bars, note)


def _told(of: FigureReading) -> Iterable[RevenueRow]:
    books = Books(of.connection, of.regie_id, of.commune)
    found: Revenue = revenue(books, Period(of.asked.from_on, of.asked.until_on), Grain.DAY)
    for row in found.rows:
        if row.activity_code in of.activities and (not of.asked.site or row.site_code == of.asked.site):
            yield row


def revenue_list(of: FigureReading, label: str) -> FigureList:
    """Return the list behind a bar."""
    rows = tuple(
        (
            f"{row.from_on:%d/%m/%y}",
            row.site,
            row.imputation.value,
            row.means_label,
            format_cents(row.cashed_cents),
            format_cents(-row.reversed_cents - row.returned_cents),
            format_cents(row.net_cents),
        )
        for row in _told(of)
        if row.activity == label
    )
    return FigureList(f"{label} {of.period_words}", ("Jour", "Site", "Part", "Moyen", *AMOUNTS), rows)
