"""Processes that sit down, then begin together: importing the program and connecting take what they take, and are not measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from threading import BrokenBarrierError
from typing import Any

PATIENCE_S = 180.0
_begin: Barrier


@contextmanager
def sitting_down(work: Callable[..., Any], given: Sequence[tuple[Any, ...]]) -> Iterator[list[Future[Any]]]:
    """Have each process do `work` with its own arguments; go on when every one has called `together`.

    Raises what one that could not sit down raised, or BrokenBarrierError.
    """
    context = get_context("spawn")
    begin = context.Barrier(len(given) + 1)
    with ProcessPoolExecutor(len(given), context, initializer=_sit, initargs=(begin,)) as processes:
        waiting = [processes.submit(work, *values) for values in given]
        for one in waiting:
            one.add_done_callback(
                lambda _: begin.abort()
            )  # one that ended before it was ready: the others wait for nothing
        try:
            begin.wait(PATIENCE_S)
        except BrokenBarrierError:
            for one in waiting:
                one.result(PATIENCE_S)
            raise
        yield waiting


def together() -> None:
    """Wait, in a process that is ready, for the others to be."""
    _begin.wait(PATIENCE_S)


def _sit(begin: Barrier) -> None:
    global _begin  # noqa: PLW0603 (one barrier a process, given when it starts)
    _begin = begin
