"""Tax certificates: what each payer may declare for a civil year, written one by one or all in one PDF, with its progress."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
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
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.french import plural
from tui_portail.money import format_cents
from tui_portail.services.tax_certificates import CertificateRow, list_certificates, write_certificates

_COLUMNS = (
    Column("Payeur", 24, share=2),
    Column("Dossier", 11),
    Column("Enfants", 7, right=True),
    Column("Garde payée", 14, right=True),
)


class _Stopped(Exception):
    """The agent stopped the writing."""


class CertificatesScreen(ReadForAgent):
    """The certificates of a year, by name."""

    AREA = "certificates"
    TITLE = "Attestations fiscales"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("certificates")
    DEFAULT_CSS = """
    CertificatesScreen #certificates-sum { height: 2; padding: 0 1; }
    CertificatesScreen ProgressBar { display: none; height: 1; padding: 0 1; }
    CertificatesScreen ProgressBar.-shown { display: block; }
    """
    HELP = (
        "Les sommes payées dans l’année pour la garde des enfants de moins de six ans au 1er janvier, repas exclus ; "
        "les journées rendues en avoir sont déduites. Chaque payeur a la sienne."
    )

    def __init__(self) -> None:
        super().__init__()
        self._year = 0
        self._rows: dict[int, CertificateRow] = {}
        self._stopped = False
        self._writing = False

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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a writing under way is stopped."""
        return self._writing if action == "stop" else super().check_action(action, parameters)

    def action_move_year(self, step: int) -> None:
        """Show another year."""
        if not self._writing:
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

    unsaved_question = "L’écriture des attestations est en cours : partir l’arrête, et aucun fichier n’est gardé."

    def has_unsaved(self) -> bool:
        """Whether leaving would stop a writing."""
        return self._writing

    def on_unmount(self) -> None:
        """Stop what nobody would be told of."""
        self._stopped = True

    def action_stop(self) -> None:
        """Stop the writing: nothing of it is kept."""
        self._stopped = True

    @gesture(group="write", keys_wait=False)
    async def write(self, payer_ids: Collection[int] | None) -> None:
        """Write certificates in one PDF, its progress shown; the screen goes on answering."""
        if self._writing:
            self.message("l’écriture est en cours : F8 l’arrête.", Kind.WAIT)
            return
        self._writing, self._stopped = True, False
        whose = self._rows.get(next(iter(payer_ids))) if payer_ids and len(payer_ids) == 1 else None
        bar = self.query_one(ProgressBar)
        bar.update(total=None, progress=0)
        bar.set_class(True, "-shown")
        self.refresh_bindings()
        try:
            path = await self.ask(write_certificates, self.desk, self._year, payer_ids, self._told_to(bar))
        except _Stopped:
            self.message("écriture arrêtée : aucun fichier n’est gardé.", Kind.DONE)
        else:
            said = "attestations écrites" if whose is None else f"attestation de {whose.payer_name} écrite"
            self.message(f"{said} : {path}", Kind.DONE)
        finally:
            self._writing = False
            bar.set_class(False, "-shown")
            self.refresh_bindings()

    def _told_to(self, bar: ProgressBar) -> Callable[[int, int], None]:
        """Return what the writing's thread calls: it shows how far it is, and stops when asked."""
        app = self.app

        def told(done: int, total: int) -> None:
            if self._stopped:
                raise _Stopped
            if done == total or done % 10 == 0:
                app.call_later(bar.update, total=total, progress=done)

        return told


def _record(row: CertificateRow) -> Record:
    texts = (row.payer_name, row.dossier_number, f"{row.children}", format_cents(row.total_cents))
    return Record(row.payer_id, texts)
