"""One desk, several agents: sign in over the present screen, and find it as it was. The same dialog unlocks an idle desk."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.bars import Kind
from screens.carrying_on import StoppedWaiting
from screens.desk_screen import DeskDialog
from screens.gestures import gesture
from screens.plain_text import content, plain
from screens.sign_in import identify


class ChangeAgentDialog(DeskDialog[bool | None]):
    """Asks for a name and a password. `locked` hides the screen below and cannot be given up."""

    def __init__(self, locked: bool) -> None:
        super().__init__(classes="-locked" if locked else None)
        self.title = "Poste verrouillé" if locked else "Changer d’agent"
        self._locked = self.is_lock = locked

    def compose_body(self) -> Iterable[Widget]:
        """The present agent's name is proposed when the desk is locked."""
        agent = self.desk.agent
        text = f"Poste de {agent.name if agent else '—'}. "
        text += (
            "Le mot de passe rouvre l’écran tel qu’il était."
            if self._locked
            else "Ce qui est à l’écran y restera si ses droits le permettent."
        )
        yield Static(content(text), id="dialog-text")
        yield Static("Identifiant", classes="field-label", markup=False)
        yield Input(agent.username if agent and self._locked else "", id="username")
        yield Static("Mot de passe", classes="field-label", markup=False)
        yield Input(password=True, id="password")

    def on_mount(self) -> None:
        """Go straight to what is missing."""
        self.query_one("#password" if self._locked else "#username").focus()

    def keys_line(self) -> str:
        """A locked desk has one way out."""
        return "Entrée : ouvrir · Ctrl+Q : quitter" if self._locked else super().keys_line()

    def action_cancel(self) -> None:
        """Give up, unless the desk is locked."""
        if self.stop_waiting():
            return
        if not self._locked:
            self.dismiss(False)

    @on(Input.Submitted, "#username")
    def _name_typed(self, event: Input.Submitted) -> None:
        if plain(event.value).strip():
            self.query_one("#password").focus()
        else:
            self.message("tapez d’abord votre identifiant.", Kind.REFUSED)

    @on(Input.Submitted, "#password")
    def _password_typed(self) -> None:
        self.sign_in()

    @gesture(group="sign-in")
    async def sign_in(self) -> None:
        """Put the agent at the desk, or say why not."""
        name, password = self.query_one("#username", Input), self.query_one("#password", Input)
        try:
            await identify(self, plain(name.value).strip(), password.value)
        except StoppedWaiting:
            raise  # what was typed stays
        except BaseException:
            password.value = ""
            raise
        password.value = ""
        self.dismiss(True)
