"""A year of a régie made by the program itself: sessions opened, counted and closed, every means, mistakes, slips, periods closed.

Only the days on hold are written by hand: the gestures judge, number and journal as at a desk. A day is one transaction: the disk is waited
for once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import TypeVar

from sqlalchemy import Connection, func, insert, select

from bench.planning_month import town_desk
from bench.town import NOW, Town
from models import tables as t
from models.engine import Database
from models.states import MovementKind
from tui_portail.instants import PARIS
from tui_portail.payment_rules import Tender
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.policy import Means
from tui_portail.services.baskets import load_basket
from tui_portail.services.booking import finish_changes
from tui_portail.services.cash_movements import record_movement
from tui_portail.services.clock import FixedClock
from tui_portail.services.corrections import correct_payment
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.period_closings import close_due_periods
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.sale import CashedBasket
from tui_portail.services.slips import prepare_slip, validate_slip
from tui_portail.services.till import open_session
from tui_portail.services.till_closing import close_session
from tui_portail.services.till_counting import till_to_close
from tui_portail.services.till_float import expected_float
from tui_portail.till_rules import DENOMINATIONS

T = TypeVar("T")
PRICE_CENTS = 250
LINES = 2
LINES_A_CHILD = 800  # the slots there are, and the days one child may be paid in a year
ENTRIES_A_DAY = 900
MEANS = (Means.CASH, Means.CASH, Means.CHEQUE, Means.CARD, Means.ANCV)
REFERENCES = {Means.CHEQUE: {"bank": "Banque", "number": "0000123", "drawer": "Tireur"}, Means.CARD: {"terminal": "7"}}
Held = tuple[int, int, str, date]  # a basket, its child (and dossier and payer), its first line's activity and day


class _AtOnce(Database):
    """A base whose reads and gestures all join one transaction that waits to be committed."""

    def __init__(self, base: Database, connection: Connection) -> None:
        super().__init__(base.address, base.kind, base.engine, base.engine)
        self.connection = connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        yield self.connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        yield self.connection

    def run(self, gesture: Callable[[Connection], T]) -> T:
        return gesture(self.connection)


class RegieYear:
    """The journal of a town's régie, day after day; `live` goes on from where it stopped."""

    def __init__(self, database: Database, town: Town, entries_a_day: int = ENTRIES_A_DAY) -> None:
        self.database = database
        self.entries_a_day = entries_a_day
        self.day = NOW.date()
        self.days = 0
        self.chance = random.Random(7)  # noqa: S311 (the same year each time)
        with database.write() as connection:
            connection.execute(insert(t.agent_role).values(agent_id=1, role=Role.REGISSEUR.value))
            self.slots = _slots(connection)
            held = set(connection.scalars(select(t.basket.c.payer_id).where(t.basket.c.state == "ouvert")))
        self.children = cycle([child for child in range(1, town.size.dossiers + 1) if child not in held])
        self.paid_lines: dict[int, int] = {}
        self.avoirs: dict[int, int] = {}  # what each child's payer has left, in cents

    @property
    def entries(self) -> int:
        """How many entries the journal has."""
        with self.database.read() as connection:
            return int(connection.execute(select(func.max(t.journal_head.c.last_seq))).scalar_one())

    @property
    def now(self) -> datetime:
        """The evening of the last day."""
        return datetime.combine(self.day, time(20), PARIS)

    def live(self, entries: int) -> None:
        """Go on, whole days, until the journal has that many entries."""
        while (left := entries - self.entries) > 0:
            with self.database.write() as connection:
                desk = town_desk(_AtOnce(self.database, connection))
                self._live_a_day(desk, connection, min(left, self.entries_a_day))
            self._tomorrow()

    def _tomorrow(self) -> None:
        self.days += 1
        self.day += timedelta(days=3 if self.day.weekday() == 4 else 1)

    def _live_a_day(self, desk: Desk, connection: Connection, entries: int) -> None:
        _set(desk, self.day, 9)
        found = expected_float(desk)
        open_session(desk, 100_00 if found is None else found, new_operation())
        record_movement(desk, MovementKind.SUPPLY, 20_00, "Monnaie", new_operation())
        baskets, payments = [], []
        for _ in range(max(1, entries - entries // 20 - 4)):
            baskets.append(self._on_hold(connection, desk.now()))
            payments.append(self._cash(desk, *baskets[-1][:2]))
        for place in range(0, len(baskets), 100):
            self._mistakes(desk, payments[place : place + 3], baskets[place : place + 3])
        _set(desk, self.day, 17)
        self._close(desk)
        if self.days % 5 == 4:
            slip = prepare_slip(desk, new_operation())
            validate_slip(desk, slip.slip_id, _pieces(slip.cents_of(Means.CASH)), new_operation())
        if self.days % 20 == 19:
            close_due_periods(desk, new_operation())

    def _on_hold(self, connection: Connection, now: datetime) -> Held:
        """Write by hand the next child's basket on hold."""
        child = next(self.children)
        first = self.paid_lines.get(child, 0)
        self.paid_lines[child] = first + LINES
        terms = {"dossier_id": child, "payer_id": child, "kind": "reservation", "state": "ouvert", "agent_id": 1}
        terms |= {"created_at": now, "expires_at": now + timedelta(minutes=15), "extensions": 0}
        basket_id = connection.execute(insert(t.basket).values(terms).returning(t.basket.c.id)).scalar_one()
        booking = {"child_id": child, "payer_id": child, "basket_id": basket_id, "state": "held", "agent_id": 1}
        booking |= {"price_cents": PRICE_CENTS, "care_cents": PRICE_CENTS, "meal_cents": 0, "booked_at": now}
        slots = self.slots[first : first + LINES]
        connection.execute(
            insert(t.booking),
            [booking | {"slot_id": slot, "day": day, "tariff": "Garde (FICTIF)"} for slot, _, day in slots],
        )
        return basket_id, child, *slots[0][1:]

    def _cash(self, desk: Desk, basket_id: int, child: int) -> CashedBasket:
        """Cash a basket, whatever avoirs leave to pay."""
        due = LINES * PRICE_CENTS
        if left := self.avoirs.pop(child, 0):
            due = load_basket(desk, basket_id).due_cents
            self.avoirs |= {child: rest} if (rest := left + due - LINES * PRICE_CENTS) else {}
        means = self.chance.choice(MEANS)
        tenders = [Tender(means, due, references=REFERENCES.get(means, {}))] if due else []
        return cash_basket(desk, basket_id, tenders, new_operation())

    def _mistakes(self, desk: Desk, payments: Sequence[CashedBasket], baskets: Sequence[Held]) -> None:
        """A payment reversed and paid again, one corrected, a day given back."""
        if len(payments) < 3 or any(cashed.avoir_cents for cashed in payments):
            return  # what avoirs paid cannot be lost, nor typed wrong
        policy = desk.commune().policy
        undone = reverse_payment(desk, payments[0].payment_id, [1], policy.reversal_reasons[0], new_operation())
        if undone.debt_basket_id is not None:
            self._cash(desk, undone.debt_basket_id, baskets[0][1])
        by_card = Tender(Means.CARD, LINES * PRICE_CENTS, references={"terminal": "corrigé"})
        correct_payment(desk, payments[1].payment_id, [by_card], policy.correction_reasons[0], new_operation())
        _, child, activity, day = baskets[2]
        finish_changes(desk, child, [Change(CellKey(child, activity, day), Tick.REMOVE)], new_operation())
        self.avoirs[child] = PRICE_CENTS

    def _close(self, desk: Desk) -> None:
        """Count the till: five cents too little every other day."""
        books = till_to_close(desk)
        assert books is not None
        cash = books.cash_cents - (5 if self.days % 2 else 0)
        close_session(
            desk,
            books.session.session_id,
            _pieces(cash),
            {(cheque.payment_id, cheque.rank): True for cheque in books.cheques},
            {value.means: value.expected_cents for value in books.values},
            {Means.CASH: "Erreur de rendu"} if self.days % 2 else {},
            new_operation(),
        )


def _slots(connection: Connection) -> list[tuple[int, str, date]]:
    """Make the slots of a later year, and return each one's id, activity and day."""
    activities = list(connection.scalars(select(t.activity.c.code).order_by(t.activity.c.code)))
    site = connection.scalar(select(func.min(t.site.c.code)))
    days = [date(2027, 9, 2) + timedelta(days=step) for step in range(-(-LINES_A_CHILD // len(activities)))]
    made = []
    for day in days:
        for activity in activities:
            row = {"site_code": site, "activity_code": activity, "day": day, "capacity": 1_000_000, "withheld": 0}
            slot_id = connection.execute(insert(t.slot).values(row).returning(t.slot.c.id)).scalar_one()
            made.append((slot_id, activity, day))
    return made


def _set(desk: Desk, day: date, hour: int) -> None:
    if not isinstance(desk.clock, FixedClock):
        raise TypeError("a clock that can be set was expected")
    desk.clock.instant = datetime.combine(day, time(hour), PARIS)


def _pieces(cents: int) -> dict[int, int]:
    pieces = {}
    for value in DENOMINATIONS:
        pieces[value], cents = divmod(cents, value)
    return pieces
