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
from tests.simulation.reference import COMPTABILITE, ENFANCE, REGISSEUR, Basket, Cell, Child, Family, Reference, Tick
from tests.simulation.reference_money import (
    ANCV,
    CARD,
    CASH,
    CESU,
    CHEQUE,
    PAYFIP,
    REFERENCES,
    TRANSFER,
    Line,
    Paid,
    use_avoirs,
)
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
    WAIT: 15,
    "finish": 25,
    "cash": 24,
    "again": 8,
    "extend": 6,
    "take_out": 4,
    "give_up": 2,
    "reverse": 4,
    "correct": 2,
    "renew": 1,
    "drop": 1,
    "proof": 3,
    "open_till": 2,
    "close_till": 2,
    "move": 3,
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

    def name(self, now: datetime) -> str:
        """Draw what comes next; where the till is not open today, it is often put right before anything is cashed."""
        name = self.random.choices(self._names, self._weights)[0]
        if self._at_an_expiry(now) and self.random.random() < 0.4:
            return self.random.choice(["cash", "cash", "cash", "extend", "take_out", "finish"])
        if self._at_noon(now) and self.random.random() < 0.6:
            return "finish"
        if name == "cash" and self.model.till.why_closed(paris_day(now)) and self.random.random() < 0.6:
            return "open_till" if self.model.till.session is None else "close_till"
        return name

    def _at_an_expiry(self, now: datetime) -> bool:
        """Say whether a basket expires at this instant, or at the one that follows."""
        return any(
            basket.state == "open" and basket.expires is not None and abs(basket.expires - now) <= _AN_INSTANT
            for basket in self.model.baskets[-12:]
        )

    def _at_noon(self, now: datetime) -> bool:
        """Say whether it is noon in Paris, or the instant before."""
        return abs(now - paris_instant(paris_day(now), time(12))) <= _AN_INSTANT

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
        kind = self.random.choices(("soon", "expiry", "limit", "morning", "later"), (58, 16, 15, 8, 3))[0]
        today = paris_day(now)
        wished = now + timedelta(seconds=self.random.choice([1, 20, 40, 60, 120, 300, 600, 900, 3600]))
        if kind == "expiry":
            expiries = [b.expires for b in self.model.baskets[-12:] if b.expires is not None and b.live(now)]
            if expiries:
                wished = self.random.choice(expiries) + self.random.choice([-_AN_INSTANT, timedelta(), _AN_INSTANT])
        elif kind == "limit":
            noon = self.random.choice([time(12), time(12), time(12), time(12, 15), time(0), time(2, 30)])
            day = today if paris_instant(today, noon) > now else today + ONE_DAY
            wished = paris_instant(day, noon) + self.random.choice([-_AN_INSTANT, timedelta(), timedelta()])
        elif kind == "morning":
            wished = paris_instant(today + ONE_DAY, time(8, self.random.randrange(60)))
        elif kind == "later":
            wished = paris_instant(today + self.random.choice([2, 3, 7, 14, 30]) * ONE_DAY, time(11, 50))
        return max(wished, now)

    # the planning

    def _day(self, activity: str, now: datetime) -> date:
        """Draw a day: one of the next that can still be booked, now and then any other."""
        odd = self.random.random()
        today = paris_day(now)
        if odd < 0.01:
            return LAST_KNOWN + ONE_DAY
        if odd < 0.04:
            return today + self.random.randrange(-6, 40) * ONE_DAY
        if odd < 0.07:
            return today
        days = running_days(activity)
        first = bisect_left(days, today)
        if odd < (0.3 if self._at_noon(now) else 0.93):
            while first < len(days) - 1 and self.model.limit(days[first]) <= now:
                first += 1
        near = min(int(self.random.expovariate(2 if self._at_noon(now) else 0.35)), 30)
        return days[min(first + near, len(days) - 1)]

    def _activity(self, child: Child, now: datetime) -> str:
        """Draw an activity: one the child may come to, most often."""
        asked = self.random.choice((*_ALP, WEDNESDAY, WEDNESDAY, HOLIDAYS))
        if self.random.random() < 0.06:
            return asked
        today = paris_day(now)
        alsh = self.model.may_attend_alsh(child, today.year, today)
        if asked in _ALP:
            possible = child.alp is not None and today <= LAST_OF_SCHOOL
            return asked if possible else self.random.choice((WEDNESDAY, HOLIDAYS))
        return asked if alsh or child.alp is None else self.random.choice(_ALP)

    def _cells(self, family: Family, now: datetime) -> list[Cell]:
        cells = []
        activity = self._activity(self.model.house.children[family.children[0]], now)
        for _ in range(self.random.choice([1, 1, 2, 3, 4])):
            child = self.random.choice(family.children)
            code = self._activity(self.model.house.children[child], now) if self.random.random() < 0.5 else activity
            cells.append((child, code, self._day(code, now)))
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

    def _renew(self, now: datetime) -> tuple[str, tuple[Any, ...]]:
        child = self.random.choice(self.model.house.children)
        return ENFANCE, (child.key, paris_day(now).year + self.random.choice([0, 0, 1, 1, 1, -1]))

    def _proof(self, now: datetime) -> tuple[str, tuple[Any, ...]] | None:
        if not self.model.proofs:
            return None
        waiting = [proof for proof in self.model.proofs if not proof.decided]
        proof = self.random.choice(waiting if waiting and self.random.random() < 0.9 else self.model.proofs)
        late = paris_day(proof.until)
        received = self.random.choice([paris_day(now), late, late - ONE_DAY, late - 5 * ONE_DAY])
        return ENFANCE, (proof.key, received, self.random.random() < 0.75, self.random.random() < 0.95)

    # the counter

    def _basket(self, now: datetime, *, debts: bool = True) -> Basket | None:
        """Draw a basket: a live one most often, or one that has just expired."""
        recent = self.model.baskets[-25:]
        shortly = now - timedelta(seconds=1)
        live = [b for b in recent if b.live(shortly) and (debts or b.expires is not None)]
        if live and self.random.random() < 0.9:
            return self.random.choice(live)
        return self.random.choice(recent) if recent and self.random.random() < 0.15 else None

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

    def _correct(self, now: datetime) -> tuple[str, tuple[Any, ...]] | None:
        recent = [one for one in self.model.books.payments[-15:] if one.tenders or self.random.random() < 0.1]
        if not recent:
            return None
        payment = self.random.choice(recent)
        lines = [self.model.line_of(self.model.days[day]) for day in payment.days]
        tenders = self._tenders(lines, payment.total - payment.avoirs.total())
        return REGISSEUR, (payment.key, tenders, self.random.random() < 0.97)

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
