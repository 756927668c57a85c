"""What a measure found, beside its budget, and the table it is printed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `budget` None: given for information; `limit` is included."""

    what: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def verdict(self) -> str:
        """« ok », « over », or nothing when there is no budget."""
        if self.limit is None:
            return ""
        return "ok" if self.value <= self.limit else "over"

    @property
    def row(self) -> tuple[str, str, str, str]:
        """The figure as printed."""
        budget = "" if self.limit is None else f"≤ {_number(self.limit)} {self.unit}"
        return self.what, budget, f"{_number(self.value)} {self.unit}", self.verdict


def _number(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}".replace(",", " ")
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(title: str, figures: Iterable[Figure]) -> str:
    """Return the figures as a Markdown table under a title."""
    return wide_table(title, ("measure", "budget", "figure", ""), [figure.row for figure in figures])


def wide_table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows of text as a Markdown table under a title."""
    shown = [heads, *rows]
    widths = [max(len(row[column]) for row in shown) for column in range(len(heads))]
    lines = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in shown]
    lines.insert(1, f"| {' | '.join('-' * width for width in widths)} |")
    return f"### {title}\n\n" + "\n".join(lines) + "\n"
