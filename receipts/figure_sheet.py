"""A figure of the service on paper: its bars, one a row, each with its words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from receipts.documents import Issuer, Paper
from receipts.figures import require_aware
from receipts.letterhead import sentence_row
from receipts.regie_papers import Head
from receipts.rows import Canvas, Cell, Line, Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_sheet

_PAPER: Paper = "A4"
_LABEL, _BAR = 0.2, 0.42  # shares of the width; the words take the rest
_GREYS = (0.25, 0.65)


@dataclass(frozen=True, slots=True)
class FigureBar:
    """A bar: its label, a length a series and what the first would be at most, as shares of the longest (0 to 1), its words."""

    label: str
    lengths: tuple[float, ...]
    words: str
    full: float | None = None


@dataclass(frozen=True, slots=True)
class FigureSheet:
    """A figure: its title, the days it is of, its bars, what they count."""

    issuer: Issuer
    title: str
    period: str
    series: tuple[str, ...]
    bars: tuple[FigureBar, ...]
    note: str
    issued_at: datetime
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("issued_at", self.issued_at)


class _BarRow(Row):
    """A row with its bars drawn beside the label."""

    def __init__(self, bar: FigureBar, measures: Measures) -> None:
        size, inner = measures.size, measures.inner
        super().__init__(
            [
                Cell(0, inner * _LABEL, (Line(bar.label, size),)),
                Cell(inner * (_LABEL + _BAR) + 8, inner * (1 - _LABEL - _BAR) - 8, (Line(bar.words, size),)),
            ],
            above=3,
            below=max(4.0, size * 0.9 * (len(bar.lengths) - 1)),
        )
        self._bar, self._left, self._width, self._thick = bar, inner * _LABEL, inner * _BAR, size * 0.85

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        """Draw the texts, then the bars from the top of the row."""
        super().draw(canvas, left, top)
        x, y = left + self._left, top - 3 - self._thick
        for place, length in enumerate(self._bar.lengths):
            canvas.setFillGray(_GREYS[place % len(_GREYS)])
            canvas.rect(
                x,
                y - place * self._thick,
                max(0.4, self._width * length) if length > 0 else 0,
                self._thick * 0.9,
                stroke=0,
                fill=1,
            )
        if self._bar.full:
            canvas.setStrokeGray(0.3)
            canvas.setLineWidth(0.5)
            canvas.rect(x, y, self._width * self._bar.full, self._thick * 0.9, stroke=1, fill=0)
        canvas.setFillGray(0)


def draw_figure_sheet(sheet: FigureSheet) -> bytes:
    """Return the figure as a PDF; the same figure gives the same bytes."""
    measures = MEASURES[_PAPER]
    head = Head(sheet.issuer, "Chiffres", "", sheet.issued_at, sheet.fictitious)
    title = Row(
        [
            Cell(
                0,
                measures.inner,
                (
                    Line(
                        f"{sheet.title}, {sheet.period}" if sheet.period else sheet.title,
                        measures.size * 1.2,
                        bold=True,
                    ),
                ),
            )
        ],
        below=4,
    )
    legend = [sentence_row(measures, f"Barres : {', puis '.join(sheet.series)}.")] if len(sheet.series) > 1 else []
    return draw_sheet(
        Sheet(
            title=sheet.title,
            author=sheet.issuer.commune,
            issued_at=sheet.issued_at,
            heading=head.first_page(measures, title, *legend),
            reminder=head.next_pages(measures),
            tables=[
                Table(
                    (),
                    [(_BarRow(bar, measures), 0) for bar in sheet.bars],
                    None,
                    [sentence_row(measures, sheet.note, above=8)],
                )
            ],
            foot="",
            fictitious=sheet.fictitious,
        ),
        _PAPER,
    )
