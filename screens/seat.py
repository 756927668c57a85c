"""Who sits at the desk: signed in, changed for another, locked, signed out, gone. The application's part that follows the agent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen

from screens.bars import Kind
from screens.desk_screen import DeskScreen
from screens.destinations import HOME_OF_RIGHT, RIGHT_OF_CLASS
from screens.fates import Fates
from screens.gestures import Gestures
from screens.lock import StaysLocked
from screens.outage import Outage

if TYPE_CHECKING:
    from tui_portail.errors import PortailError
    from tui_portail.services.desk import Desk, SignedAgent

SESSION_ENDED = frozenset({"COMPTE_DESACTIVE", "MOT_DE_PASSE_PROVISOIRE", "PERSONNE_CONNECTE"})
_UNSAVED = ("Des modifications ne sont pas enregistrées : elles seront perdues.",)
_UNKNOWN = "Un geste envoyé n’a pas encore reçu de réponse de la base : on ne sait pas s’il est enregistré."
_TOLD_LATER = (
    "À la prochaine ouverture sur ce poste, son agent saura s’il l’est ; d’ici là, ne le refaites pas ailleurs."
)
_TO_LOOK_UP = "Vérifiez-le à la prochaine ouverture avant de le refaire."


class Seat(StaysLocked, App[None]):
    """Base of `PortailApp`."""

    outage: Outage
    fates: Fates
    desk: Desk | None = None
    idle_seconds = 0
    _shown: SignedAgent | None = None  # as the header and the screens were last made to follow

    def __init__(self) -> None:
        super().__init__()
        self.identified = asyncio.Event()
        self.identified.set()
        self._sent_again: set[asyncio.Future[Any]] = set()
        self._last_input = monotonic()

    if TYPE_CHECKING:
        open: Callable[..., None]
        show_headers: Callable[[], None]
        look_at_till: Callable[[], None]
        say: Callable[[str, Kind], None]

    @property
    def agent(self) -> SignedAgent | None:
        """The agent signed in, if any."""
        return self.desk.agent if self.desk else None

    @property
    def agent_id(self) -> int:
        """The id of the agent signed in, 0 if none is."""
        return self.agent.agent_id if self.agent else 0

    def may(self, right: str) -> bool:
        """Say whether the agent signed in has a right, by its name."""
        if self.agent is None:
            return False
        from tui_portail.services.rights import Right  # noqa: PLC0415  after the first frame

        return self.agent.may(Right[right])

    def welcome(self) -> None:
        """Go to the agent's first screen, once signed in."""
        self._shown = self.agent
        for right, place in HOME_OF_RIGHT:
            if self.may(right):
                self.open(place)
                break
        self.look_at_till()
        self.fates.tell()

    def agent_changed(self, before: SignedAgent) -> None:
        """Show who is signed in now; the screens and what was typed stay if the agent may see them, else nothing of them does."""
        self._shown = self.agent
        if not all(self._may_see(screen, before) for screen in self.screen_stack[1:]):
            while len(self.screen_stack) > 1:
                self.pop_screen()
            self.welcome()
            return
        for screen in self.screen_stack:
            if isinstance(screen, Gestures):
                screen.another_agent_sits()
                screen.message("")  # it was said to the other: « réservé à … » as much as « fait »
            if isinstance(screen, DeskScreen):
                screen.follow_agent()
        self.refresh_bindings()
        self.show_headers()
        self.look_at_till()

    def agent_lost(self, screen: object, error: PortailError) -> bool:
        """Follow what an administrateur did to the agent at the desk meanwhile; return whether the refusal was thereby answered.

        Disabled, or given a provisional password: back to the sign-in screen. Fewer roles: only what they still allow stays.
        """
        if screen is not self.screen:
            return False
        if error.code in SESSION_ENDED:
            self._sign_out()
        elif error.code == "DROIT_INSUFFISANT" and self.agent is not None and self.agent != self._shown:
            before, self._shown = self._shown or self.agent, self.agent
            self.agent_changed(before)
        else:
            return False
        self.say(error.sentence, Kind.REFUSED)
        return True

    def _may_see(self, screen: Screen[Any], before: SignedAgent) -> bool:
        """Say whether the agent signed in may see a screen left open by another; a dialog or a form needs all the other's roles."""
        name = type(screen).__name__
        if name in RIGHT_OF_CLASS:
            right = RIGHT_OF_CLASS[name]
            return right is None or self.may(right)
        return self.agent is not None and before.roles <= self.agent.roles

    def action_change_agent(self) -> None:
        """Let another agent sign in over the present screen."""
        self._ask_identity(locked=False)

    def action_lock(self) -> None:
        """Hide the screen until a password is given."""
        self._ask_identity(locked=True)

    def _ask_identity(self, locked: bool) -> None:
        from screens.change_agent import ChangeAgentDialog  # noqa: PLC0415

        before = self.agent

        def answered(_changed: bool | None) -> None:
            if self.agent != before and before is not None:
                self.agent_changed(before)
            self.release_held(seen=before is not None and self.agent is not None and before.roles <= self.agent.roles)
            self.fates.tell()

        asked = self.is_locked or (not locked and isinstance(self.screen, ChangeAgentDialog))
        if self.agent is not None and not asked:
            self.push_screen(ChangeAgentDialog(locked=locked), answered)

    def _lock_if_idle(self) -> None:
        if monotonic() - self._last_input >= self.idle_seconds:
            self.action_lock()

    def action_sign_out(self) -> None:
        """Close the agent's session and go back to sign-in; unsaved work is asked about."""
        unsaved = any(getattr(screen, "has_unsaved", bool)() for screen in self.screen_stack)
        self._confirm_then("Fermer la session ?", _UNSAVED if unsaved else (), self._sign_out)

    def _sign_out(self) -> None:
        if self.desk is not None:
            self.desk.sign_out()
        while len(self.screen_stack) > 1:
            self.pop_screen()

    # -- nobody's gesture goes out under another's name --------------------------------------------------------------

    def sent_again(self, task: asyncio.Future[Any]) -> None:
        """A gesture without an answer is being sent once more: whoever sits down waits for it."""
        self._sent_again.add(task)
        task.add_done_callback(self._sent_again.discard)

    @asynccontextmanager
    async def identifying(self) -> AsyncIterator[None]:
        """While an agent's password is checked, no gesture of the agent before is sent again."""
        self.identified.clear()
        try:
            while self._sent_again:
                await asyncio.wait(self._sent_again)
            yield
        finally:
            self.identified.set()

    async def action_quit(self) -> None:
        """Quit; unsaved work, and a gesture whose fate is not known, are asked about."""
        screens = self.screen_stack
        if any(
            getattr(screen, "is_sending", False) and not getattr(screen, "is_waiting_for_base", False)
            for screen in screens
        ):
            return
        unsaved = any(getattr(screen, "has_unsaved", bool)() for screen in screens)
        unknown = self.fates.unknown
        later = _TOLD_LATER if all(sent.noted for sent in unknown) else _TO_LOOK_UP
        lines = (*(_UNSAVED if unsaved else ()), *((_UNKNOWN, later) if unknown else ()))
        self._confirm_then("Quitter l’application ?", lines, self.exit)

    def _confirm_then(self, title: str, lines: Sequence[str], act: Callable[[], object]) -> None:
        from screens.dialogs import ConfirmDialog  # noqa: PLC0415

        if not lines:
            act()
            return

        def answered(yes: bool | None) -> None:
            if yes:
                act()

        self.push_screen(ConfirmDialog(title, lines), answered)
