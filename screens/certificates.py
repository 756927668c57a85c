"""Tax certificates: what each payer may declare for a civil year, written one by one or all in one PDF, with its progress."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, ProgressBar, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.gestures import gesture
from screens.records_list import Record, RecordsList
from screens.writing import WritingScreen
from tui_portail.french import plural
from tui_portail.money import format_cents
from tui_portail.services.tax_certificates import CertificateRow, list_certificates, write_certificates

_COLUMNS = (
    Column("Payeur", 24, share=2),
    Column("Dossier", 11),
    Column("Enfants", 7, right=True),
    Column("Garde payée", 14, right=True),
)


class CertificatesScreen(WritingScreen):
    """The certificates of a year, by name."""

    AREA = "certificates"
    TITLE = "Attestations fiscales"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("certificates")
    DEFAULT_CSS = """
    CertificatesScreen #certificates-sum { height: 2; padding: 0 1; }
    """
    HELP = (
        "Les sommes payées dans l’année pour la garde des enfants de moins de six ans au 1er janvier, repas exclus ; "
        "les journées rendues en avoir sont déduites. Chaque payeur a la sienne."
    )

    def __init__(self) -> None:
        super().__init__()
        self._year = 0
        self._rows: dict[int, CertificateRow] = {}

    def compose_body(self) -> Iterable[Widget]:
        """A line that sums up, the progress, the list."""
        yield Static("", id="certificates-sum", markup=False)
        yield ProgressBar(show_eta=False, id="certificates-progress")
        yield RecordsList(_COLUMNS, id="certificates", empty="Rien à attester pour cette année-là.")

    def read(self) -> None:
        """Read the year shown: the one before, which families declare."""
        self._year = self._year or self.today.year - 1
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._rows = {}
        self.query_one(RecordsList).show([])

    @gesture(group="certificates", exclusive=True)
    async def read_list(self) -> None:
        """Read what may be declared."""
        rows = await self.ask(list_certificates, self.desk, self._year)
        self._rows = {row.payer_id: row for row in rows}
        records = self.query_one(RecordsList)
        records.show([_record(row) for row in rows])
        if self.focused is None:
            records.lines.focus()
        total = format_cents(sum(row.total_cents for row in rows))
        self._say(f"Année {self._year} : {plural(len(rows), 'attestation')}, {total} de garde. Entrée : une seule.")

    def _say(self, words: str) -> None:
        self.query_one("#certificates-sum", Static).update(Content(words), layout=False)

    def action_move_year(self, step: int) -> None:
        """Show another year."""
        if not self.is_writing:
            self._year += step
            self.message("")  # what was said was of the other year
            self.read_list()

    @on(OptionList.OptionSelected)
    def action_write_one(self) -> None:
        """Write the certificate of the payer chosen."""
        key = self.query_one(RecordsList).chosen
        if key is not None:
            self.write([key])

    def action_write_all(self) -> None:
        """Write them all."""
        self.write(None)

    @gesture(group="write", keys_wait=False)
    async def write(self, payer_ids: Collection[int] | None) -> None:
        """Write certificates in one PDF, its progress shown; the screen goes on answering."""
        whose = self._rows.get(next(iter(payer_ids))) if payer_ids and len(payer_ids) == 1 else None
        desk, year = self.desk, self._year
        path = await self.write_behind(lambda told: write_certificates(desk, year, payer_ids, told))
        if path is not None:
            said = "attestations écrites" if whose is None else f"attestation de {whose.payer_name} écrite"
            self.message(f"{said} : {path}", Kind.DONE)


def _record(row: CertificateRow) -> Record:
    texts = (row.payer_name, row.dossier_number, f"{row.children}", format_cents(row.total_cents))
    return Record(row.payer_id, texts)
