"""How a page asks and sends: off the interface's thread, once, every refusal shown where it happened.

Calmer than a desk's: nothing is sent again by itself. A base that does not answer is said in one sentence, what was typed stays, and the
same button sends the same gesture again under the same operation id, so that it is done once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from textual.worker import Worker, WorkerCancelled

from screens.guard import Guarded
from screens.kiosk.frame import Tone
from screens.outage import BUSY, COULD_NOT_LOOK, UNREACHABLE
from screens.sending import new_operation
from screens.threads import in_thread
from tui_portail.errors import PortailError

if TYPE_CHECKING:
    from textual.app import App

    class _Base(Guarded):
        app: App[Any]
else:
    _Base = Guarded

T = TypeVar("T")
P = ParamSpec("P")
S = TypeVar("S", bound="KioskGestures")

UNAVAILABLE = "Le service est momentanément indisponible, réessayez dans un instant."
CLOSED = "PORTAIL_FERME"
SESSION_OVER = frozenset({"PORTAIL_SESSION_FINIE", "COMPTE_CHANGE"})
TERMS, NOT_LINKED = "CONDITIONS_A_ACCEPTER", "COMPTE_NON_RATTACHE"


def is_away(error: PortailError) -> bool:
    """Say whether the base did not answer, was busy, or could not look: whether the gesture is done is not known."""
    return error.code == UNREACHABLE or error.code in BUSY or error.code in COULD_NOT_LOOK


class Stale(Exception):
    """The same was asked again since, or the page was left: there is nothing to show."""


class KioskGestures(_Base):
    """What pages are given to talk to the services. A mixin of `KioskScreen`."""

    def say(self, sentence: str, tone: Tone = Tone.INFO) -> None:
        """Show a sentence in the page's visible place."""
        raise NotImplementedError

    @property
    def operations(self) -> dict[str, str]:
        """The operation ids of the gestures of this page whose fate is not known, by gesture."""
        operations: dict[str, str] = self.__dict__.setdefault("_kiosk_operations", {})
        return operations

    @property
    def _asked(self) -> dict[str, int]:
        numbers: dict[str, int] = self.__dict__.setdefault("_kiosk_asked", {})
        return numbers

    @property
    def _under_way(self) -> set[str]:
        names: set[str] = self.__dict__.setdefault("_kiosk_under_way", set())
        return names

    @property
    def _reads(self) -> set[str]:
        names: set[str] = self.__dict__.setdefault("_kiosk_reads", set())
        return names

    @property
    def is_kept(self) -> bool:
        """Whether one may still come back to this page: leaving several pages at once resumes those between, which ask nothing."""
        pages: list[object] = [*self.app.screen_stack] if self.is_attached else []
        return self in pages

    @property
    def is_acting(self) -> bool:
        """Whether this page writes, or is about to open another: keys typed meanwhile wait (`screens/typed_ahead.py`)."""
        return any(name.rpartition(".")[2].startswith("action_") for name in self._under_way)

    @property
    def is_reading(self) -> bool:
        """Whether what this page shows is being read: commands typed meanwhile wait."""
        return bool(self._reads)

    async def ask(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Read in a thread. Raises Stale if the same was asked again or the page left, and what the call refuses."""
        subject = getattr(call, "__qualname__", repr(call))
        number = self._asked[subject] = self._asked.get(subject, 0) + 1
        answer = await in_thread(self.app, call, *args, **kwargs)
        if self._asked[subject] != number or not self.is_kept or getattr(self, "_pruning", False):
            raise Stale(subject)
        return answer

    async def send(self, name: str, call: Callable[[str], T]) -> T:
        """Write in a thread, never cancelled. `call` receives the operation id, kept for the same gesture while its fate is not known."""
        operation = self.operations.setdefault(name, new_operation())
        try:
            answer = await in_thread(self.app, call, operation)
        except PortailError as error:
            if not is_away(error):
                del self.operations[name]
            raise
        del self.operations[name]
        if not self.is_kept or getattr(self, "_pruning", False):
            raise Stale(name)
        return answer

    def refused(self, error: PortailError) -> None:
        """Show a refusal: a session that is over goes back to the first page, what is still to be done is opened."""
        app: Any = self.app
        if is_away(error):
            self.say(UNAVAILABLE, Tone.PROBLEM)
        elif error.code in SESSION_OVER or (error.code == CLOSED and app.is_signed):
            app.leave_everything(error.sentence)
        elif error.code in {TERMS, NOT_LINKED}:
            app.go_from_first("terms" if error.code == TERMS else "link")
        else:
            self.say(error.sentence, Tone.PROBLEM)

    def incident(self, error: Exception) -> None:
        """Log an unexpected error and say it calmly."""
        from screens.incidents import sentence_for  # noqa: PLC0415

        self.say(sentence_for(self.app, error), Tone.PROBLEM)


def gesture(
    *, exclusive: bool = False
) -> Callable[[Callable[Concatenate[S, P], Coroutine[Any, Any, None]]], Callable[Concatenate[S, P], None]]:
    """Run an asynchronous method of a page as a worker and show what goes wrong.

    A second press while it is under way does nothing; with `exclusive` it replaces the first (reads).
    """

    def decorate(
        method: Callable[Concatenate[S, P], Coroutine[Any, Any, None]],
    ) -> Callable[Concatenate[S, P], None]:
        name = method.__qualname__

        @functools.wraps(method)
        def start(self: S, *args: P.args, **kwargs: P.kwargs) -> None:
            runner: Any = self
            if name in self._under_way or not self.is_kept:
                return
            under_way = self._reads if exclusive else self._under_way
            under_way.add(name)

            async def guarded() -> None:
                try:
                    await method(self, *args, **kwargs)
                except (Stale, WorkerCancelled):
                    pass
                except PortailError as error:
                    if self.is_kept:  # else the visit it was asked in is over
                        self.refused(error)
                except Exception as error:  # a bug: logged with its trace, the kiosk goes on
                    self.incident(error)
                finally:
                    under_way.discard(name)

            worker = runner.run_worker(guarded, name=name, group=name, exclusive=exclusive, exit_on_error=False)
            cast("Worker[None]", worker)

        return cast("Callable[Concatenate[S, P], None]", start)

    return decorate
