"""The sheet of a site's activity on a day: read, shown, chosen by place and by day, printed. What is marked on it is `attendance`'s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens import attendance_words as words
from screens.attendance_dialogs import DayDialog
from screens.bars import Kind
from screens.dialogs import ChoiceDialog
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import FilterField, RecordsList
from tui_portail.services.attendance_papers import print_badges, print_list
from tui_portail.services.attendance_places import day_beside, places_of, slot_to_mark
from tui_portail.services.attendance_sheet import AttendanceSheet, AttendanceState, SheetLine, attendance_sheet
from tui_portail.services.slots import SlotKey


class SheetScreen(ReadForAgent):
    """Shows a slot: today's first, at the site last marked at this desk, for the activity of this hour."""

    AUTO_FOCUS = "#sheet OptionList"
    DEFAULT_CSS = """
    SheetScreen #attendance-place { height: 1; padding: 0 1; text-style: bold; }
    SheetScreen #attendance-sum { height: 2; padding: 0 1; }
    SheetScreen #attendance-find { display: none; }
    SheetScreen #attendance-find.-shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.sheet: AttendanceSheet | None = None
        self.slot: SlotKey | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Where and when, what it comes to, the field that finds a name, the children."""
        yield Static("", id="attendance-place", markup=False)
        yield Static("", id="attendance-sum", markup=False)
        yield FilterField(placeholder="Premières lettres du nom, ou badge", id="attendance-find")
        yield RecordsList(
            words.COLUMNS, id="sheet", empty="Personne n’est attendu : s pointe un enfant venu sans réservation."
        )

    @property
    def pending(self) -> Mapping[int, AttendanceState]:
        """What is marked and not yet written, by child."""
        return {}

    def waits_to_be_written(self) -> bool:
        """Say whether something must be written before another sheet is shown."""
        return False

    def read(self) -> None:
        """Read the sheet, today's the first time."""
        self.read_sheet()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self.sheet = None
        self.records.show([])
        for shown in ("#attendance-place", "#attendance-sum"):
            self.query_one(shown, Static).update("")

    @property
    def records(self) -> RecordsList:
        """The children's lines."""
        return self.query_one(RecordsList)

    @property
    def line(self) -> SheetLine | None:
        """The line under the cursor."""
        chosen = self.records.chosen
        return self.sheet.line(chosen) if self.sheet is not None and chosen is not None else None

    @gesture(group="sheet", exclusive=True)
    async def read_sheet(self) -> None:
        """Read the sheet of the slot shown."""
        if self.slot is None:
            self.slot = await self.ask(slot_to_mark, self.desk, self.portail.last_marked)
        if self.slot is None:
            self.message("aucune activité n’ouvre ces jours-ci : g choisit une autre journée.", Kind.REFUSED)
            return
        self.show_sheet(await self.ask(attendance_sheet, self.desk, self.slot))

    def show_sheet(self, sheet: AttendanceSheet) -> None:
        """Show a sheet just read."""
        self.sheet = sheet
        self.query_one("#attendance-place", Static).update(Content(words.place_words(sheet)), layout=False)
        self.records.show([words.record_of(line, self.pending.get(line.child.child_id)) for line in sheet.lines])
        self.show_sum()

    def show_sum(self) -> None:
        """Say what the sheet comes to, and what is being written."""
        if self.sheet is not None:
            said = words.sum_words(self.sheet, tuple(self.pending.values()))
            self.query_one("#attendance-sum", Static).update(Content(said), layout=False)

    def _go(self, slot: SlotKey | None) -> None:
        """Show another slot."""
        if slot is not None:
            self.slot = slot
            self.portail.last_marked = slot[:2]
            self.message("")
            self.read_sheet()

    # -- another sheet, papers -------------------------------------------------------------------------------------------

    @gesture(group="place")
    async def action_choose_place(self) -> None:
        """Choose the site and the activity, on the day shown."""
        if self.slot is None or self.waits_to_be_written():
            return
        day = self.slot[2]
        sites = await self.ask(places_of, self.desk, day)
        places = [(site.code, one.code, f"{site.name} – {one.label}") for site in sites for one in site.activities]
        if not places:
            self.message("aucune activité n’ouvre ce jour-là : g choisit une autre journée.", Kind.REFUSED)
            return
        chosen = await self.app.push_screen_wait(
            ChoiceDialog("Site et activité", "Que pointez-vous ?", [label for *_, label in places])
        )
        if chosen is not None:
            self._go((places[chosen][0], places[chosen][1], day))

    @gesture(group="place")
    async def action_choose_day(self) -> None:
        """Choose the day: the same activity, or the first of those that run then."""
        if self.waits_to_be_written():
            return
        day = await self.app.push_screen_wait(DayDialog(self.slot[2] if self.slot is not None else self.today))
        if day is None:
            return
        sites = await self.ask(places_of, self.desk, day)
        site_code, activity = self.slot[:2] if self.slot is not None else ("", "")
        site = next((one for one in sites if one.code == site_code), sites[0] if sites else None)
        if site is None:
            self.message("aucune activité n’ouvre ce jour-là.", Kind.REFUSED)
        elif activity in {one.code for one in site.activities}:
            self._go((site.code, activity, day))
        else:
            self._go((site.code, site.activities[site.now].code, day))

    @gesture(group="place")
    async def action_move_day(self, step: int) -> None:
        """Show the same activity's next day, or the one before."""
        if self.slot is not None and not self.waits_to_be_written():
            self._go(await self.ask(day_beside, self.desk, self.slot, step))

    @gesture(group="print", keys_wait=False)
    async def action_print_list(self, week: bool) -> None:
        """Draw the list of the day, or of the week, and print it."""
        if self.slot is not None:
            printed = await self.ask(print_list, self.desk, self.slot, week=week)
            self.message(printed.sentence, Kind.DONE)

    @gesture(group="print", keys_wait=False)
    async def action_print_badges(self) -> None:
        """Draw the badges of the site's children and print them."""
        if self.slot is not None:
            printed = await self.ask(print_badges, self.desk, self.slot)
            self.message(printed.sentence, Kind.DONE)
