"""Many desks on one thing: the last places of a slot, one dossier, the head of a régie's journal.

Desks are threads of a few processes that start together and do not think. What is sold of a slot must be its places exactly. The journal is
chained under one row a régie, locked from the number of the quittance to the commit: cashing is measured with all the desks in one régie,
then in 2, 4 and 8, then with a régie a desk, where nobody waits for a head: the last is what the chain would cost nothing of.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from statistics import median
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import Connection, event, func, insert, select, update
from sqlalchemy.util import LRUCache

from bench.processes import sitting_down, together
from bench.seats import STATEMENTS_KEPT, Seats, own_connection
from bench.table import Figure, wide_table
from bench.timing import percentile
from bench.town import Town
from bench.wrong_books import mark_of, wrong_books
from models import tables as t
from models.engine import Database
from tui_portail.errors import PortailError
from tui_portail.payment_rules import cash_tender
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.services.booking import ChangesRefused, finish_changes
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket

PROCESSES = 4
PLACES_LEFT = 20
PRICE_CENTS = 250
LINES = 4
REGIES = (1, 2, 4, 8)
MOST_CASHING = 16
FIRST_FREE_DAY = date(2027, 8, 1)
WON = "done"
Job = tuple[str, tuple[Any, ...]]
"""What a desk does: the name of a gesture below, and what it is given."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a desk's gesture ended (WON or the code of its refusal), from when to when (this machine's clock), how long it held the head."""

    ended: str
    began_s: float
    ended_s: float
    head_ms: float

    @property
    def ms(self) -> float:
        """What the desk waited."""
        return (self.ended_s - self.began_s) * 1000


def measure_contention(url: str, town: Town, desks: int, payments: int) -> list[Figure]:
    """Race `desks` desks for one slot and one dossier, then have them cash `payments` baskets each in some régies."""
    database = Database.open(url)
    mark = mark_of(url)
    seats = Seats.taken(database, desks)
    figures = [*_one_slot(url, database, seats, town), *_one_dossier(url, database, seats)]
    figures += _one_head(url, database, desks, payments, town)
    wrong = wrong_books(url, mark, seats.desk(database, 0).now())
    for one in wrong:
        print(f"WRONG: {one}", flush=True)
    database.close()
    return [*figures, Figure("what the books say wrong after all of it", len(wrong), "", 0)]


def _one_slot(url: str, database: Database, seats: Seats, town: Town) -> list[Figure]:
    """Race for the last places of a slot: each desk for a child of its own."""
    desks = len(seats.agents)
    places = min(PLACES_LEFT, desks // 2)
    slot, children = _slot_with_children(database, seats, desks)
    with database.write() as connection:
        taken = connection.scalar(
            select(func.count()).where(
                t.booking.c.slot_id == slot.id, t.booking.c.state.in_(("confirmed", "due", "held"))
            )
        )
        connection.execute(update(t.slot).where(t.slot.c.id == slot.id).values(capacity=(taken or 0) + places))
    jobs = [("book", (dossier, child, slot.activity_code, slot.day)) for child, dossier in children]
    outcomes = [outcome for [outcome] in race(url, seats, [[job] for job in jobs])]
    times = [outcome.ms for outcome in outcomes]
    sold = sum(outcome.ended == WON for outcome in outcomes)
    _print_refusals(f"{desks} desks for the last {places} places of a slot", outcomes)
    return [
        Figure(f"{desks} desks for {places} places of one slot: sold", sold, "", places),
        Figure("the same, median of what a desk waits", median(times), "ms"),
        Figure("the same, 95 %", percentile(times, 0.95), "ms"),
    ]


def _slot_with_children(database: Database, seats: Seats, count: int) -> tuple[Any, list[tuple[int, int]]]:
    """Return a slot to come that all may book, with children of its site who are not on its day, and their dossiers."""
    after = seats.desk(database, 0).now().date() + timedelta(days=3)
    with database.read() as connection:
        slots = connection.execute(
            select(t.slot)
            .where(t.slot.c.day > after, t.slot.c.activity_code == "ALP_SOIR", t.slot.c.by_hand.is_(False))
            .order_by(t.slot.c.day, t.slot.c.id)
            .limit(50)
        ).all()
        for slot in slots:
            on_day = select(t.booking.c.child_id).where(t.booking.c.slot_id == slot.id)
            owing = select(t.basket.c.dossier_id).where(t.basket.c.state == "ouvert")
            rows = connection.execute(
                select(t.child.c.id, t.child.c.dossier_id)
                .join(t.schooling, t.schooling.c.child_id == t.child.c.id)
                .where(
                    t.schooling.c.school_code == f"E{slot.site_code}",
                    t.child.c.id.not_in(on_day),
                    t.child.c.dossier_id.not_in(owing),
                )
                .limit(4 * count)
            ).all()
            free = list({row.dossier_id: (row.id, row.dossier_id) for row in rows}.values())
            if len(free) >= count:
                return slot, free[:count]
    raise LookupError("no slot of this town has enough children who are not on it")


def _one_dossier(url: str, database: Database, seats: Seats) -> list[Figure]:
    """Have every desk book the same child, each another day: the dossier is locked by one at a time."""
    after = seats.desk(database, 0).now().date() + timedelta(days=3)
    with database.read() as connection:
        child, dossier = _slot_with_children(database, seats, 1)[1][0]
        booked = select(t.booking.c.day).where(t.booking.c.child_id == child)
        days = list(
            connection.scalars(
                select(t.slot.c.day)
                .where(t.slot.c.activity_code == "ALP_SOIR", t.slot.c.day > after, t.slot.c.day.not_in(booked))
                .distinct()
            )
        )
    jobs = [("book", (dossier, child, "ALP_SOIR", day)) for day in sorted(days)[: len(seats.agents)]]
    outcomes = [outcome for [outcome] in race(url, seats, [[job] for job in jobs])]
    _print_refusals(f"{len(jobs)} desks on one dossier", outcomes)
    times = [outcome.ms for outcome in outcomes]
    return [
        Figure(
            f"{len(jobs)} desks on one dossier at the same instant: done", sum(o.ended == WON for o in outcomes), ""
        ),
        Figure("the same, median of what a desk waits", median(times), "ms"),
        Figure("the same, 95 %", percentile(times, 0.95), "ms"),
    ]


def _one_head(url: str, database: Database, desks: int, payments: int, town: Town) -> list[Figure]:
    """Cash as fast as the desks can, in some régies; print what each number of régies gives."""
    desks = min(desks, MOST_CASHING)
    shared = [(1, 1, "1, one till for all"), *((regies, desks, f"{regies}") for regies in REGIES if regies < desks)]
    ways = [*shared, (desks, desks, f"{desks}: one a desk")]
    free = _families_without_basket(database, town)
    payments = min(payments, len(free) // (desks * len(ways)))
    if not payments:
        raise LookupError("too few families of this town hold nothing")
    families = iter(free)
    rows, rates = [], []
    for regies, tills, said in ways:
        seats = Seats.taken(database, desks, regies=regies, tills=tills)
        jobs: list[list[Job]] = [
            [("cash", (basket,)) for basket in _on_hold(database, seats, families, payments)] for _ in range(desks)
        ]
        done = [outcome for share in race(url, seats, jobs) for outcome in share]
        won = [outcome for outcome in done if outcome.ended == WON]
        seconds = max(outcome.ended_s for outcome in done) - min(outcome.began_s for outcome in done)
        rates.append(len(won) / seconds)
        times, heads = [outcome.ms for outcome in won], [outcome.head_ms for outcome in won]
        ranks = (median(times), percentile(times, 0.95), median(heads), percentile(heads, 0.95))
        rows.append([said, f"{rates[-1]:.0f}", *(f"{ms:.1f}" for ms in ranks), f"{len(done) - len(won)}"])
    columns = ("régies", "payments a second", "p50 ms", "p95 ms", "head held, p50 ms", "head held, p95 ms", "refused")
    print(wide_table(f"{desks} desks cashing baskets of {LINES} lines without a pause", columns, rows), flush=True)
    return [Figure(f"payments a second, {desks} desks in one régie, to a régie a desk", rates[1] / rates[-1], "×")]


def _families_without_basket(database: Database, town: Town) -> list[int]:
    """Return the dossiers that hold nothing and owe nothing."""
    with database.read() as connection:
        held = set(connection.scalars(select(t.basket.c.payer_id).where(t.basket.c.state == "ouvert")))
    return [dossier for dossier in range(1, town.size.dossiers + 1) if dossier not in held]


def _on_hold(database: Database, seats: Seats, families: Iterator[int], count: int) -> list[int]:
    """Put days of so many families on hold by hand, on slots made for it, and return their baskets."""
    now = seats.desk(database, 0).now()
    held = {"created_at": now, "expires_at": now + timedelta(minutes=15), "extensions": 0, "agent_id": 1}
    lines = {"price_cents": PRICE_CENTS, "care_cents": PRICE_CENTS, "meal_cents": 0, "tariff": "Garde (FICTIF)"}
    baskets = []
    with database.write() as connection:
        site = connection.scalar(select(func.min(t.site.c.code)))
        last = connection.scalar(select(func.max(t.slot.c.day)))
        first = max(last or FIRST_FREE_DAY, FIRST_FREE_DAY) + timedelta(days=1)
        slots = []
        for day in (first + timedelta(days=step) for step in range(LINES)):
            row = {"site_code": site, "activity_code": "ALP_SOIR", "day": day, "capacity": 1_000_000, "withheld": 0}
            slots.append((connection.execute(insert(t.slot).values(row).returning(t.slot.c.id)).scalar_one(), day))
        for family in islice(families, count):
            row = {"dossier_id": family, "payer_id": family, "kind": "reservation", "state": "ouvert"} | held
            basket = connection.execute(insert(t.basket).values(row).returning(t.basket.c.id)).scalar_one()
            booking = {"child_id": family, "payer_id": family, "basket_id": basket, "state": "held", "agent_id": 1}
            booking |= lines | {"booked_at": now}
            connection.execute(insert(t.booking), [booking | {"slot_id": slot, "day": day} for slot, day in slots])
            baskets.append(int(basket))
    return baskets


def race(url: str, seats: Seats, jobs: Sequence[Sequence[Job]]) -> list[list[Outcome]]:
    """Have each desk do its jobs, all started together, in a few processes; return what each desk's became."""
    shares = [range(number, len(jobs), PROCESSES) for number in range(min(PROCESSES, len(jobs)))]
    found: dict[int, list[Outcome]] = {}
    with sitting_down(_work, [(url, seats, {number: jobs[number] for number in share}) for share in shares]) as waiting:
        for one in waiting:
            found |= one.result()
    return [found[number] for number in range(len(jobs))]


def _work(url: str, seats: Seats, jobs: Mapping[int, Sequence[Job]]) -> dict[int, list[Outcome]]:
    """Sit some desks down in this process, a thread each, and do their jobs."""
    first = Database.open(url)
    compiled: LRUCache[Any, Any] = LRUCache(STATEMENTS_KEPT)
    opening = seats.desk(first, 0)
    opening.commune()
    found: dict[int, list[Outcome]] = {number: [] for number in jobs}

    def sit(number: int) -> None:
        database = own_connection(first, compiled)
        desk = seats.desk(database, number)
        desk._commune = opening._commune
        desk.now()  # its connection is made
        held = _head_held(database)
        seated.wait()
        for name, given in jobs[number]:
            held.clear()
            began = time.time()
            ended = _outcome(lambda: GESTURES[name](desk, *given))  # noqa: B023
            found[number].append(Outcome(ended, began, time.time(), _held_ms(held)))
        database.close()

    seated = Barrier(len(jobs), action=together)
    threads = [Thread(target=sit, args=(number,)) for number in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first.close()
    return found


def _outcome(gesture: Callable[[], object]) -> str:
    try:
        gesture()
    except ChangesRefused as refused:
        return sorted(decision.code for decision in refused.refusals.values())[0]
    except PortailError as error:
        return error.code
    return WON


def _head_held(database: Database) -> dict[str, float]:
    """Note when the head's row was locked, and when the transaction's commit was answered."""
    noted: dict[str, float] = {}

    def locked(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT journal_head.last_seq"):
            noted["locked"] = time.perf_counter()

    event.listen(database.engine, "after_cursor_execute", locked)
    event.listen(database.engine.pool, "checkin", lambda *_: noted.setdefault("given", time.perf_counter()))
    return noted


def _held_ms(noted: Mapping[str, float]) -> float:
    return (noted["given"] - noted["locked"]) * 1000 if {"given", "locked"} <= noted.keys() else 0.0


def _book(desk: Desk, dossier: int, child: int, activity: str, day: date) -> object:
    return finish_changes(desk, dossier, [Change(CellKey(child, activity, day), Tick.ADD)], new_operation())


def _cash(desk: Desk, basket: int) -> object:
    due = LINES * PRICE_CENTS
    return cash_basket(desk, basket, [cash_tender(due, due)], new_operation())


GESTURES: Mapping[str, Callable[..., object]] = {"book": _book, "cash": _cash}


def _print_refusals(title: str, outcomes: Sequence[Outcome]) -> None:
    refused = Counter(outcome.ended for outcome in outcomes if outcome.ended != WON)
    print(
        f"{title}, refused: {', '.join(f'{code} ×{count}' for code, count in refused.items()) or 'nothing'}.\n",
        flush=True,
    )
