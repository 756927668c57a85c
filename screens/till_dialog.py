"""Opening the till in one gesture: the float counted in it."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Static

from screens.desk_screen import DeskDialog
from screens.gestures import gesture
from screens.inputs import MoneyInput
from tui_portail.services.till import TillAlreadyOpen, open_session


class OpenTillDialog(DeskDialog[bool | None]):
    """Asks for the float and opens the till. Returns True once it is open."""

    TITLE = "Ouvrir la caisse"

    def compose_body(self) -> Iterable[Widget]:
        """One amount."""
        yield Static("La caisse est fermée. Comptez le fonds de caisse et tapez-le.", id="dialog-text", markup=False)
        yield MoneyInput("Fonds de caisse", id="float")

    @on(MoneyInput.Submitted)
    def _entered(self) -> None:
        self.open_till()

    @gesture(group="till")
    async def open_till(self) -> None:
        """Open it; that another desk just did is as good."""
        cents, desk = self.query_one(MoneyInput).cents, self.desk
        try:
            await self.send("till", lambda operation: open_session(desk, cents, operation))
        except TillAlreadyOpen:
            self.app.log("the till was opened by another desk")
        self.dismiss(True)
