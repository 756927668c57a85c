"""Rows of text set in columns: measured before they are drawn, so that a page breaks where it should and a ticket is as long as it must.

Text is always plain: it is cleaned and escaped here, once, and no markup of the PDF library can come in through a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Paragraph

from receipts.fonts import BOLD, REGULAR
from receipts.wording import printable_text

Canvas = Any  # reportlab carries no types
_ALIGNMENT = {"left": TA_LEFT, "center": TA_CENTER, "right": TA_RIGHT}


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text in one size (points) and weight, wrapped in its cell; cut at `limit` characters with « … »."""

    text: str
    size: float
    bold: bool = False
    align: Literal["left", "center", "right"] = "left"
    grey: float = 0.0
    limit: int = 110

    def set(self, width: float) -> Paragraph:
        """Return the text ready to be measured and drawn in a cell `width` points wide: a word wider than that is broken."""
        font = BOLD if self.bold else REGULAR
        style = ParagraphStyle(
            "line",
            fontName=font,
            fontSize=self.size,
            leading=self.size * 1.25,
            alignment=_ALIGNMENT[self.align],
            textColor=(self.grey, self.grey, self.grey),
            splitLongWords=False,  # `_broken` does, where the library sometimes lets a word run over
            spaceShrinkage=0,  # else a line may run over its cell by a twentieth of its spaces
        )
        text = _broken(printable_text(self.text, self.limit), font, self.size, width)
        return Paragraph(escape(text), style)


def _broken(text: str, font: str, size: float, width: float) -> str:
    """Return the text with every word wider than `width` points cut into pieces that fit, one character at least."""
    pieces = []
    for word in text.split(" "):
        rest = word
        while len(rest) > 1 and stringWidth(rest, font, size) > width:
            fits = max(1, next(n for n in range(1, len(rest) + 1) if stringWidth(rest[:n], font, size) > width) - 1)
            pieces.append(rest[:fits])
            rest = rest[fits:]
        pieces.append(rest)
    return " ".join(pieces)


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines one under the other, in a column `width` points wide that begins `left` points from the row's edge, `above` points lower."""

    left: float
    width: float
    lines: tuple[Line, ...]
    above: float = 0


class Row:
    """Cells side by side; `height` is that of the tallest, with `above` and `below` left blank, in points."""

    def __init__(
        self,
        cells: Sequence[Cell],
        *,
        above: float = 0,
        below: float = 0,
        rule: float = 0,
        shade: tuple[float, float] | None = None,
    ) -> None:
        self._columns: list[tuple[float, float, list[tuple[Paragraph, float]]]] = []
        tallest = 0.0
        for cell in cells:
            column: list[tuple[Paragraph, float]] = []
            for line in cell.lines:
                paragraph = line.set(cell.width)
                _, height = paragraph.wrap(cell.width, 1_000_000)
                column.append((paragraph, height))
            tallest = max(tallest, cell.above + sum(height for _, height in column))
            self._columns.append((cell.left, cell.above, column))
        self._above, self._rule, self._shade = above, rule, shade
        self.height = above + tallest + below

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        """Draw the row with its upper left corner there; a `rule` is drawn along its top."""
        if self._shade:
            grey, width = self._shade
            canvas.setFillGray(grey)
            canvas.rect(left, top - self.height, width, self.height, stroke=0, fill=1)
        if self._rule:
            canvas.setStrokeGray(0.45)
            canvas.setLineWidth(0.6)
            canvas.line(left, top, left + self._rule, top)
        for offset, lower, column in self._columns:
            y = top - self._above - lower
            for paragraph, height in column:
                paragraph.drawOn(canvas, left + offset, y - height)
                y -= height


def height_of(rows: Sequence[Row]) -> float:
    """Return the height of rows stacked, in points."""
    return sum(row.height for row in rows)


def draw_rows(canvas: Canvas, rows: Sequence[Row], left: float, top: float) -> float:
    """Draw rows one under the other and return where they end."""
    for row in rows:
        row.draw(canvas, left, top)
        top -= row.height
    return top
