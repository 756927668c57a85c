"""The registers over a period: journal à souches, grand-livre, avoirs by payer, revenue with its plot; on paper, and in files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens import register_words as words
from screens.bars import Kind
from screens.commands import bindings_of
from screens.dialogs import ChoiceDialog, TextDialog
from screens.gestures import gesture
from screens.inputs import DateInput
from screens.read_for_agent import ReadForAgent
from screens.records_list import RecordsList
from screens.revenue_plot import RevenuePlot
from tui_portail.instants import in_paris
from tui_portail.services.papers import PrintedDocument
from tui_portail.services.register_exports import Export, FileFormat, RegisterName
from tui_portail.services.register_papers import print_avoirs, print_journal, print_ledger, print_revenue
from tui_portail.services.register_views import (
    JournalView,
    account_view,
    avoirs_view,
    journal_view,
    ledger_view,
    payer_view,
    revenue_view,
    write_register,
)
from tui_portail.services.registers import Period
from tui_portail.services.registers_ledger import AccountBalance
from tui_portail.services.revenue_sums import Dimension, sum_by

_FORMATS = {RegisterName.JOURNAL: tuple(FileFormat)}
_SHEETS = (FileFormat.CSV, FileFormat.XLSX)


class RegistersScreen(ReadForAgent):
    """One register at a time, over the days typed above it."""

    AREA = "registers"
    TITLE = "Registres"
    CSS_PATH = "registers.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("registers")
    HELP = (
        "Tapez les deux dates puis Entrée ; vidées, le registre va du début à maintenant. Entrée sur une ligne : son détail.\n"
        "Ctrl+N change le total des recettes ; Ctrl+X écrit un fichier, que beancount ou hledger vérifient pour le journal."
    )

    def __init__(self) -> None:
        super().__init__()
        self._register = RegisterName.JOURNAL
        self._dimension = Dimension.PERIOD
        self._shown: RegisterName | None = None
        self._journal: JournalView | None = None
        self._accounts: tuple[AccountBalance, ...] = ()

    def compose_body(self) -> Iterable[Widget]:
        """The period, what it comes to, the plot, the lines."""
        first = self.today.replace(day=1)
        with Horizontal(id="registers-period"):
            yield DateInput("Du", self.today, f"{first:%d/%m/%Y}", past=True, id="from-on")
            yield DateInput("Au", self.today, f"{self.today:%d/%m/%Y}", past=True, id="until-on")
        yield Static("", id="registers-tabs", markup=False)
        yield Static("", id="registers-sum", markup=False)
        yield RevenuePlot(id="registers-plot")
        yield RecordsList(words.COLUMNS[RegisterName.JOURNAL], id="registers", empty="Rien sur cette période.")

    def read(self) -> None:
        """Read what is shown."""
        self.read_register()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._shown, self._journal, self._accounts = None, None, ()
        self.query_one(RecordsList).show([])
        self.query_one(RevenuePlot).set_class(False, "-shown")
        self.query_one("#registers-sum", Static).update("")

    @property
    def period(self) -> Period:
        """The days typed. Raises InvalidInput."""
        return Period(self.query_one("#from-on", DateInput).day, self.query_one("#until-on", DateInput).day)

    @on(DateInput.Submitted, "#from-on")
    def _first_day_typed(self) -> None:
        self.query_one("#until-on", DateInput).focus_field()

    @on(DateInput.Submitted, "#until-on")
    def _last_day_typed(self) -> None:
        self.read_register()
        self.query_one(RecordsList).lines.focus()

    def action_show(self, name: str) -> None:
        """Show another register."""
        self._register = RegisterName(name)
        self.read_register()
        self.query_one(RecordsList).lines.focus()

    def action_next_total(self) -> None:
        """Add revenue up another way."""
        ways = list(Dimension)
        self._dimension = ways[(ways.index(self._dimension) + 1) % len(ways)]
        self.action_show(RegisterName.REVENUE.value)

    @gesture(group="register", exclusive=True)
    async def read_register(self) -> None:
        """Read the register chosen over the days typed."""
        self.query_one("#registers-tabs", Static).update(words.tabs(self._register), layout=False)
        period, desk, register = self.period, self.desk, self._register
        told, plot = self.query_one(RecordsList), self.query_one(RevenuePlot)
        bars: list[tuple[str, int]] = []
        match register:
            case RegisterName.JOURNAL:
                self._journal = await self.ask(journal_view, desk, period)
                records, summary = words.journal_records(self._journal), words.journal_summary(self._journal)
            case RegisterName.LEDGER:
                self._accounts = await self.ask(ledger_view, desk, period)
                records, summary = words.ledger_records(self._accounts), words.ledger_summary(self._accounts)
            case RegisterName.AVOIRS:
                avoirs = await self.ask(avoirs_view, desk, period.until_on)
                records, summary = words.avoir_records(avoirs), words.avoir_summary(avoirs, period.until_on)
            case RegisterName.REVENUE:
                revenue = await self.ask(revenue_view, desk, period)
                sums = sum_by(revenue, self._dimension)
                bars = [(one.label, one.net_cents) for one in sums]
                records, summary = words.revenue_records(sums), words.revenue_summary(revenue, self._dimension)
        self._shown = register
        plot.set_class(bool(bars), "-shown")
        plot.show(bars)
        told.show(records, columns=words.COLUMNS[register])
        self.query_one("#registers-sum", Static).update(Content(summary), layout=False)

    @on(OptionList.OptionSelected)
    @gesture(group="detail")
    async def action_detail(self) -> None:
        """Show what stands behind the line chosen: a quittance, an account's movements, a payer's avoirs."""
        key, desk, period = self.query_one(RecordsList).chosen, self.desk, self.period
        if key is None:
            return
        if self._shown is RegisterName.JOURNAL and self._journal is not None:
            stub, means = self._journal.stubs[key]
            title, text = f"Quittance n° {stub.number}", words.stub_text(stub, means)
        elif self._shown is RegisterName.LEDGER:
            account = self._accounts[key]
            view = await self.ask(account_view, desk, period, account.account, account.payer_id)
            title, text = words.account_title(account), words.account_text(account, view)
        elif self._shown is RegisterName.AVOIRS:
            states = await self.ask(payer_view, desk, period.until_on, key)
            title, text = "Avoirs du payeur", words.avoirs_text(states)
        else:
            self.message("les recettes n’ont pas de détail : Ctrl+N les totalise autrement.")
            return
        await self.app.push_screen_wait(TextDialog(title, text))

    @gesture(group="print", keys_wait=False)
    async def action_print_register(self) -> None:
        """Draw the register shown and print it; the screen goes on answering."""
        self.message("le registre est en cours de dessin…", Kind.WAIT)
        printed = await self._print()
        self.message(printed.sentence, Kind.DONE)

    async def _print(self) -> PrintedDocument:
        period, desk = self.period, self.desk
        match self._register:
            case RegisterName.JOURNAL:
                return await self.ask(print_journal, desk, period)
            case RegisterName.LEDGER:
                return await self.ask(print_ledger, desk, period)
            case RegisterName.AVOIRS:
                return await self.ask(print_avoirs, desk, period.until_on)
            case RegisterName.REVENUE:
                return await self.ask(print_revenue, desk, period, self._dimension)

    @gesture(group="export")
    async def action_export(self) -> None:
        """Ask for the format and write the file; a book holds the whole journal, whatever the days."""
        formats = _FORMATS.get(self._register, _SHEETS)
        labels = [words.FORMATS[one] for one in formats]
        chosen = await self.app.push_screen_wait(ChoiceDialog("Exporter le registre", "Dans quel format ?", labels))
        if chosen is None:
            return
        one = formats[chosen]
        whole = one not in _SHEETS
        period = Period() if whole else self.period
        if self._register is RegisterName.AVOIRS:
            period = Period(None, period.until_on)
        now = in_paris(self.desk.now_estimate())
        name = f"{self._register.value}-{now:%Y%m%d-%H%M%S}.{words.SUFFIXES[one]}"
        self._write(Export(self._register, one, period), name)

    @gesture(group="write", keys_wait=False)
    async def _write(self, export: Export, name: str) -> None:
        """Write the file; the screen goes on answering."""
        self.message("le fichier est en cours d’écriture…", Kind.WAIT)
        done = await self.ask(write_register, self.desk, export, name)
        self.message(done.sentence, Kind.DONE)
