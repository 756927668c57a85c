"""A document on sheets of A5 or A4: tables broken into pages, their heads repeated, totals carried, pages numbered.

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
class Table:
    """Rows under a head: `columns` is repeated above the rows of each page, and is never left alone at the foot of one.

    `body` pairs a row with its amount in cents, for the total carried from page to page by `carry`, when it is given. `closing` is kept
    on one page when it fits.
    """

    columns: Sequence[Row] = ()
    body: Sequence[tuple[Row, int]] = ()
    carry: Callable[[str, int], Row] | None = None
    closing: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn, in order: `heading` once, `reminder` on the pages that follow, then the tables."""

    title: str
    author: str
    issued_at: datetime
    heading: Sequence[Row]
    reminder: Sequence[Row]
    tables: Sequence[Table]
    foot: str
    fictitious: bool


def draw_sheet(sheet: Sheet, paper: Paper) -> bytes:
    """Return the PDF of a sheet, as many pages as it takes."""
    measures = MEASURES[paper]
    buffer = BytesIO()
    canvas = new_canvas(buffer, (measures.width, measures.height), sheet.title, sheet.author, sheet.issued_at)
    draw_pages(canvas, sheet, measures)
    canvas.save()
    return buffer.getvalue()


def draw_pages(canvas: Canvas, sheet: Sheet, measures: Measures) -> None:
    """Draw the pages of a sheet on a canvas that may hold others, numbered from 1."""
    pages = break_into_pages(sheet, measures.height - 2 * measures.margin - measures.footer)
    for number, rows in enumerate(pages, start=1):
        if sheet.fictitious:
            draw_watermark(canvas, measures)
        draw_rows(canvas, rows, measures.margin, measures.height - measures.margin)
        draw_foot(canvas, measures, sheet.foot, f"page {number}/{len(pages)}", fictitious=sheet.fictitious)
        canvas.showPage()


def break_into_pages(sheet: Sheet, room: float) -> list[list[Row]]:
    """Return the rows of each page, none taller than `room` points unless a single row is."""
    pages = [[*sheet.heading]]
    for place, table in enumerate(sheet.tables):
        begins = [*table.columns, *_first_rows(table)]
        if place and height_of(pages[-1]) + height_of(begins) > room:
            pages.append([*sheet.reminder])
        pages[-1].extend(table.columns)
        _set_table(sheet, table, pages, room)
    return pages


def _first_rows(table: Table) -> Sequence[Row]:
    """Return what must stand on the page where a table begins: its first row and room to carry it over, or what closes it."""
    if not table.body:
        return table.closing
    first = table.body[0][0]
    return [first, table.carry("À reporter", 0)] if table.carry else [first]


def _set_table(sheet: Sheet, table: Table, pages: list[list[Row]], room: float) -> None:
    """Set the rows of a table whose head is already at the end of the last page."""
    total = 0
    holds_a_line = False

    def turn_the_page() -> None:
        carried = table.carry
        if carried:
            pages[-1].append(carried("À reporter", total))
        pages.append([*sheet.reminder, *table.columns, *([carried("Report", total)] if carried else ())])

    for row, cents in table.body:
        carried = table.carry("À reporter", total).height if table.carry else 0
        if holds_a_line and height_of(pages[-1]) + row.height + carried > room:
            turn_the_page()
        pages[-1].append(row)
        holds_a_line = True
        total += cents
    if table.body and height_of(pages[-1]) + height_of(table.closing) > room:
        turn_the_page()
    for row in table.closing:
        if height_of(pages[-1]) + row.height > room:
            pages.append([*sheet.reminder])
        pages[-1].append(row)


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


def draw_watermark(canvas: Canvas, measures: Measures) -> None:
    """Draw « FICTIF » large and pale across the page, before anything else."""
    canvas.saveState()
    canvas.translate(measures.width / 2, measures.height / 2)
    canvas.rotate(50)
    canvas.setFillGray(0.92)
    across = min(measures.width, measures.height)
    canvas.setFont(BOLD, across / 4)
    canvas.drawCentredString(0, -across / 12, FICTITIOUS)
    canvas.restoreState()


def draw_foot(
    canvas: Canvas, measures: Measures, text: str, page: str, *, fictitious: bool, after: float = 0
) -> tuple[float, float]:
    """Draw the foot of a page: a text at the left, the page's number at the right, the notice of an example under them.

    The number ends `after` points before the margin. Return where it ends, for what is written after it.
    """
    small = measures.size * 0.78
    top = measures.margin + measures.footer - measures.size
    lines = [Line(text, small, grey=0.15)]
    if fictitious:
        lines.append(Line(FICTITIOUS_NOTICE, small, bold=True))
    Row([Cell(0, measures.inner * 0.86, tuple(lines))], rule=measures.inner, above=3).draw(canvas, measures.margin, top)
    canvas.setFillGray(0)
    canvas.setFont(REGULAR, measures.size)
    ends = (measures.width - measures.margin - after, top - measures.size * 1.4)
    canvas.drawRightString(*ends, page)
    return ends
