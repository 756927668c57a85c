"""The base's part of a diagnostic: is it reached, which version, how big, how quick, how late its clock; whatever of it can be said.

Read on a connection of its own, not through `Database.open`: a base too old, too new or half there is what one wants to be told of.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, text

from models.addresses import DatabaseAddress
from models.any_version import reading_engine
from models.inspection import (
    DatabaseMarks,
    check_marks,
    check_place,
    opening,
    postgresql_marks,
    sqlite_marks,
)
from models.revisions import CURRENT
from models.states import DatabaseKind
from tui_portail.backup_rules import LATE_AFTER
from tui_portail.diagnosis import SLOW_READ_MS, Finding, State, gathered, judged_skew, number_text
from tui_portail.errors import PortailError
from tui_portail.french import time_text
from tui_portail.instants import in_paris
from tui_portail.services.backup_notes import SUBJECT, VERIFIED
from tui_portail.services.diagnosed_guards import guard_findings
from tui_portail.services.diagnosed_postgresql import postgresql_findings
from tui_portail.services.diagnosed_sqlite import sqlite_file_findings, sqlite_findings

SECTION = "Base"
READS = 7
BIG_TABLES = (
    "dossier",
    "child",
    "slot",
    "booking",
    "payment",
    "quittance",
    "journal_entry",
    "audit_event",
    "search_word",
)
NO_BACKUP = "Faites-en une par « tui-portail sauvegarder », et planifiez-la chaque nuit."


def base_findings(base: str) -> Iterator[Finding]:
    """Yield what can be said of a base by its address; what cannot be reached is told with its own sentence."""
    try:
        address = DatabaseAddress.parse(base)
    except PortailError as fault:
        yield Finding(SECTION, "Adresse", "non comprise", State.ERREUR, fault.sentence)
        return
    yield Finding(SECTION, "Adresse", f"{address} ({'SQLite' if address.dialect == 'sqlite' else 'PostgreSQL'})")
    if address.path is not None:
        yield from sqlite_file_findings(address.path)
    try:
        check_place(address)
        with _connection(address) as (engine, connection):
            yield Finding(SECTION, "Joignable", "oui")
            marks = _marks(engine, connection)
            yield from _version_findings(address, marks)
            special = postgresql_findings if address.dialect == "postgresql" else sqlite_findings
            yield from _safely(lambda: special(address, connection))
            yield from _safely(lambda: _clock_findings(connection))
            if marks.revision == CURRENT:
                yield from _safely(lambda: guard_findings(connection))
            if not marks.empty:
                yield from _safely(lambda: _size_findings(connection, marks.tables))
                yield from _safely(lambda: _latency_findings(connection))
                yield from _safely(lambda: _backup_findings(connection, marks.tables))
    except PortailError as fault:
        yield Finding(SECTION, "Joignable", "non", State.ERREUR, fault.sentence)


@contextmanager
def _connection(address: DatabaseAddress) -> Iterator[tuple[Engine, Connection]]:
    """Give a connection that reads only. Raises DatabaseFailure."""
    with opening(address):
        engine = reading_engine(address, "AUTOCOMMIT")
    try:
        with opening(address), engine.connect() as connection:
            yield engine, connection
    finally:
        engine.dispose()


def _safely(read: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield what a part finds; a part that cannot be read says so and the others go on."""
    try:
        yield from gathered(read()).findings
    except PortailError:
        raise
    except Exception as fault:
        from tui_portail.traces import named  # noqa: PLC0415  an account that may not read a view, a server of another age

        yield Finding(SECTION, "Partie illisible", named(fault), State.UNKNOWN)


def _marks(engine: Engine, connection: Connection) -> DatabaseMarks:
    if engine.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        return sqlite_marks(driver)
    return postgresql_marks(connection)


def _version_findings(address: DatabaseAddress, marks: DatabaseMarks) -> Iterator[Finding]:
    try:
        kind = check_marks(address, marks)
    except PortailError as fault:
        seen = marks.revision or ("vide" if marks.empty else "d’un autre programme")
        yield Finding(SECTION, "Version de la base", seen, State.ERREUR, fault.sentence)
        return
    yield Finding(SECTION, "Version de la base", f"{marks.revision}, connue de ce programme")
    yield Finding(SECTION, "Sorte", "réelle" if kind is DatabaseKind.REAL else kind.value.lower())


def _clock_findings(connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name == "sqlite":
        yield Finding(SECTION, "Horloge", "celle de cette machine")
        return
    before = datetime.now(UTC)
    server: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    after = datetime.now(UTC)
    skew = ((before + (after - before) / 2) - server.astimezone(UTC)).total_seconds()
    state, advice = judged_skew(skew)
    direction = "en avance" if skew > 0 else "en retard"
    seen = "à l’heure du serveur" if abs(skew) < 1 else f"ce poste est {direction} de {abs(skew):.0f} s sur le serveur"
    yield Finding(SECTION, "Horloge", seen, state, advice)


def _size_findings(connection: Connection, tables: frozenset[str]) -> Iterator[Finding]:
    known = [name for name in BIG_TABLES if name in tables]
    if connection.dialect.name == "postgresql":
        rows = connection.execute(
            text(
                "SELECT relname, greatest(reltuples, 0)::bigint AS rows FROM pg_class WHERE oid = ANY(CAST(:names AS regclass[]))"
            ),
            {"names": known},
        )
        counts: dict[str, int] = {str(row.relname): int(row.rows) for row in rows}
        word = "Lignes (estimées)"
    else:
        counts = {}
        for name in known:  # the last row's number, found at once where counting reads the whole table
            last = connection.execute(text(f"SELECT max(rowid) FROM {name}")).scalar()  # noqa: S608  names of ours
            counts[name] = last or 0
        word = "Lignes (au plus)"
    yield Finding(SECTION, word, ", ".join(f"{name} {number_text(counts.get(name, 0))}" for name in known))


def _latency_findings(connection: Connection) -> Iterator[Finding]:
    times = []
    for _ in range(READS):
        begun = time.perf_counter()
        connection.execute(text("SELECT kind FROM database_identity")).all()
        times.append((time.perf_counter() - begun) * 1000)
    usual = median(times)
    slow = usual > SLOW_READ_MS
    yield Finding(
        SECTION,
        "Une lecture",
        f"{usual:.1f} ms (médiane de {READS})".replace(".", ","),
        State.ATTENTION if slow else State.OK,
        "Le réseau ou le serveur est lent : chaque touche en attendra plusieurs." if slow else "",
    )


def _backup_findings(connection: Connection, tables: frozenset[str]) -> Iterator[Finding]:
    if "audit_event" not in tables:
        return
    found = connection.execute(
        text("SELECT max(at) FROM audit_event WHERE subject = :subject AND subject_id = :verified"),
        {"subject": SUBJECT, "verified": VERIFIED},  # as the warnings at sign-in count them
    ).scalar()
    if found is None:
        yield Finding(SECTION, "Sauvegarde vérifiée", "aucune connue", State.ATTENTION, NO_BACKUP)
        return
    at = found if isinstance(found, datetime) else datetime.fromisoformat(str(found))
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    old = datetime.now(UTC) - at > LATE_AFTER
    yield Finding(
        SECTION,
        "Sauvegarde vérifiée",
        f"le {in_paris(at):%d/%m/%Y} à {time_text(at)}",
        State.ATTENTION if old else State.OK,
        NO_BACKUP if old else "",
    )
