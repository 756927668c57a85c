"""A screen that writes a long PDF behind the agent's next keys: its progress shown, stopped by a key, nothing kept of what is stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual.widgets import ProgressBar

from screens.bars import Kind
from screens.read_for_agent import ReadForAgent

T = TypeVar("T")
Told = Callable[[int, int], None]


class _Stopped(Exception):
    """The agent stopped the writing."""


class WritingScreen(ReadForAgent):
    """Composes a `ProgressBar`, and writes by `write_behind` inside a gesture whose keys do not wait. Its command « stop » stops it."""

    DEFAULT_CSS = """
    WritingScreen ProgressBar { display: none; height: 1; padding: 0 1; }
    WritingScreen ProgressBar.-shown { display: block; }
    """
    unsaved_question: ClassVar[str] = "L’écriture est en cours : partir l’arrête, et aucun fichier n’est gardé."
    is_writing = False
    _stopped = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a writing under way is stopped."""
        return self.is_writing if action == "stop" else super().check_action(action, parameters)

    def has_unsaved(self) -> bool:
        """Whether leaving would stop a writing."""
        return self.is_writing

    def on_unmount(self) -> None:
        """Stop what nobody would be told of."""
        self._stopped = True

    def action_stop(self) -> None:
        """Stop the writing: nothing of it is kept."""
        self._stopped = True
        self.stop_waiting()

    async def write_behind(
        self, write: Callable[[Told], T], stopped: str = "écriture arrêtée : aucun fichier n’est gardé."
    ) -> T | None:
        """Write in a thread, `write` telling how far it is; return what it returns, None when another is under way, or when it was stopped,
        which `stopped` then says.
        """
        if self.is_writing:
            self.message("l’écriture est en cours : F8 l’arrête.", Kind.WAIT)
            return None
        self.is_writing, self._stopped = True, False
        bar = self.query_one(ProgressBar)
        bar.update(total=None, progress=0)
        bar.set_class(True, "-shown")
        self.refresh_bindings()
        try:
            return await self.ask(write, self._told_to(bar))
        except _Stopped:
            self.message(stopped, Kind.DONE)
            return None
        finally:
            self.is_writing = False
            bar.set_class(False, "-shown")
            self.refresh_bindings()

    def _told_to(self, bar: ProgressBar) -> Told:
        """Return what the writing's thread calls: it shows how far it is, and stops when asked."""
        app = self.app

        def told(done: int, total: int) -> None:
            if self._stopped:
                raise _Stopped
            if done == total or done % 10 == 0:
                app.call_later(bar.update, total=total, progress=done)

        return told
