"""The till: closed, or its live balance; opened, moved, closed from here, its sheets printed again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.commands import bindings_of
from screens.gestures import gesture
from screens.movement_dialog import MovementDialog
from screens.read_for_agent import ReadForAgent
from screens.till_dialog import OpenTillDialog
from screens.till_words import balance_text, closed_text
from screens.warning_lines import WarningLines
from tui_portail.services.closing_sheets import list_sessions, print_closing_sheet
from tui_portail.services.regie_watch import regie_warnings
from tui_portail.services.till_balance import TillBalance, till_balance
from tui_portail.services.till_float import expected_float


class TillScreen(ReadForAgent):
    """The session open, or how to open one."""

    AREA = "till"
    TITLE = "Caisse"
    CSS_PATH = "till.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("till")
    HELP = (
        "Sans caisse ouverte, aucune espèce ne peut être encaissée : les réglages de la commune disent quels autres moyens "
        "en dépendent.\nUne sortie pour versement tapée par erreur, ou rapportée, revient par un « Retour de versement », jamais par un "
        "apport.\nUne caisse se clôture le jour même, par l’agent qui l’a ouverte ou par un régisseur."
    )

    def __init__(self) -> None:
        super().__init__()
        self.balance: TillBalance | None = None
        self._read = False

    def compose_body(self) -> Iterable[Widget]:
        """What the régie should be told of, the till in one block."""
        yield WarningLines()
        with VerticalScroll(id="till-scroll"):
            yield Static("Lecture de la caisse…", id="till", markup=False)

    def read(self) -> None:
        """Another desk may have opened it, cashed or closed."""
        self.read_balance()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self.balance, self._read = None, False
        self.query_one(WarningLines).show(())
        self.query_one("#till", Static).update(Content(""))

    @gesture(group="till", exclusive=True)
    async def read_balance(self) -> None:
        """Show the balance of the session open, or what a closed till must hold."""
        self.balance = balance = await self.ask(till_balance, self.desk)
        text = balance_text(balance) if balance else closed_text(await self.ask(expected_float, self.desk))
        self._read = True
        self.query_one("#till", Static).update(text)
        self.query_one("#till-scroll").focus()
        self.refresh_bindings()
        self.portail.read_till()
        self.query_one(WarningLines).show(await self.ask(regie_warnings, self.desk))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A till that is open is not opened twice; a closed one is not closed; one of an earlier day is only closed."""
        balance = self.balance
        answers = {
            "open_till": balance is None,
            "move_cash": balance is not None and not balance.session.forgotten,
            "close_till": balance is not None,
        }
        if action in answers and not (self._read and answers[action]):
            return False
        return super().check_action(action, parameters)

    @gesture(group="open-till")
    async def action_open_till(self) -> None:
        """Ask for the float and open the till."""
        if await self.app.push_screen_wait(OpenTillDialog()):
            self.message("la caisse est ouverte.", Kind.DONE)
            self.read_balance()

    @gesture(group="movement")
    async def action_move_cash(self) -> None:
        """Record cash brought in or taken out."""
        if said := await self.app.push_screen_wait(MovementDialog()):
            self.message(said, Kind.DONE)
            self.read_balance()

    def action_close_till(self) -> None:
        """Go and count it."""
        self.portail.open("till_closing")

    @gesture(group="sheet")
    async def action_print_sheet(self) -> None:
        """Print the last closing sheet again."""
        latest = await self.ask(list_sessions, self.desk, 1)
        if not latest:
            self.message("aucune caisse n’a encore été clôturée.", Kind.REFUSED)
            return
        printed = await self.ask(print_closing_sheet, self.desk, latest[0].session_id)
        self.message(f"feuille de caisse n° {latest[0].number}. {printed.sentence}", Kind.DONE)
