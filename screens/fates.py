"""Gestures whose answer was lost, and that nobody waits for any more: what became of them is said once the base is back.

Each belongs to the agent who made it: it is looked up, and told, only while that agent is at the desk and the desk is not locked. Each is
noted on this machine meanwhile (`tui_portail/unanswered.py`): told at the next opening if the program ends before.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from screens.bars import Kind
from screens.carrying_on import LOCK
from screens.threads import in_thread
from tui_portail.errors import PortailError
from tui_portail.french import date_time_text, time_text
from tui_portail.instants import in_paris

if TYPE_CHECKING:
    from screens.app import PortailApp
    from tui_portail.services.known_operations import DoneGesture
    from tui_portail.unanswered import UnansweredNotes

_NOUNS = {"cash": "le paiement", "finish": "la validation du planning", "movement": "le mouvement de caisse"}
_IN_PARTS = frozenset({"erase-due", "ClosingsScreen close"})
"""Gestures of several transactions under one operation id: stopped half-way, what is done stays so."""


@dataclass(eq=False, slots=True)
class Sent:
    """A gesture sent once at least without an answer: its operation id, the agent's id, when, and what the agent calls it.

    `plain_words` call it without naming anybody. `held`: the screen that sent it still waits for its answer. `last` is its last try,
    which may still be under way. `noted`: it is told at the next opening, if not before. `before`: the program that sent it has ended.
    """

    operation: str
    agent_id: int
    at: datetime
    words: str
    plain_words: str
    in_parts: bool = False
    held: bool = True
    last: asyncio.Future[Any] | None = field(default=None)
    noted: bool = False
    before: bool = False


def words_of(name: str, title: str) -> str:
    """Return what a gesture is called: by its name in `send`, else by the title of the screen it was sent from, if it has one."""
    return _NOUNS.get(name) or (f"le geste « {title} »" if title else "un geste")


def is_in_parts(screen: str, name: str) -> bool:
    """Say whether a gesture of a screen goes on, sent again, from where it stopped."""
    return name in _IN_PARTS or f"{screen} {name}" in _IN_PARTS


class Fates:
    """The list of one application. `notes` outlive it; None: nothing is noted."""

    def __init__(self, app: PortailApp) -> None:
        self._app = app
        self._sent: list[Sent] = []
        self._told: set[str] = set()
        self.notes: UnansweredNotes | None = None

    @property
    def unknown(self) -> list[Sent]:
        """The gestures sent since the program was opened whose fate is not known."""
        return [sent for sent in self._sent if not sent.before]

    def recall(self, base_id: str, now: datetime) -> None:
        """Take over what programs that ended left without an answer in this base."""
        for one in self.notes.left_behind(base_id, now) if self.notes else ():
            self._sent.append(
                Sent(
                    one.operation,
                    one.agent_id,
                    one.at,
                    one.words,
                    one.words,
                    one.in_parts,
                    held=False,
                    noted=True,
                    before=True,
                )
            )

    def keep(self, sent: Sent) -> None:
        """Remember a gesture whose answer was lost."""
        self._sent.append(sent)
        if self.notes:
            from tui_portail.unanswered import UnansweredGesture  # noqa: PLC0415  after the first frame

            base_id = self._app.open_desk_now.base_id()  # known since the opening: nothing is asked of the base
            sent.noted = self.notes.keep(
                UnansweredGesture(sent.operation, base_id, sent.agent_id, sent.at, sent.plain_words, sent.in_parts)
            )

    def known(self, sent: Sent | None) -> None:
        """Forget a gesture whose fate is known."""
        if sent is not None and sent in self._sent:
            self._sent.remove(sent)
            if self.notes:
                self.notes.forget(sent.operation)

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
        lines, all_done, before = [], True, False
        for sent in self._mine():
            if sent.last is not None and not sent.last.done():
                await asyncio.wait({sent.last})
            try:
                done = await self._look_up(sent)
            except PortailError:
                continue  # at the next return of the base, or of the agent
            if sent.held or sent not in self._mine():
                continue
            self.known(sent)
            if done is not None:
                self._told.add(sent.operation)
            all_done = all_done and done is not None
            before = before or sent.before
            lines.append(sentence(sent, done, in_paris(self._app.open_desk_now.now_estimate()).date()))
        if lines:
            self._say(lines, all_done, before)

    async def _look_up(self, sent: Sent) -> DoneGesture | None:
        from tui_portail.services.known_operations import operation_done  # noqa: PLC0415  after the first frame

        return await in_thread(self._app, operation_done, self._app.open_desk_now, sent.operation)

    def _say(self, lines: list[str], all_done: bool, before: bool) -> None:
        """Say it where it is read: in a dialog what was sent before the program was opened, among all that is said at a sign-in."""
        if len(lines) <= AT_ONCE and not before:
            self._app.say(" ".join(lines), Kind.DONE if all_done else Kind.NOT_DONE)
            return
        from screens.dialogs import TextDialog  # noqa: PLC0415

        title = "Restés sans réponse à la fermeture" if before else "La base est revenue"
        dialog = TextDialog(title, "\n\n".join(lines))
        self._app.push_screen(dialog, lambda _read: self._app.look_at_till())  # it says nothing behind a dialog


AT_ONCE = 2
"""More fates than that are read in a dialog."""


def sentence(sent: Sent, done: DoneGesture | None, today: date) -> str:
    """Return what is said of a gesture looked up; None: not recorded."""
    words = f"{sent.words[:1].upper()}{sent.words[1:]}"
    at = f"à {time_text(sent.at)}" if in_paris(sent.at).date() == today else f"le {date_time_text(sent.at)}"
    sent_at = f"{words} envoyé{'e' if words.startswith('La ') else ''} {at}"
    recorded = f"enregistré{'e' if words.startswith('La ') else ''}"
    if done is not None:
        return f"{sent_at} a bien été {recorded}{f' ({done.words})' if done.words else ''}."
    if sent.in_parts:
        return f"{sent_at} s’est arrêté en route : relancez-le, il reprend où il en était."
    return f"{sent_at} n’a pas été {recorded} : refaites-le."
