"""What the desks do next, drawn from the seed and the reference's state alone: the same on both engines, the same each time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any

from tests.simulation.acts import Act
from tests.simulation.mairie import AGENTS
from tests.simulation.reference import COMPTABILITE, ENFANCE, REGISSEUR, Basket, Cell, Family, Reference, Tick
from tests.simulation.reference_counter import AT_THE_COUNTER
from tests.simulation.reference_money import ANCV, CARD, CASH, CESU, CHEQUE, PAYFIP, REFERENCES, TRANSFER, Line, Paid, use_avoirs
from tests.simulation.school_days import (
    ACTIVITIES,
    BACK_TO_SCHOOL,
    BREAK,
    EVENING,
    HOLIDAYS,
    LAST_KNOWN,
    LAST_OF_SCHOOL,
    MEAL,
    MORNING,
    ONE_DAY,
    WEDNESDAY,
    paris_day,
    paris_instant,
    why_closed,
)

_ALP = (MORNING, BREAK, MEAL, MEAL, EVENING)
_AN_INSTANT = timedelta(microseconds=1)
WAIT = "wait"
WEIGHTS = {
    WAIT: 17,
    "finish": 30,
    "cash": 22,
    "again": 6,
    "extend": 6,
    "take_out": 4,
    "give_up": 2,
    "reverse": 3,
    "drop": 1,
    "proof": 3,
    "open_till": 3,
    "close_till": 2,
    "move": 2,
}


@cache
def running_days(activity: str) -> list[date]:
    """Return the days of the school year, and of its holidays, on which an activity runs."""
    days = (BACK_TO_SCHOOL + step * ONE_DAY for step in range((date(2027, 8, 31) - BACK_TO_SCHOOL).days))
    return [day for day in days if not why_closed(activity, day)]


class Chance:
    """Draws the acts of one life."""

    def __init__(self, seed: int, model: Reference, desks: int) -> None:
        self.random = Random(f"life {seed}")  # noqa: S311 (the same acts for a seed)
        self.seed, self.model, self.desks = seed, model, desks
        self._names, self._weights = list(WEIGHTS), list(WEIGHTS.values())

    def name(self) -> str:
        """Draw what comes next."""
        return self.random.choices(self._names, self._weights)[0]

    def act(self, name: str, step: int, now: datetime) -> Act | None:
        """Draw an act of that name; None where there is nothing to act on."""
        drawn: tuple[str, tuple[Any, ...]] | None = getattr(self, f"_{name}")(now)
        if drawn is None:
            return None
        wanted, args = drawn
        return Act(name, self._desk(wanted), f"{self.seed:016x}-{step:08d}", args)

    def _desk(self, role: str) -> int:
        """Draw a desk of that role, now and then any."""
        places = [place for place in range(self.desks) if role in AGENTS[place % len(AGENTS)]]
        if self.random.random() < 0.04 or not places:
            return self.random.randrange(self.desks)
        return self.random.choice(places)

    def other_desk(self, desk: int) -> int:
        """Draw another desk."""
        return (desk + 1 + self.random.randrange(self.desks - 1)) % self.desks

    # the clock

    def next_instant(self, now: datetime) -> datetime:
        """Draw the instant to which the clock goes: soon, or right at what an instant changes, or another day."""
        kind = self.random.choices(("soon", "expiry", "limit", "morning", "later"), (46, 22, 12, 15, 5))[0]
        today = paris_day(now)
        wished = now + timedelta(seconds=self.random.choice([1, 40, 60, 300, 840, 900, 1800, 5000, 12_000]))
        if kind == "expiry":
            expiries = [b.expires for b in self.model.baskets[-12:] if b.expires is not None and b.live(now)]
            if expiries:
                wished = self.random.choice(expiries) + self.random.choice([-_AN_INSTANT, timedelta(), _AN_INSTANT])
        elif kind == "limit":
            noon = self.random.choice([time(12), time(12), time(12, 15), time(0), time(2, 30)])
            day = today if paris_instant(today, noon) > now else today + ONE_DAY
            wished = paris_instant(day, noon) + self.random.choice([-_AN_INSTANT, timedelta()])
        elif kind == "morning":
            wished = paris_instant(today + ONE_DAY, time(8, self.random.randrange(60)))
        elif kind == "later":
            wished = paris_instant(today + self.random.choice([2, 3, 5, 7]) * ONE_DAY, time(11, 50))
        return max(wished, now)

    # the planning

    def _day(self, activity: str, now: datetime) -> date:
        odd = self.random.random()
        today = paris_day(now)
        if odd < 0.01:
            return LAST_KNOWN + ONE_DAY
        if odd < 0.05:
            return today + self.random.randrange(-6, 40) * ONE_DAY
        if odd < 0.08:
            return today
        days = running_days(activity)
        first = bisect_left(days, today)
        near = min(int(self.random.expovariate(0.35)), 30)
        return days[min(first + near, len(days) - 1)]

    def _cells(self, family: Family, now: datetime) -> list[Cell]:
        activity = self.random.choice(
            (*_ALP, WEDNESDAY, WEDNESDAY, HOLIDAYS) if paris_day(now) <= LAST_OF_SCHOOL else (HOLIDAYS,)
        )
        cells = []
        for _ in range(self.random.choice([1, 1, 2, 3, 5])):
            code = self.random.choice(_ALP) if activity in _ALP else activity
            cells.append((self.random.choice(family.children), code, self._day(code, now)))
        if self.random.random() < 0.25:  # a whole run of days: what an absence groups
            child, code, day = cells[0]
            days = running_days(code)
            first = bisect_left(days, day)
            cells += [(child, code, one) for one in days[first : first + 4]]
        return list(dict.fromkeys(cells))

    def _finish(self, now: datetime) -> tuple[str, tuple[Any, ...]]:
        family = self.random.choice(self.model.house.families)
        ticks = []
        if self.random.random() < 0.3:
            ticks = self._cancellations(family, now)
        if not ticks or self.random.random() < 0.3:
            taken = {tick.cell for tick in ticks}
            ticks += [self._tick(family, cell, now) for cell in self._cells(family, now) if cell not in taken]
        return ENFANCE, (family.key, tuple(ticks))

    def _tick(self, family: Family, cell: Cell, now: datetime) -> Tick:
        if self.model.occupied(cell, now) and self.random.random() < 0.8:
            return Tick(cell, False)
        payer = self.random.choice(family.payers) if self.random.random() < 0.08 else None
        return Tick(cell, True, self.random.random() < 0.12, payer)

    def _cancellations(self, family: Family, now: datetime) -> list[Tick]:
        since = paris_day(now) - 4 * ONE_DAY
        cells = [cell for child in family.children for cell in self._booked(child, since, now)]
        if not cells:
            return []
        chosen = self.random.choice(cells)
        with_it = [cell for cell in cells if cell[:2] == chosen[:2] and cell[2] >= chosen[2]]
        return [Tick(cell, False) for cell in with_it[: self.random.choice([1, 1, 2, 4])]]

    def _booked(self, child: int, since: date, now: datetime) -> list[Cell]:
        found = []
        for activity in ACTIVITIES:
            days = running_days(activity)
            first = bisect_left(days, since)
            found += [
                (child, activity, day)
                for day in days[first : first + 25]
                if (child, activity, day) in self.model.booked and self.model.occupied((child, activity, day), now)
            ]
        return found

    def _proof(self, now: datetime) -> tuple[str, tuple[Any, ...]] | None:
        if not self.model.proofs:
            return None
        proof = self.model.proofs[max(0, len(self.model.proofs) - 1 - min(int(self.random.expovariate(0.5)), 9))]
        late = paris_day(proof.until)
        received = self.random.choice([paris_day(now), late, late - ONE_DAY, late - 5 * ONE_DAY])
        return ENFANCE, (proof.key, received, self.random.random() < 0.75, self.random.random() < 0.95)

    # the counter

    def _basket(self, now: datetime, *, debts: bool = True) -> Basket | None:
        """Draw a basket: a live one most often."""
        recent = self.model.baskets[-25:]
        if not recent:
            return None
        live = [b for b in recent if b.live(now) and (debts or b.expires is not None)]
        if live and self.random.random() < 0.85:
            return self.random.choice(live)
        return self.random.choice(recent)

    def _cash(self, now: datetime) -> tuple[str, tuple[Any, ...]] | None:
        basket = self._basket(now)
        if basket is None:
            return None
        lines = [self.model.line_of(day) for day in self.model.lines(basket)]
        used = use_avoirs(lines, self.model.available(basket, now))
        due = sum(line.price for line in lines) - sum(used.values())
        return COMPTABILITE, (basket.key, self._tenders(lines, due))

    def _tenders(self, lines: Sequence[Line], due: int) -> tuple[Paid, ...]:
        """Draw the means: most often what pays it, sometimes split, sometimes wrong."""
        kind = self.random.choices(("whole", "split", "wrong", "none"), (62, 18, 16, 4))[0]
        if kind == "none" or (not due and kind != "wrong"):
            return ()
        if kind == "wrong":
            cents = max(0, due + self.random.choice([-1, 1, 0, -due, 500]))
            means = self.random.choice([CASH, CARD, CESU, TRANSFER, PAYFIP, CHEQUE])
            received = cents + self.random.choice([0, 0, -1, 100])
            noted = REFERENCES.get(means, set()) if self.random.random() < 0.7 else ()
            return (Paid(means, cents, received, tuple(sorted(noted))),)
        if kind == "whole" or due < 3:
            return (self._paid(self.random.choice([CASH, CASH, CARD, CARD, CARD, CHEQUE, ANCV, TRANSFER]), due),)
        admitted = sum(line.price for line in lines if line.admits(CESU))
        part = min(due - 1, self.random.choice([admitted, due // 2, 1]) or 1)
        first, second = self.random.choice([(CESU, CARD), (CESU, CASH), (CASH, CARD), (ANCV, CHEQUE), (CESU, ANCV)])
        return self._paid(first, part), self._paid(second, due - part)

    def _paid(self, means: str, cents: int) -> Paid:
        more = self.random.choice([0, 0, 5, 1000]) if means == CASH else 0
        return Paid(means, cents, cents + more, tuple(sorted(REFERENCES.get(means, set()))))

    def _extend(self, now: datetime) -> tuple[str, tuple[Any, ...]] | None:
        basket = self._basket(now, debts=False)
        return None if basket is None else (self.random.choice([ENFANCE, COMPTABILITE]), (basket.key,))

    def _take_out(self, now: datetime) -> tuple[str, tuple[Any, ...]] | None:
        basket = self._basket(now, debts=False)
        if basket is None:
            return None
        lines = [day.key for day in self.model.lines(basket)]
        chosen = self.random.sample(lines, min(len(lines), self.random.choice([0, 1, 1, 2])))
        return COMPTABILITE, (basket.key, tuple(sorted(chosen)))

    def _give_up(self, now: datetime) -> tuple[str, tuple[Any, ...]] | None:
        basket = self._basket(now, debts=False)
        return None if basket is None else (ENFANCE, (basket.key,))

    def _reverse(self, now: datetime) -> tuple[str, tuple[Any, ...]] | None:
        recent = self.model.books.payments[-15:]
        if not recent:
            return None
        payment = self.random.choice(recent)
        ranks = list(range(1, len(payment.tenders) + 1))
        lost = self.random.choice([ranks, ranks, ranks[:1], [], [9]])
        why = self.random.choices(("annule", "impaye", "inconnu"), (80, 17, 3))[0]
        return REGISSEUR, (payment.key, tuple(lost), why)

    def _drop(self, now: datetime) -> tuple[str, tuple[Any, ...]] | None:
        debts = [b for b in self.model.baskets if b.expires is None and b.state == "open"]
        basket = self.random.choice(debts) if debts and self.random.random() < 0.8 else self._basket(now)
        return None if basket is None else (REGISSEUR, (basket.key,))

    # the till

    def _counted(self) -> tuple[int, str]:
        gap = self.random.choice([0, 0, 0, 0, -50, 300])
        return max(0, self.model.till.cash + gap), "Erreur de monnaie" if self.random.random() < 0.7 else ""

    def _open_till(self, now: datetime) -> tuple[str, tuple[Any, ...]]:
        counted, reason = self._counted()
        return COMPTABILITE, (counted if self.model.till.sessions else 100_00, reason)

    def _close_till(self, now: datetime) -> tuple[str, tuple[Any, ...]] | None:
        return None if self.model.till.session is None else (self._whose_till(), self._counted())

    def _whose_till(self) -> str:
        return self.random.choice([REGISSEUR, REGISSEUR, COMPTABILITE])

    def _move(self, now: datetime) -> tuple[str, tuple[Any, ...]]:
        kind = self.random.choice(["apport", "retrait", "versement", "retour"])
        return COMPTABILITE, (kind, self.random.choice([0, 500, 2000, 15_000]))


