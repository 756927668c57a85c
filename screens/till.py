"""The till: whether it is open, by whom and since when, with which float; opened here in one gesture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.commands import bindings_of
from screens.desk_screen import DeskScreen
from screens.gestures import gesture
from screens.plain_text import plain
from screens.till_dialog import OpenTillDialog
from tui_portail.french import date_time_text
from tui_portail.money import format_cents
from tui_portail.services.till import TillSessionView, current_session


class TillScreen(DeskScreen):
    """The session open, or how to open one."""

    AREA = "till"
    TITLE = "Caisse"
    CSS_PATH = "till.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("till")
    HELP = (
        "Sans caisse ouverte, aucune espèce ne peut être encaissée. Les autres moyens de paiement n’en dépendent pas."
    )

    def __init__(self) -> None:
        super().__init__()
        self.session: TillSessionView | None = None
        self._read = False

    def compose_body(self) -> Iterable[Widget]:
        """One block."""
        yield Static("Lecture de la caisse…", id="till", markup=False)

    def on_screen_resume(self) -> None:
        """Another desk may have opened it."""
        super().on_screen_resume()
        self.read_session()

    @gesture(group="till", exclusive=True)
    async def read_session(self) -> None:
        """Show the session open."""
        self.session = await self.ask(current_session, self.desk)
        self._read = True
        self.query_one("#till", Static).update(till_content(self.session))
        self.refresh_bindings()
        self.portail.read_till()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A till that is open is not opened twice."""
        if action == "open_till" and (not self._read or self.session is not None):
            return False
        return super().check_action(action, parameters)

    @gesture(group="open-till")
    async def action_open_till(self) -> None:
        """Ask for the float and open the till."""
        if await self.app.push_screen_wait(OpenTillDialog()):
            self.message("la caisse est ouverte.", Kind.DONE)
            self.read_session()


def till_content(session: TillSessionView | None) -> Content:
    """Return what the screen says of the till."""
    if session is None:
        return Content.assemble(
            ("Caisse fermée", "bold"),
            "\n\nComptez le fonds de caisse, puis ouvrez-la : Entrée.",
        )
    return Content.assemble(
        ("Caisse ouverte", "bold"),
        f"\n\nOuverte   {date_time_text(session.opened_at)}",
        f"\nPar       {plain(session.opened_by)}",
        f"\nFonds     {format_cents(session.float_cents)}",
    )
