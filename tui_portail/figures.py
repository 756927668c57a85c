"""A figure of the service: bars told by words too, each with the list behind it. Values only; `services.figures` counts them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NO_BREAK = "\u00a0"
AMOUNTS = ("Encaissé", "Rendu", "Net")
"""The columns of a list that hold amounts: never cut."""


class FigureKind(StrEnum):
    """What is counted."""

    OCCUPATION = "occupation"
    ATTENDANCE = "presences"
    REVENUE = "recettes"
    BRACKETS = "tranches"


KIND_LABELS = {
    FigureKind.OCCUPATION: "Occupation",
    FigureKind.ATTENDANCE: "Réservations et présences",
    FigureKind.REVENUE: "Recettes par activité",
    FigureKind.BRACKETS: "Familles par tranche",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, a value a series, what the first would be at most (`full`, None: nothing), and the words beside it."""

    label: str
    values: tuple[int, ...]
    words: str
    full: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """Bars in order, under a title; `series` names the values of each; `variants` are the ways of asking (activities), by code."""

    kind: FigureKind
    title: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    note: str = ""

    @property
    def largest(self) -> int:
        """The largest length of the plot, at least 1."""
        return max((max(*bar.values, bar.full or 0) for bar in self.bars), default=1) or 1


@dataclass(frozen=True, slots=True)
class FigureList:
    """The list behind a bar: what it is, its columns, its rows as texts."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def percent(part: int, whole: int) -> str:
    """Return « 68 % », « < 1 % » for what is seen but rounds to nothing; nothing where there is no whole."""
    if whole <= 0:
        return ""
    rounded = round(100 * part / whole)
    return f"{rounded}{NO_BREAK}%" if rounded or part <= 0 else f"<{NO_BREAK}1{NO_BREAK}%"


_EIGHTHS = " ▏▎▍▌▋▊▉"


def drawn(value: int, largest: int, width: int) -> str:
    """Return a bar of plain characters, to the eighth of a cell, `width` cells for `largest`; a value above 0 is always seen."""
    eighths = max(0, round(8 * width * value / largest))
    if value > 0:
        eighths = max(1, eighths)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
