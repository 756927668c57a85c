"""The password an agent must choose at the first sign-in, or after an administrateur gave a provisional one."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.bars import Kind
from screens.desk_screen import DeskDialog
from screens.gestures import gesture


class NewPasswordDialog(DeskDialog[bool | None]):
    """Asks twice for a new password and records it. Returns True once it is."""

    TITLE = "Nouveau mot de passe"

    def __init__(self, old: str) -> None:
        super().__init__()
        self._old = old

    def compose_body(self) -> Iterable[Widget]:
        """Two hidden fields."""
        yield Static("Choisissez un mot de passe que vous seul connaîtrez.", id="dialog-text", markup=False)
        yield Static("Nouveau mot de passe", classes="field-label", markup=False)
        yield Input(password=True, id="new")
        yield Static("Encore une fois", classes="field-label", markup=False)
        yield Input(password=True, id="again")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.value:
            self.message("")  # what was refused is typed again

    @on(Input.Submitted, "#new")
    def _first_typed(self) -> None:
        self.query_one("#again").focus()

    @on(Input.Submitted, "#again")
    def _second_typed(self) -> None:
        self.record()

    @gesture(group="password")
    async def record(self) -> None:
        """Record the password if both are the same."""
        from tui_portail.services.agents import change_own_password  # noqa: PLC0415  after the first frame

        new, again = self.query_one("#new", Input), self.query_one("#again", Input)
        if new.value != again.value:
            again.value = ""
            self.message("les deux mots de passe ne sont pas les mêmes : tapez le second à nouveau.", Kind.REFUSED)
            return
        chosen = new.value
        await self.send("password", lambda operation: change_own_password(self.desk, self._old, chosen, operation))
        self.dismiss(True)
