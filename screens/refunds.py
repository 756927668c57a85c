"""The avoirs « à rembourser par mandat » of a year, printed for the ordonnateur; asked for from the family's dossier."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.french import plural
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.refunds import RefundRow, list_refunds
from tui_portail.services.register_papers import print_refunds

_COLUMNS = (
    Column("Numéro", 12),
    Column("Demandé le", 10),
    Column("Payeur", 16, share=2),
    Column("Montant", 11, right=True),
    Column("Motif", 14, share=1),
    Column("Dossier", 11, from_width=112),
)


class RefundsScreen(ReadForAgent):
    """What a year asks of the ordonnateur."""

    AREA = "refunds"
    TITLE = "Remboursements"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("refunds")
    DEFAULT_CSS = "RefundsScreen #refunds-sum { height: 2; padding: 0 1; }"
    HELP = (
        "Une régie de recettes ne rend pas d’argent : l’avoir d’une famille qui part est remboursé par mandat de l’ordonnateur.\n"
        "La demande se fait au dossier de la famille (b)."
    )

    def __init__(self) -> None:
        super().__init__()
        self._year = 0

    def compose_body(self) -> Iterable[Widget]:
        """A line that sums up, the list."""
        yield Static("", id="refunds-sum", markup=False)
        yield RecordsList(_COLUMNS, id="refunds", empty="Aucun remboursement n’a été demandé cette année-là.")

    def read(self) -> None:
        """Read what is shown, this year first."""
        self._year = self._year or self.today.year
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self.query_one(RecordsList).show([])

    @gesture(group="refunds", exclusive=True)
    async def read_list(self) -> None:
        """Read the year shown."""
        rows = await self.ask(list_refunds, self.desk, self._year)
        records = self.query_one(RecordsList)
        records.show([_record(row) for row in rows])
        if self.focused is None:
            records.lines.focus()
        total = format_cents(sum(row.amount_cents for row in rows))
        words = f"Année {self._year} : {plural(len(rows), 'remboursement')}, {total}."
        self.query_one("#refunds-sum", Static).update(Content(words), layout=False)

    def action_move_year(self, step: int) -> None:
        """Show another year."""
        self._year += step
        self.message("")  # what was said was of the other year
        self.read_list()

    @gesture(group="print", keys_wait=False)
    async def action_print_list(self) -> None:
        """Draw the list for the ordonnateur and print it."""
        printed = await self.ask(print_refunds, self.desk, self._year)
        self.message(printed.sentence, Kind.DONE)


def _record(row: RefundRow) -> Record:
    day = in_paris(row.requested_at)
    name = row.payer_name or "identité effacée"
    texts = (row.number, f"{day:%d/%m/%Y}", name, format_cents(row.amount_cents), row.reason, row.dossier_number)
    return Record(row.refund_id, texts)
