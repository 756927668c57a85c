"""Deposit slips: the till's list, the draft prepared from all that waits; a slip opened shows its payments and totals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import OptionList

from screens.columns import Column
from screens.commands import bindings_of
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from screens.warning_lines import WarningLines
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.regie_watch import regie_warnings
from tui_portail.services.slip_reading import list_slips
from tui_portail.services.slip_views import SlipRow
from tui_portail.services.slips import prepare_slip

_COLUMNS = (
    Column("Bordereau", 14),
    Column("Date", 12),
    Column("Paiements", 9, right=True),
    Column("Versé", 13, right=True),
    Column("Établi par", 16, share=1),
)


class SlipsScreen(ReadForAgent):
    """The till's slips, the draft first."""

    AREA = "slips"
    TITLE = "Bordereaux"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("slips")
    HELP = (
        "F5 prépare le brouillon de tout ce qui attend, ou ouvre celui qui est commencé ; « Compléter » y ajoute ce qui attend.\n"
        "Un bordereau validé ne change plus : un chèque qui revient ensuite est déduit du suivant."
    )

    def compose_body(self) -> Iterable[Widget]:
        """What the régie should be told of, the list."""
        yield WarningLines()
        yield RecordsList(_COLUMNS, id="slips", empty="Aucun bordereau : F5 prépare le premier.")

    def read(self) -> None:
        """Read what is shown."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self.query_one(WarningLines).show(())
        self.query_one(RecordsList).show([])

    @gesture(group="slips", exclusive=True)
    async def read_list(self) -> None:
        """Read the slips and the warnings."""
        rows = await self.ask(list_slips, self.desk)
        records = self.query_one(RecordsList)
        records.show([_record(row) for row in rows])
        if self.focused is None:
            records.lines.focus()
        self.query_one(WarningLines).show(await self.ask(regie_warnings, self.desk))

    @gesture(group="prepare")
    async def action_prepare(self) -> None:
        """Open the draft that waits, with what was left out of it; without any, make it of all that waits."""
        desk = self.desk
        drafts = [row.slip_id for row in await self.ask(list_slips, desk) if not row.number]
        if drafts:
            self.portail.open("slip", drafts[0])
            return
        view = await self.send("prepare", lambda operation: prepare_slip(desk, operation))
        self.portail.open("slip", view.slip_id)

    @on(OptionList.OptionSelected)
    def action_open_slip(self) -> None:
        """Open the slip chosen."""
        key = self.query_one(RecordsList).chosen
        if key is not None:
            self.portail.open("slip", key)


def _record(row: SlipRow) -> Record:
    at = in_paris(row.at)
    texts = (
        row.number or "brouillon",
        f"{at:%d/%m/%Y}",
        f"{row.payments}",
        format_cents(row.final_cents),
        row.agent_name,
    )
    return Record(row.slip_id, texts, "" if row.number else "$accent")
