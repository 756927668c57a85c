"""What a tabular register says: columns, rows, totals, an optional bar plot. Rows come as they are drawn: a year is never held whole.

Money is integer cents. A total that is not the sum of its rows is a bug: the drawing stops there and gives no document.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from receipts.documents import Issuer
from receipts.figures import require_aware

Orientation = Literal["portrait", "landscape"]
CellValue = str | int | None
"""What a cell holds: text, cents in a column of money, or nothing."""


class RowKind(StrEnum):
    """What a row of a register is; it decides how it is drawn and what its summed cells count."""

    LINE = "line"
    HEADING = "heading"  # names what follows (an account, a payer); never the last of a page
    NOTE = "note"  # a sentence over the whole width, under the line it is about
    SUBTOTAL = "subtotal"  # counts the lines since the subtotal before
    TOTAL = "total"  # counts every line so far


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its share of the width, and how its cells are read.

    `money` cells are cents, written at the right. `summed` ones are counted by totals and carried from page to page; a running balance
    is money that is not summed.
    """

    title: str
    share: float
    right: bool = False
    money: bool = False
    summed: bool = False

    def __post_init__(self) -> None:
        if self.summed and not self.money:
            raise ValueError(f"{self.title}: only money is summed")


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of a register, a cell a column; a heading or a note may hold its first cell only, drawn over the whole width.

    In a total, a summed cell left None is filled in and one given is verified.
    """

    cells: tuple[CellValue, ...]
    kind: RowKind = RowKind.LINE


@dataclass(frozen=True, slots=True)
class PlotSeries:
    """One set of bars: its name and an amount in cents for each label."""

    name: str
    cents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BarPlot:
    """Bars by label (months, activities…), one set a series, drawn under the title of the register."""

    title: str
    labels: tuple[str, ...]
    series: tuple[PlotSeries, ...]

    def __post_init__(self) -> None:
        if not self.labels or not self.series:
            raise ValueError("a plot has labels and series")
        if any(len(series.cents) != len(self.labels) for series in self.series):
            raise ValueError("a plot has one amount for each label and series")


@dataclass(frozen=True, slots=True)
class Register:
    """A register but for its rows. `subtitle` says the period and what was asked for; `notes` come after the last row.

    `head_hash` is the journal's head when the register was read, printed at the foot, empty when it says nothing of the journal.
    """

    title: str
    subtitle: tuple[str, ...]
    issuer: Issuer
    issued_at: datetime
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    plot: BarPlot | None = None
    orientation: Orientation = "landscape"
    head_hash: str = ""
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("issued_at", self.issued_at)
        shares = sum(column.share for column in self.columns)
        if any(column.share <= 0 for column in self.columns) or abs(shares - 1) > 0.001:
            raise ValueError(f"the columns take {shares:.3f} of the width, not 1")
