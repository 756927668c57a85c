"""How a screen asks and sends: off the interface's thread, once, with every refusal shown where it happened.

A screen marks its asynchronous methods with `@gesture`. Inside, `await self.ask(call, …)` reads in a thread and drops an answer that a
later question made stale; `await self.send(name, call)` writes, giving `call` the operation id of the gesture. A second press while a
write is under way does nothing; a write whose answer was lost, or that found the database busy, is sent again by itself with the same
id (`carrying_on`); given up, its fate is told later (`fates`). What goes wrong is caught here, once: a `PortailError` shows its
sentence, anything else is logged and shown as a calm one.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from textual.worker import Worker, WorkerCancelled

from screens.bars import Kind
from screens.carrying_on import KEYS_WAIT, LOCK, SENT, SHOWN, TYPED, WROTE, CarriesOn, StoppedWaiting, Superseded
from screens.fates import Sent, is_in_parts, words_of
from screens.outage import BUSY, COULD_NOT_LOOK, UNREACHABLE
from screens.threads import in_thread
from tui_portail.errors import PortailError

if TYPE_CHECKING:
    from screens.app import PortailApp

T = TypeVar("T")
P = ParamSpec("P")
S = TypeVar("S", bound="Gestures")

UNWRITTEN = "DOCUMENT_NON_ECRIT"
"""The code of a paper that could not be written: the gesture itself is recorded, « refusé » would have it done again."""
WAIT_SHOWN_AFTER = 0.4
"""Seconds after which a write that lasts says « Un instant »."""


def new_operation() -> str:
    """Return the id of a new gesture (uuid4 hex), the same form as `services.desk.new_operation`."""
    from uuid import uuid4  # noqa: PLC0415  not needed by the first frame

    return uuid4().hex


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
            return await self._send_until_known(name, call)
        finally:
            self._under_way.discard(name)

    async def _send_until_known(self, name: str, call: Callable[[str], T]) -> T:
        app: PortailApp = self.app  # type: ignore[assignment]
        fates, agent_id = app.fates, app.agent_id
        key = f"{agent_id} {name}"  # another agent's gesture of that name is another gesture
        operation = self._operations.setdefault(key, new_operation())
        sent = fates.take_over(operation)

        async def attempt() -> T:
            nonlocal operation
            await app.identified.wait()
            if app.agent_id != agent_id:
                raise StoppedWaiting
            try:
                return await self._write_once(call, operation, sent)
            except PortailError as error:
                if error.code != "OPERATION_REUTILISEE" or not fates.was_told(operation):
                    raise
            operation = self._operations[key] = new_operation()  # the agent knows of the first: this one is another
            return await self._write_once(call, operation, sent)

        def kept() -> Sent:
            plain_title = str(getattr(self, "TITLE", "") or "")  # one that a screen gives itself may name a family
            one = Sent(
                operation,
                agent_id,
                app.open_desk_now.now_estimate(),
                words_of(name, str(getattr(self, "title", "") or plain_title)),
                words_of(name, plain_title),
                is_in_parts(type(self).__name__, name),
            )
            fates.keep(one)
            return one

        def failed(error: PortailError) -> None:
            nonlocal sent
            if sent is None and error.code == UNREACHABLE:
                sent = kept()

        try:
            try:
                answer = await self.carry_on(
                    attempt, SENT, busy_too=True, writes=True, failed=failed, may_go_on=lambda: app.agent_id == agent_id
                )
            finally:
                await self._back_from_lock()
            if app.agent_id != agent_id:  # done by the one before: to be told to nobody else
                sent = sent or kept()
                raise StoppedWaiting
        except PortailError as error:
            if sent is not None and error.code in COULD_NOT_LOOK:
                fates.let_go(sent)  # the same operation goes out at the next try
            elif not is_worth_retrying(error):
                self._operations.pop(key, None)  # refused: nothing was written, the next try is another gesture
                fates.known(sent)
            raise
        except BaseException:
            fates.let_go(sent)
            raise
        self._operations.pop(key, None)
        fates.known(sent)
        WROTE.set(True)
        return answer

    async def _back_from_lock(self) -> None:
        """Wait, if the desk was locked meanwhile: what comes next is for its agent's eyes."""
        stack: list[object] = list(self.app.screen_stack)
        above = stack[stack.index(self) + 1 :] if self in stack else []
        if KEYS_WAIT.get() and any(type(screen).__name__ == LOCK for screen in above):
            await self.in_sight()

    async def _write_once(self, call: Callable[[str], T], operation: str, sent: Sent | None) -> T:
        """Write once, however long it takes; say so when it lasts."""
        app: PortailApp = self.app  # type: ignore[assignment]
        task = asyncio.ensure_future(in_thread(app, call, operation))
        if sent is not None:
            sent.last = task
            if KEYS_WAIT.get():
                app.sent_again(task)
        await asyncio.wait({task}, timeout=WAIT_SHOWN_AFTER)
        if not task.done() and not self.is_waiting_for_base:
            self.message("enregistrement en cours…", Kind.WAIT)
        answer = await asyncio.shield(task)
        self._writes_answered += 1
        return answer


def is_worth_retrying(error: PortailError) -> bool:
    """Say whether the same gesture may be sent again as it is: the database was busy or out of reach, not unwilling."""
    return error.code == UNREACHABLE or error.code in BUSY


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
