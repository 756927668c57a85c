"""DejaVu Sans, embedded in every document so that « é », « œ », « € », « Ł » and « ğ » print the same everywhere.

The files are read once, on the first drawing; they come with their licence, beside them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "PortailSans"
BOLD = "PortailSans-Bold"
LAST_PLAIN = 0xFFFF
_FILES = {REGULAR: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}


@cache
def register_fonts() -> frozenset[int]:
    """Register both faces, once, and return the code points that the two can draw and a reader can copy.

    Those past U+FFFF are left out whatever the faces hold: the PDF library writes them as odd strings that readers refuse.
    """
    drawn: list[set[int]] = []
    for name, file in _FILES.items():
        font = TTFont(name, str(Path(__file__).with_name(file)))
        pdfmetrics.registerFont(font)
        drawn.append({code for code in font.face.charToGlyph if code <= LAST_PLAIN})
    return frozenset(set.intersection(*drawn))
