"""One write on its way: sent under its operation id until its fate is known, never under another agent's name, never twice.

An answer lost is kept among the `fates` from its first failure on. Refused for good, the id is given back: nothing was written, the next
try is another gesture. Refused by a base that did not look for the id (`COULD_NOT_LOOK`), it is kept: an earlier try may have been done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from screens.bars import Kind
from screens.carrying_on import KEYS_WAIT, LOCK, SENT, WROTE, StoppedWaiting
from screens.fates import Sent, is_in_parts, words_of
from screens.outage import BUSY, COULD_NOT_LOOK, UNREACHABLE
from screens.threads import in_thread
from tui_portail.errors import PortailError

if TYPE_CHECKING:
    from screens.app import PortailApp
    from screens.gestures import Gestures

T = TypeVar("T")

WAIT_SHOWN_AFTER = 0.4
"""Seconds after which a write that lasts says « Un instant »."""


def new_operation() -> str:
    """Return the id of a new gesture (uuid4 hex), the same form as `services.desk.new_operation`."""
    from uuid import uuid4  # noqa: PLC0415  not needed by the first frame

    return uuid4().hex


def is_worth_retrying(error: PortailError) -> bool:
    """Say whether the same gesture may be sent again as it is: the database was busy or out of reach, not unwilling."""
    return error.code == UNREACHABLE or error.code in BUSY


class Sending(Generic[T]):
    """The gesture `name` of a screen, of the agent who sits there now. `call` writes under the operation id it is given."""

    def __init__(self, screen: Gestures, name: str, call: Callable[[str], T]) -> None:
        self._screen, self._name, self._call = screen, name, call
        self._app: PortailApp = screen.app  # type: ignore[assignment]
        self._agent_id = self._app.agent_id
        self._key = f"{self._agent_id} {name}"  # another agent's gesture of that name is another gesture
        self._operation = screen.operations.setdefault(self._key, new_operation())
        self._sent = self._app.fates.take_over(self._operation)

    async def until_known(self) -> T:
        """Send until it is answered. Raises PortailError when refused, StoppedWaiting when the agent gives up or another sat down."""
        fates = self._app.fates
        try:
            answer = await self._answer()
        except PortailError as error:
            if self._sent is not None and error.code in COULD_NOT_LOOK:
                fates.let_go(self._sent)  # the same operation goes out at the next try
            elif not is_worth_retrying(error):
                self._settle()
            raise
        except BaseException:
            fates.let_go(self._sent)
            raise
        self._settle()
        WROTE.set(True)
        return answer

    async def _answer(self) -> T:
        try:
            answer = await self._screen.carry_on(
                self._attempt, SENT, busy_too=True, writes=True, failed=self._failed, may_go_on=self._is_its_agents
            )
        finally:
            await self._back_from_lock()
        if not self._is_its_agents():  # done by the one before: to be told to nobody else
            self._keep()
            raise StoppedWaiting
        return answer

    async def _attempt(self) -> T:
        await self._app.identified.wait()
        if not self._is_its_agents():
            raise StoppedWaiting
        try:
            return await self._write_once()
        except PortailError as error:
            if error.code != "OPERATION_REUTILISEE" or not self._app.fates.was_told(self._operation):
                raise
        self._operation = self._screen.operations[self._key] = new_operation()  # the agent knows of the first: another
        return await self._write_once()

    async def _write_once(self) -> T:
        """Write once, however long it takes; say so when it lasts."""
        task = asyncio.ensure_future(in_thread(self._app, self._call, self._operation))
        if self._sent is not None:
            self._sent.last = task
            if KEYS_WAIT.get():
                self._app.sent_again(task)
        await asyncio.wait({task}, timeout=WAIT_SHOWN_AFTER)
        if not task.done() and not self._screen.is_waiting_for_base:
            self._screen.message("enregistrement en cours…", Kind.WAIT)
        answer = await asyncio.shield(task)
        self._screen.write_answered()
        return answer

    def _is_its_agents(self) -> bool:
        return self._app.agent_id == self._agent_id

    def _failed(self, error: PortailError) -> None:
        if error.code == UNREACHABLE:
            self._keep()

    def _keep(self) -> None:
        """Keep it among the gestures whose fate is to be told, once."""
        if self._sent is not None:
            return
        screen: Any = self._screen
        plain_title = str(getattr(screen, "TITLE", "") or "")  # one that a screen gives itself may name a family
        self._sent = Sent(
            self._operation,
            self._agent_id,
            self._app.open_desk_now.now_estimate(),
            words_of(self._name, str(getattr(screen, "title", "") or plain_title)),
            words_of(self._name, plain_title),
            is_in_parts(type(screen).__name__, self._name),
        )
        self._app.fates.keep(self._sent)

    def _settle(self) -> None:
        """Its fate is known: the next gesture of that name is another."""
        self._screen.operations.pop(self._key, None)
        self._app.fates.known(self._sent)

    async def _back_from_lock(self) -> None:
        """Wait, if the desk was locked meanwhile: what comes next is for its agent's eyes."""
        stack: list[object] = list(self._app.screen_stack)
        above = stack[stack.index(self._screen) + 1 :] if self._screen in stack else []
        if KEYS_WAIT.get() and any(type(screen).__name__ == LOCK for screen in above):
            await self._screen.in_sight()
