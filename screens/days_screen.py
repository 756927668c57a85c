"""A list about some days: a day or its week, one site or all; each line in full, on paper, in a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.appointment_dialogs import DayDialog
from screens.bars import Kind
from screens.columns import Column
from screens.dialogs import ChoiceDialog, TextDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from screens.short_labels import short_label
from tui_portail.services.asked_days import period_words, site_choices
from tui_portail.services.papers import PrintedDocument
from tui_portail.services.register_exports import Exported
from tui_portail.weeks import monday_of

WEEK, ONE_DAY = timedelta(days=7), timedelta(days=1)
LAST_OF_WEEK = timedelta(days=4)
_WEEKEND = 5
_WIDE = 100
_FORMATS = (("csv", "CSV, pour un tableur"), ("xlsx", "XLSX"))
Line = TypeVar("Line")


class DaysScreen(ReadForAgent, Generic[Line]):
    """Subclasses give `COLUMNS`, `EMPTY`, the services `LOAD`, `PRINT`, `WRITE`, and the words of a line."""

    COLUMNS: ClassVar[tuple[Column, ...]] = ()
    EMPTY: ClassVar[str] = ""
    LOAD: ClassVar[Callable[..., Sequence[Any]]]
    PRINT: ClassVar[Callable[..., PrintedDocument]]
    WRITE: ClassVar[Callable[..., Exported]]
    DEFAULT_CSS = """
    DaysScreen #days-title { height: 1; padding: 0 1; text-style: bold; }
    DaysScreen #days-sum { height: auto; max-height: 2; padding: 0 1; }
    DaysScreen #days-line { height: 3; padding: 0 1; color: $secondary; }
    """
    by_week: bool = False

    def __init__(self) -> None:
        super().__init__()
        self._day: date | None = None
        self._sites: tuple[tuple[str, str], ...] = (("", ""),)
        self._site = 0
        self._lines: tuple[Line, ...] = ()

    def compose_body(self) -> Iterable[Widget]:
        """Which days, what they come to, the lines, the one under the cursor in words."""
        yield Static("", id="days-title", markup=False)
        yield Static("", id="days-sum", markup=False)
        yield RecordsList(self.COLUMNS, id="days", empty=self.EMPTY)
        yield Static("", id="days-line", markup=False)

    def record(self, key: int, line: Line) -> Record:
        """Return a line as the list shows it."""
        raise NotImplementedError

    def sum_words(self, lines: Sequence[Line]) -> str:
        """Return what the lines come to."""
        raise NotImplementedError

    def line_words(self, line: Line) -> str:
        """Return the line under the cursor, in words."""
        raise NotImplementedError

    def full_text(self, line: Line) -> tuple[str, str]:
        """Return a title, and all that is behind a line."""
        raise NotImplementedError

    def activity_words(self, label: str, width: int) -> str:
        """Return an activity's label, shortened to a width where the terminal is narrow."""
        return label if self.size.width >= _WIDE else short_label(label, width).rstrip()

    # -- showing ---------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read what is shown."""
        self.read_days()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._lines = ()
        self.query_one(RecordsList).show([])
        for shown in ("#days-sum", "#days-line"):
            self.query_one(shown, Static).update("")

    @property
    def asked(self) -> tuple[date, date, str]:
        """The days shown and the site, empty for all."""
        day, site = self._day or self.today, self._sites[self._site][0]
        if not self.by_week:
            return day, day, site
        monday = monday_of(day)
        return monday, monday + LAST_OF_WEEK, site

    @gesture(group="days", exclusive=True)
    async def read_days(self) -> None:
        """Read the days shown."""
        if len(self._sites) == 1:
            self._sites = await self.ask(site_choices, self.desk)
        load = type(self).LOAD
        self._lines = tuple(await self.ask(load, self.desk, *self.asked))
        records = self.query_one(RecordsList)
        records.show([self.record(place, line) for place, line in enumerate(self._lines, start=1)])
        if self.focused is None:
            records.lines.focus()
        first, last, _ = self.asked
        title = f"{period_words(first, last)} · {self._sites[self._site][1]}"
        self.query_one("#days-title", Static).update(Content(plain(title)), layout=False)
        self.query_one("#days-sum", Static).update(Content(plain(self.sum_words(self._lines))))
        self._show_line()

    @property
    def chosen(self) -> Line | None:
        """The line under the cursor."""
        key = self.query_one(RecordsList).chosen
        return None if key is None or key > len(self._lines) else self._lines[key - 1]

    @on(OptionList.OptionHighlighted)
    def _show_line(self) -> None:
        words = "" if (line := self.chosen) is None else self.line_words(line)
        self.query_one("#days-line", Static).update(Content(plain(words)), layout=False)

    @on(OptionList.OptionSelected)
    @gesture(group="detail")
    async def action_detail(self) -> None:
        """Show all that is behind the line chosen."""
        if (line := self.chosen) is not None:
            await self.app.push_screen_wait(TextDialog(*self.full_text(line)))

    # -- where one is ----------------------------------------------------------------------------------------------------

    def action_toggle_week(self) -> None:
        """From the day to its week, and back."""
        self.by_week = not self.by_week
        self._go(self._day or self.today)

    def action_step(self, step: int) -> None:
        """Go to the next weekday or week, or to the one before."""
        day = (self._day or self.today) + (WEEK if self.by_week else ONE_DAY) * step
        while day.weekday() >= _WEEKEND:
            day += ONE_DAY * step
        self._go(day)

    def action_today(self) -> None:
        """Come back to today."""
        self._go(self.today)

    @gesture(group="go")
    async def action_ask_day(self) -> None:
        """Go to a day typed."""
        day = await self.app.push_screen_wait(DayDialog())
        if day is not None:
            self._go(day)

    def action_next_site(self) -> None:
        """Keep the next site, then all of them."""
        self._site = (self._site + 1) % len(self._sites)
        self._go(self._day or self.today)

    def action_reload(self) -> None:
        """Read the days again."""
        self._go(self._day or self.today)

    def _go(self, day: date) -> None:
        self._day = day
        self.message("")
        self.read_days()

    # -- what goes out ---------------------------------------------------------------------------------------------------

    @gesture(group="print", keys_wait=False)
    async def action_print(self) -> None:
        """Draw the days shown and print them."""
        draw = type(self).PRINT
        printed = await self.ask(draw, self.desk, *self.asked)
        self.message(printed.sentence, Kind.DONE)

    @gesture(group="export")
    async def action_export(self) -> None:
        """Write the days shown as a spreadsheet."""
        labels = [label for _, label in _FORMATS]
        chosen = await self.app.push_screen_wait(ChoiceDialog("Exporter", "Dans quel format ?", labels))
        if chosen is not None:
            write, (first, last, site) = type(self).WRITE, self.asked
            written = await self.ask(write, self.desk, first, last, _FORMATS[chosen][0], site)
            self.message(written.sentence, Kind.DONE)
