"""A term of meals at the desk, played at random, and what was ordered worked out a second way: from the test's own log, replayed.

The services are asked for gestures only. What they did is noted here in the simplest words (this child eats on that day from this instant,
no longer from that one, has this menu from then on), and nothing of the program is used to count it again: neither its limits nor its ages.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, a_guardian, where_debts_block_nothing
from tests.families import child as child_typed
from tests.families import save_with
from tests.tui_portail.services.desk_acts import MEAL, WEDNESDAY_ALSH, add, agent_of, card, clock_of, remove
from tui_portail.errors import PortailError
from tui_portail.payment_rules import Tender
from tui_portail.services.baskets import close_expired, extend_basket, load_basket, release_basket
from tui_portail.services.booking import finish_changes
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dropped_debts import drop_debt
from tui_portail.services.meals import load_meals
from tui_portail.services.payment import cash_basket
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.slots import ensure_slots

Cell = tuple[int, str, date]  # child, activity, day
Kind = tuple[str, bool]  # menu, under six
Counts = dict[tuple[date, str], Counter[Kind]]  # by day and site
PARIS = ZoneInfo("Europe/Paris")
FIRST, LAST = date(2026, 11, 2), date(2026, 12, 11)
MENUS = (("", True), ("", True), ("sans_porc", True), ("sans_viande", True), ("sans_porc", False))


@dataclass
class Person:
    """A child as the test knows it: its place in the family's form, its birth, its site, its menu."""

    child_id: int
    family: Family
    place: int
    born_on: date
    site: str


@dataclass
class Log:
    """What happened, in order: (instant, what, about)."""

    events: list[tuple[datetime, str, object]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)


class MealTerm:
    """Families of a small commune from November to mid-December, the desk's clock, and the log of what was done."""

    def __init__(self, database: Database, folder: Path, *, families: int, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311  (a game, not a secret)
        self.desk = a_desk(
            database,
            Role.ENFANCE,
            Role.REGISSEUR,
            at="2026-11-02 08:00",
            documents_dir=folder,
            commune=where_debts_block_nothing(),
        )
        self.log = Log()
        self.people: list[Person] = []
        self.families = [self._family(place) for place in range(families)]
        self.waiting: dict[int, set[Cell]] = {}  # days by basket on hold
        self.eats: dict[Cell, str] = {}  # the payment of each day that counts
        self.debts: dict[int, str] = {}  # the payment that each undid
        self.came: set[Cell] = set()  # without booking, marked once
        self.paid: list[str] = []  # what may be reversed, in order

    def _family(self, place: int) -> Family:
        name = f"Famille{'ABCDEFGHIJKLMNOPQRST'[place]}"
        births = [
            date(2020, 11, 2) + timedelta(days=self.chance.randrange(45)),
            date(2016 + place % 3, 3, 12),
        ]  # the elder; the younger turns six this term
        menus = [self.chance.choice(MENUS) for _ in births]
        schools = ("MATERNELLE", "ELEMENTAIRE")
        children = [
            a_child(
                first,
                name,
                birth_on=born,
                school_code=school,
                class_name="",
                diet=menu,
                meal_supplied=supplied,
                renew_alsh_years=(2026,),
            )
            for first, born, school, (menu, supplied) in zip(("Alix", "Sacha"), births, schools, menus, strict=True)
        ]
        family = a_family(self.desk, last_name=name, guardians=[a_guardian(name)], children=children)
        with self.desk.database.read() as connection:
            known = {
                row.id: row for row in connection.execute(select(t.child).where(t.child.c.id.in_(family.child_ids)))
            }
        in_form = sorted(family.child_ids, key=lambda child_id: (known[child_id].birth_on, child_id))
        for child_id in family.child_ids:
            row = known[child_id]
            site = "MELODIE" if row.first_name == "Alix" else "HARMONIE"
            self.people.append(Person(child_id, family, in_form.index(child_id), row.birth_on, site))
            self._note("menu", (child_id, row.diet, bool(row.meal_supplied)))
        return family

    # -- playing ---------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return clock_of(self.desk).instant

    def play(self, gestures: int) -> None:
        """Book the term, then do so many gestures at random, the clock moving on over all of it."""
        for person in self.people:
            days = [day for day in _days(MEAL) if self.chance.random() < 0.6 and day > FIRST + timedelta(days=1)]
            wednesdays = [day for day in _days(WEDNESDAY_ALSH) if self.chance.random() < 0.5]
            self._do(
                "book",
                lambda p=person, m=days, w=wednesdays: self._add(
                    p, [*_cells(p, MEAL, m), *_cells(p, WEDNESDAY_ALSH, w)]
                ),
            )
            self._do("pay", self._pay_last)
        moves = (
            [self.book_late] * 5
            + [self.cancel] * 7
            + [self.change_menu] * 3
            + [self.pay_one] * 6
            + [self.come] * 2
            + [self.give_up, self.close_a_day, self.reverse, self.drop, self.close_a_day, self.look]
        )
        whole = datetime.combine(LAST, time(20), PARIS) - self.now
        for _ in range(gestures):
            self._move_on(whole / gestures)
            move = self.chance.choice(moves)
            self._do(move.__name__, move)
        clock_of(self.desk).instant = max(self.now, datetime.combine(date(2026, 12, 9), time(14), PARIS))

    def _move_on(self, step: timedelta) -> None:
        """Move the clock on, often to the minutes around a freeze, where a count is easily wrong."""
        later = self.now + step * (2 * self.chance.random())
        if self.chance.random() < 0.4:
            wall = later.astimezone(PARIS)
            minute = self.chance.choice((0, 50, 59, 60, 65, 74, 75, 76, 90))  # from 11:00
            around = datetime.combine(wall.date(), time(11), PARIS) + timedelta(minutes=minute)
            later = max(self.now, around)
        clock_of(self.desk).instant = later

    def _do(self, name: str, gesture: Callable[[], None]) -> None:
        """Do one gesture; the refusals an agent is told of pass."""
        try:
            gesture()
        except PortailError as refusal:
            assert not refusal.code.startswith("BASE_"), refusal
            self.log.done[f"refused {name}"] += 1
        else:
            self.log.done[name] += 1

    def _note(self, what: str, about: object) -> None:
        self.log.events.append((self.now, what, about))

    def _soon(self) -> list[date]:
        today = self.now.astimezone(PARIS).date()
        return [today + timedelta(days=ahead) for ahead in range(4)]

    def book_late(self) -> None:
        """Book a day of the next ones, by dérogation where its limit is passed; paid at once, later, or never."""
        open_days = [
            (activity, day) for activity in (MEAL, WEDNESDAY_ALSH) for day in _days(activity) if day in self._soon()
        ]
        free = [
            (person, cell)
            for person in self.people
            for cell in ((person.child_id, *one) for one in open_days)
            if cell not in self.eats
        ]
        if not free:
            raise PortailError("tout est réservé")
        person, cell = self.chance.choice(free)
        fate = self.chance.random()
        if fate < 0.3:  # on hold over a freeze, if its hour is still to come
            around = self.chance.choice((time(11, 50), time(11, 57), time(12, 4), time(12, 12)))
            noon = datetime.combine(self.now.astimezone(PARIS).date(), around, PARIS)
            person, cell = min(free, key=lambda one: (_freeze(one[1][2]) < noon, one[1][2], one[0].child_id))
            clock_of(self.desk).instant = max(self.now, noon)
        self._add(person, [cell], derogation="Oubli")
        if fate < 0.3:  # kept waiting, until it expires as often as not
            clock_of(self.desk).advance(minutes=self.chance.randrange(2, 8))
            self._do("extend", self.extend)
            clock_of(self.desk).advance(minutes=self.chance.randrange(1, 9))
        if fate < 0.7:
            self._pay_last()

    def come(self) -> None:
        """Let a child come who had not booked: owed at once, so that it counts."""
        today = self.now.astimezone(PARIS).date()
        activity = WEDNESDAY_ALSH if today.weekday() == 2 else MEAL
        taken = {*self.eats, *self.came, *(cell for cells in self.waiting.values() for cell in cells)}
        free = [one for one in self.people if (one.child_id, activity, today) not in taken]
        if today not in _days(activity) or not free:
            raise PortailError("personne ne vient")
        person = self.chance.choice(free)
        debt = come_without_booking(self.desk, person.family, person.child_id, person.site, activity, today)
        self.debts[debt] = f"debt {debt}"
        self.came.add((person.child_id, activity, today))
        self.eats[person.child_id, activity, today] = f"owed debt {debt}"
        self._note("eats", (person.child_id, activity, today))

    def _add(self, person: Person, cells: list[Cell], derogation: str = "") -> None:
        wanted = [
            cell for cell in cells if cell not in self.eats and all(cell not in of for of in self.waiting.values())
        ]
        terms = {"derogation": derogation} if derogation else {}
        changes = [change for child, activity, day in wanted for change in add(child, activity, day, **terms)]
        self._finish(person.family, changes, added=set(wanted), removed=set())

    def cancel(self) -> None:
        """Cancel a day that counts, or that waits, one of the next ones by preference."""
        soon = set(self._soon())
        waits = {cell for cells in self.waiting.values() for cell in cells}
        near = sorted(cell for cell in {*self.eats, *waits} if cell[2] in soon)
        if not near:
            raise PortailError("rien à annuler")
        cell = self.chance.choice(near)
        family = next(one.family for one in self.people if one.child_id == cell[0])
        self._finish(family, remove(*cell), added=set(), removed={cell})

    def _finish(self, family: Family, changes: list, added: set[Cell], removed: set[Cell]) -> None:  # type: ignore[type-arg]
        finished = finish_changes(self.desk, family.dossier_id, changes, new_operation())
        for cell in removed:
            if self.eats.pop(cell, None) is not None:
                self._note("leaves", cell)
            for cells in self.waiting.values():
                cells.discard(cell)
        for basket in finished.baskets:
            cells = self.waiting.setdefault(basket.basket_id, set())
            cells |= added
            if basket.settled_quittance_id is not None:
                self._paid(basket.basket_id, "")

    def _paid(self, basket_id: int, payment_id: str) -> None:
        for cell in self.waiting.pop(basket_id):
            self.eats[cell] = payment_id
            self._note("eats", cell)

    def _pay_last(self) -> None:
        if self.waiting:
            self._pay(max(self.waiting))

    def pay_one(self) -> None:
        """Pay a basket that waits, live or not, or a debt."""
        self._pay(self.chance.choice([*self.waiting, *self.debts, 0]))

    def _pay(self, basket_id: int) -> None:
        due = load_basket(self.desk, basket_id).due_cents
        tenders: list[Tender] = [card(due)] if due else []
        try:
            cashed = cash_basket(self.desk, basket_id, tenders, new_operation())
        except PortailError as refusal:
            if refusal.code == "PANIER_EXPIRE":
                del self.waiting[basket_id]  # its days may be booked again
                self.log.done["expired"] += 1
            raise
        if basket_id in self.debts:
            del self.debts[basket_id]
        else:
            self._paid(basket_id, cashed.payment_id)
            self.paid.extend([cashed.payment_id] if due else [])

    def extend(self) -> None:
        """Extend a basket that waits."""
        extend_basket(self.desk, max(self.waiting, default=0), "File", new_operation())

    def give_up(self) -> None:
        """Give a basket up."""
        basket_id = max(self.waiting, default=0)
        release_basket(self.desk, basket_id, new_operation())
        del self.waiting[basket_id]

    def reverse(self) -> None:
        """Reverse a payment: its days are owed again, and no meal leaves."""
        payment_id = self.chance.choice([*self.paid, "none"])
        reason = self.desk.commune().policy.reversal_reasons[0]
        done = reverse_payment(self.desk, payment_id, [1], reason, new_operation())
        self.paid.remove(payment_id)
        if done.debt_basket_id is not None:
            self.debts[done.debt_basket_id] = payment_id
        for cell, payment in self.eats.items():
            if payment == payment_id:
                self.eats[cell] = f"owed {payment_id}"

    def drop(self) -> None:
        """Drop a debt: its days leave."""
        if not self.debts:
            raise PortailError("aucune dette")
        basket_id = self.chance.choice(sorted(self.debts))
        drop_debt(self.desk, basket_id, "Erreur du service", new_operation())
        payment_id = self.debts.pop(basket_id)
        for cell in [cell for cell, payment in self.eats.items() if payment == f"owed {payment_id}"]:
            del self.eats[cell]
            self._note("leaves", cell)

    def change_menu(self) -> None:
        """Change a child's menu at the dossier, or whether its meal is supplied."""
        person, (menu, supplied) = self.chance.choice(self.people), self.chance.choice(MENUS)
        typed = child_typed(person.place, diet=menu, meal_supplied=supplied)
        save_with(self.desk, person.family.dossier_id, typed)
        self._note("menu", (person.child_id, menu, supplied))

    def close_a_day(self) -> None:
        """Do what a closure of the commune does of one day at a site: what counts is cancelled, whatever the hour."""
        day, site = self.chance.choice(self._soon()), self.chance.choice(("MELODIE", "HARMONIE"))
        at_site = {person.child_id for person in self.people if person.site == site}
        cells = [cell for cell in self.eats if cell[2] == day and cell[0] in at_site]
        if not cells:
            raise PortailError("personne ce jour-là")
        booking = t.booking.c
        with self.desk.database.write() as connection:
            slots = select(t.slot.c.id).where(
                t.slot.c.day == day, t.slot.c.site_code == site, t.slot.c.activity_code.in_([MEAL, WEDNESDAY_ALSH])
            )
            live = (booking.slot_id.in_(slots), booking.state.in_(["confirmed", "due"]))
            ids = list(connection.scalars(select(booking.id).where(*live)))
            connection.execute(
                update(t.booking).where(booking.id.in_(ids)).values(state="cancelled", ended_at=self.now)
            )
            write_closure(connection, day, ids, self.now, agent_of(self.desk).agent_id)
        for cell in cells:
            without_avoir = self.eats.pop(cell)
            self.paid = [payment for payment in self.paid if payment != without_avoir]
            self._note("leaves", cell)

    def look(self) -> None:
        """Look at a day, one in two only: the others are first looked at when all is over."""
        day = self.chance.choice(self._soon())
        load_meals(self.desk, day, day + timedelta(days=day.day % 2))

    # -- counting a second way -------------------------------------------------------------------------------------------

    def replay(self) -> tuple[Counts, Counts]:
        """Return what stood at each day's freeze and what stands now, by day and site, from the log alone."""
        menus: dict[int, tuple[str, bool]] = {}
        eating: set[Cell] = set()
        ordered: Counts = {}
        over = sorted({*_days(MEAL), *_days(WEDNESDAY_ALSH)})
        last_menus: dict[
            date, dict[int, tuple[str, bool]]
        ] = {}  # once its day is over, nothing changes what was cooked
        frozen = sorted((_freeze(day), day) for day in {*_days(MEAL), *_days(WEDNESDAY_ALSH)})
        for at, what, about in self.log.events:
            while frozen and frozen[0][0] <= at:
                self._count(frozen.pop(0)[1], eating, menus, ordered)
            while over and over[0] < at.astimezone(PARIS).date():
                last_menus[over.pop(0)] = dict(menus)
            match what, about:
                case "menu", (int(child_id), str(menu), bool(supplied)):
                    menus[child_id] = (menu, supplied)
                case "eats", cell:
                    eating.add(cell)  # type: ignore[arg-type]
                case "leaves", cell:
                    eating.discard(cell)  # type: ignore[arg-type]
        while frozen and frozen[0][0] <= self.now:
            self._count(frozen.pop(0)[1], eating, menus, ordered)
        stands: Counts = {}
        for day in {cell[2] for cell in eating}:
            self._count(day, eating, last_menus.get(day, menus), stands)
        return ordered, stands

    def _count(self, day: date, eating: set[Cell], menus: dict[int, tuple[str, bool]], counts: Counts) -> None:
        people = {person.child_id: person for person in self.people}
        for site in ("MELODIE", "HARMONIE"):
            count: Counter[Kind] = Counter()
            for child_id, _, on in eating:
                if on == day and people[child_id].site == site:
                    menu, supplied = menus[child_id]
                    born = people[child_id].born_on
                    sixth = date(born.year + 6, born.month, born.day)
                    count[menu if supplied else "sans_repas_fourni", day < sixth] += 1
            counts[day, site] = count


def come_without_booking(desk: Desk, family: Family, child_id: int, site: str, activity: str, day: date) -> int:
    """Write what pointage does of a child who came without booking: a day owed, at no price here, and the mark that tells of it.

    Return the debt's basket.
    """
    now, agent_id = clock_of(desk).instant, agent_of(desk).agent_id
    with desk.database.write() as connection:
        close_expired(connection, family.payer_ids, now)
        [slot_id] = ensure_slots(connection, desk.commune(), [(site, activity, day)]).values()
        common = {"dossier_id": family.dossier_id, "agent_id": agent_id}
        debt = {"kind": "regularisation", "state": "ouvert", "created_at": now, "extensions": 0}
        basket = {**common, **debt, "payer_id": family.payer_id}
        basket_id: int = connection.execute(insert(t.basket).values(basket).returning(t.basket.c.id)).scalar_one()
        at = {"child_id": child_id, "slot_id": slot_id, "day": day}
        owed = {"state": "due", "price_cents": 0, "care_cents": 0, "meal_cents": 0, "tariff": "", "booked_at": now}
        booking = {**at, **owed, "payer_id": family.payer_id, "basket_id": basket_id, "agent_id": agent_id}
        booking_id = connection.scalar(insert(t.booking).values(booking).returning(t.booking.c.id))
        mark = {**common, **at, "booking_id": booking_id, "state": "sans_reservation", "marked_at": now}
        connection.execute(insert(t.attendance).values(mark))
    return basket_id


def write_closure(connection: Connection, day: date, booking_ids: list[int], now: datetime, agent_id: int) -> None:
    """Write that the commune cancelled these days booked."""
    closure = {"first_on": day, "last_on": day, "reason": "Grève", "state": "faite", "recorded_at": now}
    closure_id = connection.scalar(
        insert(t.day_closure).values(**closure, agent_id=agent_id, undo_reason="").returning(t.day_closure.c.id)
    )
    families = connection.execute(
        select(t.booking.c.id, t.child.c.dossier_id)
        .join(t.child, t.child.c.id == t.booking.c.child_id)
        .where(t.booking.c.id.in_(booking_ids))
    )
    lines = [{"booking_id": row.id, "dossier_id": row.dossier_id} for row in families]
    connection.execute(insert(t.day_closure_line).values(closure_id=closure_id, outcome="rien"), lines)


def _cells(person: Person, activity: str, days: list[date]) -> list[Cell]:
    return [(person.child_id, activity, day) for day in days]


def _days(activity: str) -> list[date]:
    """Return the days of the term an activity runs on, by their weekday: 11 November is a holiday."""
    weekdays = {2} if activity == WEDNESDAY_ALSH else {0, 1, 3, 4}
    every = (FIRST + timedelta(days=place) for place in range((LAST - FIRST).days + 1))
    return [day for day in every if day.weekday() in weekdays and day != date(2026, 11, 11)]


def _freeze(day: date) -> datetime:
    """Return when a day's meals freeze: the last weekday before it, at 12:15."""
    eve = day - timedelta(days=3 if day.weekday() == 0 else 1)
    return datetime.combine(eve, time(12, 15), PARIS)
