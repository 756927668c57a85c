"""Before an upgrade: nobody else has the base open, and nobody reads or writes it until the upgrade is done.

A desk that comes between the look and the locks is stopped later, by the guard `audit_event_of_this_version`: its gestures are not kept.
"""

import time
from collections.abc import Collection
from contextlib import closing
from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from models.addresses import DatabaseAddress
from models.database_errors import DatabaseLocked, DesksOpen
from models.engine import APPLICATION
from models.inspection import DatabaseMarks, check_unused, keep_wal, opening, sqlite_marks
from models.revisions import CURRENT
from tui_portail.french import join_words
from tui_portail.instants import in_paris

PATIENCE_S = 2.0
"""How long a connection may take to go: another command that only looked at the base leaves by itself."""
PAUSE_S = 0.1
WAIT_FOR_UPGRADE_S = 60.0
LOCK_PATIENCE_S = 30.0
LOCK_TURN_MS = 500
"""How long one try holds the tables it has: less than a gesture waits (3 s), and than the server takes to look for a deadlock (1 s)."""
MOST_NAMED = 5
OPEN_ON_SERVER = (
    "La base {address} est encore ouverte par d’autres postes ({desks}) : fermez-y le programme, puis recommencez. "
    "Rien n’a été changé."
)
OPEN_HERE = (
    "La base {address} est encore ouverte par un autre programme de cette machine : fermez-le partout, puis recommencez. "
    "Rien n’a été changé."
)
KEPT_BY_OTHERS = (
    "D’autres programmes lisent ou écrivent la base {address}{programs} : une sauvegarde en cours, peut-être. "
    "Attendez qu’ils aient fini, puis recommencez. Rien n’a été changé."
)
REFUSED_LOCK = {"55P03", "40P01"}  # not granted in time, a deadlock


def refuse_open_desks(address: DatabaseAddress, connection: Connection) -> None:
    """Refuse a server's base that desks have open, even idle. Raises DesksOpen, which says since when and where."""
    deadline = time.monotonic() + PATIENCE_S
    while desks := connection.execute(_DESKS, {"application": APPLICATION}).all():
        if time.monotonic() >= deadline:
            said = [_desk(row.since, row.place) for row in desks[:MOST_NAMED]]
            more = len(desks) - len(said)
            named = join_words([*said, *([f"{more} de plus"] if more else [])])
            count = f"{len(desks)} connexion{'s' if len(desks) > 1 else ''}"
            raise DesksOpen(OPEN_ON_SERVER.format(address=address, desks=f"{count} : {named}"))
        time.sleep(PAUSE_S)


_DESKS = text(
    "SELECT backend_start AS since, host(client_addr) AS place FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = :application AND pid <> pg_backend_pid() "
    "ORDER BY backend_start, pid"
)


def _desk(since: datetime | None, place: str | None) -> str:
    """Say a connection: « depuis 10 h 32 sur 192.168.1.12 »; the server hides its age from an account that is not its own."""
    when = "" if since is None else f"depuis le {in_paris(since):%d/%m à %H:%M}"
    return " ".join(part for part in (when, f"sur {place}" if place else "") if part) or "un poste"


def refuse_open_file(address: DatabaseAddress) -> None:
    """Refuse a file that another program has open, even idle; wait for one that is upgrading it. Raises DesksOpen, DatabaseLocked."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            check_unused(address)
        except DatabaseLocked as open_elsewhere:
            if _upgraded_by_another(address):
                return
            if time.monotonic() >= deadline:
                raise DesksOpen(OPEN_HERE.format(address=address)) from open_elsewhere
            time.sleep(PAUSE_S)
        else:
            with opening(address), closing(address.connect_sqlite()) as connection:
                keep_wal(connection)
            return


def _upgraded_by_another(address: DatabaseAddress) -> bool:
    """Say whether another program has brought the file to this version, once it has let the file be written."""
    with opening(address), closing(address.connect_sqlite(busy_timeout_s=WAIT_FOR_UPGRADE_S)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        marks: DatabaseMarks = sqlite_marks(connection)
        connection.execute("ROLLBACK")
    return marks.revision == CURRENT


def lock_tables(address: DatabaseAddress, connection: Connection, tables: Collection[str]) -> None:
    """Take every table of a server's base for this transaction alone, once the gestures under way are done.

    Tables are asked for together and given back when others keep one, then asked for again: a gesture that holds one and waits for
    another goes on. Raises DatabaseLocked when they don't let go within `LOCK_PATIENCE_S`.
    """
    names = ", ".join(f'"{table}"' for table in sorted(tables))
    deadline = time.monotonic() + LOCK_PATIENCE_S
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_TURN_MS}")
    while True:
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
            return
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in REFUSED_LOCK:
                raise
            if time.monotonic() >= deadline:
                raise DatabaseLocked(KEPT_BY_OTHERS.format(address=address, programs=_others(connection))) from error


def _others(connection: Connection) -> str:
    """Name the programs that work in the base, as they say their names."""
    names = connection.scalars(
        text(
            "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND application_name <> '' ORDER BY 1 LIMIT 5"
        )
    ).all()
    return f" ({', '.join(names)})" if names else ""
