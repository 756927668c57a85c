"""The quittances: found as one types, read on the screen, edited again as a numbered duplicata."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog, TextDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.quittance_text import read_quittance
from screens.read_for_agent import ReadForAgent
from screens.records_list import FilterField, Record, RecordsList
from tui_portail.french import plural, time_text
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.quittances import QuittanceRow, list_quittances, reprint_quittance

MOST_ROWS = 200
_COLUMNS = (
    Column("Numéro", 12),
    Column("Date", 16),
    Column("Payeur", 14, share=3),
    Column("Montant", 11, right=True),
    Column("Moyens", 14, share=1, from_width=64),
    Column("Dossier", 11, from_width=96),
    Column("Copies", 6, right=True, from_width=90),
)


class DocumentDialog(TextDialog):
    """A document as text. Returns True when a duplicata of it is asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("d,f5", "duplicate", "Duplicata", id="document.duplicate")]

    def keys_line(self) -> str:
        """Name the duplicata too."""
        return "↑ ↓ : défiler · d : duplicata · Échap : fermer"

    def action_duplicate(self) -> None:
        """Ask for a duplicata."""
        self.dismiss(True)


class QuittancesScreen(ReadForAgent):
    """The latest quittances, or those that begin as one types. `text` fills the field: a dossier's or a quittance's number."""

    AREA = "quittances"
    TITLE = "Quittances"
    CSS_PATH = "quittances.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("quittances")
    HELP = "Tapez un numéro de quittance, un nom de payeur ou un numéro de dossier. Tab va du champ à la liste."

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._text = text
        self._rows: dict[int, QuittanceRow] = {}

    def compose_body(self) -> Iterable[Widget]:
        """The field above, the list below."""
        yield FilterField(
            self._text,
            placeholder="Numéro de quittance, payeur ou numéro de dossier",
            id="filter",
            select_on_focus=False,
        )
        yield Static("", id="count", markup=False)
        yield RecordsList(_COLUMNS, id="quittances")

    def read(self) -> None:
        """Read what is shown."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._rows = {}
        self.query_one(RecordsList).show([])

    @property
    def records(self) -> RecordsList:
        """The list."""
        return self.query_one(RecordsList)

    @property
    def chosen(self) -> QuittanceRow | None:
        """The quittance under the cursor."""
        key = self.records.chosen
        return None if key is None else self._rows.get(key)

    @on(Input.Changed, "#filter")
    def _typed(self) -> None:
        self.read_list()

    @gesture(group="quittances", exclusive=True)
    async def read_list(self) -> None:
        """Read the quittances that match what is typed."""
        typed = plain(self.query_one("#filter", Input).value).strip()
        rows = await self.ask(list_quittances, self.desk, typed, MOST_ROWS)
        self._rows = {row.quittance_id: row for row in rows}
        self.records.show([_record(row) for row in rows])
        self.query_one("#count", Static).update(Content(_count(typed, len(rows))), layout=False)

    def action_move(self, step: int) -> None:
        """Move in the list without leaving the field."""
        self.records.move(step)

    @on(Input.Submitted, "#filter")
    @on(OptionList.OptionSelected)
    @gesture(group="document")
    async def action_open_document(self) -> None:
        """Show the quittance chosen."""
        if (row := self.chosen) is None:
            return
        text = await self.ask(read_quittance, self.desk, row.quittance_id)
        if await self.app.push_screen_wait(DocumentDialog(f"Quittance n° {row.number}", text)):
            await self._duplicate(row)

    @gesture(group="document")
    async def action_duplicate(self) -> None:
        """Record a numbered duplicata of the quittance chosen, and print it."""
        if row := self.chosen:
            await self._duplicate(row)

    async def _duplicate(self, row: QuittanceRow) -> None:
        lines = (
            f"{row.payer_name}, {format_cents(row.total_cents)}.",
            "Un duplicata numéroté sera enregistré, puis imprimé.",
        )
        title = f"Duplicata de la quittance n° {row.number} ?"
        if not await self.app.push_screen_wait(ConfirmDialog(title, lines, yes="Éditer le duplicata")):
            return
        desk, quittance_id = self.desk, row.quittance_id
        printed = await self.send(
            f"duplicata-{quittance_id}", lambda operation: reprint_quittance(desk, quittance_id, operation)
        )
        self.message(f"duplicata enregistré. {printed.sentence}", Kind.DONE)
        self.read_list()

    def action_reverse(self) -> None:
        """Go and reverse the payment of the quittance chosen, or correct its means."""
        if row := self.chosen:
            self.portail.open("reversal", row.quittance_id)

    def action_open_dossier(self) -> None:
        """Open the dossier of the quittance chosen."""
        if row := self.chosen:
            self.find_dossier(row.dossier_number)

    @gesture(group="dossier", exclusive=True)
    async def find_dossier(self, number: str) -> None:
        """Find a dossier by its number and open it."""
        from tui_portail.services.dossier_search import search  # noqa: PLC0415  for this key only

        hits = await self.ask(search, self.desk, number)
        if hits:
            self.portail.open("dossier", hits[0].dossier_id)


def _record(row: QuittanceRow) -> Record:
    at = in_paris(row.issued_at)
    return Record(
        row.quittance_id,
        (
            row.number,
            f"{at:%d/%m/%Y} {time_text(at).replace(' ', '')}",
            row.payer_name,
            format_cents(row.total_cents),
            _means(row),
            row.dossier_number,
            f"{row.copies}" if row.copies else "",
        ),
    )


def _means(row: QuittanceRow) -> str:
    """Return the means in the room they have, or that the payment was reversed."""
    if row.reversed:
        return "annulée"
    return row.means if cell_len(row.means) <= 14 else row.means_short


def _count(typed: str, found: int) -> str:
    if not found:
        return "Aucune quittance ne correspond." if typed else "Aucune quittance n’a encore été délivrée."
    if found == MOST_ROWS:
        return f"Les {MOST_ROWS} dernières quittances : tapez pour chercher plus loin."
    return f"{plural(found, 'quittance')} · Entrée : voir"
