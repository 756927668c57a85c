"""Months of custody: rows are weeks with their number, each day with the letter of the parent who has the child.

A letter says it, a colour only helps; « › » before the letter marks the day the child changes homes, « · » after it the school holidays,
« * » an exception. Arrows move the cursor; everything else is the screen's.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from screens.guard import Guarded
from tui_portail.custody import CustodyDay
from tui_portail.french import day_name, month_name

CHANGES, HOLIDAY, EXCEPTION = "›", "·", "*"
STYLES = ("$accent", "$secondary on $panel")
"""Those of the first payer and of the second."""
_WEEK_WIDTH, _GAP, _LINES, _MOST = 3, 2, 8, 4

DayOf = Callable[[date], CustodyDay]


class CustodyMonths(Guarded, Widget, can_focus=True):
    """As many months side by side as there is room for. `Moved` tells the screen where the cursor is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Jour d’avant", show=False, id="custody_months.left"),
        Binding("right", "move(1)", "Jour d’après", show=False, id="custody_months.right"),
        Binding("up", "move(-7)", "Semaine d’avant", show=False, id="custody_months.up"),
        Binding("down", "move(7)", "Semaine d’après", show=False, id="custody_months.down"),
    ]
    DEFAULT_CSS = f"CustodyMonths {{ height: {_LINES}; padding: 0 1; text-wrap: nowrap; }}"

    class Moved(Message):
        """The cursor is on another day."""

    def __init__(self, cursor: date) -> None:
        super().__init__(id="custody-months")
        self.cursor = cursor
        self.first_month = cursor.replace(day=1)
        self._day_of: DayOf | None = None
        self._letters: dict[int, str] = {}

    def show(self, day_of: DayOf | None, letters: Mapping[int, str]) -> None:
        """Show the days that `day_of` tells, each with its payer's letters; None: nothing."""
        self._day_of, self._letters = day_of, dict(letters)
        self.go(self.cursor)

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
    def _letter_width(self) -> int:
        return max((cell_len(letters) for letters in self._letters.values()), default=1)

    @property
    def _month_width(self) -> int:
        return _WEEK_WIDTH + 7 * (self._letter_width + 4)

    def render(self) -> Content:
        """Draw the months side by side."""
        if self._day_of is None:
            return Content("")
        shown = range(self.months_shown)
        blocks = [self._month(_months_after(self.first_month, number), self._day_of) for number in shown]
        gap = Content(" " * _GAP)
        return Content("\n").join(gap.join(lines) for lines in zip(*blocks, strict=True))

    def _month(self, first: date, day_of: DayOf) -> list[Content]:
        width = self._letter_width + 4
        title = f"{month_name(first)} {first.year}".center(self._month_width)
        monday = first - timedelta(days=first.weekday())
        heads = "".join(f"{day_name(monday + timedelta(days=place))[:2]:<{width}}" for place in range(7))
        lines = [Content.styled(title, "bold"), Content(" " * _WEEK_WIDTH + heads)]
        for week in range(_LINES - 2):
            days = [monday + timedelta(days=7 * week + place) for place in range(7)]
            if all(day.month != first.month for day in days):
                lines.append(Content(" " * self._month_width))
                continue
            cells = (self._cell(day_of(day)) if day.month == first.month else Content(" " * width) for day in days)
            lines.append(Content.assemble(f"{days[0].isocalendar().week:>2} ", *cells))
        return lines

    def _cell(self, day: CustodyDay) -> Content:
        letters = self._letters.get(day.payer_id, "?")
        mark = EXCEPTION if day.exception is not None else HOLIDAY if day.holiday is not None else " "
        text = f"{day.day.day:>2}{CHANGES if day.changes else ' '}{letters}{mark}"
        style = STYLES[list(self._letters).index(day.payer_id) % 2] if day.payer_id in self._letters else ""
        if day.day == self.cursor:
            style = "reverse"
        return Content.styled(text, style) if style else Content(text)


def letters_of(names: Mapping[int, str]) -> dict[int, str]:
    """Return the fewest letters, one or two, that tell payers apart by their names, else their rank; all as long."""
    words = {payer_id: "".join(char for char in name if char.isalpha()) for payer_id, name in names.items()}
    for length in (1, 2):
        letters = {payer_id: word[:length].capitalize() for payer_id, word in words.items()}
        found: Sequence[str] = list(letters.values())
        if len(set(found)) == len(found) and all(cell_len(one) == length for one in found):
            return letters
    return {payer_id: str(place) for place, payer_id in enumerate(names, 1)}


def _months_after(first: date, months: int) -> date:
    """Return the first day of the month that many months after a first day, or before."""
    place = first.year * 12 + first.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)
