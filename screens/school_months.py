"""Months of the school calendar: a letter says what each day is, a colour only helps.

« * » marks a day that the draft changes, « x » one on which some activities are closed, « ° » one on which the mairie is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from textual.content import Content

from screens.months import Months
from tui_portail.calendar_entries import partly_closed
from tui_portail.school_calendar import DayKind, SchoolCalendar

CHANGED, PARTLY, MAIRIE = "*", "x", "°"
LETTERS: Mapping[DayKind, str] = {
    DayKind.SCHOOL: "é",
    DayKind.SCHOOL_WEDNESDAY: "m",
    DayKind.HOLIDAY: "v",
    DayKind.PUBLIC_HOLIDAY: "F",
    DayKind.BRIDGE: "P",
    DayKind.CLOSED: "X",
    DayKind.WEEKEND: " ",
    DayKind.UNKNOWN: "?",
}
LEGEND = "é école  m mer.  v vacances  F férié  P pont  X fermé  x en partie  * changé"
_STYLES: Mapping[DayKind, str] = {
    DayKind.HOLIDAY: "$secondary",
    DayKind.SCHOOL_WEDNESDAY: "$accent",
    DayKind.PUBLIC_HOLIDAY: "$warning",
    DayKind.BRIDGE: "$warning",
    DayKind.CLOSED: "$error",
    DayKind.UNKNOWN: "$secondary",
}


class SchoolMonths(Months):
    """The days of a calendar, beside those of the one recorded."""

    def __init__(self, cursor: date) -> None:
        super().__init__(cursor, id="school-months")
        self._calendar: SchoolCalendar | None = None
        self._recorded: SchoolCalendar | None = None
        self._site: str | None = None

    def show(self, calendar: SchoolCalendar, recorded: SchoolCalendar, site: str | None) -> None:
        """Show a calendar as it is for a site (None: for those no closure names)."""
        self._calendar, self._recorded, self._site = calendar, recorded, site
        self.go(self.cursor)

    @property
    def is_empty(self) -> bool:
        """Whether no calendar is shown."""
        return self._calendar is None

    @property
    def cell_width(self) -> int:
        """A day, its letter, its mark."""
        return 5

    def cell(self, day: date) -> Content:
        """Return a day with what it is."""
        calendar, recorded = self._calendar, self._recorded
        if calendar is None or recorded is None:
            return Content(" " * self.cell_width)
        kind = calendar.kind(day, self._site)
        partly = partly_closed(calendar, day, self._site)
        if calendar.describe(day, self._site) != recorded.describe(day, self._site) or partly != partly_closed(
            recorded, day, self._site
        ):
            mark = CHANGED
        elif partly:
            mark = PARTLY
        else:
            mark = MAIRIE if calendar.mairie_closure(day) else " "
        style = "reverse" if day == self.cursor else _STYLES.get(kind, "")
        text = f"{day.day:>2}{LETTERS[kind]}{mark}"
        return Content.assemble((text, style) if style else text, " ")
