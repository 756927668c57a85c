"""The page put up at the counter: A4, in the largest letters that hold on it."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from receipts.family_letter import CounterPage
from receipts.letter import block_rows, draw_arms, keep_arms
from receipts.rows import Cell, Line, Row, draw_rows, height_of
from receipts.sheet import Measures, draw_foot, draw_watermark, new_canvas

_SIZES = (17, 16, 15, 14, 13, 12, 11, 10, 9, 8)
_MARGIN = 18 * mm
_ARMS = 26 * mm


def draw_counter_page(page: CounterPage) -> bytes:
    """Return the page as a PDF; a text too long even in the smallest letters goes on to others."""
    for size in _SIZES:
        measures = Measures(A4[0], A4[1], margin=_MARGIN, size=size)
        rows = [_heading(page, measures), *block_rows(page.blocks, measures.inner, size, titles=True)]
        room = measures.height - 2 * _MARGIN - 12 * mm
        if height_of(rows) <= room:
            break
    buffer = BytesIO()
    canvas = new_canvas(buffer, A4, page.title, page.sender.commune, page.written_at)
    keep_arms(canvas, page.sender, _ARMS)
    small = Measures(A4[0], A4[1], margin=_MARGIN, size=9)
    while rows:
        first = not canvas.getPageNumber() > 1
        if page.example:
            draw_watermark(canvas, small)
        if first and page.sender.coat_of_arms is not None:
            draw_arms(canvas, _MARGIN, measures.height - _MARGIN, _ARMS)
        held = _held(rows, room)
        draw_rows(canvas, rows[:held], _MARGIN, measures.height - _MARGIN)
        rows = rows[held:]
        draw_foot(canvas, small, page.sender.commune, "", fictitious=page.example)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _heading(page: CounterPage, measures: Measures) -> Row:
    """Return who speaks and the title, beside the coat of arms."""
    left = _ARMS + 5 * mm if page.sender.coat_of_arms is not None else 0
    width, size = measures.inner - left, measures.size
    lines = (
        Line(page.sender.commune, size, bold=True),
        Line(page.sender.service, size),
        Line(page.title, size * 1.7, bold=True),
    )
    heading = Row([Cell(left, width, lines)])
    return Row([Cell(left, width, lines)], below=max(size * 0.5, _ARMS - heading.height if left else 0))


def _held(rows: list[Row], room: float) -> int:
    """Return how many of the first rows hold in `room` points, one at least."""
    held = 1
    while held < len(rows) and height_of(rows[: held + 1]) <= room:
        held += 1
    return held
