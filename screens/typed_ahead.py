"""Keys typed faster than they are answered: each waits until the one before it is done with, so that nothing lands elsewhere.

Textual hands a key to the widget that has the focus; one it does not take (Enter, Tab, a command) comes back to the application behind
the letters already waiting, which then go to the wrong field. Here a key goes on only when every message the one before it caused is
handled, the screen it opened is there, and what it asked of the database is answered. A key that comes alone waits for nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.events import Key, Paste
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widgets import Input

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode

Typed = Key | Paste

PATIENCE = 2.0
"""Seconds a key waits at most for a screen that works: past that the keyboard answers again, whatever the database does."""
_SOON, _LATER = 0.001, 0.02
"""Seconds between two looks: at first, then when what is waited for lasts (the database)."""
_NEVER_WAIT_FOR_THE_DATABASE = frozenset({"escape", "ctrl+q"})


class TypedAhead:
    """The keys of an application, one after the other.

    A screen may say `is_acting` (it writes, or is about to open another: every key waits), `is_sending` (it writes), `is_reading` (what it
    shows is being read: what is typed in a field goes on, commands wait).
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._waiting: deque[Typed] = deque()
        self._next: Typed | None = None
        self._last: Typed | None = None
        self._given_up: Screen[Any] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether keys wait."""
        return bool(self._waiting) or self._next is not None

    def forget(self) -> None:
        """Forget the keys that wait: whoever typed them is gone."""
        self._waiting.clear()
        self._last = None

    def may_go_on(self, event: Typed) -> bool:
        """Say whether a key the application receives may be handled now; if not, it is kept and comes again in its turn."""
        if event is self._next:
            self._next = None
            return True
        if not self.is_waiting and self._is_answered(event, from_application=True):
            self._goes_on(event)
            return True
        self._waiting.append(event)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._let_go_on(), name="typed ahead")
        return False

    async def _let_go_on(self) -> None:
        while self._waiting and self._app.is_running:
            if await self._wait_for_the_one_before():
                self._drop_repeats()
            if self._waiting:
                self._next = self._waiting.popleft()
                self._goes_on(self._next)
                self._app.post_message(self._next)

    def _goes_on(self, event: Typed) -> None:
        if not _never_waits(event):
            self._last = event

    async def _wait_for_the_one_before(self) -> bool:
        """Return whether a write was waited for."""
        began, wrote = monotonic(), False
        while self._app.is_running and not self._is_answered(self._waiting[0]):
            wrote = wrote or getattr(self._app.screen, "is_sending", False)
            waited = monotonic() - began
            if waited > PATIENCE:
                self._given_up = self._app.screen
                break
            await asyncio.sleep(_SOON if waited < _LATER else _LATER)
        return wrote

    def _drop_repeats(self) -> None:
        """Forget the same key struck again while its gesture was being written: it asked for that gesture, not for another."""
        while self._waiting and isinstance(self._last, Key) and _same_key(self._waiting[0], self._last):
            self._waiting.popleft()

    def _is_answered(self, event: Typed, from_application: bool = False) -> bool:
        """Say whether nothing of what was typed before `event` is still to be done."""
        app = self._app
        if not app.screen_stack:
            return True
        screen = app.screen
        here = app._message_queue.empty() if from_application else _is_at_rest(app)
        if not (here and screen.is_mounted and not screen._callbacks):
            return False
        if not _all_at_rest(screen):
            return False
        if not self._holds(screen, event):
            self._given_up = None
            return True
        return screen is self._given_up

    def _holds(self, screen: Screen[Any], event: Typed) -> bool:
        if _never_waits(event):
            return False
        if getattr(screen, "is_acting", False):
            return True
        writes = isinstance(event, Paste) or event.is_printable
        return getattr(screen, "is_reading", False) and not (writes and isinstance(screen.focused, Input))


def _never_waits(event: Typed) -> bool:
    return isinstance(event, Key) and event.key in _NEVER_WAIT_FOR_THE_DATABASE


def _same_key(event: Typed, last: Key) -> bool:
    return isinstance(event, Key) and event.key == last.key


def _all_at_rest(node: DOMNode) -> bool:
    return _is_at_rest(node) and all(map(_all_at_rest, node._nodes))


def _is_at_rest(pump: MessagePump) -> bool:
    """Say whether a widget has no message to handle and handles none: it waits for the next (Textual 8.2.8's own queue)."""
    queue: Any = pump._message_queue
    return not pump.is_running or (queue.empty() and bool(queue.ready_event._waiters) and not pump._next_callbacks)
