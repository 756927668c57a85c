"""A figure on paper."""

from __future__ import annotations

from tui_portail.figures import Figure, FigureKind
from tui_portail.instants import in_paris
from tui_portail.services.desk import Desk
from tui_portail.services.figure_reading import FigureAsked
from tui_portail.services.figures import read_figure
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper, service_issuer
from tui_portail.services.rights import Right


def print_figure(desk: Desk, asked: FigureAsked) -> PrintedDocument:
    """Draw a figure and hand it to the printer. Raises InvalidInput, NotAllowed."""
    from receipts.figure_sheet import FigureBar, FigureSheet, draw_figure_sheet  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    figure: Figure = read_figure(desk, asked)
    with desk.read(Right.FIGURES) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
    largest = figure.largest
    bars = tuple(
        FigureBar(
            bar.label,
            tuple(value / largest for value in bar.values),
            bar.words,
            None if bar.full is None else bar.full / largest,
        )
        for bar in figure.bars
    )
    period = "" if asked.kind is FigureKind.BRACKETS else f"du {asked.from_on:%d/%m/%Y} au {asked.until_on:%d/%m/%Y}"
    sheet = FigureSheet(
        service_issuer(commune), figure.title, period, figure.series, bars, figure.note, now, commune.policy.fictitious
    )
    name = f"chiffres-{asked.kind.value}-{in_paris(now):%Y-%m-%d-%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_figure_sheet(sheet)))
