"""The commune's school calendar: what each day is, month by month, and the lines that make it, edited in a draft then recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.calendar_dialogs import BRIDGE_NAME, CalendarDialog, CoverageDialog, EntryDialog, YearDialog
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import ChoiceDialog, ConfirmDialog
from screens.draft_screen import DraftScreen
from screens.gestures import gesture
from screens.plain_text import plain
from screens.records_list import Record, RecordsList
from screens.school_months import CHANGED, LEGEND, SchoolMonths
from tui_portail.calendar_entries import (
    CalendarEntry,
    EntryKind,
    coverage_warning,
    entries_of,
    next_known_year,
    partly_closed,
    with_known_year,
    without_entry,
)
from tui_portail.commune_files import calendar_in, shipped_commune, with_calendar
from tui_portail.errors import InvalidInput
from tui_portail.french import join_words, long_date
from tui_portail.school_calendar import SchoolCalendar
from tui_portail.services.calendar_effects import bookings_closed_by
from tui_portail.services.settings_draft import Draft

_COLUMNS = (
    Column("Nature", 16),
    Column("Nom ou motif", 12, share=1),
    Column("Du", 10),
    Column("Au", 10),
    Column("Ferme", 19),
)
_ADDED = (EntryKind.CLOSURE, EntryKind.HOLIDAY, EntryKind.BRIDGE, EntryKind.PUBLIC_HOLIDAY)
_ADDED_WORDS = ("une fermeture (site, activités, mairie)", "des vacances", "un pont sans classe", "un jour férié")
PREVENTS = "Fermer n’annule rien : « Journées annulées », à Enfance/Jeunesse, le fait."


class SchoolCalendarScreen(DraftScreen):
    """The day under the cursor, the months, then one line an entry."""

    AREA = "calendar"
    TITLE = "Calendrier scolaire"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("calendar")
    DEFAULT_CSS = """
    SchoolCalendarScreen #calendar-day { height: 1; padding: 0 1; }
    SchoolCalendarScreen #calendar-legend { height: 1; padding: 0 1; color: $secondary; text-wrap: nowrap; }
    SchoolCalendarScreen #calendar-note { height: 1; padding: 0 1; text-wrap: nowrap; }
    SchoolCalendarScreen #calendar-note.-warning { color: $warning; }
    """
    HELP = (
        "Tab passe des mois à la liste : chacun suit ce que l’autre montre.\n"
        f"{PREVENTS}\n"
        "Rien ne change avant F10 : les mois montrent déjà le brouillon, « * » marque les jours qu’il change ; « ° » : mairie fermée."
    )

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[CalendarEntry, ...] = ()
        self._site: str | None = None
        self._calendar: SchoolCalendar | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The day, the months, the lines, what to know before recording."""
        yield Static("", id="calendar-day", markup=False)
        yield SchoolMonths(self.today)
        yield Static(Content(LEGEND), id="calendar-legend")
        yield RecordsList(_COLUMNS, id="calendar-lines")
        yield Static("", id="calendar-note", markup=False)
        yield self.state_line()

    # -- what is shown ---------------------------------------------------------------------------------------------------

    @property
    def months(self) -> SchoolMonths:
        """The months."""
        return self.query_one(SchoolMonths)

    def _sites(self, draft: Draft) -> dict[str, str]:
        return draft.names()["sites"]

    def show_draft(self) -> None:
        """Show the calendar as the draft makes it."""
        draft = self.draft
        if draft is None:
            return
        calendar, recorded = calendar_in(draft.document), draft.read.commune.calendar
        self._calendar = calendar
        had, sites, first_time = set(entries_of(recorded)), self._sites(draft), not self._entries
        self._entries = entries_of(calendar)
        self.months.show(calendar, recorded, self._site)
        records = self.query_one(RecordsList)
        names = {**draft.names()["activites"], **sites}
        records.show([_record(at, entry, names, entry not in had) for at, entry in enumerate(self._entries)])
        if first_time:
            coming = (at for at, entry in enumerate(self._entries) if self.today <= entry.first)
            records.choose(next(coming, 0))
            self.months.go(self.today)
        if self.focused is None:
            records.lines.focus()
        self._say_note(coverage_warning(calendar, self.today))
        if draft.is_touched:
            self.count_closed()

    @gesture(group="closed", exclusive=True)
    async def count_closed(self) -> None:
        """Say how many days already booked the draft would close."""
        calendar = self._calendar
        if calendar is not None:
            closed = await self.ask(bookings_closed_by, self.desk, calendar)
            self._say_note(closed.words or coverage_warning(calendar, self.today))

    def _say_note(self, warning: str) -> None:
        note = self.query_one("#calendar-note", Static)
        note.set_class(bool(warning), "-warning")
        note.update(Content(plain(warning or PREVENTS)), layout=False)

    @on(SchoolMonths.Moved)
    def _say_day(self) -> None:
        calendar, draft = self._calendar, self.draft
        if calendar is None or draft is None:
            return
        day = self.months.cursor
        where = "" if self._site is None else f" ({self._sites(draft)[self._site]})"
        words = f"{long_date(day)}{where} : {calendar.describe(day, self._site).label_fr}"
        names = draft.names()["activites"]
        for closure in partly_closed(calendar, day, self._site):
            stopped = join_words(names.get(code, code) for code in sorted(closure.only))
            words += f" ; sans {stopped} : {closure.reason}"
        self.query_one("#calendar-day", Static).update(Content.styled(plain(words), "bold"), layout=False)
        holding = [at for at, entry in enumerate(self._entries) if entry.first <= day <= entry.last]
        if self.months.has_focus and holding:
            shortest = min(holding, key=lambda at: self._entries[at].last - self._entries[at].first)
            self.query_one(RecordsList).choose(shortest)

    @on(OptionList.OptionHighlighted)
    def _show_entry(self) -> None:
        if (entry := self._chosen) is not None and self.query_one(RecordsList).lines.has_focus:
            self.months.go(entry.first)

    @property
    def _chosen(self) -> CalendarEntry | None:
        at = self.query_one(RecordsList).chosen
        return self._entries[at] if at is not None and at < len(self._entries) else None

    def action_turn(self, months: int) -> None:
        """Show other months."""
        self.months.turn(months)

    def action_today(self) -> None:
        """Come back to today."""
        self.months.go(self.today)

    def action_next_site(self) -> None:
        """Show the closures of one site, then of the next, then those of all."""
        if self.draft is not None:
            codes = [None, *self._sites(self.draft)]
            self._site = codes[(codes.index(self._site) + 1) % len(codes)]
            self.show_draft()

    # -- changing --------------------------------------------------------------------------------------------------------

    def _take_calendar(self, draft: Draft, calendar: SchoolCalendar) -> None:
        before = set(self._entries)
        self.take(with_calendar(draft.document, calendar))
        added = [at for at, entry in enumerate(self._entries) if entry not in before]
        if added:
            self.query_one(RecordsList).choose(added[0])
            self.months.go(self._entries[added[0]].first)

    async def _answered(self, draft: Draft, dialog: CalendarDialog) -> None:
        self.message("")
        calendar = await self.ask_form(dialog)
        if calendar is not None:
            self._take_calendar(draft, calendar)

    @on(OptionList.OptionSelected)
    @gesture(group="entry")
    async def action_edit(self) -> None:
        """Edit the line under the cursor."""
        draft, calendar, entry = self.draft, self._calendar, self._chosen
        if draft is not None and calendar is not None and entry is not None:
            others = self._without(calendar, entry)
            await self._answered(draft, self._dialog(draft, entry.kind.value.capitalize(), others, entry))

    def _dialog(self, draft: Draft, title: str, calendar: SchoolCalendar, entry: CalendarEntry) -> EntryDialog:
        return EntryDialog(title, calendar, entry, self._sites(draft), draft.names()["activites"])

    @staticmethod
    def _without(calendar: SchoolCalendar, entry: CalendarEntry) -> SchoolCalendar:
        """Return the calendar without a line; the only school year is taken off only to be put back."""
        try:
            return without_entry(calendar, entry)
        except InvalidInput:
            return calendar

    @gesture(group="entry")
    async def action_add(self) -> None:
        """Add a line from the day under the cursor."""
        draft, calendar = self.draft, self._calendar
        if draft is None or calendar is None:
            return
        place = await self.ask_form(ChoiceDialog("Ajouter au calendrier", "", _ADDED_WORDS))
        if place is None:
            return
        kind, day = _ADDED[place], self.months.cursor
        name = BRIDGE_NAME if kind is EntryKind.BRIDGE else ""
        entry = CalendarEntry(kind, day, day, name, activities=True, site=self._site)
        title = f"Ajouter {_ADDED_WORDS[place].partition(' (')[0]}"
        await self._answered(draft, self._dialog(draft, title, calendar, entry))

    @gesture(group="entry")
    async def action_remove(self) -> None:
        """Take the line under the cursor out of the draft."""
        draft, calendar, entry = self.draft, self._calendar, self._chosen
        if draft is not None and calendar is not None and entry is not None:
            self._take_calendar(draft, without_entry(calendar, entry))
            self.message(f"{entry.kind.value} {entry.words} : enlevé du brouillon.")

    @gesture(group="entry")
    async def action_next_year(self) -> None:
        """Add the next school year: from the official dates where the program knows them, else typed."""
        draft, calendar = self.draft, self._calendar
        if draft is None or calendar is None:
            return
        self.message("")
        known = (await self.ask(shipped_commune)).calendar
        year = next_known_year(calendar, known) if known.zone == calendar.zone else None
        if year is None:
            await self._answered(draft, YearDialog(calendar))
            return
        extended = with_known_year(calendar, known, year)
        new = [entry for entry in entries_of(extended) if entry not in set(self._entries)]
        lines = [f"• {entry.kind.value} : {entry.words}" for entry in new if entry.kind is not EntryKind.PUBLIC_HOLIDAY]
        asked = ConfirmDialog(f"Ajouter l’année {year.name}, zone {known.zone}", lines, yes="Ajouter au brouillon")
        if await self.ask_form(asked):
            self._take_calendar(draft, extended)

    @gesture(group="entry")
    async def action_coverage(self) -> None:
        """Change the period that the calendar covers."""
        if self.draft is not None and self._calendar is not None:
            await self._answered(self.draft, CoverageDialog(self._calendar))

    @gesture(group="record-calendar")
    async def action_record(self) -> None:
        """Record the draft, after saying which days already booked it closes."""
        calendar, draft = self._calendar, self.draft
        if calendar is not None and draft is not None and draft.is_touched:
            closed = await self.ask(bookings_closed_by, self.desk, calendar)
            if closed.days:
                asked = ConfirmDialog(
                    "Des journées sont déjà réservées", (closed.sentence,), yes="Enregistrer quand même", no="Revenir"
                )
                if not await self.app.push_screen_wait(asked):
                    return
        super().action_record()


def _record(at: int, entry: CalendarEntry, names: Mapping[str, str], is_new: bool) -> Record:
    texts = (
        f"{CHANGED} {entry.kind.value}" if is_new else entry.kind.value,
        entry.name,
        f"{entry.first:%d/%m/%Y}",
        "" if entry.first == entry.last else f"{entry.last:%d/%m/%Y}",
        _closed_words(entry, names),
    )
    return Record(at, texts, "$warning" if is_new else "")


def _closed_words(entry: CalendarEntry, names: Mapping[str, str]) -> str:
    """Return what a closure closes: « Mélodie : ALP soir », « mairie, activités »."""
    closed = ["mairie"] if entry.mairie else []
    if entry.activities:
        closed += [names.get(code, code) for code in sorted(entry.only)] or ["activités"]
    where = f"{names.get(entry.site, entry.site)} : " if entry.site else ""
    return where + ", ".join(closed)
