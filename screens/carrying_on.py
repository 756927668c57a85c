"""Going on by itself through a base that does not answer: the same call is made again until it is answered, or the agent stops waiting.

A call that fails so is told at once in the screen's visible place; nothing typed is lost. What lost its answer waits for the base's
return (`Outage`), what found it busy tries again from time to time. While a gesture of the agent's waits, its
screen keeps still (`keys_while_waiting`): its keys do nothing but stop waiting, help, lock, change agent or quit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from screens.bars import Kind
from screens.guard import Guarded
from screens.outage import BUSY, UNREACHABLE, Outage, delay_before
from tui_portail.errors import PortailError

if TYPE_CHECKING:
    from textual.screen import Screen

T = TypeVar("T")

TRIES_OF_A_SLOW_CALL = 3
"""A call that the base stops for being too long is not sent to it for ever."""
TYPED = "votre saisie est gardée"
SENT = "votre saisie est gardée et partira d’elle-même"
SHOWN = "l’écran n’est pas à jour"
KEYS_WAIT: ContextVar[bool] = ContextVar("keys_wait", default=True)
"""Whether the agent's keys wait for the gesture under way: not for a list read again, nor for what goes on behind."""
WROTE: ContextVar[bool] = ContextVar("wrote", default=False)
"""Whether the gesture under way recorded something: a read, or an agent identified, does not."""
LOCK = "ChangeAgentDialog"
"""The dialog that hides a desk: nothing of the agent before goes on in front of it."""


class Superseded(Exception):
    """A later question was asked, the same write is already under way, or the agent gave up: there is nothing to show."""


class StoppedWaiting(Superseded):
    """The agent stopped waiting for the base, or another agent sat down."""


@dataclass(eq=False, slots=True)
class Wait:
    """A call that waits for the base: what it keeps, whether it may have been done, and how it is stopped."""

    keeps: str
    writes: bool
    keys_wait: bool
    stopped: asyncio.Future[None]
    unknown: bool = False
    told: bool = True
    shown: str = field(default="")


class CarriesOn(Guarded):
    """Mixin of `Gestures`."""

    def message(self, sentence: str, kind: Kind = Kind.INFO) -> None:
        """Show a sentence in this screen's visible place."""
        raise NotImplementedError

    @property
    def _carry_waits(self) -> list[Wait]:
        waits: list[Wait] = self.__dict__.setdefault("_carried_waits", [])
        return waits

    @property
    def _carry_outage(self) -> Outage:
        outage: Outage = self.app.outage  # type: ignore[attr-defined]
        return outage

    @property
    def is_waiting_for_base(self) -> bool:
        """Whether something asked here waits for the base."""
        return bool(self._carry_waits)

    @property
    def keys_wait(self) -> bool:
        """Whether a gesture of the agent's waits for the base here: no other may begin."""
        return any(wait.keys_wait for wait in self._carry_waits)

    def stop_waiting(self) -> bool:
        """Let what waits here wait no longer, and say what is known of it; return whether anything did."""
        return self._carry_stop(self._carry_waits, told=True)

    def another_agent_sits(self) -> None:
        """Let the gestures of the agent before wait no longer, without a word to the one who sits down."""
        self._carry_stop([wait for wait in self._carry_waits if wait.writes], told=False)

    def _carry_stop(self, waits: list[Wait], told: bool) -> bool:
        stopped = [wait for wait in waits if not wait.stopped.done()]
        for wait in stopped:
            wait.told = told
            wait.stopped.set_result(None)
        return bool(stopped)

    async def carry_on(
        self,
        attempt: Callable[[], Awaitable[T]],
        keeps: str,
        *,
        busy_too: bool = False,
        writes: bool = False,
        failed: Callable[[PortailError], None] = lambda _error: None,
        may_go_on: Callable[[], bool] = lambda: True,
    ) -> T:
        """Call `attempt` until it is answered, and return the answer; other refusals pass.

        `keeps` says what is not lost. `busy_too`: a busy base is waited for as well. `writes`: without an answer it may have been done.
        `failed` is told of each failure; `may_go_on` is asked before each new try. Raises StoppedWaiting.
        """
        wait: Wait | None = None
        failures = 0
        try:
            while True:
                try:
                    answer = await (attempt() if wait is None else self._carry_unless_stopped(attempt, wait))
                except PortailError as error:
                    if not _waited_for(error, busy_too, failures):
                        raise
                    failures += 1
                    if wait is None:
                        wait = Wait(keeps, writes, KEYS_WAIT.get(), asyncio.get_running_loop().create_future())
                        self._carry_waits.append(wait)
                    wait.unknown = wait.unknown or error.code == UNREACHABLE
                    failed(error)
                    await self._carry_wait(error, wait, failures)
                    if not may_go_on():
                        raise StoppedWaiting from None
                else:
                    if wait is not None:
                        await self._carry_answered(wait)
                    return answer
        finally:
            if wait is not None:
                self._carry_waits.remove(wait)
                self._carry_unsay(wait)

    async def _carry_unless_stopped(self, attempt: Callable[[], Awaitable[T]], wait: Wait) -> T:
        task = asyncio.ensure_future(attempt())
        await self._carry_first_of(task, wait)
        return await task

    async def _carry_wait(self, error: PortailError, wait: Wait, failures: int) -> None:
        """Say what happens and wait for the time of the next try."""
        outage = self._carry_outage
        if error.code == UNREACHABLE:
            outage.lost(again=failures > 1)

            def tell() -> None:
                stop = " Échap : arrêter d’attendre." if wait.keys_wait or wait.writes else ""
                self._carry_say(wait, f"{wait.keeps} ; nouvel essai dans {outage.delay} s.{stop}", Kind.LOST)

            tell()
            await self._carry_first_of(asyncio.ensure_future(outage.back(tell)), wait)
        else:
            delay = delay_before(failures)
            said = f"d’autres postes occupent la base ; {wait.keeps}, nouvel essai dans {delay} s. Échap : arrêter d’attendre."
            self._carry_say(wait, said, Kind.WAIT)
            await self._carry_first_of(asyncio.ensure_future(outage.pause(delay)), wait)

    async def _carry_first_of(self, task: asyncio.Future[Any], wait: Wait) -> None:
        """Wait for a task, or until the agent stops waiting. Raises StoppedWaiting then."""
        try:
            await asyncio.wait({task, wait.stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not task.done():
                task.cancel()
        if wait.stopped.done():
            if task.done() and not task.cancelled():
                task.exception()  # seen: nobody waits for it any more
            self._carry_say_stopped(wait)
            raise StoppedWaiting

    async def _carry_answered(self, wait: Wait) -> None:
        """Say that the base is back, on whichever screen is shown once the gesture is done."""
        self._carry_unsay(wait)
        if wait.keys_wait:
            await self.in_sight()
            self.__dict__["_carried_to_the_end"] = True

    def _carry_say(self, wait: Wait, sentence: str, kind: Kind) -> None:
        if wait.shown != sentence:
            wait.shown = sentence
            self.message(sentence, kind)

    def _carry_unsay(self, wait: Wait) -> None:
        """Take off what was said of a wait, unless something else was said since."""
        from screens.bars import MessageBar  # noqa: PLC0415

        if wait.shown and self.is_attached and any(bar.says(wait.shown) for bar in self.query(MessageBar)):
            self.message("")
        wait.shown = ""

    def _carry_say_stopped(self, wait: Wait) -> None:
        wait.shown = ""
        if not wait.told:
            return
        if not (wait.writes and wait.unknown):
            self.message("attente arrêtée, rien n’est fait. Votre saisie est gardée : la même touche recommence.")
        else:
            self.message(
                "attente arrêtée. On ne sait pas encore si ce geste est enregistré : vous le saurez au retour de la base. "
                "D’ici là, la même touche le reprend, sans jamais le faire deux fois.",
                Kind.LOST,
            )

    # -- what goes on only before the agent's eyes -----------------------------------------------------------------------

    async def in_sight(self) -> None:
        """Return once this screen is in front: an answer that comes while the desk is locked waits for its agent."""
        screen: Screen[Any] = self  # type: ignore[assignment]
        while self.is_attached and self.app.screen_stack and self.app.screen is not screen:
            resumed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.__dict__.setdefault("_carried_resumed", []).append(resumed)
            await resumed
        if not self.is_attached:
            raise StoppedWaiting

    def comes_in_sight(self) -> None:
        """Let go on what waited for this screen to be in front."""
        for resumed in self.__dict__.pop("_carried_resumed", []):
            if not resumed.done():
                resumed.set_result(None)

    def carried_to_the_end(self) -> bool:
        """Say, once, whether the gesture just done had to wait for the base, and recorded something."""
        return bool(self.__dict__.pop("_carried_to_the_end", False)) and WROTE.get()


def _waited_for(error: PortailError, busy_too: bool, failures: int) -> bool:
    if error.code == "BASE_TROP_LENTE" and failures >= TRIES_OF_A_SLOW_CALL:
        return False
    return error.code == UNREACHABLE or (busy_too and error.code in BUSY)
