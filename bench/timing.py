"""Times taken in turn and put in order: medians and percentiles, in milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from statistics import median
from time import perf_counter

from sqlalchemy import Connection, event

from models.engine import Database


def milliseconds(call: Callable[[], object]) -> float:
    """Return how long a call took."""
    start = perf_counter()
    call()
    return (perf_counter() - start) * 1000


def percentile(times: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the times are, the nearest one taken."""
    return sorted(times)[max(0, ceil(len(times) * share) - 1)]


def in_turn(calls: list[Callable[[int], object]], rounds: int) -> list[list[float]]:
    """Time each call in turn, `rounds` times; each is given the number of the round. One round before is not counted."""
    times: list[list[float]] = [[] for _ in calls]
    for number in range(-1, rounds):
        for place, call in enumerate(calls):
            taken = milliseconds(lambda call=call, number=number: call(number))  # type: ignore[misc]
            if number >= 0:
                times[place].append(taken)
    return times


def median_ratio(over: list[float], under: list[float]) -> float:
    """Return the median of the ratios of two series timed in turn: what disturbs the machine disturbs both."""
    return median(a / b for a, b in zip(over, under, strict=True))


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """Collect every statement sent to a database, reads and writes, those of transactions apart."""
    sent: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    # on PostgreSQL the reader is the same engine under other options: its statements are heard once already
    engines = (database.engine, database._reader) if database.dialect == "sqlite" else (database.engine,)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
