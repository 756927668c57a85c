"""Months side by side: rows are weeks with their number, a cell a day. Arrows move the cursor; everything else is the screen's."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from screens.guard import Guarded
from tui_portail.french import day_name, month_name
from tui_portail.weeks import monday_of

_WEEK_WIDTH, _GAP, _LINES, _MOST = 3, 2, 8, 4


class Months(Guarded, Widget, can_focus=True):
    """As many months as there is room for. Subclasses give `cell` and `cell_width`; `Moved` tells the screen where the cursor is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Jour d’avant", show=False, id="months.left"),
        Binding("right", "move(1)", "Jour d’après", show=False, id="months.right"),
        Binding("up", "move(-7)", "Semaine d’avant", show=False, id="months.up"),
        Binding("down", "move(7)", "Semaine d’après", show=False, id="months.down"),
    ]
    DEFAULT_CSS = f"Months {{ height: {_LINES}; padding: 0 1; text-wrap: nowrap; }}"

    class Moved(Message):
        """The cursor is on another day."""

    def __init__(self, cursor: date, *, id: str) -> None:
        super().__init__(id=id)
        self.cursor = cursor
        self.first_month = cursor.replace(day=1)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show yet."""
        raise NotImplementedError

    @property
    def cell_width(self) -> int:
        """The cells a day takes, the space after it included."""
        raise NotImplementedError

    def cell(self, day: date) -> Content:
        """Return a day, in `cell_width` cells."""
        raise NotImplementedError

    def go(self, day: date) -> None:
        """Put the cursor on a day, its month in sight."""
        self.cursor = day
        if not self.first_month <= day < _months_after(self.first_month, self.months_shown):
            self.first_month = day.replace(day=1)
        self.refresh()
        self.post_message(self.Moved())

    def turn(self, months: int) -> None:
        """Show the months after, or before; the cursor goes with them."""
        self.first_month = _months_after(self.first_month, months)
        here = _months_after(self.cursor.replace(day=1), months)
        last = calendar.monthrange(here.year, here.month)[1]
        self.go(here.replace(day=min(self.cursor.day, last)))

    def action_move(self, days: int) -> None:
        """Go to another day."""
        self.go(self.cursor + timedelta(days=days))

    @property
    def months_shown(self) -> int:
        """How many months there is room for."""
        return max(1, min(_MOST, (self.size.width + _GAP) // (self._month_width + _GAP)))

    @property
    def _month_width(self) -> int:
        return _WEEK_WIDTH + 7 * self.cell_width

    def render(self) -> Content:
        """Draw the months side by side."""
        if self.is_empty:
            return Content("")
        blocks = [self._month(_months_after(self.first_month, number)) for number in range(self.months_shown)]
        gap = Content(" " * _GAP)
        return Content("\n").join(gap.join(lines) for lines in zip(*blocks, strict=True))

    def _month(self, first: date) -> list[Content]:
        width = self.cell_width
        title = f"{month_name(first)} {first.year}".center(self._month_width)
        monday = monday_of(first)
        heads = "".join(f"{day_name(monday + timedelta(days=place))[:2]:<{width}}" for place in range(7))
        lines = [Content.styled(title, "bold"), Content(" " * _WEEK_WIDTH + heads)]
        for week in range(_LINES - 2):
            days = [monday + timedelta(days=7 * week + place) for place in range(7)]
            if all(day.month != first.month for day in days):
                lines.append(Content(" " * self._month_width))
                continue
            cells = (self.cell(day) if day.month == first.month else Content(" " * width) for day in days)
            lines.append(Content.assemble(f"{days[0].isocalendar().week:>2} ", *cells))
        return lines


def _months_after(first: date, months: int) -> date:
    """Return the first day of the month that many months after a first day, or before."""
    place = first.year * 12 + first.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)
