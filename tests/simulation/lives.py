"""Random lives, one after the other: each seed is a mairie of its own that lives to the end of its school year, then the next seed's.

After each step the base is looked at; a failing one is told with what leads to it, and lived again by the command it prints.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date

from models.engine import Database
from tests.simulation.acts import REUSED, Act, predict
from tests.simulation.chance import WAIT, Chance
from tests.simulation.desks import Desks
from tests.simulation.invariants import InvariantBroken, Watcher
from tests.simulation.mairie import AGENTS, draw, write
from tests.simulation.reference import ENFANCE, Outcome, Reference
from tests.simulation.reference_planning import NOT_ALLOWED
from tests.simulation.school_days import paris_day
from tests.tui_portail.services.books import books_hold
from tui_portail.services.verification import verify

LAST_DAY = date(2027, 7, 1)
WHOLE_CHECK_EVERY = 1_000
KEPT = 60  # operations that may be sent again
FreshBase = Callable[[], AbstractContextManager[str]]


class LifeFailed(AssertionError):
    """A step came out otherwise than the reference says, or left something that must not be."""

    def __init__(self, seed: int, step: int, last: list[str], what: str) -> None:
        super().__init__(f"seed {seed}, step {step}: {what}")
        self.seed, self.step, self.last, self.what = seed, step, last, what


@dataclass
class Figures:
    """What was done in all."""

    steps: int = 0
    lives: int = 0
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  # of the cells of a planning refused
    again: int = 0
    jumps: int = 0
    expired: int = 0
    checks: int = 0
    trace: str = ""

    @property
    def gestures(self) -> int:
        """How many gestures were sent."""
        return self.accepted.total() + self.refused.total() + self.again


class Life:
    """One mairie, lived step by step."""

    def __init__(self, seed: int, url: str, desks: int, figures: Figures, families: int = 10) -> None:
        mairie = draw(seed, families)
        self.seed, self.figures = seed, figures
        self.written = write(mairie, url, desks)
        self.model = Reference(mairie.house)
        self.watcher = Watcher(url, self.written, self.model)
        self.desks = Desks(self.written, self.model, self.watcher)
        self.chance = Chance(seed, self.model, desks)
        self.clock = self.written.clock
        self.step = 0
        self.last: deque[str] = deque(maxlen=20)
        self.sent: deque[tuple[Act, Outcome]] = deque(maxlen=KEPT)
        self.refused: dict[int, str] = {}
        self.trace = hashlib.sha256()
        self.live: set[int] = set()

    @property
    def over(self) -> bool:
        """Whether its school year is over."""
        return paris_day(self.clock.instant) >= LAST_DAY

    def live_until(self, last_step: int) -> None:
        """Go on until that step, or the end of the year; check the whole base from time to time. Raises LifeFailed."""
        while self.step < last_step and not self.over:
            self.step += 1
            self.figures.steps += 1
            self._try(self._step)
            if self.step % WHOLE_CHECK_EVERY == 0:
                self._try(self.check_whole)

    def end(self) -> None:
        """Check the whole base. Raises LifeFailed."""
        self._try(self.check_whole)

    def _try(self, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as failure:
            raise LifeFailed(self.seed, self.step, list(self.last), f"{type(failure).__name__}: {failure}") from failure

    def _step(self) -> None:
        name = self.chance.name(self.clock.instant)
        if name == WAIT:
            self._wait()
        elif name == "again":
            self._again()
        else:
            act = self.chance.act(name, self.step, self.clock.instant)
            if act is not None:
                self._do(act)

    def _do(self, act: Act) -> None:
        taken = self.refused.pop(act.desk, None)
        if taken is not None:  # refused before: nothing was kept of it
            act = Act(act.name, act.desk, taken, act.args)
        self._say(act.words())
        expected = predict(self.model, AGENTS[act.desk % len(AGENTS)], self.clock.instant, act)
        self._say(f"    {expected}")
        found = self.desks.send(act)
        if found != expected:
            raise InvariantBroken(f"{act.words()} gave {found}, expected {expected}")
        if expected.code:
            self.figures.refused[expected.code] += 1
            if act.name == "finish":
                self.figures.reasons.update(code for _, code in expected.why)
            self.desks.forget(act.operation)
            if self.step % 3 == 0:
                self.refused[act.desk] = act.operation
            self.watcher.nothing_was_written()
        else:
            self.figures.accepted[act.name] += 1
            self.sent.append((act, expected))
            self._look()

    def _again(self) -> None:
        """Send an operation again: the same, from another agent, or another gesture under its id."""
        if not self.sent:
            return
        act, expected = self.chance.random.choice(self.sent)
        kind = self.chance.random.choice(("same", "same", "same", "other agent", "other gesture"))
        other = self.chance.other_desk(act.desk) if kind == "other agent" else act.desk
        self._say(f"again ({kind}, from desk {other}) {act.words()}")
        if kind == "same":
            found = self.desks.send(act)
        elif kind == "other agent":
            found, expected = self.desks.send(Act(act.name, other, act.operation, act.args)), REUSED
            if act.name == "renew" and ENFANCE not in AGENTS[other % len(AGENTS)]:
                expected = NOT_ALLOWED  # the dossier is looked for before the operation is
        else:
            expected = REUSED
            found = self.desks.send_other(act.desk, act.operation)
        self.figures.again += 1
        if found != expected:
            raise InvariantBroken(f"sent again ({kind}), {act.words()} gave {found}, expected {expected}")
        self.watcher.nothing_was_written()

    def _wait(self) -> None:
        self.clock.instant = self.chance.next_instant(self.clock.instant)
        self.figures.jumps += 1
        self._say(f"clock {self.clock.instant.isoformat()}")
        self.watcher.nothing_was_written()
        self._count_expired()

    def _look(self) -> None:
        self.watcher.check(self.clock.instant, self.desks.days.real, self.desks.baskets.real)
        self.figures.checks += 1
        self._count_expired()

    def _count_expired(self) -> None:
        now = self.clock.instant
        alive = {b.key for b in self.model.baskets[-30:] if b.expires is not None and b.live(now)}
        gone = (self.model.baskets[key] for key in self.live - alive)
        self.figures.expired += sum(b.state == "open" or (b.expires or now) <= now for b in gone if b.state != "paid")
        self.live = alive

    def check_whole(self) -> None:
        """Recompute everything: the program's own verifier, and the books in the plainest way."""
        books_hold(self.written.desks[0].database, self.clock.instant)
        findings = verify(self.written.desks[0]).findings
        if findings:
            raise InvariantBroken(f"the verifier finds {findings[:3]}")

    def _say(self, line: str) -> None:
        said = f"{self.step}: {line}"
        self.last.append(said)
        self.trace.update(said.encode())

    def close(self) -> None:
        """Close every connection, the life's trace added to the figures'."""
        self.figures.trace = hashlib.sha256((self.figures.trace + self.trace.hexdigest()).encode()).hexdigest()
        self.figures.lives += 1
        self.watcher.close()
        for database in self._databases():
            database.close()

    def _databases(self) -> Iterator[Database]:
        return (desk.database for desk in self.written.desks)


@contextmanager
def a_life(seed: int, fresh: FreshBase, desks: int, figures: Figures, families: int = 10) -> Iterator[Life]:
    """Begin the life of a seed in a fresh base."""
    with fresh() as url:
        life = Life(seed, url, desks, figures, families)
        try:
            yield life
        finally:
            life.close()


def live(
    seed: int,
    fresh: FreshBase,
    *,
    gestures: int = 1_000,
    until: int | None = None,
    desks: int = 6,
    progress: Callable[[Figures], None] = lambda figures: None,
) -> Figures:
    """Live seed after seed until so many gestures were sent; or one seed, `until` a step. Raises LifeFailed."""
    figures = Figures()
    while figures.gestures < gestures:
        with a_life(seed, fresh, desks, figures) as life:
            if until is not None:
                life.live_until(until)
                life.end()
                break
            while not life.over and figures.gestures < gestures:
                life.live_until(life.step + min(500, gestures - figures.gestures))
                progress(figures)
            life.end()
        seed += 1
    return figures
