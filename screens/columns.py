"""Texts laid out in columns for a width in cells, what is too long cut with « … ». Measured as a terminal does, never by `len`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from screens.plain_text import plain


@dataclass(frozen=True, slots=True)
class Column:
    """One column: at least `width` cells, and `share` parts of the room left. One shown `from_width` only is left out below it."""

    title: str
    width: int
    share: int = 0
    right: bool = False
    from_width: int = 0


def fit(text: str, width: int, right: bool = False) -> str:
    """Return a text of exactly `width` cells, on one line."""
    line = plain(text).replace("\n", " ")
    if cell_len(line) > width:
        line = set_cell_size(line, max(0, width - 1)).rstrip() + "…"
    gap = " " * (width - cell_len(line))
    return gap + line if right else line + gap


def lay_out(columns: Sequence[Column], texts: Sequence[str], width: int) -> str:
    """Return the texts of a line under their columns, two spaces between them, in `width` cells."""
    kept = [(column, text) for column, text in zip(columns, texts, strict=True) if width >= column.from_width]
    shares = sum(column.share for column, _ in kept)
    room = max(0, width - sum(column.width for column, _ in kept) - 2 * (len(kept) - 1))
    parts = []
    for column, text in kept:
        extra = room * column.share // shares if column.share else 0
        parts.append(fit(text, column.width + extra, column.right))
    return fit("  ".join(parts), width)
