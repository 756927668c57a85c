"""Gestures whose answer was lost, and that nobody waits for any more: what became of them is said once the base is back.

Each belongs to the agent who made it: it is looked up, and told, only while that agent is at the desk and the desk is not locked.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from screens.bars import Kind
from screens.carrying_on import LOCK
from screens.threads import in_thread
from tui_portail.errors import PortailError
from tui_portail.french import time_text
from tui_portail.instants import in_paris

if TYPE_CHECKING:
    from screens.app import PortailApp
    from tui_portail.services.known_operations import DoneGesture

_NOUNS = {"cash": "le paiement", "finish": "la validation du planning", "movement": "le mouvement de caisse"}
_IN_PARTS = frozenset({"erase-due", "ClosingsScreen close"})
"""Gestures of several transactions under one operation id: stopped half-way, what is done stays so."""


@dataclass(eq=False, slots=True)
class Sent:
    """A gesture sent once at least without an answer: its operation id, the agent's id, when, and what the agent calls it.

    `held`: the screen that sent it still waits for its answer. `last` is its last try, which may still be under way.
    """

    operation: str
    agent_id: int
    at: datetime
    words: str
    in_parts: bool = False
    held: bool = True
    last: asyncio.Future[Any] | None = field(default=None)


def words_of(name: str, title: str) -> str:
    """Return what a gesture is called: by its name in `send`, else by the title of the screen it was sent from."""
    return _NOUNS.get(name) or f"le geste « {title} »"


def is_in_parts(screen: str, name: str) -> bool:
    """Say whether a gesture of a screen goes on, sent again, from where it stopped."""
    return name in _IN_PARTS or f"{screen} {name}" in _IN_PARTS


class Fates:
    """The list of one application."""

    def __init__(self, app: PortailApp) -> None:
        self._app = app
        self._sent: list[Sent] = []
        self._told: set[str] = set()

    def __len__(self) -> int:
        return len(self._sent)

    def keep(self, sent: Sent) -> None:
        """Remember a gesture whose answer was lost."""
        self._sent.append(sent)

    def known(self, sent: Sent | None) -> None:
        """Forget a gesture that was answered after all."""
        if sent in self._sent:
            self._sent.remove(sent)

    def let_go(self, sent: Sent | None) -> None:
        """Nobody waits for a gesture any more: its fate will be told."""
        if sent is not None:
            sent.held = False
            self.tell()

    def was_told(self, operation: str) -> bool:
        """Say whether the agent was told that this gesture is recorded."""
        return operation in self._told

    def take_over(self, operation: str) -> Sent | None:
        """Return the gesture of that operation, which its screen sends again: nobody else is to look it up."""
        for sent in self._sent:
            if sent.operation == operation:
                sent.held = True
                return sent
        return None

    def tell(self) -> None:
        """Find out what became of the gestures of the agent at the desk, and say it."""
        app = self._app
        if any(self._mine()) and not app.outage.is_away:
            app.run_worker(self._tell(), group="fates", exclusive=True, exit_on_error=False)

    def _mine(self) -> list[Sent]:
        agent = self._app.agent
        if agent is None or any(type(screen).__name__ == LOCK for screen in self._app.screen_stack):
            return []
        return [sent for sent in self._sent if sent.agent_id == agent.agent_id and not sent.held]

    async def _tell(self) -> None:
        lines, all_done = [], True
        for sent in self._mine():
            if sent.last is not None and not sent.last.done():
                await asyncio.wait({sent.last})
            try:
                done = await self._look_up(sent)
            except PortailError:
                continue  # at the next return of the base, or of the agent
            if sent.held or sent not in self._mine():
                continue
            self._sent.remove(sent)
            if done is not None:
                self._told.add(sent.operation)
            all_done = all_done and done is not None
            lines.append(sentence(sent, done))
        if lines:
            self._say(lines, all_done)

    async def _look_up(self, sent: Sent) -> DoneGesture | None:
        from tui_portail.services.known_operations import operation_done  # noqa: PLC0415  after the first frame

        return await in_thread(self._app, operation_done, self._app.open_desk_now, sent.operation)

    def _say(self, lines: list[str], all_done: bool) -> None:
        if len(lines) <= AT_ONCE:
            self._app.say(" ".join(lines), Kind.DONE if all_done else Kind.NOT_DONE)
            return
        from screens.dialogs import TextDialog  # noqa: PLC0415

        self._app.push_screen(TextDialog("La base est revenue", "\n\n".join(lines)))


AT_ONCE = 2
"""More fates than that are read in a dialog."""


def sentence(sent: Sent, done: DoneGesture | None) -> str:
    """Return what is said of a gesture looked up; None: not recorded."""
    words = f"{sent.words[:1].upper()}{sent.words[1:]}"
    sent_at = f"{words} envoyé{'e' if words.startswith('La ') else ''} à {time_text(in_paris(sent.at))}"
    recorded = f"enregistré{'e' if words.startswith('La ') else ''}"
    if done is not None:
        return f"{sent_at} a bien été {recorded}{f' ({done.words})' if done.words else ''}."
    if sent.in_parts:
        return f"{sent_at} s’est arrêté en route : relancez-le, il reprend où il en était."
    return f"{sent_at} n’a pas été {recorded} : refaites-le."
