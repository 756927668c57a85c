"""Bars by label, drawn under a register's title: one set of bars a series, told apart by their grey and by a legend."""

from __future__ import annotations

from reportlab.graphics import renderPDF
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib.colors import Color

from receipts.fonts import BOLD, REGULAR
from receipts.register_document import BarPlot
from receipts.rows import Canvas
from receipts.wording import printable_text
from tui_portail.money import format_cents

HEIGHT = 170.0
"""The height of a plot with its title and legend, in points."""

_SIZE = 7.0
_MOST_LABELS = 16
_LABEL_LENGTH = 24


def draw_plot(canvas: Canvas, plot: BarPlot, left: float, top: float, width: float) -> None:
    """Draw a plot with its upper left corner there, `width` points wide and `HEIGHT` high."""
    drawing = Drawing(width, HEIGHT)
    drawing.add(
        String(
            0, HEIGHT - _SIZE * 1.5, printable_text(plot.title), fontName=BOLD, fontSize=_SIZE * 1.3, fillColor=_grey(0)
        )
    )
    drawing.add(_bars(plot, width))
    if len(plot.series) > 1:
        drawing.add(_legend(plot, width))
    renderPDF.draw(drawing, canvas, left, top - HEIGHT)


def _bars(plot: BarPlot, width: float) -> VerticalBarChart:
    chart = VerticalBarChart()
    chart.x, chart.y, chart.width, chart.height = 62, 44, width - 66, HEIGHT - 74
    chart.data = [tuple(cents / 100 for cents in series.cents) for series in plot.series]  # euros, for the eye only
    chart.groupSpacing = 6
    for place in range(len(plot.series)):
        chart.bars[place].fillColor = _shade(plot, place)
        chart.bars[place].strokeColor = _grey(0)
        chart.bars[place].strokeWidth = 0.3
    every = -(-len(plot.labels) // _MOST_LABELS)
    chart.categoryAxis.categoryNames = [
        printable_text(label, _LABEL_LENGTH) if place % every == 0 else "" for place, label in enumerate(plot.labels)
    ]
    names = chart.categoryAxis.labels
    names.fontName, names.fontSize, names.angle, names.boxAnchor, names.dy = REGULAR, _SIZE, 20, "ne", -2
    chart.categoryAxis.labelAxisMode = "low"
    amounts = chart.valueAxis
    amounts.labels.fontName, amounts.labels.fontSize = REGULAR, _SIZE
    amounts.labelTextFormat = lambda euros: printable_text(format_cents(round(euros * 100)))
    amounts.visibleGrid = True
    amounts.gridStrokeColor, amounts.gridStrokeWidth = _grey(0.8), 0.4
    amounts.valueMin = min(0.0, *(min(row) for row in chart.data))
    amounts.valueMax = max(1.0, *(max(row) for row in chart.data))
    return chart


def _legend(plot: BarPlot, width: float) -> Legend:
    legend = Legend()
    legend.x, legend.y, legend.boxAnchor = width, HEIGHT - 2, "ne"
    legend.fontName, legend.fontSize, legend.alignment = REGULAR, _SIZE, "right"
    legend.columnMaximum, legend.dx, legend.dy, legend.deltax = 1, 7, 7, 80
    legend.colorNamePairs = [
        (_shade(plot, place), printable_text(series.name, _LABEL_LENGTH)) for place, series in enumerate(plot.series)
    ]
    return legend


def _shade(plot: BarPlot, place: int) -> Color:
    """Return the grey of a series: from dark to pale."""
    return _grey(0.3 + 0.6 * place / max(1, len(plot.series) - 1))


def _grey(level: float) -> Color:
    return Color(level, level, level)
