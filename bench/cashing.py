"""Cashing a basket: how many statements whatever its lines, and its time against the same rows written by the driver alone, in turn.

The rows written by hand are those the gesture wrote for a basket of the same size, in the same order, in one transaction on a connection
with the same settings and the same triggers; only keys, numbers and hashes move on. What differs is the price of the program's own work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import func, insert, select

from bench.planning_month import town_desk
from bench.table import Figure
from bench.timing import in_turn, median_ratio, statements_of
from bench.town import NOW, Town
from models import tables as t
from models.engine import Database
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.desk import new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.till import open_session

SIZES = (1, 20, 60)
PRICE_CENTS = 250
Row = dict[str, Any]
Baskets = Callable[[int], tuple[int, list[int]]]


def measure_cashing(database: Database, town: Town, rounds: int) -> list[Figure]:
    """Cash `rounds` baskets of 20 lines by the gesture and as many by hand, in turn, in a town just filled."""
    desk = town_desk(database)
    open_session(desk, 100_00, new_operation())
    baskets = baskets_on_hold(database, town)

    def cash(basket_id: int, lines: int) -> None:
        cash_basket(desk, basket_id, [Tender(Means.CASH, lines * PRICE_CENTS)], new_operation())

    counts = []
    for lines in SIZES:
        cash(baskets(lines)[0], lines)  # statements are compiled once
        basket_id, _ = baskets(lines)
        with statements_of(database) as sent:
            cash(basket_id, lines)
        counts.append(len(sent))
    ready = [(baskets(20), baskets(20)) for _ in range(rounds + 1)]
    last, _ = baskets(20)
    cash(last, 20)
    with _driver(database) as execute:
        by_hand = _ByHand(execute, last)

        def write(number: int) -> None:
            by_hand.write(*ready[number][1])

        ours, raw = in_turn([lambda number: cash(ready[number][0][0], 20), write], rounds)
    return [
        *(
            Figure(f"statements to cash {lines} line{'s' if lines > 1 else ''}", sent, "", 20)
            for lines, sent in zip(SIZES, counts, strict=True)
        ),
        Figure("cashing 20 lines, median", median(ours), "ms"),
        Figure("the same rows by the driver, median", median(raw), "ms"),
        Figure("the first to the second", median_ratio(ours, raw), "×", 2),
    ]


def baskets_on_hold(database: Database, town: Town) -> Baskets:
    """Return what puts a new family's days on hold: a basket and its bookings, of as many lines as asked."""
    with database.write() as connection:
        activities = list(connection.scalars(select(t.activity.c.code)))
        site = connection.scalar(select(func.min(t.site.c.code)))
        days = [date(2027, 8, 2) + timedelta(days=step) for step in range(-(-max(SIZES) // len(activities)))]
        slots = [
            connection.execute(
                insert(t.slot)
                .values(site_code=site, activity_code=activity, day=day, capacity=10_000, withheld=0)
                .returning(t.slot.c.id, t.slot.c.day)
            ).one()
            for day in days
            for activity in activities
        ]
        held = set(connection.scalars(select(t.basket.c.payer_id).where(t.basket.c.state == "ouvert")))
    dossiers = (dossier for dossier in range(1, town.size.dossiers + 1) if dossier not in held)

    def make(lines: int) -> tuple[int, list[int]]:
        dossier = next(dossiers)
        terms: Row = {"dossier_id": dossier, "payer_id": dossier, "kind": "reservation", "state": "ouvert"}
        terms |= {"created_at": NOW, "expires_at": NOW + timedelta(minutes=15), "extensions": 0, "agent_id": 1}
        with database.write() as connection:
            basket_id = connection.execute(insert(t.basket).values(terms).returning(t.basket.c.id)).scalar_one()
            booking: Row = {"child_id": dossier, "payer_id": dossier, "basket_id": basket_id, "state": "held"}
            booking |= {
                "price_cents": PRICE_CENTS,
                "care_cents": PRICE_CENTS,
                "meal_cents": 0,
                "tariff": "Garde (FICTIF)",
            }
            booking |= {"booked_at": NOW, "agent_id": 1}
            ids = connection.scalars(
                insert(t.booking).returning(t.booking.c.id),
                [booking | {"slot_id": slot_id, "day": day} for slot_id, day in slots[:lines]],
            ).all()
        return basket_id, list(ids)

    return make


Execute = Callable[[str, Sequence[Any]], Any]


@contextmanager
def _driver(database: Database) -> Iterator[Execute]:
    """Give the driver's own execute, on a connection set as the program sets its own."""
    if database.dialect == "sqlite":
        connection = database.address.connect_sqlite()
        for pragma in ("foreign_keys = ON", "synchronous = FULL", "recursive_triggers = ON"):
            connection.execute(f"PRAGMA {pragma}")

        def run(statement: str, values: Sequence[Any]) -> Any:
            if values and isinstance(values[0], tuple):
                return connection.executemany(statement, values)
            return connection.execute(statement, values)

        yield run
        connection.close()
        return
    url = database.address.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as server:

        def send(statement: str, values: Sequence[Any]) -> Any:
            cursor = server.cursor()
            if values and isinstance(values[0], tuple):
                cursor.executemany(statement.replace("?", "%s").encode(), values)
                return cursor
            return cursor.execute(statement.replace("?", "%s").encode(), values)

        yield send


class _ByHand:
    """Writes again, for another basket, the rows a payment left."""

    def __init__(self, execute: Execute, basket_id: int) -> None:
        self._execute = execute
        [self._payment] = self._rows("payment", "basket_id", basket_id)
        payment_id = self._payment["id"]
        self._tenders = self._rows("tender", "payment_id", payment_id)
        self._lines = self._rows("payment_line", "payment_id", payment_id)
        self._shares = self._rows("tender_allocation", "payment_id", payment_id)
        self._postings = self._rows("posting", "entry_seq", self._payment["entry_seq"])
        [self._entry] = self._rows("journal_entry", "seq", self._payment["entry_seq"])
        [self._quittance] = self._rows("quittance", "payment_id", payment_id)
        [self._audit] = self._rows("audit_event", "operation_id", self._entry["operation_id"])
        self._immediate = "BEGIN IMMEDIATE" if isinstance(self._entry["entered_at"], str) else "BEGIN"

    def _rows(self, table: str, column: str, value: Any) -> list[Row]:
        cursor = self._execute(f"SELECT * FROM {table} WHERE {column} = ?", (value,))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _insert(self, table: str, rows: Sequence[Row], **changed: Any) -> None:
        columns = [name for name in rows[0] if name != "id" or name in changed]
        values = [tuple((row | changed)[name] for name in columns) for row in rows]
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        self._execute(statement, values if len(values) > 1 else values[0])

    def write(self, basket_id: int, booking_ids: Sequence[int]) -> None:
        """Pay a basket of as many lines, with nothing asked and nothing checked but by the database."""
        payment_id, operation, entry_hash = str(uuid4()), uuid4().hex, uuid4().hex * 2
        self._execute(self._immediate, ())
        paid_at = self._payment["paid_at"]
        won = "UPDATE basket SET state = 'paye', closed_at = ? WHERE id = ? RETURNING payer_id"
        payer_id = self._execute(won, (paid_at, basket_id)).fetchone()[0]
        number = self._execute(
            "UPDATE number_series SET last_number = last_number + 1 WHERE kind = 'quittance' RETURNING last_number", ()
        ).fetchone()[0]
        last_seq, head_hash = self._execute("SELECT last_seq, head_hash FROM journal_head", ()).fetchone()
        seq = last_seq + 1
        self._insert("tender", self._tenders, payment_id=payment_id)
        booked = [{"booking_id": booking_id} for booking_id in booking_ids]
        shares = [share | line for share, line in zip(self._shares, booked, strict=True)]
        self._insert("tender_allocation", shares, payment_id=payment_id)
        lines = [line | booking for line, booking in zip(self._lines, booked, strict=True)]
        self._insert("payment_line", lines, payment_id=payment_id)
        changed = {"id": payment_id, "basket_id": basket_id, "payer_id": payer_id, "entry_seq": seq}
        self._insert("payment", [self._payment], **changed)
        self._insert("posting", self._postings, entry_seq=seq)
        changed = {"seq": seq, "previous_hash": head_hash, "hash": entry_hash, "operation_id": operation}
        self._insert("journal_entry", [self._entry], **changed)
        self._insert("quittance", [self._quittance], payment_id=payment_id, number=number, head_hash=entry_hash)
        marks = ", ".join("?" * len(booking_ids))
        self._execute(f"UPDATE booking SET state = 'confirmed' WHERE id IN ({marks})", booking_ids)
        self._insert("audit_event", [self._audit], operation_id=operation)
        self._execute("COMMIT", ())
