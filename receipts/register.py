"""A tabular register as a PDF: journal à souches, grand-livre, state of avoirs, revenue… Rows are drawn as they come, totals verified.

Hundreds of pages stay fast and hold little: cells are plain lines, and only pages already drawn, compressed, are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO

from reportlab.lib.pagesizes import A4

from receipts.bar_plot import HEIGHT as PLOT_HEIGHT
from receipts.bar_plot import draw_plot
from receipts.fonts import BOLD, REGULAR
from receipts.letterhead import sentence_row
from receipts.plain_cells import draw_cents, draw_text
from receipts.regie_papers import Columns, Head, foot_text
from receipts.register_document import CellValue, Register, RegisterRow, RowKind
from receipts.register_totals import Totals
from receipts.rows import Row, draw_rows, height_of
from receipts.sheet import Measures, draw_foot, draw_watermark, new_canvas

_PORTRAIT = Measures(A4[0], A4[1], margin=36, size=8)
_LANDSCAPE = Measures(A4[1], A4[0], margin=36, size=8)
_ROW = 12.0  # points from a row to the next
_BASELINE = 8.8  # points from the top of a row to the foot of its letters
_GAP = 3.0  # points on each side of a column
_PAGE_COUNT = "page-count"
_PAGE_COUNT_WIDTH = 26.0  # room for five figures


def draw_register(
    register: Register, rows: Iterable[RegisterRow], on_page: Callable[[int], None] | None = None
) -> bytes:
    """Return a register as an A4 PDF; the same register and rows give the same bytes.

    `on_page` is told, as each page is full, how many rows are drawn; what it raises stops the drawing. Raises ValueError for a row that
    is not of the register's columns, and for a total that is not the sum of its lines.
    """
    drawing = _Drawing(register)
    count = 0
    for row in rows:
        if drawing.add(row) and on_page:
            on_page(count)
        count += 1
    pdf = drawing.finish(empty=not count)
    if on_page:
        on_page(count)
    return pdf


class _Drawing:
    """A register while it is drawn: the page and how far down it is filled, and what the totals count."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._measures = measures = _PORTRAIT if register.orientation == "portrait" else _LANDSCAPE
        self._totals = Totals(register.columns)
        self._columns = _columns(register, measures)
        self._head = Head(register.issuer, register.title, "", register.issued_at, register.fictitious)
        self._reminder = self._head.next_pages(measures)
        self._names = self._columns.names()
        self._spans = _spans(self._columns)
        self._buffer = BytesIO()
        size = (measures.width, measures.height)
        self._canvas = new_canvas(self._buffer, size, register.title, register.issuer.commune, register.issued_at)
        self._page = 0
        self._y = 0.0
        self._carries = _ROW if any(column.summed for column in register.columns) else 0.0
        self._floor = measures.margin + measures.footer
        self._begin_register()

    def add(self, row: RegisterRow) -> bool:
        """Draw the next row, on a new page when this one is full; say whether a page was turned."""
        cells = self._totals.filled(row)
        needed = (2 * _ROW if row.kind is RowKind.HEADING else _ROW) + self._carries
        turned = self._y - needed < self._floor
        if turned:
            self._turn_page()
        self._draw(cells, row.kind)
        self._totals.settle(row)
        return turned

    def finish(self, *, empty: bool) -> bytes:
        """Draw what comes after the last row and return the PDF."""
        said = (*(("Aucune ligne.",) if empty else ()), *self._register.notes)
        notes = [sentence_row(self._measures, note, above=4) for note in said]
        needed = height_of(notes)
        for note in notes:
            if self._y - needed < self._floor:
                self._end_page()
                self._begin_page(self._reminder)
            self._set(note)
            needed = note.height
        self._end_page()
        self._write_page_count()
        self._canvas.save()
        return self._buffer.getvalue()

    def _begin_register(self) -> None:
        measures = self._measures
        said = [sentence_row(measures, line) for line in self._register.subtitle]
        self._begin_page(self._head.first_page(measures, *said))
        self._y -= measures.size
        if self._register.plot:
            draw_plot(self._canvas, self._register.plot, measures.margin, self._y, measures.inner)
            self._y -= PLOT_HEIGHT + measures.size
        self._set(self._names)

    def _begin_page(self, head: Iterable[Row]) -> None:
        self._page += 1
        self._y = self._measures.height - self._measures.margin
        if self._register.fictitious:
            draw_watermark(self._canvas, self._measures)
        self._set(*head)

    def _turn_page(self) -> None:
        before, after = self._totals.carried("À reporter"), self._totals.carried("Report")
        if before:
            self._draw(before, RowKind.SUBTOTAL)
        self._end_page()
        self._begin_page([*self._reminder, self._names])
        if after:
            self._draw(after, RowKind.SUBTOTAL)

    def _end_page(self) -> None:
        text, page = foot_text(self._register.head_hash), f"page {self._page}/"
        fictitious = self._register.fictitious
        ends = draw_foot(self._canvas, self._measures, text, page, fictitious=fictitious, after=_PAGE_COUNT_WIDTH)
        self._canvas.saveState()
        self._canvas.translate(*ends)
        self._canvas.doForm(_PAGE_COUNT)
        self._canvas.restoreState()
        self._canvas.showPage()

    def _write_page_count(self) -> None:
        """Draw the count of pages, once known, where every page left room for it."""
        self._canvas.beginForm(_PAGE_COUNT, 0, -_ROW, _PAGE_COUNT_WIDTH, _ROW)
        self._canvas.setFont(REGULAR, self._measures.size)
        self._canvas.drawString(0, 0, str(self._page))
        self._canvas.endForm()

    def _set(self, *rows: Row) -> None:
        self._y = draw_rows(self._canvas, rows, self._measures.margin, self._y)

    def _draw(self, cells: tuple[CellValue, ...], kind: RowKind) -> None:
        """Draw cells on one line, in bold unless they are a line's or a note's, under a rule."""
        canvas, measures = self._canvas, self._measures
        plain = kind in (RowKind.LINE, RowKind.NOTE)
        font, size = (REGULAR if plain else BOLD), measures.size
        canvas.setFillGray(0)
        canvas.setFont(font, size)
        canvas.setStrokeGray(0.75 if plain else 0.3)
        canvas.setLineWidth(0.4)
        canvas.line(measures.margin, self._y, measures.width - measures.margin, self._y)
        baseline = self._y - _BASELINE
        whole = [(measures.margin + _GAP, measures.inner - 2 * _GAP, False)]
        spans = whole if len(cells) == 1 else self._spans
        for cell, (left, width, right) in zip(cells, spans, strict=True):
            if isinstance(cell, int):
                draw_cents(canvas, cell, font, size, left, width, baseline)
            elif cell:
                draw_text(canvas, cell, font, size, left, width, baseline, right=right)
        self._y -= _ROW


def _columns(register: Register, measures: Measures) -> Columns:
    return Columns(
        measures,
        tuple(column.title for column in register.columns),
        tuple(column.share for column in register.columns),
        frozenset(place for place, column in enumerate(register.columns) if column.money or column.right),
    )


def _spans(columns: Columns) -> list[tuple[float, float, bool]]:
    """Return where each column's text begins, how wide it may be, and whether it is set right, in points."""
    spans = []
    left = columns.measures.margin
    for place, share in enumerate(columns.shares):
        width = columns.measures.inner * share
        spans.append((left + _GAP, width - 2 * _GAP, place in columns.right))
        left += width
    return spans
