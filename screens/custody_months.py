"""Months of custody, each day with the letter of the parent who has the child.

A letter says it, a colour only helps; « › » before the letter marks the day the child changes homes, « · » after it the school holidays,
« * » an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from rich.cells import cell_len
from textual.content import Content

from screens.months import Months
from tui_portail.custody import CustodyDay

CHANGES, HOLIDAY, EXCEPTION = "›", "·", "*"
STYLES = ("$accent", "$secondary on $panel")
"""Those of the first payer and of the second."""

DayOf = Callable[[date], CustodyDay]


class CustodyMonths(Months):
    """The days that `day_of` tells."""

    def __init__(self, cursor: date) -> None:
        super().__init__(cursor, id="custody-months")
        self._day_of: DayOf | None = None
        self._letters: dict[int, str] = {}

    def show(self, day_of: DayOf | None, letters: Mapping[int, str]) -> None:
        """Show the days that `day_of` tells, each with its payer's letters; None: nothing."""
        self._day_of, self._letters = day_of, dict(letters)
        self.go(self.cursor)

    @property
    def is_empty(self) -> bool:
        """Whether no custody is shown."""
        return self._day_of is None

    @property
    def cell_width(self) -> int:
        """A day, its letters and its marks."""
        return max((cell_len(letters) for letters in self._letters.values()), default=1) + 4

    def cell(self, day: date) -> Content:
        """Return a day with its parent's letters."""
        if self._day_of is None:
            return Content(" " * self.cell_width)
        of = self._day_of(day)
        letters = self._letters.get(of.payer_id, "?")
        mark = EXCEPTION if of.exception is not None else HOLIDAY if of.holiday is not None else " "
        text = f"{of.day.day:>2}{CHANGES if of.changes else ' '}{letters}{mark}"
        style = STYLES[list(self._letters).index(of.payer_id) % 2] if of.payer_id in self._letters else ""
        if of.day == self.cursor:
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
