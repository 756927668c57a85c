"""How a screen asks and sends: off the interface's thread, once, with every refusal shown where it happened.

A screen marks its asynchronous methods with `@gesture`. Inside, `await self.ask(call, …)` reads in a thread and drops an answer that a
later question made stale; `await self.send(name, call)` writes, giving `call` the operation id of the gesture. A second press while a
write is under way does nothing; a write whose answer was lost, or that found the database busy, is sent again by itself with the same
id (`sending`, `carrying_on`); given up, its fate is told later (`fates`). What goes wrong is caught here, once: a `PortailError` shows its
sentence, anything else is logged and shown as a calm one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from textual.worker import Worker, WorkerCancelled

from screens.bars import Kind
from screens.carrying_on import KEYS_WAIT, SHOWN, TYPED, WROTE, CarriesOn, Superseded
from screens.sending import Sending
from screens.threads import in_thread
from tui_portail.errors import PortailError

T = TypeVar("T")
P = ParamSpec("P")
S = TypeVar("S", bound="Gestures")

UNWRITTEN = "DOCUMENT_NON_ECRIT"
"""The code of a paper that could not be written: the gesture itself is recorded, « refusé » would have it done again."""


class Gestures(CarriesOn):
    """What screens and dialogs are given to talk to the services. A mixin of `DeskScreen` and `DeskDialog`."""

    def refused(self, error: PortailError) -> None:
        """Show a refusal; a screen may do more, such as reading again what has changed."""
        self.message(error.sentence, Kind.UNPRINTED if error.code == UNWRITTEN else Kind.REFUSED)

    def incident(self, error: Exception) -> None:
        """Log an unexpected error and show the calm sentence with its reference."""
        from screens.incidents import sentence_for  # noqa: PLC0415

        self.message(sentence_for(self.app, error), Kind.INCIDENT)

    _writes_answered = 0

    @property
    def _asked(self) -> dict[str, int]:
        numbers: dict[str, int] = self.__dict__.setdefault("_gesture_asked", {})
        return numbers

    @property
    def operations(self) -> dict[str, str]:
        """The operation ids of the gestures of this screen that are not settled, by agent and gesture."""
        operations: dict[str, str] = self.__dict__.setdefault("_gesture_operations", {})
        return operations

    @property
    def _under_way(self) -> set[str]:
        names: set[str] = self.__dict__.setdefault("_gesture_under_way", set())
        return names

    @property
    def is_sending(self) -> bool:
        """Whether a write is under way: the screen stays until it is known."""
        return bool(self._under_way)

    @property
    def is_acting(self) -> bool:
        """Whether a gesture that writes or opens something is under way here: keys wait for it (`typed_ahead`), not for the base."""
        return self._is_at_work(exclusive=False) and not self.is_waiting_for_base

    @property
    def is_reading(self) -> bool:
        """Whether what is shown here is being read: commands wait for it, what is typed in a field does not."""
        return self._is_at_work(exclusive=True) and not self.is_waiting_for_base

    @property
    def _at_work(self) -> dict[Worker[None], bool]:
        workers: dict[Worker[None], bool] = self.__dict__.setdefault("_gesture_workers", {})
        return workers

    def _is_at_work(self, exclusive: bool) -> bool:
        # superseded before its first step, a worker of Textual 8.2.8 says for ever that it runs: keys would wait for it in vain
        for worker in [worker for worker in self._at_work if worker.is_finished or worker.is_cancelled]:
            del self._at_work[worker]
        return exclusive in self._at_work.values()

    async def ask(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Read in a thread, again by itself when the base is back; raise `Superseded` if the same was asked again, or the screen left.

        A read under way while a write of this screen is answered is asked again: it may have seen what was before.
        """
        subject = getattr(call, "__qualname__", repr(call))
        number = self._asked.get(subject, 0) + 1
        self._asked[subject] = number

        async def attempt() -> T:
            return await in_thread(self.app, call, *args, **kwargs)

        while True:
            writes = self._writes_answered
            answer = await self.carry_on(attempt, TYPED if KEYS_WAIT.get() else SHOWN)
            if self._asked[subject] != number or not self.is_attached or getattr(self, "_pruning", False):
                raise Superseded(subject)  # asked again since, or the screen was left
            if self._writes_answered == writes:
                return answer

    async def send(self, name: str, call: Callable[[str], T]) -> T:
        """Write in a thread, never cancelled. `call` receives the operation id, kept for a retry of the gesture `name`.

        Sent again by itself while the base is out of reach or busy. Raises StoppedWaiting when the agent gives up waiting.
        """
        if name in self._under_way:
            raise Superseded(name)
        self._under_way.add(name)
        try:
            return await Sending(self, name, call).until_known()
        finally:
            self._under_way.discard(name)

    def write_answered(self) -> None:
        """A write of this screen was answered: what is being read here may be of before it."""
        self._writes_answered += 1


def gesture(
    *, group: str = "", exclusive: bool = False, keys_wait: bool = True
) -> Callable[[Callable[Concatenate[S, P], Coroutine[Any, Any, None]]], Callable[Concatenate[S, P], Worker[None]]]:
    """Run an asynchronous method of a screen as a worker and show what goes wrong.

    `exclusive`: only the last one counts (reads). `keys_wait` is False for what goes on behind the agent's next keys (printing).
    """

    def decorate(
        method: Callable[Concatenate[S, P], Coroutine[Any, Any, None]],
    ) -> Callable[Concatenate[S, P], Worker[None]]:
        @functools.wraps(method)
        def start(self: S, *args: P.args, **kwargs: P.kwargs) -> Worker[None]:
            runner: Any = self

            async def guarded() -> None:
                KEYS_WAIT.set(keys_wait and not exclusive)
                WROTE.set(False)
                try:
                    await method(self, *args, **kwargs)
                    if self.carried_to_the_end():
                        runner.app.say_carried()
                except (Superseded, WorkerCancelled):  # the second: what it waited for ends with the application
                    pass
                except PortailError as error:
                    if not runner.app.agent_lost(self, error):
                        self.refused(error)
                except Exception as error:  # a bug: logged with its trace, the desk goes on
                    self.incident(error)

            worker: Worker[None] = runner.run_worker(
                guarded,  # not called: a worker superseded before it starts leaves no coroutine behind
                name=method.__name__,
                group=group or method.__qualname__,
                exclusive=exclusive,
                exit_on_error=False,
            )
            if keys_wait:
                self._at_work[worker] = exclusive
            return worker

        return cast("Callable[Concatenate[S, P], Worker[None]]", start)

    return decorate
