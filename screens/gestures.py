"""How a screen asks and sends: off the interface's thread, once, with every refusal shown where it happened.

A screen marks its asynchronous methods with `@gesture`. Inside, `await self.ask(call, …)` reads in a thread and drops an answer that a
later question made stale; `await self.send(name, call)` writes, giving `call` the operation id of the gesture. A second press while a
write is under way does nothing; a write whose fate is not known, or that found the database busy, is sent again with the same id. What
goes wrong is caught here, once: a `PortailError` shows its sentence, anything else is logged and shown as a calm one.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from textual.worker import Worker

from screens.bars import Kind
from screens.guard import Guarded
from tui_portail.errors import PortailError

if TYPE_CHECKING:
    from textual.app import App

T = TypeVar("T")
P = ParamSpec("P")
S = TypeVar("S", bound="Gestures")

WAIT_SHOWN_AFTER = 0.4
"""Seconds after which a write that lasts says « Un instant »."""


_RETRIED_CODES = frozenset({"BASE_OCCUPEE", "BASE_VERROUILLEE", "BASE_TROP_LENTE", "BASE_INJOIGNABLE"})


class Superseded(Exception):
    """A later question was asked, or the same write is already under way: there is nothing to show."""


def new_operation() -> str:
    """Return the id of a new gesture (uuid4 hex), the same form as `services.desk.new_operation`."""
    from uuid import uuid4  # noqa: PLC0415  not needed by the first frame

    return uuid4().hex


async def in_thread(app: App[Any], call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a call that blocks in a thread; `app.calls_under_way` counts those not answered yet."""
    app.calls_under_way = getattr(app, "calls_under_way", 0) + 1  # type: ignore[attr-defined]
    try:
        return await asyncio.to_thread(call, *args, **kwargs)
    finally:
        app.calls_under_way -= 1  # type: ignore[attr-defined]


class Gestures(Guarded):
    """What screens and dialogs are given to talk to the services. A mixin of `DeskScreen` and `DeskDialog`."""

    def message(self, sentence: str, kind: Kind = Kind.INFO) -> None:
        """Show a sentence in this screen's visible place."""
        raise NotImplementedError

    def refused(self, error: PortailError) -> None:
        """Show a refusal; a screen may do more, such as reading again what has changed."""
        self.message(error.sentence, Kind.REFUSED)

    def incident(self, error: Exception) -> None:
        """Log an unexpected error and show the calm sentence with its reference."""
        from screens.incidents import sentence_for  # noqa: PLC0415

        self.message(sentence_for(self.app, error), Kind.INCIDENT)

    @property
    def _asked(self) -> dict[str, int]:
        numbers: dict[str, int] = self.__dict__.setdefault("_gesture_asked", {})
        return numbers

    @property
    def _operations(self) -> dict[str, str]:
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
        """Whether a gesture that writes or opens something is under way here: keys wait for it (`typed_ahead`)."""
        return self._is_at_work(exclusive=False)

    @property
    def is_reading(self) -> bool:
        """Whether what is shown here is being read: commands wait for it, what is typed in a field does not."""
        return self._is_at_work(exclusive=True)

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
        """Read in a thread; raise `Superseded` if the same question was asked again meanwhile, or the screen left."""
        subject = getattr(call, "__qualname__", repr(call))
        number = self._asked.get(subject, 0) + 1
        self._asked[subject] = number
        answer = await in_thread(self.app, call, *args, **kwargs)
        if self._asked[subject] != number or not self.is_attached or getattr(self, "_pruning", False):
            raise Superseded(subject)  # asked again since, or the screen was left
        return answer

    async def send(self, name: str, call: Callable[[str], T]) -> T:
        """Write in a thread, never cancelled. `call` receives the operation id, kept for a retry of the gesture `name`."""
        if name in self._under_way:
            raise Superseded(name)
        operation = self._operations.setdefault(name, new_operation())
        self._under_way.add(name)
        try:
            task = asyncio.ensure_future(in_thread(self.app, call, operation))
            await asyncio.wait({task}, timeout=WAIT_SHOWN_AFTER)
            if not task.done():
                self.message("enregistrement en cours…", Kind.WAIT)
            answer = await asyncio.shield(task)
        except PortailError as error:
            if not is_worth_retrying(error):
                self._operations.pop(name, None)  # refused: nothing was written, the next try is another gesture
            raise
        finally:
            self._under_way.discard(name)
        self._operations.pop(name, None)
        return answer


def is_worth_retrying(error: PortailError) -> bool:
    """Say whether the same gesture may be sent again as it is: the database was busy or out of reach, not unwilling."""
    return error.code in _RETRIED_CODES


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
                try:
                    await method(self, *args, **kwargs)
                except Superseded:
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
