"""What an agent does at the counter, gesture after gesture, as services are asked by the screens: a family found, booked, cashed.

A family: its name typed (three letters, then the whole), its dossier, a month with the five weeks read ahead, a week booked for one child,
the basket read, cashed by cash, cheque or card, the quittance read. One family in ten asks for more time before it pays, one in ten gives
a paid day back, one agent in five looks at the queue. Families and days are drawn from a seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bench.planning_month import READ_AHEAD
from bench.town import TownSize, first_name, last_name, number_of, phone_of
from tui_portail.payment_rules import Tender, cash_tender
from tui_portail.planning import CellKey, Change, PlanningSnapshot, Tick
from tui_portail.policy import Means
from tui_portail.services.baskets import extend_basket, load_basket
from tui_portail.services.booking import FinishedChanges, finish_changes
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_search import search
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.payment import cash_basket
from tui_portail.services.planning import load_planning
from tui_portail.services.queue import list_queue
from tui_portail.services.quittances import quittance_document
from tui_portail.services.sale import CashedBasket

EXTEND, CANCEL, QUEUE, ELSEWHERE = 0.1, 0.1, 0.2, 0.1
FIRST_MONDAY, WEEKS = date(2026, 12, 7), 28
ACTIVITIES = ("ALP_MATIN", "PAUSE_MERIDIENNE", "RESTAURATION", "ALP_SOIR")
GESTURES = (
    "search",
    "dossier",
    "month",
    "book",
    "extend",
    "basket",
    "cash",
    "quittance",
    "cancel",
    "queue",
)
Do = Callable[[str, Callable[[], object]], object | None]
"""Does a gesture of that name and returns its answer, None when it was refused."""


@dataclass(frozen=True, slots=True)
class CounterAct:
    """One desk at work in a town; `do` times each gesture, and waits before the next where it is told to."""

    desk: Desk
    size: TownSize
    chance: random.Random
    do: Do

    def serve(self) -> None:
        """Serve one family, whatever is refused on the way."""
        dossier = self.chance.randint(1, self.size.dossiers)
        for typed in self._typed(dossier):
            self.do("search", lambda typed=typed: search(self.desk, typed))  # type: ignore[misc]
        self.do("dossier", lambda: load_dossier(self.desk, dossier))
        monday = FIRST_MONDAY + timedelta(weeks=self.chance.randrange(WEEKS))
        planning = self.do("month", lambda: open_month(self.desk, dossier, monday))
        if not isinstance(planning, PlanningSnapshot):
            return
        changes = week_of(planning, monday, self.chance)
        if not changes:
            return
        finished = self.do("book", lambda: finish_changes(self.desk, dossier, changes, new_operation()))
        if not isinstance(finished, FinishedChanges):
            return
        cashed = [self._cash(basket.basket_id) for basket in finished.baskets if not basket.settled_quittance_id]
        if any(cashed) and self.chance.random() < CANCEL:
            given = [Change(changes[-1].key, Tick.REMOVE)]
            self.do("cancel", lambda: finish_changes(self.desk, dossier, given, new_operation()))
        if self.chance.random() < QUEUE:
            self.do("queue", lambda: list_queue(self.desk))

    def _typed(self, dossier: int) -> Iterator[str]:
        """Yield what is typed to find a family: by name as one types, or once in ten by number or telephone."""
        if self.chance.random() < ELSEWHERE:
            yield self.chance.choice([number_of(dossier), phone_of(dossier)])
            return
        name = last_name(dossier)
        yield name[:3]
        yield f"{name} {first_name(dossier)}"

    def _cash(self, basket_id: int) -> bool:
        if self.chance.random() < EXTEND:
            reason = "La famille cherche son chéquier"
            self.do("extend", lambda: extend_basket(self.desk, basket_id, reason, new_operation()))
        due = self.do("basket", lambda: load_basket(self.desk, basket_id).due_cents)
        if not isinstance(due, int):
            return False
        tenders = [tender_of(due, self.chance)] if due else []
        cashed = self.do("cash", lambda: cash_basket(self.desk, basket_id, tenders, new_operation()))
        if not isinstance(cashed, CashedBasket):
            return False
        self.do("quittance", lambda: quittance_document(self.desk, cashed.quittance_id))
        return True


def open_month(desk: Desk, dossier: int, monday: date) -> PlanningSnapshot:
    """Open a month of a family's planning as the screen does, with the weeks it reads ahead."""
    first = monday.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return load_planning(desk, dossier, first, last + READ_AHEAD)


def week_of(planning: PlanningSnapshot, monday: date, chance: random.Random) -> list[Change]:
    """Return a week of one activity for one child, less the days that are booked or were; none in the holidays."""
    child = chance.choice(planning.children).child_id
    activity = chance.choice(ACTIVITIES)
    commune = planning.commune
    rule = commune.policy.activity(activity)
    days = commune.calendar.running_days(rule, monday, monday + timedelta(days=4))
    keys = [CellKey(child, activity, day) for day in days]
    taken = {*planning.bookings, *planning.cancelled}
    brought = [[CellKey(child, code, key.day) for code in rule.brings] for key in keys]
    return [
        Change(key, Tick.ADD)
        for key, others in zip(keys, brought, strict=True)
        if not taken.intersection({key, *others})
    ]


def tender_of(due_cents: int, chance: random.Random) -> Tender:
    """Return how a family pays: cash half of the time, a cheque or a card otherwise."""
    means = chance.choice((Means.CASH, Means.CASH, Means.CHEQUE, Means.CARD))
    if means is Means.CASH:
        return cash_tender(due_cents, due_cents)
    cheque = {"bank": "Banque", "number": "0000123", "drawer": "Tireur"}
    return Tender(means, due_cents, references=cheque if means is Means.CHEQUE else {"terminal": "7"})
