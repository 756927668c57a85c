"""Sheets of badges: a bar code a child (Code 128), the first name and as little of the last one as tells two children apart.

A group (a class) begins a page. Nothing else of the child is printed: a badge gets lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfbase.pdfmetrics import stringWidth

from receipts.fonts import BOLD, REGULAR
from receipts.rows import Canvas
from receipts.sheet import MEASURES, draw_watermark, new_canvas
from receipts.wording import printable_text
from tui_portail.badges import display
from tui_portail.folding import PARTICLES, fold

_COLUMNS, _ROWS = 3, 7
_MARGIN, _HEAD = 30.0, 24.0
_BAR_WIDTH, _BAR_HEIGHT = 1.4, 36.0


@dataclass(frozen=True, slots=True)
class Badge:
    """A child's badge: its number, and the short name it bears."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class BadgeGroup:
    """The badges of a class, under what it is called."""

    title: str
    badges: tuple[Badge, ...]


def short_names(names: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return names (first, last) shortened: « Inès D. », « Inès Du. » beside an « Inès De. », the whole name of two namesakes.

    A particle is skipped: « Côme S. » for Côme de Saint-Exupéry; « Le Goff », where it is part of the name, keeps its L.
    """

    def cut(first: str, last: str, letters: int) -> str:
        last = _after_particles(last)
        part = last[:letters].rstrip()
        return f"{first} {part}{'.' if len(part) < len(last) else ''}".strip()

    found = []
    for place, (first, last) in enumerate(names):
        others = [name for other, name in enumerate(names) if other != place]
        letters = 1
        while letters < len(last) and any(cut(*one, letters) == cut(first, last, letters) for one in others):
            letters += 1
        found.append(cut(first, last, letters))
    return tuple(found)


def _after_particles(last: str) -> str:
    """Return a last name from its first word that is no particle in small letters; one of particles only stays whole."""
    words = re.finditer(r"[^\W_]+", last)
    first = next((word for word in words if not (word[0].islower() and fold(word[0]) in PARTICLES)), None)
    return last if first is None else last[first.start() :]


def draw_badges(groups: Sequence[BadgeGroup], author: str, issued_at: datetime, *, fictitious: bool = False) -> bytes:
    """Return the sheets as a PDF, « FICTIF » across an example's; the same badges give the same bytes."""
    measures = MEASURES["A4"]
    buffer = BytesIO()
    canvas = new_canvas(buffer, (measures.width, measures.height), "Badges", author, issued_at)
    width = (measures.width - 2 * _MARGIN) / _COLUMNS
    height = (measures.height - 2 * _MARGIN - _HEAD) / _ROWS
    for group in groups:
        for start in range(0, len(group.badges), _COLUMNS * _ROWS):
            if fictitious:
                draw_watermark(canvas, measures)
            _draw_text(canvas, group.title, BOLD, 11, measures.width / 2, measures.height - _MARGIN, measures.inner)
            for place, badge in enumerate(group.badges[start : start + _COLUMNS * _ROWS]):
                left = _MARGIN + place % _COLUMNS * width
                top = measures.height - _MARGIN - _HEAD - place // _COLUMNS * height
                _draw_badge(canvas, badge, left, top, width, height)
            canvas.showPage()
    if not groups:
        _draw_text(canvas, "Aucun enfant", BOLD, 11, measures.width / 2, measures.height - _MARGIN, measures.inner)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw_badge(canvas: Canvas, badge: Badge, left: float, top: float, width: float, height: float) -> None:
    canvas.setStrokeGray(0.7)
    canvas.setLineWidth(0.4)
    canvas.rect(left, top - height, width, height)
    middle = left + width / 2
    _draw_text(canvas, badge.name, BOLD, 12, middle, top - 24, width - 12)
    bars = Code128(badge.number, barWidth=_BAR_WIDTH, barHeight=_BAR_HEIGHT, quiet=1)
    bars.drawOn(canvas, middle - bars.width / 2, top - 24 - 14 - _BAR_HEIGHT)
    _draw_text(canvas, display(badge.number), REGULAR, 10, middle, top - 24 - 14 - _BAR_HEIGHT - 14, width - 12)


def _draw_text(canvas: Canvas, text: str, font: str, size: float, middle: float, baseline: float, width: float) -> None:
    """Write a line around `middle`, smaller where it would not fit in `width` points."""
    line = printable_text(text, 60)
    size = min(size, size * width / max(1.0, stringWidth(line, font, size)))
    canvas.setFillGray(0)
    canvas.setFont(font, size)
    canvas.drawCentredString(middle, baseline, line)
