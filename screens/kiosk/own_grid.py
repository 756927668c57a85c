"""The parent's grid: the desk's, with taller cells that say their state in a word, pressed once by a finger."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from screens.kiosk.own_days import DayWindow, word_of
from screens.plain_text import plain
from screens.planning_grid import HEADER_LINES, PlanningGrid
from screens.short_labels import fit, short_label
from tui_portail.planning import CellKey

TALLEST = 3


class OwnGrid(PlanningGrid):
    """Rows are as tall as the room allows. A click or a tap presses the cell, as Enter or Space do."""

    class Left(Message):
        """An arrow went above the first row (-1) or below the last one (1)."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "press", show=False),
    ]

    @property
    def is_one_day(self) -> bool:
        """Whether it is the list of one day."""
        return isinstance(self.state.window, DayWindow)

    @property
    def cell_width(self) -> int:
        """Cells of a column: room for a word, and for the sign before the cell pressed next."""
        if self.is_one_day:
            return 10
        return max(8, min(13, (self.size.width - 16) // len(self.state.window.days)))

    @property
    def title_shown(self) -> str:
        """Nothing: the page says the days in large."""
        return ""

    def show_all(self, row: int | None = None, column: int | None = None) -> None:
        """Draw everything again, the rows as tall as they can be."""
        self._fit_rows()
        super().show_all(row, column)

    def on_resize(self) -> None:
        """Use the room there is."""
        self._fit_rows()
        super().on_resize()

    def _fit_rows(self) -> None:
        room = (self.size.height - HEADER_LINES) // max(1, len(self.state.rows))
        self.row_lines = max(2 if self.is_one_day else 1, min(TALLEST, room))

    def line_of(self, row: int, line_no: int, *, top: bool) -> list[Segment]:
        """Draw one of a row's lines: who, then what; a word for each day."""
        line, width = self.state.rows[row], self.label_width
        name = plain(line.child_label)
        if self.row_lines == 1:
            new_child = top or row == 0 or self.state.rows[row - 1].child_id != line.child_id
            names = max(cell_len(plain(one.child_label)) for one in self.state.rows)
            room = min(names, width // 3 + 1)
            label = f"{fit(name if new_child else '', room)} {short_label(line.label, width - room - 2)} "
        else:
            said = (name, f" {short_label(line.label, width - 2)}")
            label = fit(said[line_no] if line_no < len(said) else "", width)
        segments = [Segment(fit(label, width), self.style("label-now" if row == self.row else "label"))]
        for column, day in enumerate(self.state.window.days):
            key = CellKey(line.child_id, line.activity, day)
            here = (row, column) == (self.row, self.column)
            style = self.style_of(self.state.view(key).state)
            is_said = line_no == (self.row_lines - 1) // 2
            word = word_of(self.state, key) if is_said else ""
            text = fit(f"{'›' if here and is_said else ' '}{word}", self.cell_width)
            segments.append(Segment(text, style + self.style("cursor") if here else style))
        return segments

    def action_press(self) -> None:
        """Press the cell."""
        if self.has_rows:
            self.post_message(self.Pressed())

    def action_move(self, rows: int, columns: int, extend: bool = False) -> None:
        """Move by one cell; above the first row and below the last one are the buttons."""
        if rows and not 0 <= self.row + rows < len(self.state.rows):
            self.post_message(self.Left(rows))
        else:
            super().action_move(rows, columns, extend=False)

    def on_click(self, event: events.Click) -> None:
        """Press the cell under the mouse or the finger."""
        event.prevent_default()
        if (place := self.place_at(event.x, event.y)) is not None:
            self.go(*place)
            self.post_message(self.Pressed())
