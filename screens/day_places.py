"""« Places d’une journée »: a site's week, a line an activity's day; its places, changed by hand or given back to the set-up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens import day_places_words as words
from screens.appointment_dialogs import DayDialog
from screens.bars import Kind
from screens.commands import bindings_of
from screens.day_places_dialogs import ChangePlacesDialog, GiveBackDialog
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import RecordsList
from tui_portail.services.day_places import ChangedDays
from tui_portail.services.week_places import WEEK, DayPlaces, WeekPlaces, week_places
from tui_portail.weeks import monday_of


class DayPlacesScreen(ReadForAgent):
    """The week of today at the first site; `,` and `;` move, `t` goes to the next site."""

    AREA = "day_places"
    TITLE = "Places d’une journée"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("day_places")
    DEFAULT_CSS = """
    DayPlacesScreen #places-title { height: 1; padding: 0 1; text-style: bold; text-wrap: nowrap; }
    DayPlacesScreen #places-row { height: 3; padding: 0 1; }
    """
    HELP = (
        "Ret. : places retenues par le service. Pan. : en panier, pas encore payées. Off. : offertes à la liste d’attente.\n"
        "File : enfants qui attendent. Reste : pour qui n’attend pas. m : mises à la main. + : d’autres limites, dites en bas.\n"
        "Baisser un jour n’annule rien : ceux qui ont leur place la gardent, personne de plus n’entre."
    )

    def __init__(self) -> None:
        super().__init__()
        self._site = ""
        self._monday: date | None = None
        self._week: WeekPlaces | None = None
        self._go_to: date | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Whose week, the lines, what there is to say of the one under the cursor."""
        yield Static("", id="places-title", markup=False)
        yield RecordsList(words.COLUMNS, id="places", empty="Aucune activité cette semaine-là. ; : semaine d’après.")
        yield Static("", id="places-row", markup=False)

    def read(self) -> None:
        """Read the week shown, this one first."""
        if self._monday is None:
            self._go_to = self.today
            self._monday = monday_of(self.today)
        self.read_week()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._week = None
        self.query_one(RecordsList).show([])
        for part in ("#places-title", "#places-row"):
            self.query_one(part, Static).update("")

    def action_reload(self) -> None:
        """Read the week again."""
        self.message("")
        self.read_week()

    @gesture(group="places", exclusive=True)
    async def read_week(self) -> None:
        """Read the week of the site shown."""
        week = await self.ask(week_places, self.desk, self._site, self._monday or monday_of(self.today))
        self._week, self._site = week, week.site
        self.query_one("#places-title", Static).update(Content(words.week_title(week)))
        records = self.query_one(RecordsList)
        records.show(words.records_of(week))
        if self._go_to is not None:
            first = next((at for at, row in enumerate(week.rows) if row.day >= self._go_to), 0)
            records.choose(first)
            self._go_to = None
        if self.focused is None:
            records.lines.focus()
        self._show_row()

    @property
    def chosen(self) -> DayPlaces | None:
        """The activity's day under the cursor."""
        place = self.query_one(RecordsList).chosen
        return None if place is None or self._week is None else self._week.rows[place]

    @on(OptionList.OptionHighlighted)
    def _show_row(self) -> None:
        row = self.chosen
        self.query_one("#places-row", Static).update(Content("" if row is None else words.row_words(row)))

    # -- where one is ----------------------------------------------------------------------------------------------------

    def action_step(self, step: int) -> None:
        """Go to the next week, or the one before."""
        if self._monday is not None:
            self._show_week_of(self._monday + WEEK * step)

    def action_today(self) -> None:
        """Come back to today."""
        self._show_week_of(self.today)

    @gesture(group="go")
    async def action_ask_day(self) -> None:
        """Go to a day typed."""
        day = await self.app.push_screen_wait(DayDialog())
        if day is not None:
            self._show_week_of(day)

    def action_next_site(self) -> None:
        """Show the next site, the same week."""
        if self._week is None or not self._week.sites:
            return
        codes = [code for code, _ in self._week.sites]
        self._site = codes[(codes.index(self._site) + 1) % len(codes)]
        self.message("")
        self.read_week()

    def _show_week_of(self, day: date) -> None:
        self._go_to, self._monday = day, monday_of(day)
        self.message("")
        self.read_week()

    # -- writing ---------------------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    @gesture(group="write")
    async def action_change(self) -> None:
        """Change the places of the day chosen, or of a range that begins there."""
        if (row := self.chosen) is not None:
            done = await self.app.push_screen_wait(ChangePlacesDialog(self._site, row))
            self._told(done)

    @gesture(group="write")
    async def action_give_back(self) -> None:
        """Let the day chosen, or a range, follow the set-up again."""
        if (row := self.chosen) is not None:
            done = await self.app.push_screen_wait(GiveBackDialog(self._site, row))
            self._told(done, given_back=True)

    def _told(self, done: ChangedDays | None, *, given_back: bool = False) -> None:
        if done is not None:
            self.message(words.changed_words(done, given_back), Kind.DONE)
            self.read_week()
