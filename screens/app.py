"""The application: themes, the open desk, who is signed in, where one goes. Each screen lives in its own module.

Nothing heavy is imported here: the sign-in screen is painted first, then a thread imports the services and opens the database.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

from screens.bars import HeaderBar, Kind, MessageBar
from screens.commands import bindings_of, command_of
from screens.desk_screen import Framed
from screens.destinations import DESTINATIONS
from screens.fates import Fates
from screens.gestures import Gestures
from screens.header import TillState, header_texts
from screens.key_names import key_name
from screens.keys_while_waiting import keeps_still
from screens.leaving import CalmEnd
from screens.line_breaks import follow_french_rules
from screens.outage import Outage
from screens.palette import DeskCommands, FrenchPalette
from screens.seat import Seat
from screens.sign_in import SignInScreen
from screens.themes import DEFAULT_THEME, THEMES, theme_after
from screens.threads import in_thread
from screens.typed_ahead import TypedAhead

if TYPE_CHECKING:
    from tui_portail.services.desk import Desk

OpenDesk = Callable[[], "Desk"]
CARRIED = "enregistré, la base est revenue."


class PortailApp(CalmEnd, Seat):
    """The desk's application. `open_desk` is called in a thread after the first frame and may raise a `PortailError`.

    `keymap` maps command ids to keys; `idle_minutes` locks the screen (0: never); `log_folder` is where incidents go (None: the user's
    log folder). `saved_theme` is called in a thread with the name of a theme the agent chooses.
    """

    CSS_PATH = [Path(__file__).with_name(name) for name in ("app.tcss", "sign_in.tcss")]  # noqa: RUF012
    TITLE = "Portail Famille"
    ENABLE_COMMAND_PALETTE = False
    COMMANDS = {DeskCommands}  # noqa: RUF012  as Textual declares it
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (130, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of("app"),
        Binding("ctrl+c", "help_quit", show=False, system=True),
    ]

    def __init__(
        self,
        open_desk: OpenDesk,
        *,
        theme: str = DEFAULT_THEME,
        keymap: Mapping[str, str] | None = None,
        idle_minutes: int = 10,
        log_folder: Path | None = None,
        saved_theme: Callable[[str], None] | None = None,
    ) -> None:
        follow_french_rules()
        super().__init__()
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme if theme in {known.name for known in THEMES} else DEFAULT_THEME
        self.animation_level = "none"
        self.set_keymap(dict(keymap or {}))
        self.outage, self.fates = Outage(self), Fates(self)
        self.till: TillState = TillState.UNKNOWN
        self.commune_name = ""
        self.incidents: list[Exception] = []
        self.calls_under_way = 0
        self.last_marked: tuple[str, str] | None = (
            None  # the site and the activity whose children were last marked here
        )
        self.typed = TypedAhead(self)
        self.log_folder = log_folder
        self.idle_seconds = idle_minutes * 60
        self._open_desk = open_desk
        self._saved_theme = saved_theme

    # -- opening ---------------------------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[Any]:
        """Start on the sign-in screen, which needs no database."""
        return SignInScreen()

    def on_mount(self) -> None:
        """Watch for an idle desk."""
        if self.idle_seconds:
            self.set_interval(min(15, self.idle_seconds), self._lock_if_idle)

    async def load_desk(self) -> Desk:
        """Import the services and open the database in a thread. Raises what `open_desk` raises."""
        self.desk = desk = await in_thread(self, self._load)
        return desk

    def _load(self) -> Desk:
        gc.disable()  # imports allocate a lot that stays
        try:
            desk = self._open_desk()
            desk.now()
            self.commune_name = desk.commune_name()
            self.fates.recall(desk.base_id(), desk.now_estimate())
        finally:
            gc.freeze()
            gc.enable()
        return desk

    async def read_commune_ahead(self) -> None:
        """Read the commune's set-up in a thread, while the agent types a password."""
        await in_thread(self, self.open_desk_now.commune)

    @property
    def open_desk_now(self) -> Desk:
        """The desk, once open."""
        if self.desk is None:
            raise RuntimeError("the desk is not open yet")
        return self.desk

    # -- what is said ----------------------------------------------------------------------------------------------------

    def say(self, sentence: str, kind: Kind = Kind.INFO) -> None:
        """Show a sentence on whichever screen is in front once what goes on is done."""

        def shown() -> None:
            if isinstance(self.screen, Gestures):
                self.screen.message(sentence, kind)

        self.call_after_refresh(shown)

    def say_carried(self) -> None:
        """Say, on whichever screen a gesture leads to, that it waited for the base and is done, before what that screen says itself."""

        def shown() -> None:
            for bar in self.screen.query(MessageBar):
                after = f" {bar.sentence}" if bar.sentence else ""
                bar.show(f"{CARRIED}{after}", Kind.DONE)

        self.call_after_refresh(shown)

    def base_is_back(self) -> None:
        """Read what the header says again, and tell what became of the gestures without an answer."""
        self.read_till()
        self.fates.tell()

    def show_header(self) -> None:
        """Write the header of the screen in front again."""
        for header in self.screen.query(HeaderBar):
            header.show()

    def show_headers(self) -> None:
        """Write the headers of every screen again, those behind a dialog too."""
        for screen in self.screen_stack:
            for header in screen.query(HeaderBar):
                header.show()

    def header_texts(self, title: str, width: int) -> tuple[str, str]:
        """Return what the header says on the left and on the right, for a width in cells; nothing of the till while the base is away."""
        till = TillState.UNKNOWN if self.outage.is_away else self.till
        return header_texts(self.desk, self.commune_name, till, title, width)

    def read_till(self) -> None:
        """Read in a thread whether a till session is open, for the header."""
        self.run_worker(self._read_till(), group="till", exclusive=True, exit_on_error=False)

    async def _read_till(self) -> None:
        from screens.till_watch import read_till  # noqa: PLC0415  after the first frame

        await read_till(self)

    def look_at_till(self) -> None:
        """Read the till for an agent who just sat down: one who cashes is told of a session forgotten."""
        front = self._front
        front.call_after_refresh(front.look_at_till)

    async def on_event(self, event: events.Event) -> None:
        """Remember when a key or the mouse was last used; a key waits until the one before it is answered."""
        if isinstance(event, events.InputEvent):
            self._last_input = monotonic()
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded and not self.typed.may_go_on(event):
            return
        if not keeps_still(self, event):
            await super().on_event(event)

    # -- going about -----------------------------------------------------------------------------------------------------

    def open(self, place: str, *arguments: Any) -> None:
        """Push the screen of a destination, unless a dialog is in front or the agent may not."""
        destination = DESTINATIONS[place]
        if self.held_back(lambda: self.open(place, *arguments)):
            return
        if isinstance(self.screen, ModalScreen) or (destination.right and not self.may(destination.right)):
            return
        if not arguments and type(self.screen).__name__ == destination.name:
            return
        self.push_screen(destination.screen(*arguments))

    def action_open(self, place: str) -> None:
        """Open a place by a key."""
        self.open(place)

    def action_search_by_slash(self) -> None:
        """Go to the search, from a screen where nothing is typed."""
        self.open("search")

    def leave(self, screen: Screen[Any]) -> None:
        """Go one step back from a screen; from the first one, sign out."""
        if self.screen is not screen:
            self.held_back(lambda: self.leave(screen), screen)
            return
        if len(self.screen_stack) > 2:
            self.pop_screen()
        else:
            self._leave_home()

    def _leave_home(self) -> None:
        from screens.dialogs import ConfirmDialog  # noqa: PLC0415

        dialog = ConfirmDialog(
            "Fermer la session ?", ("Vous reviendrez à l’écran de connexion.",), yes="Fermer la session", no="Rester"
        )
        self.push_screen(dialog, lambda yes: self._sign_out() if yes else None)

    def back_to_first(self) -> None:
        """Go back to the agent's first screen, for the next family; a screen with something unsaved stops on the way."""
        while len(self.screen_stack) > 2 and not getattr(self.screen, "has_unsaved", bool)():
            self.pop_screen()

    def action_help(self) -> None:
        """Show the keys that answer where the agent is."""
        from screens.help import HelpScreen  # noqa: PLC0415

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_command_palette(self) -> None:
        """Open the palette, in French; not over a dialog, where it could go round it."""
        if not isinstance(self.screen, ModalScreen):
            self.push_screen(FrenchPalette(placeholder="Chercher une commande…"))

    def action_next_theme(self) -> None:
        """Take the next theme and keep the choice."""
        self.theme = theme_after(self.theme)
        if self._saved_theme:
            self._front.keep_theme(self._saved_theme, self.theme)

    @property
    def _front(self) -> Framed:
        """The first of our screens from the front: where a sentence is read."""
        return next(screen for screen in reversed(self.screen_stack) if isinstance(screen, Framed))

    def on_key(self, event: events.Key) -> None:
        """Say whose right a command needs, to who may not ask for it; its key would else seem dead."""
        chain = self.screen._modal_binding_chain
        bound = [(node, found) for node, known in chain for found in known.key_to_bindings.get(event.key, ())]
        if self.agent is None or any(self._check_action_state(found.action, node) for node, found in bound):
            return
        for _, found in bound:
            command = command_of(found)
            if command is not None and command.right is not None and not self.may(command.right):
                self._front.reserved(command.right)
                return

    def action_help_quit(self) -> None:
        """Say how one leaves, to whoever presses Ctrl+C."""
        self.notify("Pour quitter : Ctrl+Q.", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the application's commands that need a right or an agent."""
        if action == "open" and parameters:
            right = DESTINATIONS[str(parameters[0])].right
            return self.agent is not None and (right is None or self.may(right))
        if action == "search_by_slash":  # in a form it is a character like another
            return self.may("SEARCH") and not self.screen.query("Field, Input")
        if action in {"change_agent", "lock", "sign_out"}:
            return self.agent is not None
        return True

    def get_key_display(self, binding: Binding) -> str:
        """Name keys in French."""
        return key_name(binding.key)
