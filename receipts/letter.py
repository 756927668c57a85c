"""Letters on A4 for a DL window envelope (110 × 220 mm), the sheet folded in three."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from itertools import chain

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader

from receipts.family_letter import Letter, Sender
from receipts.rows import Canvas, Cell, Line, Row, draw_rows
from receipts.sheet import Measures, Sheet, Table, break_into_pages, draw_foot, draw_watermark, new_canvas
from receipts.wording import printable_text
from tui_portail.french import long_date
from tui_portail.instants import in_paris
from tui_portail.letter_templates import Block

LONGEST = 3_000  # characters of a line of text: a row is never taller than a page

_MEASURES = Measures(A4[0], A4[1], margin=20 * mm, size=10)
_WINDOW = (
    110 * mm,
    50 * mm,
    85 * mm,
    35 * mm,
)  # left, top, width, height: seen wherever the sheet slides in the envelope
_FOLDS = (99 * mm, 198 * mm)
_BODY_TOP = 100 * mm
_HEAD_TOP = 14 * mm
_ARMS = 20 * mm  # side of the square the coat of arms fits in
_ARMS_FORM = "coat-of-arms"


def draw_letters(letters: Iterable[Letter], on_letter: Callable[[int], None] | None = None) -> bytes:
    """Return letters in one A4 PDF, each on a page of its own (more for very long ones); the same letters give the same bytes.

    They are drawn as they come; `on_letter` is told how many are done, and what it raises stops the drawing. They all come from the
    sender of the first. Raises ValueError when there is none.
    """
    coming = iter(letters)
    first = next(coming, None)
    if first is None:
        raise ValueError("there is no letter to draw")
    buffer = BytesIO()
    canvas = new_canvas(buffer, A4, first.subject, first.sender.commune, first.written_at)
    keep_arms(canvas, first.sender, _ARMS)
    head = _head(first.sender)
    for count, letter in enumerate(chain([first], coming), start=1):
        _draw(canvas, letter, head)
        if on_letter:
            on_letter(count)
    canvas.save()
    return buffer.getvalue()


def keep_arms(canvas: Canvas, sender: Sender, side: float) -> None:
    """Keep the coat of arms in the document once, whatever the number of its pages: `draw_arms` shows it in a square of `side` points."""
    if sender.coat_of_arms is None:
        return
    canvas.beginForm(_ARMS_FORM, 0, 0, side, side)
    canvas.drawImage(
        ImageReader(BytesIO(sender.coat_of_arms)), 0, 0, side, side, mask="auto", preserveAspectRatio=True, anchor="nw"
    )
    canvas.endForm()


def draw_arms(canvas: Canvas, left: float, top: float, side: float) -> None:
    """Show the coat of arms kept, its upper left corner there."""
    canvas.saveState()
    canvas.translate(left, top - side)
    canvas.doForm(_ARMS_FORM)
    canvas.restoreState()


def block_rows(blocks: Iterable[Block], width: float, size: float, *, titles: bool = False) -> list[Row]:
    """Return the lines of a text, `width` points wide: items under a dash, room above what stands apart, `titles` in bold."""
    shown = list(blocks)
    dash, indent = Line("–", size), size * 1.5
    rows = []
    for place, block in enumerate(shown):
        title = titles and is_title(shown, place)
        line = Line(block.text, size * (1.1 if title else 1), bold=title, limit=LONGEST)
        cells = (
            [Cell(size * 0.4, indent, (dash,)), Cell(indent, width - indent, (line,))]
            if block.item
            else [Cell(0, width, (line,))]
        )
        rows.append(Row(cells, above=size * (0.9 if block.apart else 0.15)))
    return rows


def is_title(blocks: Sequence[Block], place: int) -> bool:
    """Say whether a line reads as a title: alone between two blank lines, and no sentence."""
    block, last = blocks[place], place + 1 == len(blocks)
    return block.apart and not block.item and not last and blocks[place + 1].apart and block.text[-1:] not in ".,;:!?"


def contact_lines(sender: Sender) -> tuple[str, ...]:
    """Return the service, where it is and how to reach it, a line each."""
    return tuple(line for line in (sender.service, *sender.address[:5], sender.phone, sender.email) if line)


def _head(sender: Sender) -> Row:
    """Return who writes, at the left of the window and above it."""
    size = _MEASURES.size * 0.85
    left = _ARMS + 3 * mm if sender.coat_of_arms is not None else 0
    lines = (Line(sender.commune, size * 1.25, bold=True), *(Line(line, size) for line in contact_lines(sender)))
    return Row([Cell(left, _WINDOW[0] - _MEASURES.margin - left - 8 * mm, lines)])


def _draw(canvas: Canvas, letter: Letter, head: Row) -> None:
    measures = _MEASURES
    sheet = Sheet(
        letter.subject,
        letter.sender.commune,
        letter.written_at,
        heading=_opening(letter, measures),
        reminder=[_reminder(letter, measures)],
        tables=[Table(body=[(row, 0) for row in block_rows(letter.blocks, measures.inner, measures.size)])],
        foot=_foot(letter.sender),
        fictitious=letter.example,
    )
    pages = break_into_pages(sheet, measures.height - 2 * measures.margin - measures.footer)
    for number, rows in enumerate(pages, start=1):
        if letter.example:
            draw_watermark(canvas, measures)
        if number == 1:
            _draw_front(canvas, letter, head)
        draw_rows(canvas, rows, measures.margin, measures.height - measures.margin)
        page = f"page {number}/{len(pages)}" if len(pages) > 1 else ""
        draw_foot(canvas, measures, sheet.foot, page, fictitious=letter.example)
        canvas.showPage()


def _draw_front(canvas: Canvas, letter: Letter, head: Row) -> None:
    """Draw what stands at a fixed place of the first page: who writes, the address in the window, the marks of the folds."""
    top = _MEASURES.height
    if letter.sender.coat_of_arms is not None:
        draw_arms(canvas, _MEASURES.margin, top - _HEAD_TOP, _ARMS)
    head.draw(canvas, _MEASURES.margin, top - _HEAD_TOP)
    _address(letter.recipient).draw(canvas, _WINDOW[0], top - _WINDOW[1])
    canvas.setStrokeGray(0.6)
    canvas.setLineWidth(0.4)
    for fold in _FOLDS:
        canvas.line(4 * mm, top - fold, 9 * mm, top - fold)


def _address(lines: tuple[str, ...]) -> Row:
    """Return the address in the largest size in which it stays in the window.

    What is still too long loses its middle lines, not its town.
    """
    _, _, width, room = _WINDOW
    kept = [line for line in lines if printable_text(line)] or [""]
    for size in (11, 10, 9, 8):
        row = Row([Cell(0, width, tuple(Line(line, size) for line in kept))])
        if row.height <= room:
            return row
    while len(kept) > 2 and row.height > room:
        del kept[-2]
        row = Row([Cell(0, width, tuple(Line(line, 8) for line in kept))])
    return row


def _opening(letter: Letter, measures: Measures) -> list[Row]:
    """Return the blank down to the first fold, then place and date, reference and subject."""
    size, width = measures.size, measures.inner
    dated = f"{letter.place}, le {long_date(in_paris(letter.written_at).date())}"
    said = [Line(letter.reference, size)] if letter.reference else []
    said.append(Line(f"Objet\u00a0: {letter.subject}", size, bold=True, limit=300))
    return [
        Row([Cell(width / 2, width / 2, (Line(dated, size, align="right"),))], above=_BODY_TOP - measures.margin),
        Row([Cell(0, width, tuple(said))], above=size * 0.8, below=size * 0.6),
    ]


def _reminder(letter: Letter, measures: Measures) -> Row:
    size = measures.size
    lines = (Line(f"{letter.subject} (suite)", size, bold=True), Line(letter.recipient[0], size))
    return Row([Cell(0, measures.inner, lines)], below=size)


def _foot(sender: Sender) -> str:
    return " · ".join(line for line in (sender.commune, sender.service) if line)
