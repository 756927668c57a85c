"""What each gesture of the counter takes when bookings grow: the same act in towns of several sizes, in turn, one desk alone."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median

from bench.counter import GESTURES, CounterAct
from bench.seats import Seats
from bench.table import Figure, wide_table
from bench.timing import milliseconds
from bench.town import Town
from models.engine import Database
from tui_portail.errors import PortailError

MONTH_RATIO = 1.5
Times = dict[str, list[float]]


def measure_growth(towns: Sequence[tuple[Database, Town]], rounds: int) -> list[Figure]:
    """Serve `rounds` families in each town, in turn, the smallest town first; print the medians, and return the month's ratio."""
    times: list[Times] = [defaultdict(list) for _ in towns]
    acts = [_act(database, town, taken) for (database, town), taken in zip(towns, times, strict=True)]
    for number in range(rounds + 3):
        for act, taken in zip(acts, times, strict=True):
            act.serve()
            if number < 3:  # the first families fill the caches of the connection
                taken.clear()
    heads = [
        "gesture, median ms",
        *(f"{town.bookings:,} bookings".replace(",", " ") for _, town in towns),
        "last to first",
    ]
    rows = []
    ratios = {}
    for gesture in GESTURES:
        if all(taken[gesture] for taken in times):
            medians = [median(taken[gesture]) for taken in times]
            ratios[gesture] = medians[-1] / medians[0]
            rows.append([gesture, *(f"{ms:.1f}" for ms in medians), f"{ratios[gesture]:.2f} ×"])
    print(wide_table("One desk alone, towns in turn", heads, rows), flush=True)
    return [
        Figure(
            f"{gesture}: its time in the largest town to that in the smallest",
            ratio,
            "×",
            MONTH_RATIO if gesture == "month" else None,
        )
        for gesture, ratio in ratios.items()
    ]


def _act(database: Database, town: Town, taken: Times) -> CounterAct:
    desk = Seats.taken(database, 1).desk(database, 0)
    desk.commune()

    def do(gesture: str, act: Callable[[], object]) -> object | None:
        answer: object | None = None
        refused = False

        def try_it() -> None:
            nonlocal answer, refused
            try:
                answer = act()
            except PortailError:
                refused = True

        ms = milliseconds(try_it)
        if not refused:
            taken[gesture].append(ms)
        return answer

    return CounterAct(desk, town.size, random.Random(11), do)  # noqa: S311 (the same families each time)
