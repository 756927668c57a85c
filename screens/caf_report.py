"""Heures pour la CAF: real hours by activity and age, over a period, for a site or for all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import ChoiceDialog
from screens.gestures import gesture
from screens.inputs import DateInput
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.caf_hours import hours_text
from tui_portail.french import plural
from tui_portail.services.caf_report import (
    CafReport,
    FileFormat,
    ages_of,
    caf_report,
    export_caf_report,
    print_caf_report,
    unmarked_words,
)

_COLUMNS = (
    Column("Site", 9),
    Column("Activité", 18, share=2),
    Column("Âge", 14),
    Column("Enfants", 7, right=True),
    Column("Présences", 9, right=True),
    Column("Heures", 9, right=True),
)
_FORMATS = (FileFormat.CSV, FileFormat.XLSX)


class CafReportScreen(ReadForAgent):
    """This month's hours first."""

    AREA = "caf_report"
    TITLE = "Heures pour la CAF"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("caf_report")
    AUTO_FOCUS = "#caf OptionList"
    DEFAULT_CSS = """
    CafReportScreen #caf-period { height: 3; }
    CafReportScreen #caf-sum { height: auto; max-height: 3; padding: 0 1; }
    """
    HELP = (
        "Le créneau entier dès que l’enfant est là ; un mercredi d’école plafonné selon la formule. L’âge est celui du jour.\n"
        "Ce qui n’est pas pointé n’est pas compté."
    )

    def __init__(self) -> None:
        super().__init__()
        self._site = ""
        self._told: CafReport | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The period, what it comes to, the lines."""
        first = self.today.replace(day=1)
        with Horizontal(id="caf-period"):
            yield DateInput("Du", self.today, f"{first:%d/%m/%Y}", past=True, id="caf-from")
            yield DateInput("Au", self.today, f"{self.today:%d/%m/%Y}", past=True, id="caf-until")
        yield Static("", id="caf-sum", markup=False)
        yield RecordsList(_COLUMNS, id="caf", empty="Aucune présence pointée sur cette période.")

    def read(self) -> None:
        """Read the period typed."""
        self.read_report()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._told = None
        self.query_one(RecordsList).show([])
        self.query_one("#caf-sum", Static).update("")

    @on(DateInput.Submitted, "#caf-from")
    def _first_day_typed(self) -> None:
        self.query_one("#caf-until", DateInput).focus_field()

    @on(DateInput.Submitted, "#caf-until")
    def _last_day_typed(self) -> None:
        self.read_report()
        self.query_one(RecordsList).lines.focus()

    @gesture(group="caf", exclusive=True)
    async def read_report(self) -> None:
        """Read the hours of the period typed, for the site chosen."""
        from_on, until_on = self.query_one("#caf-from", DateInput).day, self.query_one("#caf-until", DateInput).day
        told = await self.ask(caf_report, self.desk, from_on, until_on, self._site)
        self._told = told
        self.query_one(RecordsList).show(list(_records(told)))
        came = plural(told.days, "présence")
        said = f"{told.site} : {hours_text(told.minutes)} pour {came}. {unmarked_words(told)}"
        self.query_one("#caf-sum", Static).update(Content(said))

    def action_next_site(self) -> None:
        """Show the next site, then all of them again."""
        if self._told is not None:
            codes = ["", *(code for code, _ in self._told.sites)]
            self._site = codes[(codes.index(self._site) + 1) % len(codes)]
            self.message("")
            self.read_report()

    def action_reload(self) -> None:
        """Count again."""
        self.message("")
        self.read_report()

    @gesture(group="print", keys_wait=False)
    async def action_print_report(self) -> None:
        """Draw the report shown and print it."""
        if (told := self._told) is not None:
            printed = await self.ask(print_caf_report, self.desk, told.from_on, told.until_on, told.site_code)
            self.message(printed.sentence, Kind.DONE)

    @gesture(group="export")
    async def action_export(self) -> None:
        """Ask for the format and write the file."""
        if (told := self._told) is None:
            return
        labels = ["CSV, pour un tableur", "XLSX"]
        chosen = await self.app.push_screen_wait(ChoiceDialog("Exporter les heures", "Dans quel format ?", labels))
        if chosen is not None:
            done = await self.ask(
                export_caf_report, self.desk, told.from_on, told.until_on, told.site_code, _FORMATS[chosen]
            )
            self.message(done.sentence, Kind.DONE)


def _records(told: CafReport) -> Iterable[Record]:
    site = ""
    for key, row in enumerate(told.rows):
        for place, (age, summed) in enumerate(ages_of(row.hours)):
            first = place == 0
            texts = (
                row.site if first and row.site != site else "",
                row.activity if first else "",
                age,
                f"{summed.children}",
                f"{summed.days}",
                hours_text(summed.minutes) if row.hours.slot_minutes is not None else "—",
            )
            yield Record(2 * key + place, texts)
        site = row.site
