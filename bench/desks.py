"""Many desks on one PostgreSQL: 50, 200, 500 agents at the counter, each with a connection and a till, in a few processes.

python -m bench.desks --address URL --desks 200 --minutes 2      a town already filled (`bench/town.py`), which keeps what is written

--think 10         seconds an agent takes between two gestures: drawn from an exponential law of that mean, seeded; the next gesture starts
                   only when the answer of the one before was shown (a closed loop). 0: no thinking, the server saturated
--address URL      with « ?pgbouncer=1 » through a pgbouncer
--processes 4      among which the desks are spread, a thread each
--regies 1         the desks are spread over so many régies, each with a journal of its own
--tills 200        as many tills as desks unless said: with fewer, several desks share one
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from statistics import mean, median
from threading import Thread, get_ident
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.util import LRUCache

from bench.counter import GESTURES, CounterAct
from bench.pooling import installed, pgbouncer
from bench.processes import sitting_down, together
from bench.seats import STATEMENTS_KEPT, Seats, own_connection
from bench.server_load import ServerProcesses
from bench.table import Figure, table, wide_table
from bench.timing import percentile
from bench.town import Town, TownSize, found_town
from bench.wrong_books import mark_of, wrong_books
from models.engine import Database
from tui_portail.errors import PortailError

WARM_UP_S = 5.0
HURRIED = 4  # times less is thought before the measure
HURRY, CALM = 2, 4
"""How long the desks hurry, then calm down, in times of what an agent thinks: what was asked beyond what the machine has is answered."""
PROCESSES = 4
THINK_S = 10.0
POOL = 40  # connections of the pgbouncer


@dataclass(frozen=True, slots=True)
class Sample:
    """A gesture done: how long its agent waited, how many statements it took, the code of what refused it, empty otherwise."""

    gesture: str
    ms: float
    statements: int
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of the desks: how many, for how long, the mean of what they think between two gestures (seconds).

    `families`: each desk leaves once it has served so many, however long it takes (a test does not look at the time).
    """

    desks: int
    seconds: float
    think_s: float = THINK_S
    processes: int = PROCESSES
    regies: int = 1
    tills: int | None = None
    families: int | None = None

    @property
    def warm_up_s(self) -> float:
        """How long the desks work before they are measured: hurried, so that each is anywhere in the service of a family, then calmed."""
        return max(WARM_UP_S, (HURRY + CALM) * self.think_s) if self.families is None else 0

    def mean_thought_s(self, start: float) -> float:
        """Return the mean of what an agent thinks now."""
        calm = time.time() >= start - CALM * self.think_s
        return self.think_s if calm else self.think_s / HURRIED

    def end(self, start: float) -> float:
        """Return when no gesture begins any more."""
        return start + self.seconds if self.families is None else math.inf


@dataclass(frozen=True, slots=True)
class Run:
    """What the desks did. `wrong`: what the books say that they must not. Processor in seconds, memory of each backend in MB."""

    load: Load
    samples: Sequence[Sample]
    retried: int
    deadlocks: int
    wrong: Sequence[str]
    desks_processor_s: float
    server_processor_s: float
    backends_mb: Sequence[float]

    @property
    def throughput(self) -> float:
        """Gestures done a second, by all the desks together."""
        return len(self.samples) / self.load.seconds

    def of(self, gesture: str) -> list[float]:
        """Return the times of a gesture that was not refused."""
        return [sample.ms for sample in self.samples if sample.gesture == gesture and not sample.refused]

    @property
    def refusals(self) -> Counter[str]:
        """How many gestures were refused, by gesture and code."""
        return Counter(f"{sample.gesture}: {sample.refused}" for sample in self.samples if sample.refused)


@dataclass(slots=True)
class _Counted:
    """What the desks of a process sent: statements by thread, and transactions begun again after a deadlock."""

    statements: defaultdict[int, int]
    retried: int = 0

    def listen(self, database: Database) -> None:
        def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
            if not statement.startswith("SET LOCAL"):
                self.statements[get_ident()] += 1

        event.listen(database.engine, "before_cursor_execute", note)
        again = database.run

        def run(gesture: Callable[[Connection], Any]) -> Any:
            begun = 0

            def once(connection: Connection) -> Any:
                nonlocal begun
                begun += 1
                self.retried += begun > 1
                return gesture(connection)

            return again(once)

        database.run = run  # type: ignore[method-assign]


def run_desks(url: str, size: TownSize, load: Load) -> Run:
    """Have the desks work on a town for so long, and look at the books afterwards. What they do to warm up is not counted."""
    database = Database.open(url)
    seats = Seats.taken(database, load.desks, regies=load.regies, tills=load.tills)
    server = ServerProcesses.of(database)
    mark, deadlocks = mark_of(url), deadlocks_of(database)
    shares = [range(number, load.desks, load.processes) for number in range(min(load.processes, load.desks))]
    with sitting_down(_work, [(url, size, seats, load, share) for share in shares]) as waiting:
        start = time.time() + load.warm_up_s
        _sleep_until(start)
        before = server.processor_s()
        _sleep_until(start + load.seconds * 0.5)
        memory = server.private_mb()
        _sleep_until(start + load.seconds)
        used = server.processor_s() - before
        done = [one.result() for one in waiting]
    run = Run(
        load,
        [sample for one in done for sample in one.samples],
        sum(one.retried for one in done),
        deadlocks_of(database) - deadlocks,
        wrong_books(url, mark, seats.desk(database, 0).now()),
        sum(one.processor_s for one in done),
        used,
        memory,
    )
    database.close()
    return run


@dataclass(frozen=True, slots=True)
class _Share:
    """What the desks of one process did."""

    samples: list[Sample]
    retried: int
    processor_s: float


class _Over(Exception):
    """The run has ended: the agents leave."""


def _work(url: str, size: TownSize, seats: Seats, load: Load, share: Sequence[int]) -> _Share:
    """Sit some desks down in this process, one thread each, and have them work until the end."""
    first = Database.open(url)
    compiled: LRUCache[Any, Any] = LRUCache(STATEMENTS_KEPT)
    samples: list[Sample] = []
    counted = _Counted(defaultdict(int))
    opening = seats.desk(first, share[0])
    opening.commune()
    commune = opening._commune
    databases = [own_connection(first, compiled) for _ in share]
    for database in databases:
        counted.listen(database)
        seats.desk(database, share[0]).now()  # its connection is made
    together()
    start = time.time() + load.warm_up_s

    def sit(number: int, database: Database) -> None:
        chance = random.Random(number)  # noqa: S311 (the same families each time)
        time.sleep(chance.uniform(0, load.think_s))
        do = partial(_do, samples, counted, load, chance, start)
        desk = seats.desk(database, number)
        desk._commune = commune  # read once, as it is when a desk opens
        act = CounterAct(desk, size, chance, do)
        with suppress(_Over):
            for _ in repeat(None) if load.families is None else range(load.families):
                act.serve()

    threads = [Thread(target=sit, args=one) for one in zip(share, databases, strict=True)]
    for thread in threads:
        thread.start()
    _sleep_until(start)
    before = time.process_time()
    _sleep_until(start + load.seconds)
    used = time.process_time() - before
    for thread in threads:
        thread.join()
    for database in (first, *databases):
        database.close()
    return _Share(samples, counted.retried, used)


def _do(
    samples: list[Sample],
    counted: _Counted,
    load: Load,
    chance: random.Random,
    start: float,
    gesture: str,
    act: Callable[[], object],
) -> object | None:
    """Think, do a gesture, and keep what it took if it began within the run."""
    if load.think_s:
        _sleep_until(min(time.time() + chance.expovariate(1 / load.mean_thought_s(start)), load.end(start)))
    began_at, began, sent = time.time(), time.perf_counter(), counted.statements[get_ident()]
    if began_at >= load.end(start):
        raise _Over
    answer, refused = None, ""
    try:
        answer = act()
    except PortailError as error:
        refused = error.code
    if began_at >= start:
        taken = (time.perf_counter() - began) * 1000
        samples.append(Sample(gesture, taken, counted.statements[get_ident()] - sent, refused))
    return answer


def _sleep_until(instant: float) -> None:
    time.sleep(max(0.0, instant - time.time()))


def deadlocks_of(database: Database) -> int:
    """Return how many deadlocks the server has broken in this base so far."""
    with database.read() as connection:
        asked = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(connection.scalar(asked) or 0)


def measure_desks(url: str, town: Town, loads: Sequence[Load], *, pooled: bool) -> list[Figure]:
    """Have so many desks work on a town, each load in turn; and again through a pgbouncer where one is installed, if `pooled`."""
    figures = []
    for load in loads:
        figures += _measured(url, town, load, "")
    if pooled and installed():
        for load in loads:
            with pgbouncer(url, POOL) as through:
                figures += _measured(through, town, load, f", pgbouncer of {POOL}")
    return figures


def _measured(url: str, town: Town, load: Load, how: str) -> list[Figure]:
    title = f"{load.desks} desks{how}" if load.think_s else f"{load.desks} desks without a pause{how}"
    run = run_desks(url, town.size, load)
    print_gestures(run, f"{title}, {load.think_s:g} s between two gestures")
    return figures_of(run, title)


def figures_of(run: Run, title: str) -> list[Figure]:
    """Return what must hold of a run, and what it used."""
    done = max(1, len(run.samples))
    figures = [
        Figure(f"{title}: gestures a second", run.throughput, ""),
        Figure(f"{title}: families served a minute", len(run.of("cash")) * 60 / run.load.seconds, ""),
        Figure(f"{title}: processor of the desks, a gesture", run.desks_processor_s / done * 1000, "ms"),
    ]
    if run.server_processor_s:
        figures.append(
            Figure(f"{title}: processor of the server, a gesture", run.server_processor_s / done * 1000, "ms")
        )
    if run.backends_mb:
        figures.append(Figure(f"{title}: connections to the server", len(run.backends_mb), ""))
        figures.append(Figure(f"{title}: memory of one, its own alone, mean", mean(run.backends_mb), "MB"))
    return [
        *figures,
        Figure(f"{title}: gestures begun again after a deadlock", run.retried, ""),
        Figure(f"{title}: deadlocks", run.deadlocks, "", 0),
        Figure(f"{title}: oversold, doubled, gaps: what the books say wrong", len(run.wrong), "", 0),
    ]


def print_gestures(run: Run, title: str) -> None:
    """Print what each gesture took, and what was refused."""
    rows = []
    for gesture in GESTURES:
        if times := run.of(gesture):
            sent = [sample.statements for sample in run.samples if sample.gesture == gesture and not sample.refused]
            ranks = (percentile(times, share) for share in (0.5, 0.95, 0.99, 1))
            rows.append((gesture, f"{len(times)}", f"{median(sent):.0f}", *(f"{ms:.1f}" for ms in ranks)))
    print(wide_table(title, ("gesture", "done", "statements", "p50 ms", "p95 ms", "p99 ms", "max ms"), rows))
    refused = ", ".join(f"{what} ×{count}" for what, count in run.refusals.most_common())
    print(f"Refused: {refused or 'nothing'}.\n", flush=True)
    for wrong in run.wrong:
        print(f"WRONG: {wrong}", flush=True)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", required=True)
    parser.add_argument("--desks", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--think", type=float, default=THINK_S)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--regies", type=int, default=1)
    parser.add_argument("--tills", type=int)
    asked = parser.parse_args()
    load = Load(asked.desks, asked.minutes * 60, asked.think, asked.processes, asked.regies, asked.tills)
    run = run_desks(asked.address, found_town(asked.address).size, load)
    title = f"{asked.desks} desks"
    print_gestures(run, f"{title}, {asked.think:g} s between two gestures")
    print(table(title, figures_of(run, title)))


if __name__ == "__main__":
    main()
