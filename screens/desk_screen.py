"""The frame of every screen and dialog: header, body, message, footer; the desk, the agent's rights, one step back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import FooterBar, HeaderBar, Kind, MessageBar
from screens.commands import BY_ID, bindings_of
from screens.gestures import Gestures, gesture
from screens.plain_text import content
from screens.threads import in_thread
from tui_portail.instants import in_paris

if TYPE_CHECKING:
    from screens.app import PortailApp
    from tui_portail.services.desk import Desk

T = TypeVar("T")


class Framed(Gestures):
    """What screens and dialogs share: the application, the desk, rights, messages."""

    AREA: ClassVar[str] = ""

    @property
    def portail(self) -> PortailApp:
        """The application, with its own type."""
        return cast("PortailApp", self.app)

    @property
    def desk(self) -> Desk:
        """The open desk. A screen that uses it is only pushed once there is one."""
        return self.portail.open_desk_now

    @property
    def today(self) -> date:
        """The desk's day, in Paris."""
        return in_paris(self.desk.now_estimate()).date()

    def may(self, right: str) -> bool:
        """Say whether the signed agent has a right, by its name in `services.rights.Right`."""
        return self.portail.may(right)

    def message(self, sentence: str, kind: Kind = Kind.INFO) -> None:
        """Show a sentence in this screen's message bar."""
        for bar in cast("Screen[object]", self).query(MessageBar):
            bar.show(sentence, kind)

    def on_screen_resume(self) -> None:
        """Let go on what waited for the agent to be in front of this screen again."""
        self.comes_in_sight()

    def reserved(self, right: str) -> None:
        """Say whose right a command needs, by the right's name, and how such an agent sits down."""
        from tui_portail.services.rights import Right, holders  # noqa: PLC0415  after the first frame

        self.message(f"réservé à : {holders(Right[right])}. Ctrl+G : changer d’agent.")

    @gesture(group="theme")
    async def keep_theme(self, save: Callable[[str], None], theme: str) -> None:
        """Write the theme chosen in the settings of this desk."""
        await in_thread(self.app, save, theme)

    @gesture(group="till")
    async def look_at_till(self) -> None:
        """Read the till for the agent who sits here; a session forgotten from an earlier day is said at once."""
        from screens.till_watch import tell_forgotten  # noqa: PLC0415  after the first frame

        await tell_forgotten(self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide a command whose right the agent does not have."""
        right = RIGHT_OF_ACTION.get((self.AREA, action))
        return right is None or self.may(right)


class DeskScreen(Framed, Screen[None]):
    """A full screen. Subclasses set `AREA` (their commands), `TITLE`, `CSS_PATH`, and write `compose_body`."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("screen")
    AUTO_FOCUS: ClassVar[str | None] = "*"

    def compose(self) -> ComposeResult:
        """Put the body in the frame."""
        yield HeaderBar()
        with Vertical(id="body"):
            yield from self.compose_body()
        yield MessageBar()
        yield FooterBar()

    def compose_body(self) -> Iterable[Widget]:
        """Return the widgets of the screen."""
        return ()

    def on_screen_resume(self) -> None:
        """Say the commune, agent and hour as they are now."""
        self.query_one(HeaderBar).show()

    def follow_agent(self) -> None:
        """Another agent sits down over this screen: show what depends on who it is."""

    def has_unsaved(self) -> bool:
        """Whether leaving would lose something typed or ticked. Leaving then asks."""
        return False

    unsaved_question: ClassVar[str] = "Ce que vous avez saisi n’est pas enregistré."

    def action_back(self) -> None:
        """Go one step back; what is not saved is asked about, and a write under way is waited for."""
        if self.is_sending and self.stop_waiting():
            return
        if self.is_sending:
            self.message("l’enregistrement n’est pas encore confirmé.", Kind.WAIT)
        elif self.has_unsaved():
            self._ask_before_leaving()
        else:
            self.leave()

    def leave(self) -> None:
        """Leave the screen without asking."""
        self.portail.leave(self)

    def _ask_before_leaving(self) -> None:
        from screens.dialogs import ConfirmDialog  # noqa: PLC0415  dialogs are framed screens too

        def answered(leave: bool | None) -> None:
            if leave:
                self.leave()

        dialog = ConfirmDialog("Quitter sans enregistrer ?", (self.unsaved_question,), yes="Quitter", no="Rester")
        self.app.push_screen(dialog, answered)


class DeskDialog(Framed, ModalScreen[T]):
    """A dialog over a screen. It returns its answer: `await self.app.push_screen_wait(dialog)` inside a `@gesture`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Annuler", id="screen.cancel"),
        BY_ID["app.help"].binding(),
    ]
    TITLE: ClassVar[str | None] = ""

    def compose(self) -> ComposeResult:
        """Put the body in a box with its title."""
        with Vertical(id="dialog"):
            yield Static(content(self.title or ""), id="dialog-title")
            yield from self.compose_body()
            yield MessageBar()
            yield Static(content(self.keys_line()), id="dialog-keys")

    def compose_body(self) -> Iterable[Widget]:
        """Return the widgets of the dialog."""
        return ()

    def keys_line(self) -> str:
        """Return the line that says how to answer."""
        return "Entrée : valider · Échap : annuler"

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close the dialog and answer; behind a locked screen, once it is open: Textual would close the lock."""
        if self.portail.held_back(lambda: self.is_attached and self.dismiss(result), self):
            return AwaitComplete()
        closed: AwaitComplete = super().dismiss(result)
        return closed

    def action_cancel(self) -> None:
        """Answer nothing, unless a write is under way."""
        if self.is_sending:
            self.stop_waiting()
        else:
            self.dismiss(None)


RIGHT_OF_ACTION: dict[tuple[str, str], str] = {
    (command.area, command.action.partition("(")[0]): command.right
    for command in BY_ID.values()
    if command.right is not None and not command.action.startswith("app.")
}
"""The right each (area, action) needs."""
