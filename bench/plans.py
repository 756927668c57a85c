"""No gesture reads a whole table: what the counter and the other screens ask is done once, and each statement's plan looked at.

A table « grows » when families, days, payments or gestures add rows to it; those of the set-up (`SET_UP`) may be read whole. PostgreSQL is
asked for the plan of each statement with the values it was sent with, and, on a large town, for its own count of whole readings, which sees
those made by triggers and keys too. On a small town it is told to read no table whole unless no index serves: its plans are then those that
could serve a large one. SQLite is asked without what it knows of the sizes.

What reads a period by nature is not asked here: registers and exports of a year, figures, the verifier, the data of a family, letters and
renewals for all the families, closing a régie's month (`BY_NATURE`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, event, insert, select, text

from bench.counter import FIRST_MONDAY, open_month, week_of
from bench.planning_month import town_desk
from bench.table import Figure
from bench.town import NOW, Town, last_name
from models import tables as t
from models.engine import Database
from models.states import AttendanceState
from models.tables import metadata
from tui_portail.payment_rules import cash_tender
from tui_portail.planning import Change, Tick
from tui_portail.services.attendance import Mark, mark_children
from tui_portail.services.attendance_sheet import attendance_sheet
from tui_portail.services.baskets import extend_basket, load_basket, release_basket
from tui_portail.services.booking import finish_changes
from tui_portail.services.cancellations import waiting_proofs
from tui_portail.services.closing_sheets import closing_sheet, list_sessions
from tui_portail.services.desk import Desk, SignedAgent, new_operation
from tui_portail.services.diary import diary
from tui_portail.services.dossier_search import recent_dossiers, search
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.expected import load_expected
from tui_portail.services.meals import load_meals
from tui_portail.services.payment import cash_basket
from tui_portail.services.queue import list_queue
from tui_portail.services.quittances import list_quittances, quittance_document
from tui_portail.services.register_views import journal_view
from tui_portail.services.registers import Period
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.slip_reading import list_slips
from tui_portail.services.slips import prepare_slip
from tui_portail.services.till import current_session, open_session
from tui_portail.services.till_counting import till_to_close
from tui_portail.services.waiting import offer_due
from tui_portail.services.waiting_reading import call_list
from tui_portail.services.week_places import week_places

SET_UP = frozenset(
    [
        "activity",
        "agent",
        "agent_role",
        "alembic_version",
        "commune_version",
        "database_identity",
        "journal_head",
        "letter_template",
        "limit_age",
        "menu",
        "menu_day",
        "news",
        "number_series",
        "offering",
        "regie",
        "school",
        "school_class",
        "site",
        "till",
        "unknown_sign_in",
        "search_word",
    ]
)
BY_NATURE = (
    "numbers and meals of a day over all the sites of a town",
    "registers and exports of a month or a year",
    "figures of the service",
    "the verifier",
    "the data of a family, its erasure, the families that may be erased",
    "letters, renewals and change of year for all the families",
    "day, month and year closings of a régie",
    "closures of a day for all the families",
)
LARGE = 10_000
"""Rows above which a table is large: smaller ones are read whole by right, a few pages cost less than their index."""
_READS_INDEX = ("Index Scan", "Index Only Scan", "Bitmap Index Scan")
_ALIAS = re.compile(r"\b(\w+) AS (\w+)")
ROLES = frozenset(Role)
HASHED = frozenset({"reversal_tender"})
"""Read whole by PostgreSQL to be looked up in memory for each of the many payments of a slip or a till: what came back is few."""
NO_INDEX = ("Seq Scan", "SCAN")


@dataclass(slots=True)
class Asked:
    """What a screen or a gesture sent: each statement once, with the values it was first sent with."""

    what: str
    statements: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WholeReading:
    """A table that grows, read whole by a statement of a gesture."""

    what: str
    table: str
    step: str
    statement: str

    @property
    def needs_an_index(self) -> bool:
        """Whether no index serves, in a town where the engine was told to use one whenever it can."""
        return self.step.startswith(NO_INDEX) and self.table not in HASHED

    def __str__(self) -> str:
        return f"{self.what}: {self.table} ({self.step})\n    {' '.join(self.statement.split())[:900]}"


def ask_all(database: Database) -> list[Asked]:
    """Do each gesture and open each screen once, on a town, and return what was sent."""
    asked = []
    for what, act in _acts(_desk_of_all_services(database)):
        with _sent_by(database, what) as sent:
            act()
        asked.append(sent)
    return asked


def whole_readings(database: Database, asked: list[Asked], tables: Collection[str] | None = None) -> list[WholeReading]:
    """Return the readings of whole tables that the engine would make: of those that grow, unless others are named."""
    grow = {*metadata.tables} - SET_UP if tables is None else tables
    partial = _partial_indexes(database)
    found = []
    with database.write() as connection:  # some statements lock what they read; only their plan is asked
        for one in asked:
            for statement, values in one.statements.items():
                for table, step in dict.fromkeys(_whole(connection, statement, values, partial)):
                    if table in grow:
                        found.append(WholeReading(one.what, table, step, statement))
    return found


def measure_plans(database: Database, town: Town) -> list[Figure]:
    """Say how many statements were looked at, how many read a whole table, and how many whole readings the server itself counted."""
    before = counted_scans(database)
    large = before.keys() - SET_UP
    asked = ask_all(database)
    database.engine.dispose()  # what a connection did is counted when it ends
    scanned = {table: count - before[table] for table, count in counted_scans(database).items() if table in large}
    found = whole_readings(database, asked, large)
    for one in found:
        print(one, flush=True)
    print(
        "whole readings counted by the server:", {table: count for table, count in scanned.items() if count}, flush=True
    )
    among = f"{town.bookings:,} bookings".replace(",", " ")
    return [
        Figure("gestures and screens", len(asked), ""),
        Figure("different statements", len({statement for one in asked for statement in one.statements}), ""),
        Figure(f"tables of more than {LARGE} rows among {among}", len(large), ""),
        Figure("statements that read one of them whole", len(found), "", 0),
        Figure("the same as counted by the server, triggers and keys included", sum(scanned.values()), "", 0),
    ]


def counted_scans(database: Database) -> dict[str, int]:
    """Return how many times PostgreSQL read each large table whole since it counts, by its own sum."""
    with database.read() as connection:
        rows = connection.execute(
            text("SELECT relname, seq_scan FROM pg_stat_user_tables WHERE n_live_tup > :large"), {"large": LARGE}
        )
        return {row.relname: int(row.seq_scan or 0) for row in rows}


def _desk_of_all_services(database: Database) -> Desk:
    with database.write() as connection:
        held = set(connection.scalars(select(t.agent_role.c.role).where(t.agent_role.c.agent_id == 1)))
        lacking = [{"agent_id": 1, "role": role.value} for role in ROLES if role.value not in held]
        if lacking:
            connection.execute(insert(t.agent_role), lacking)
    desk = town_desk(database)
    desk.sign(SignedAgent(1, "mesures", "Camille Roux", ROLES))
    if current_session(desk) is None:
        open_session(desk, 100_00, new_operation())
    return desk


def _acts(desk: Desk) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the counter's act, then the other screens, each with what the one before left."""
    dossier, chance = _untouched(desk), random.Random(5)  # noqa: S311
    site = next(iter(desk.commune().sites)).code
    today = NOW.date()
    yield "search: a name", lambda: search(desk, last_name(dossier))
    yield "search: three letters", lambda: search(desk, last_name(dossier)[:3])
    yield "search: two names", lambda: search(desk, f"{last_name(dossier)} gabriel")
    yield "search: a typing error", lambda: search(desk, f"{last_name(dossier)}x gabriel")
    yield "search: a telephone", lambda: search(desk, "06 00 00 79 19")
    yield "recent dossiers", lambda: recent_dossiers(desk)
    yield "dossier, with its history", lambda: load_dossier(desk, dossier)
    yield "month of planning", lambda: open_month(desk, dossier, FIRST_MONDAY)
    weeks = [FIRST_MONDAY + timedelta(weeks=week) for week in range(26)]
    free = (week_of(open_month(desk, dossier, monday), monday, chance) for monday in weeks)
    changes = [week for week in free if len(week) > 1]
    first, second, third = changes[0], changes[1], changes[2]
    kept: dict[str, Any] = {}

    def book(week: list[Change]) -> None:
        kept["basket"] = finish_changes(desk, dossier, week, new_operation()).baskets[0]

    def cash() -> None:
        due = load_basket(desk, kept["basket"].basket_id).due_cents
        tenders = [cash_tender(due, due)] if due else []
        kept["cashed"] = cash_basket(desk, kept["basket"].basket_id, tenders, new_operation())

    yield "book a week", lambda: book(first)
    yield "queue", lambda: list_queue(desk)
    yield "extend", lambda: extend_basket(desk, kept["basket"].basket_id, "La famille revient", new_operation())
    yield "basket", lambda: load_basket(desk, kept["basket"].basket_id)
    yield "cash", cash
    yield "quittance", lambda: quittance_document(desk, kept["cashed"].quittance_id)
    yield "cancel a day", lambda: finish_changes(desk, dossier, [Change(first[-1].key, Tick.REMOVE)], new_operation())
    yield "book again, an avoir used", lambda: book(second)
    yield "cash what the avoir leaves", cash
    yield "book to release", lambda: book(third)
    yield "release", lambda: release_basket(desk, kept["basket"].basket_id, new_operation())
    yield (
        "reverse a payment",
        lambda: reverse_payment(desk, kept["cashed"].payment_id, [1], _reason(desk), new_operation()),
    )
    yield "quittances", lambda: list_quittances(desk)
    yield "quittances of a name", lambda: list_quittances(desk, "dup")
    yield "register of a day", lambda: journal_view(desk, Period(today, today))
    yield "till", lambda: current_session(desk)
    yield "till to close", lambda: till_to_close(desk)
    yield "sessions closed", lambda: list_sessions(desk)
    yield "closing sheet", lambda: _closing_sheet(desk)
    yield "prepare a slip", lambda: prepare_slip(desk, new_operation())
    yield "slips", lambda: list_slips(desk)
    yield from _daily_acts(desk, site, today)


def _daily_acts(desk: Desk, site: str, today: date) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what is asked of a day: who comes, who came, who waits, what is cooked."""
    with desk.database.read() as connection:
        past = connection.execute(
            select(t.slot.c.site_code, t.slot.c.activity_code, t.slot.c.day)
            .where(t.slot.c.day <= today)
            .order_by(t.slot.c.id)
            .limit(1)
        ).one()
    slot = (past.site_code, past.activity_code, past.day)
    sheet = attendance_sheet(desk, slot)
    child = next(line.child.child_id for line in sheet.lines)
    yield "attendance sheet", lambda: attendance_sheet(desk, slot)
    yield "roll call", lambda: mark_children(desk, slot, [Mark(child, AttendanceState.PRESENT)], new_operation())
    yield "numbers of a day, one site", lambda: load_expected(desk, today, today, site)
    yield "numbers of a week, one site", lambda: load_expected(desk, today, today + timedelta(days=6), site)
    yield "meals of a day, one site", lambda: load_meals(desk, today, today, site)
    yield "week of places", lambda: week_places(desk, site, FIRST_MONDAY)
    yield "waiting lists", lambda: call_list(desk)
    yield "offer what is due", lambda: offer_due(desk, new_operation())
    yield "justificatifs awaited", lambda: waiting_proofs(desk)
    yield "diary of a week", lambda: diary(desk, today, today + timedelta(days=6))


def _untouched(desk: Desk) -> int:
    """Return a dossier with two children that no gesture touched yet: nothing is owed there."""
    with desk.database.read() as connection:
        touched = {*connection.scalars(select(t.audit_event.c.dossier_id).distinct())}
        held = {*connection.scalars(select(t.basket.c.dossier_id).where(t.basket.c.state == "ouvert"))}
    return next(dossier for dossier in count(1, 2) if dossier not in touched | held)


def _reason(desk: Desk) -> str:
    return desk.commune().policy.reversal_reasons[0]


def _closing_sheet(desk: Desk) -> object:
    sessions = list_sessions(desk, 1)
    return closing_sheet(desk, sessions[0].session_id) if sessions else None


@contextmanager
def _sent_by(database: Database, what: str) -> Iterator[Asked]:
    """Collect what is sent meanwhile: queries and changes, not rows written as they are given."""
    asked = Asked(what)

    def note(
        _connection: Connection, _cursor: object, statement: str, values: Any, _context: object, many: bool
    ) -> None:
        asks = statement.startswith(("SELECT", "WITH", "UPDATE", "DELETE")) or "SELECT" in statement
        if asks and "pg_advisory" not in statement:
            asked.statements.setdefault(statement, values[0] if many else values)

    engines = (database.engine, database._reader) if database.dialect == "sqlite" else (database.engine,)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def _partial_indexes(database: Database) -> frozenset[str]:
    """Return the indexes that hold a part of their table: one may be read whole."""
    known = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'",
        "postgresql": "SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL",
    }
    with database.read() as connection:
        return frozenset(connection.scalars(text(known[database.dialect])))


def _whole(connection: Connection, statement: str, values: Any, partial: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield the tables that a statement reads whole, with the step that does."""
    if connection.dialect.name == "sqlite":
        names = {alias: table for table, alias in _ALIAS.findall(statement)}
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
            words = row[3].split()
            kept = any(word in partial for word in words) or ("INDEX" in words and "LIMIT" in statement)
            if words[0] == "SCAN" and not kept:
                yield names.get(words[1], words[1]), row[3]
        return
    [plan] = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    yield from _nodes(plan["Plan"], partial, limited=False)


def _nodes(node: Mapping[str, Any], partial: frozenset[str], *, limited: bool) -> Iterator[tuple[str, str]]:
    """Yield the tables that a node of a PostgreSQL plan and those below it read whole."""
    kind = node["Node Type"]
    limited = limited or kind == "Limit"
    if kind == "Seq Scan":
        yield node["Relation Name"], kind
    elif kind in _READS_INDEX and "Index Cond" not in node and node["Index Name"] not in partial and not limited:
        yield node.get("Relation Name", node["Index Name"]), f"{kind} without condition, {node['Index Name']}"
    for below in node.get("Plans", ()):
        yield from _nodes(below, partial, limited=limited)
