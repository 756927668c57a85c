"""A locked desk stays locked whatever ends behind it: what a gesture under way would show, replace or close waits for the password.

A desk locks itself after idle time, also while a write waits for its server. Textual pushes, switches and pops whatever is in front: a
payment done at last would take the lock away and show the family. Here its screen is held, and shown to whoever may see it then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.await_complete import AwaitComplete
from textual.screen import Screen
from textual.widget import AwaitMount
from textual.worker import active_worker

from screens.guard import Guarded

if TYPE_CHECKING:
    from textual.app import App

    class _Base(Guarded, App[None]):
        pass
else:
    _Base = Guarded


class StaysLocked(_Base):
    """Mixin of the application. A screen whose `is_lock` is true locks what is below it."""

    @property
    def is_locked(self) -> bool:
        """Whether a password is asked for before anything else is shown."""
        return any(getattr(screen, "is_lock", False) for screen in self.screen_stack)

    @property
    def _held(self) -> list[tuple[Callable[[], object], Callable[[], object]]]:
        held: list[tuple[Callable[[], object], Callable[[], object]]] = self.__dict__.setdefault("_held_acts", [])
        return held

    def held_back(
        self, act: Callable[[], object], by: Screen[Any] | None = None, give_up: Callable[[], object] = bool
    ) -> bool:
        """Keep an act for later if who asks for it is behind the lock; return whether it was. `by`: the screen, else the worker's.

        `give_up` is called instead when the one who unlocks may not see what was there.
        """
        if not self.is_locked or not self._is_behind(by):
            return False
        self._held.append((act, give_up))
        return True

    def release_held(self, *, seen: bool) -> None:
        """Do what was kept, in its order, once unlocked; or give it up when it is not to be `seen`."""
        held, self._held[:] = list(self._held), []
        for act, give_up in held:
            (act if seen else give_up)()

    def _is_behind(self, by: Screen[Any] | None) -> bool:
        if by is None:
            worker = active_worker.get(None)
            if worker is None:  # a key: it goes to the lock and to what the lock opens
                return False
            by = worker.node if isinstance(worker.node, Screen) else getattr(worker.node, "screen", None)
        stack = list(self.screen_stack)
        first = next(place for place, screen in enumerate(stack) if getattr(screen, "is_lock", False))
        return by not in stack[first:]

    def push_screen(self, screen: Any, callback: Any = None, wait_for_dismiss: bool = False, **others: Any) -> Any:
        """Show a screen in front; from behind the lock, once it is open."""
        own = super().push_screen
        if not wait_for_dismiss:
            if self.held_back(lambda: own(screen, callback, **others)):
                return AwaitMount(self.screen, ())
            return own(screen, callback, **others)
        if not self.is_locked or not self._is_behind(None):
            return own(screen, callback, wait_for_dismiss=True, **others)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def answered(result: Any) -> None:
            if not answer.done():
                answer.set_result(result)

        self.held_back(lambda: own(screen, answered, **others), give_up=answer.cancel)
        return answer

    def switch_screen(self, screen: Any) -> AwaitComplete:
        """Put a screen in the place of the one in front; from behind the lock, once it is open."""
        own = super().switch_screen
        return AwaitComplete() if self.held_back(lambda: own(screen)) else own(screen)
