"""What was paid online here beside the Trésor's statements, over the days typed: each difference, what to do, the money to enter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens import online_words as words
from screens.bars import Kind
from screens.commands import bindings_of
from screens.dialogs import ChoiceDialog, ReasonDialog, TextDialog
from screens.form_fields import Field, TextField
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.inputs import DateInput
from screens.read_for_agent import ReadForAgent
from screens.records_list import RecordsList
from tui_portail.imports.files import SourceFile
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.imports import read_import_file
from tui_portail.services.online_from_statement import settle_from_statement
from tui_portail.services.reconciliation import Difference, Reconciliation, reconciliation
from tui_portail.services.reconciliation_table import export_reconciliation
from tui_portail.services.treasury_statements import preview_statement

_FORMATS = (("CSV, pour un tableur", "csv"), ("XLSX, pour un tableur", "xlsx"))


class StatementFileDialog(FormDialog[SourceFile | None]):
    """Asks for the statement's file, and reads it."""

    TITLE = "Relevé du Trésor"
    WIDE_LABELS = True
    SAVES = "lire le fichier"

    def form_fields(self) -> Iterable[Field]:
        """Return the path."""
        return [TextField("path", "Fichier", placeholder="~/Téléchargements/releve.csv")]

    async def save(self, values: dict[str, object]) -> SourceFile:
        """Read the file: what is wrong is said here."""
        return await self.ask(read_import_file, str(values["path"]))


class ReconciliationScreen(ReadForAgent):
    """The differences of a period, and both sums."""

    AREA = "reconciliation"
    TITLE = "Rapprochement PayFiP"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("reconciliation")
    DEFAULT_CSS = """
    ReconciliationScreen #reconciliation-period { height: auto; }
    ReconciliationScreen #reconciliation-sum { height: 2; padding: 0 1; }
    """
    HELP = (
        "Tapez les deux dates puis Entrée : un paiement est du jour où il est enregistré ici, une ligne du jour que dit le Trésor.\n"
        "F5 lit un relevé du Trésor ; F8 entre la somme d’une ligne qui n’est pas payée ici. Le détail dit quoi faire."
    )

    def __init__(self) -> None:
        super().__init__()
        self._found: Reconciliation | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The period, the sums, the differences."""
        first = self.today.replace(day=1)
        with Horizontal(id="reconciliation-period"):
            yield DateInput("Du", self.today, f"{first:%d/%m/%Y}", past=True, id="from-on")
            yield DateInput("Au", self.today, f"{self.today:%d/%m/%Y}", past=True, id="until-on")
        yield Static("", id="reconciliation-sum", markup=False)
        yield RecordsList(words.DIFFERENCE_COLUMNS, id="reconciliation", empty="Aucune différence sur ces jours.")

    def on_mount(self) -> None:
        """Begin in the list: the days proposed are most often the right ones."""
        self.query_one(RecordsList).lines.focus()

    def read(self) -> None:
        """Read what is shown."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._found = None
        self.query_one(RecordsList).show([])
        self.query_one("#reconciliation-sum", Static).update("")

    @on(DateInput.Submitted, "#from-on")
    def _first_day_typed(self) -> None:
        self.query_one("#until-on", DateInput).focus_field()

    @on(DateInput.Submitted, "#until-on")
    def _last_day_typed(self) -> None:
        self.read_list()
        self.query_one(RecordsList).lines.focus()

    @gesture(group="reconciliation", exclusive=True)
    async def read_list(self) -> None:
        """Reconcile the days typed."""
        await self._read()

    async def _read(self) -> None:
        first_on, last_on = (self.query_one(f"#{name}", DateInput).day for name in ("from-on", "until-on"))
        found = await self.ask(reconciliation, self.desk, first_on or self.today, last_on or self.today)
        self._found = found
        self.query_one(RecordsList).show(words.difference_records(found))
        told = Content(words.reconciliation_words(found))
        self.query_one("#reconciliation-sum", Static).update(told, layout=False)

    @property
    def chosen(self) -> Difference | None:
        """The difference under the cursor."""
        key = self.query_one(RecordsList).chosen
        return None if key is None or self._found is None else self._found.differences[key]

    @on(OptionList.OptionSelected)
    @gesture(group="detail")
    async def action_open_detail(self) -> None:
        """Show the difference chosen, and what to do of it."""
        if (one := self.chosen) is not None:
            await self.app.push_screen_wait(TextDialog("Différence", words.difference_text(one)))

    @gesture(group="file")
    async def action_read_file(self) -> None:
        """Ask for a statement and show what it would be once kept."""
        source = await self.app.push_screen_wait(StatementFileDialog())
        if source is None:
            return
        seen = await self.ask(preview_statement, self.desk, source)
        self.message("")
        self.portail.open("statement", source, seen)

    @gesture(group="settle")
    async def action_settle(self) -> None:
        """Enter the money of the line chosen, with a reason."""
        one = self.chosen
        if one is None:
            return
        if not one.may_be_settled or one.line_id is None:
            self.message(
                "seule une ligne du relevé « pas payé ici » se saisit : Entrée dit quoi faire de celle-ci.",
                Kind.REFUSED,
            )
            return
        text = (
            f"{one.payer_name}, {format_cents(one.statement_cents or 0)} au relevé. Les journées sont réservées si elles peuvent l’être, "
            "le reste devient un avoir ; c’est définitif. Pourquoi la saisir ?"
        )
        reason = await self.app.push_screen_wait(ReasonDialog("Saisir d’après le relevé", text))
        if reason is None:
            return
        desk, line_id = self.desk, one.line_id
        done = await self.send(
            f"settle-{line_id}", lambda operation: settle_from_statement(desk, line_id, reason, operation)
        )
        await self._read()
        self.message(words.followed_words(done), Kind.DONE)

    @gesture(group="export")
    async def action_export(self) -> None:
        """Ask for the format and write the file."""
        if self._found is None:
            return
        asked = ChoiceDialog("Exporter le rapprochement", "Dans quel format ?", [label for label, _ in _FORMATS])
        chosen = await self.app.push_screen_wait(asked)
        if chosen is None:
            return
        period = self._found.period
        name = f"rapprochement-payfip-{in_paris(self.desk.now_estimate()):%Y%m%d-%H%M%S}.{_FORMATS[chosen][1]}"
        done = await self.ask(
            export_reconciliation, self.desk, period.from_on or self.today, period.until_on or self.today, name
        )
        self.message(done.sentence, Kind.DONE)
