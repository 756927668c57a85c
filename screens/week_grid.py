"""A week of the diary, a column a day; left and right choose the day, Enter opens it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from screens.diary_words import week_column
from screens.guard import Guarded
from tui_portail.services.diary import DiaryDay


class WeekGrid(Guarded, Widget, can_focus=True):
    """Draws the days of a week."""

    DEFAULT_CSS = "WeekGrid { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "step(-1)", "Jour d’avant", show=False, id="week.left"),
        Binding("right,down", "step(1)", "Jour d’après", show=False, id="week.right"),
        Binding("enter", "open", "Ouvrir le jour", show=False, id="week.open"),
    ]

    class Opened(Message):
        """A day was chosen by Enter, or by a second click."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._days: tuple[DiaryDay, ...] = ()
        self._chosen = 0

    @property
    def day(self) -> date | None:
        """The day under the cursor."""
        return self._days[self._chosen].day if self._days else None

    def show(self, days: Sequence[DiaryDay], chosen: date) -> None:
        """Show days, the cursor on one of them."""
        self._days = tuple(days)
        self._chosen = next((place for place, day in enumerate(days) if day.day == chosen), 0)
        self.refresh()

    def action_step(self, step: int) -> None:
        """Go to the next day, or the one before."""
        self._chosen = max(0, min(len(self._days) - 1, self._chosen + step))
        self.refresh()

    def action_open(self) -> None:
        """Tell the screen."""
        if self._days:
            self.post_message(self.Opened())

    def on_click(self, event: Click) -> None:
        """Choose the column; a click on the chosen one opens it."""
        if self._days:
            place = min(event.x // (self._width + 1), len(self._days) - 1)
            if place == self._chosen:
                self.action_open()
            self._chosen = place
            self.refresh()

    @property
    def _width(self) -> int:
        return max(8, (self.size.width - len(self._days) + 1) // max(1, len(self._days)))

    def render(self) -> Content:
        """Draw the columns side by side."""
        width, height = self._width, max(6, self.size.height)
        columns = [
            week_column(day, width, height, chosen=place == self._chosen) for place, day in enumerate(self._days)
        ]
        lines = zip_longest(*columns, fillvalue=" " * width)
        return Content("\n").join(
            Content("│").join(
                Content.styled(text, _style(row, place == self._chosen)) for place, text in enumerate(texts)
            )
            for row, texts in enumerate(lines)
        )


def _style(row: int, chosen: bool) -> str:
    if row == 0:
        return "reverse" if chosen else "bold"
    return "$secondary" if row <= 2 else ""
