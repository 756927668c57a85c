"""Opening the till: the float counted in it, the one expected filled in; another needs its reason."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.desk_screen import DeskDialog
from screens.gestures import gesture
from screens.inputs import MoneyInput, PlainInput
from tui_portail.errors import InvalidInput
from tui_portail.money import format_cents
from tui_portail.services.till import TillAlreadyOpen, open_session
from tui_portail.services.till_float import expected_float


class OpenTillDialog(DeskDialog[bool | None]):
    """Asks for the float and opens the till. Returns True once it is open."""

    TITLE = "Ouvrir la caisse"

    def __init__(self) -> None:
        super().__init__()
        self._expected: int | None = None

    def compose_body(self) -> Iterable[Widget]:
        """One amount, and a reason when it is not the one expected."""
        yield Static("La caisse est fermée. Comptez le fonds de caisse et tapez-le.", id="dialog-text", markup=False)
        yield MoneyInput("Fonds de caisse", id="float")
        yield Static("Motif de l’écart", id="reason-label", classes="field-label", markup=False)
        yield PlainInput(id="reason", max_length=200, placeholder="gardé au journal")

    def on_mount(self) -> None:
        """Fill in what the last closing left."""
        self._show_reason(False)
        self.read_expected()

    @gesture(group="expected", exclusive=True)
    async def read_expected(self) -> None:
        """Read what the till should hold; a first session expects nothing."""
        self._expected = await self.ask(expected_float, self.desk)
        if self._expected is None:
            return
        held = f"La caisse doit contenir {format_cents(self._expected)}"
        said = f"{held} d’après la dernière clôture et les bordereaux validés depuis : comptez-la."
        self.query_one("#dialog-text", Static).update(Content(said))
        amount = self.query_one(MoneyInput)
        if not amount.text:
            amount.cents = self._expected
            amount.focus_field()

    @property
    def _differs(self) -> bool:
        try:
            return self._expected is not None and self.query_one(MoneyInput).cents != self._expected
        except InvalidInput:
            return False

    def _show_reason(self, shown: bool) -> None:
        self.query_one("#reason-label").display = self.query_one("#reason").display = shown

    @on(MoneyInput.Changed)
    def _typed(self) -> None:
        self.message("")
        self._show_reason(self._differs)

    @on(MoneyInput.Submitted)
    def _entered(self) -> None:
        if self._differs and not self.query_one("#reason", Input).value.strip():
            self.query_one("#reason").focus()
        else:
            self.open_till()

    @on(Input.Submitted, "#reason")
    def _explained(self) -> None:
        self.open_till()

    @gesture(group="till")
    async def open_till(self) -> None:
        """Open it; that another desk just did is as good."""
        cents, desk = self.query_one(MoneyInput).cents, self.desk
        reason = self.query_one("#reason", Input).value if self._differs else ""
        try:
            await self.send("till", lambda operation: open_session(desk, cents, operation, reason))
        except TillAlreadyOpen:
            self.app.log("the till was opened by another desk")
        self.dismiss(True)
