"""Text drawn on one line in a column, fast: cut with « … » where it is too wide, figures never cut but drawn smaller.

A register of thousands of rows is drawn so; `rows` wraps text in paragraphs, ten times slower.
"""

from __future__ import annotations

from functools import lru_cache

from reportlab.pdfbase.pdfmetrics import stringWidth

from receipts.rows import Canvas
from receipts.wording import printable_text
from tui_portail.money import NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE, format_cents

_LONGEST = 200  # characters; no column of a page holds more


@lru_cache(maxsize=4_096)
def fitted(text: str, font: str, size: float, width: float) -> tuple[str, float]:
    """Return text from people cleaned and cut to `width` points, and how wide it is."""
    line = printable_text(text, _LONGEST)
    wide = stringWidth(line, font, size)
    if wide <= width:
        return line, wide
    kept = 0
    left = width - stringWidth("…", font, size)
    for char in line:
        left -= stringWidth(char, font, size)
        if left < 0:
            break
        kept += 1
    cut = line[:kept].rstrip() + "…"
    return cut, stringWidth(cut, font, size)


def draw_text(
    canvas: Canvas, text: str, font: str, size: float, left: float, width: float, y: float, *, right: bool = False
) -> None:
    """Draw a text in a column, its baseline at `y`. The canvas must have that font and size."""
    line, wide = fitted(text, font, size, width)
    canvas.drawString(left + width - wide if right else left, y, line)


def draw_cents(canvas: Canvas, cents: int, font: str, size: float, left: float, width: float, y: float) -> None:
    """Draw an amount at the right of a column, whole: smaller when it is wider than the column."""
    text = format_cents(cents, symbol=False).replace(NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE)
    wide = stringWidth(text, font, size)
    if wide <= width:
        canvas.drawString(left + width - wide, y, text)
        return
    canvas.saveState()
    canvas.setFont(font, size * width / wide)
    canvas.drawString(left, y, text)
    canvas.restoreState()
