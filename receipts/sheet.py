"""A document on sheets of A5 or A4: rows broken into pages, the head of the table repeated, totals carried, pages numbered.

The same document gives the same bytes for ever: the PDF says the date the document was issued, not that of its drawing, and its
identifier comes from its content.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from reportlab.lib.pagesizes import A4, A5
from reportlab.pdfgen.canvas import Canvas as PdfCanvas

from receipts.documents import Paper
from receipts.fonts import BOLD, REGULAR, register_fonts
from receipts.rows import Canvas, Cell, Line, Row, draw_rows, height_of
from receipts.wording import FICTITIOUS, FICTITIOUS_NOTICE, printable_text


@dataclass(frozen=True, slots=True)
class Measures:
    """The paper's size, margin and base size of text, all in points."""

    width: float
    height: float
    margin: float
    size: float

    @property
    def inner(self) -> float:
        """The width between margins."""
        return self.width - 2 * self.margin

    @property
    def footer(self) -> float:
        """The height kept for the foot of each page."""
        return self.size * 4.5


MEASURES: dict[Paper, Measures] = {
    "A5": Measures(A5[0], A5[1], margin=30, size=7.5),
    "A4": Measures(A4[0], A4[1], margin=48, size=9.5),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn, in order: `heading` once, `reminder` on the pages that follow, `columns` above each page's `body`.

    `body` pairs a row with its amount in cents, for the total carried by `carry`. `closing` is kept on one page when
    it fits.
    """

    title: str
    author: str
    issued_at: datetime
    heading: Sequence[Row]
    reminder: Sequence[Row]
    columns: Row
    body: Sequence[tuple[Row, int]]
    carry: Callable[[str, int], Row]
    closing: Sequence[Row]
    foot: str
    fictitious: bool


def draw_sheet(sheet: Sheet, paper: Paper) -> bytes:
    """Return the PDF of a sheet, as many pages as it takes."""
    measures = MEASURES[paper]
    room = measures.height - 2 * measures.margin - measures.footer
    pages = break_into_pages(sheet, room)
    buffer = BytesIO()
    canvas = new_canvas(buffer, (measures.width, measures.height), sheet.title, sheet.author, sheet.issued_at)
    for number, rows in enumerate(pages, start=1):
        if sheet.fictitious:
            _watermark(canvas, measures)
        draw_rows(canvas, rows, measures.margin, measures.height - measures.margin)
        _foot(canvas, sheet, measures, f"page {number}/{len(pages)}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def break_into_pages(sheet: Sheet, room: float) -> list[list[Row]]:
    """Return the rows of each page, none taller than `room` points unless a single row is."""
    pages = [[*sheet.heading, sheet.columns]]
    total = 0
    for row, cents in sheet.body:
        carried = sheet.carry("À reporter", total)
        holds_a_line = pages[-1][-1] is not sheet.columns
        if holds_a_line and height_of(pages[-1]) + row.height + carried.height > room:
            pages[-1].append(carried)
            pages.append([*sheet.reminder, sheet.columns, sheet.carry("Report", total)])
        pages[-1].append(row)
        total += cents
    if height_of(pages[-1]) + height_of(sheet.closing) > room:
        pages[-1].append(sheet.carry("À reporter", total))
        pages.append([*sheet.reminder, sheet.columns, sheet.carry("Report", total)])
    for row in sheet.closing:
        if height_of(pages[-1]) + row.height > room:
            pages.append([*sheet.reminder])
        pages[-1].append(row)
    return pages


def new_canvas(buffer: BytesIO, size: tuple[float, float], title: str, author: str, issued_at: datetime) -> Canvas:
    """Return a canvas that gives the same bytes for the same drawing, with the document's title, author, date and language."""
    register_fonts()
    canvas = PdfCanvas(buffer, pagesize=size, pageCompression=1, invariant=1, lang="fr-FR", initialFontName=REGULAR)
    canvas.setTitle(printable_text(title))
    canvas.setAuthor(printable_text(author))
    dated = f"{issued_at.astimezone(UTC):D:%Y%m%d%H%M%S}+00'00'"
    canvas.setDateFormatter(lambda *_drawn: dated)
    canvas.setSubject("Portail Famille")
    canvas.setCreator("tui-portail")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    return canvas


def _watermark(canvas: Canvas, measures: Measures) -> None:
    canvas.saveState()
    canvas.translate(measures.width / 2, measures.height / 2)
    canvas.rotate(50)
    canvas.setFillGray(0.92)
    canvas.setFont(BOLD, measures.width / 4)
    canvas.drawCentredString(0, -measures.width / 12, FICTITIOUS)
    canvas.restoreState()


def _foot(canvas: Canvas, sheet: Sheet, measures: Measures, page: str) -> None:
    small = measures.size * 0.78
    top = measures.margin + measures.footer - measures.size
    lines = [Line(sheet.foot, small, grey=0.15)]
    if sheet.fictitious:
        lines.append(Line(FICTITIOUS_NOTICE, small, bold=True))
    Row([Cell(0, measures.inner * 0.86, tuple(lines))], rule=measures.inner, above=3).draw(canvas, measures.margin, top)
    canvas.setFillGray(0)
    canvas.setFont(REGULAR, measures.size)
    canvas.drawRightString(measures.width - measures.margin, top - measures.size * 1.4, page)
