"""The reference: what the mairie's state is after each gesture, and what must come of the next one, by the rules of the service.

A gesture returns its `Outcome` and, where it is accepted, has changed the state. Families, children, payers, days, baskets, avoirs,
payments and justificatifs are named by small integers of the reference's own. Instants are UTC, amounts cents.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.simulation.prices import price_of
from tests.simulation.reference_money import Books, Line, Paid, Payment, use_avoirs, why_refused
from tests.simulation.reference_till import Till
from tests.simulation.school_days import ALSH, WITH_A_MEAL, limit_of, paris_day

QUARTER = timedelta(minutes=15)
Cell = tuple[int, str, date]  # child, activity, day
ENFANCE, COMPTABILITE, REGISSEUR = "enfance", "comptabilite", "regisseur"


@dataclass(frozen=True)
class Payer:
    """Who pays: the quotient proven (cents) on the days of a period, and where they live."""

    key: int
    resident: bool
    quotient: int | None = None
    proven: tuple[date, date] = (date.max, date.min)

    def quotient_on(self, day: date) -> int | None:
        """Return the quotient proven on a day."""
        return self.quotient if self.proven[0] <= day <= self.proven[1] else None


@dataclass
class Child:
    """A child: its family, birth, rank among the children, the site of each family of activities, what was renewed and seen."""

    key: int
    family: int
    born: date
    rank: int
    alp: str | None
    alsh: str
    renewed: set[int]
    health_form: bool

    def site(self, activity: str) -> str | None:
        """Return where an activity receives it."""
        return self.alsh if activity in ALSH else self.alp

    def age(self, day: date) -> int:
        """Return its whole years on a day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


@dataclass(frozen=True)
class Family:
    """A family: its children, and its payers; two of them have the children by turns of a week from `anchor`."""

    key: int
    children: tuple[int, ...]
    payers: tuple[int, ...]
    anchor: date = date.max


@dataclass
class Day:
    """One activity of one child on one day, as booked once. `avoir`: what gave it back."""

    key: int
    cell: Cell
    payer: int
    basket: int
    care: int
    meal: int
    state: str = "held"
    avoir: int | None = None
    proof: int | None = None

    @property
    def price(self) -> int:
        """What it costs."""
        return self.care + self.meal


@dataclass
class Basket:
    """What waits to be paid: a réservation until it expires, or a debt (`expires` None)."""

    key: int
    family: int
    payer: int
    expires: datetime | None
    state: str = "open"
    extensions: int = 0
    days: list[int] = field(default_factory=list)

    def live(self, now: datetime) -> bool:
        """Say whether it is open and holds its places."""
        return self.state == "open" and (self.expires is None or now < self.expires)


@dataclass
class Proof:
    """An absence that waits for a justificatif, until when, and what was decided."""

    key: int
    days: list[int]
    until: datetime
    decided: bool = False


@dataclass(frozen=True)
class Tick:
    """One cell ticked. `derogation`: past its limit; `payer`: another than the custody's."""

    cell: Cell
    add: bool
    derogation: bool = False
    payer: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What must come of a gesture: a refusal's code (and each cell's, or each reason's), or facts of its answer."""

    code: str = ""
    why: tuple[Any, ...] = ()
    facts: tuple[Any, ...] = ()


@dataclass(frozen=True)
class House:
    """What the commune decided and who its families are; `places` by site and activity."""

    families: tuple[Family, ...]
    children: tuple[Child, ...]
    payers: tuple[Payer, ...]
    places: dict[tuple[str, str], int]
    debts_first: bool
    skip_public_holidays: bool


class Reference:
    """The state of the mairie. Gestures on the planning are in `reference_planning`, on money in `reference_counter`."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.days: list[Day] = []
        self.baskets: list[Basket] = []
        self.proofs: list[Proof] = []
        self.books = Books()
        self.till = Till()
        self.booked: dict[Cell, Day] = {}  # the last booking of a cell
        self.on: defaultdict[tuple[str, str, date], list[Day]] = defaultdict(list)  # every booking of a site's activity
        self.attended: defaultdict[int, list[Day]] = defaultdict(list)  # ALSH days of a child

    def limit(self, day: date) -> datetime:
        """Return the limit of a day."""
        return limit_of(day, self.house.skip_public_holidays)

    def occupied(self, cell: Cell, now: datetime) -> Day | None:
        """Return what takes a cell: paid, owed, or on a live hold."""
        day = self.booked.get(cell)
        return day if day is not None and self.takes_place(day, now) else None

    def takes_place(self, day: Day, now: datetime) -> bool:
        """Say whether a booking takes its place."""
        return day.state in ("confirmed", "due") or (day.state == "held" and self.baskets[day.basket].live(now))

    def taken(self, site: str, activity: str, day: date, now: datetime) -> int:
        """Return how many places of a day are taken."""
        return sum(self.takes_place(one, now) for one in self.on[site, activity, day])

    def live_basket(self, payer: int, now: datetime) -> Basket | None:
        """Return a payer's live réservation."""
        return next(
            (b for b in reversed(self.baskets) if b.payer == payer and b.expires is not None and b.live(now)), None
        )

    def lines(self, basket: Basket) -> list[Day]:
        """Return the days of a basket that are to be paid."""
        return [day for key in basket.days if (day := self.days[key]).state in ("held", "due", "due_late")]

    def owed(self, payer: int) -> int:
        """Return what a payer owes."""
        debts = (b for b in self.baskets if b.payer == payer and b.expires is None and b.state == "open")
        return sum(day.price for basket in debts for day in self.lines(basket))

    def payer_on(self, child: Child, day: date) -> int:
        """Return who has a child on a day, hence pays: by turns of a week from the anchor, the first payer otherwise."""
        family = self.house.families[child.family]
        turn = (day - family.anchor).days // 7 if day >= family.anchor else 0
        return family.payers[turn % len(family.payers)]

    def price(self, cell: Cell, payer: int) -> tuple[int, int]:
        """Return the care and meal parts of a day for a payer."""
        child, activity, day = cell
        who = self.house.payers[payer]
        return price_of(activity, day, who.quotient_on(day), self.house.children[child].rank, who.resident)

    def may_attend_alsh(self, child: Child, year: int, today: date) -> bool:
        """Say whether a child attended ALSH in the year or the one before, or was renewed for it."""
        past = (one for one in self.attended[child.key] if one.state == "confirmed" and one.cell[2] < today)
        return year in child.renewed or any(one.cell[2].year in (year, year - 1) for one in past)

    def earliest_freeze(self, days: Collection[Day]) -> datetime | None:
        """Return when the kitchen's numbers freeze for the first of the meals among these days."""
        return min((self.limit(day.cell[2]) + QUARTER for day in days if day.cell[1] in WITH_A_MEAL), default=None)

    def line_of(self, day: Day) -> Line:
        """Return a day as a payment sees it."""
        child, activity, on = day.cell
        young = activity in ALSH and self.house.children[child].age(on) < 6
        return Line(day.key, activity, on, young, day.price)

    def available(self, basket: Basket, now: datetime) -> list[Any]:
        """Return the avoirs a basket may use: a debt leaves those that a live réservation has reserved."""
        live = self.live_basket(basket.payer, now) if basket.expires is None else None
        reserved = sum(day.price for day in self.lines(live)) if live else 0
        return self.books.available(basket.payer, reserved)

    def pay(self, basket: Basket, tenders: Sequence[Paid], now: datetime) -> Payment | set[str]:
        """Pay a live basket; return the payment, or the codes of what is wrong with the means."""
        days = self.lines(basket)
        lines = [self.line_of(day) for day in days]
        used = use_avoirs(lines, self.available(basket, now))
        if wrong := why_refused(lines, used, tenders, basket.expires is None):
            return wrong
        payment = self.books.record(basket.key, basket.payer, lines, used, tenders, paris_day(now).year)
        for day in days:
            day.state = "cancelled_late" if day.state == "due_late" else "confirmed"
        basket.state = "paid"
        self.till.receive(payment.key, tenders)
        return payment

    def settle_if_nothing_due(self, basket: Basket, now: datetime) -> Payment | None:
        """Pay a basket that avoirs pay whole."""
        if sum(day.price for day in self.lines(basket)) > self.books.balance(basket.payer):
            return None
        payment = self.pay(basket, (), now)
        assert isinstance(payment, Payment)
        return payment

    def give_back(self, days: Sequence[Day], now: datetime) -> list[tuple[int, str, int]]:
        """Give each payer the avoir of these days; return the payer, number and amount of each."""
        given = []
        for payer in sorted({day.payer for day in days}):
            theirs = [day for day in days if day.payer == payer]
            avoir = self.books.give(payer, sum(day.price for day in theirs), paris_day(now).year)
            for day in theirs:
                day.avoir = avoir.key
            given.append((payer, avoir.number, avoir.cents))
        return given

    def revenue(self) -> tuple[int, int]:
        """Return the care and meals that were charged and not given back."""
        charged = [
            day
            for day in self.days
            if day.state in ("confirmed", "due", "due_late") or (day.state == "cancelled_late" and day.avoir is None)
        ]
        return sum(day.care for day in charged), sum(day.meal for day in charged)

    def debts(self) -> Counter[int]:
        """Return what each payer owes, by the days that are owed."""
        owed: Counter[int] = Counter()
        for day in self.days:
            if day.state in ("due", "due_late"):
                owed[day.payer] += day.price
        return owed
