"""Long texts cut into lines of a width in cells. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len

from tui_portail.money import NO_BREAK_SPACE


def _kept_together(text: str) -> str:
    """Return a text whose numbers stay with what they count: « 12 h », « 10 h 30 », « 2,40 € », « 7 décembre »."""
    joined = re.sub(r"(?<=\d) (?=(?:€|h\b))", NO_BREAK_SPACE, text)
    return re.sub(rf"(?<=\d{NO_BREAK_SPACE}h) (?=\d)", NO_BREAK_SPACE, joined)


def wrapped(text: str, width: int) -> list[str]:
    """Return a text cut into lines of at most `width` cells, at spaces; the indent of its first line is kept."""
    lines: list[str] = []
    indent = text[: len(text) - len(text.lstrip(" "))]
    current = ""
    for word in _kept_together(text).split(" "):
        if not word:
            continue
        candidate = f"{current} {word}" if current else indent + word
        if cell_len(candidate) <= width or not current:
            current = candidate
        else:
            lines.append(current)
            current = indent + word
    return [*lines, current]


def hung(width: int, indent: str, facts: Sequence[str]) -> str:
    """Return facts joined by « · » in lines of `width` cells: a fact stays whole where it can, and the lines after the first go deeper."""
    deeper = f"{indent}  "
    lines = [indent]
    for place, fact in enumerate(facts):
        joined = f"{lines[-1]} · {fact}" if place else f"{indent}{fact}"
        if cell_len(joined) <= width:
            lines[-1] = joined
        else:
            lines += wrapped(f"{deeper if place else indent}{fact}", width)
    return "\n".join(line for line in lines if line.strip())
