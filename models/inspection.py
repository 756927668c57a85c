"""Before a database is used: is its place fit, is it ours, is it of this version, can it be written?"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from models.addresses import BUSY_TIMEOUT_S, DatabaseAddress
from models.database_errors import (
    DatabaseBusy,
    DatabaseEmpty,
    DatabaseLocked,
    DatabaseMissing,
    DatabaseNotOurs,
    DatabaseOnNetworkDrive,
    DatabaseReadOnly,
    DatabaseTooNew,
    DatabaseTooOld,
)
from models.driver_errors import MISSING, NOT_A_DATABASE, READ_ONLY, is_busy, translated
from models.identity import DatabaseKind
from models.network_drives import network_type
from models.revisions import CURRENT, REVISIONS

PROGRAM = "tui-portail"
LOCKED = (
    "Un autre programme garde la base {address} pour lui seul. Fermez-le (une copie ou une sauvegarde en cours, peut-être), "
    "puis recommencez."
)
EMPTY = "La base {address} est vide. Préparez-la avec « tui-portail initialiser »."
OTHER_PROGRAM = "La base {address} appartient à un autre programme : le Portail n’y touche pas. Vérifiez l’adresse."
TOO_NEW = (
    "La base {address} vient d’une version plus récente du programme. Mettez le programme à jour sur ce poste ; "
    "la base n’a pas été modifiée."
)
TOO_OLD = (
    "La base {address} vient d’une version plus ancienne. Faites une sauvegarde, puis mettez-la à jour avec "
    "« tui-portail initialiser »."
)
NETWORK = (
    "Le fichier {address} est sur un disque réseau ({kind}), où SQLite peut perdre des écritures. "
    "Placez-le sur le disque de la machine, ou utilisez PostgreSQL pour plusieurs postes."
)


@dataclass(frozen=True, slots=True)
class DatabaseMarks:
    """What a look inside found: whether there is any table, our identity row, the schema's version."""

    empty: bool
    program: str | None = None
    kind: str | None = None
    revision: str | None = None


def check_place(address: DatabaseAddress, *, may_create: bool = False) -> None:
    """Refuse a missing file (unless it is to be created) and a file on a network file system.

    Raises DatabaseMissing, DatabaseOnNetworkDrive.
    """
    if address.path is None:
        return
    if not may_create and not address.path.exists():
        raise DatabaseMissing(MISSING.format(address=address))
    if address.path.is_dir():
        raise DatabaseNotOurs(NOT_A_DATABASE.format(address=address))
    if kind := network_type(address.path):
        raise DatabaseOnNetworkDrive(NETWORK.format(address=address, kind=kind))


def check_ready(address: DatabaseAddress, engine: Engine | None = None) -> DatabaseKind:
    """Look inside and return the kind of a database that is ours, of this version, and may be written.

    Raises DatabaseEmpty, DatabaseNotOurs, DatabaseTooNew, DatabaseTooOld, DatabaseLocked, DatabaseReadOnly, DatabaseUnreachable,
    DatabaseDamaged.
    """
    if engine is None:
        with opening(address), closing(address.connect_sqlite(busy_timeout_s=BUSY_TIMEOUT_S)) as connection:
            kind = check_marks(address, sqlite_marks(connection))
            _check_sqlite_can_be_written(connection)
            keep_wal(connection)
            return kind
    with opening(address), engine.connect() as server:
        kind = check_marks(address, postgresql_marks(server))
        if server.exec_driver_sql("SHOW transaction_read_only").scalar() == "on":  # a standby, or an account's setting
            raise DatabaseReadOnly(READ_ONLY.format(address=address))
        return kind


def check_marks(address: DatabaseAddress, marks: DatabaseMarks) -> DatabaseKind:
    """Return the kind of the database that bears these marks. Raises as `check_ready`."""
    if marks.empty:
        raise DatabaseEmpty(EMPTY.format(address=address))
    if marks.program != PROGRAM or marks.kind is None:
        raise DatabaseNotOurs(OTHER_PROGRAM.format(address=address))
    if marks.revision not in REVISIONS:
        raise DatabaseTooNew(TOO_NEW.format(address=address))
    if marks.revision != CURRENT:
        raise DatabaseTooOld(TOO_OLD.format(address=address))
    return DatabaseKind(marks.kind)


@contextmanager
def opening(address: DatabaseAddress) -> Iterator[None]:
    """Translate driver failures; a database that stays busy while it is opened is kept by another program."""
    try:
        with translated(address):
            yield
    except DatabaseBusy as busy:
        raise DatabaseLocked(LOCKED.format(address=address)) from busy


def sqlite_marks(connection: sqlite3.Connection) -> DatabaseMarks:
    """Read the marks of a file. Raises sqlite3.Error."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return DatabaseMarks(empty=True)
    if not {"database_identity", "alembic_version"} <= tables:
        return DatabaseMarks(empty=False)
    try:
        identity = connection.execute("SELECT program, kind FROM database_identity").fetchone()
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # a namesake table without our columns
            return DatabaseMarks(empty=False)
        raise
    program, kind = identity or (None, None)
    return DatabaseMarks(empty=False, program=program, kind=kind, revision=revision[0] if revision else None)


def postgresql_marks(connection: Connection) -> DatabaseMarks:
    """Read the marks of the schema a connection works in. Raises DBAPIError."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return DatabaseMarks(empty=True)
    if not {"database_identity", "alembic_version"} <= tables:
        return DatabaseMarks(empty=False)
    try:
        identity = connection.execute(text("SELECT program, kind FROM database_identity")).fetchone()
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == "42703":  # a namesake table without our columns
            return DatabaseMarks(empty=False)
        raise
    program, kind = identity or (None, None)
    return DatabaseMarks(empty=False, program=program, kind=kind, revision=revision)


def keep_wal(connection: sqlite3.Connection, *, patience_s: float = BUSY_TIMEOUT_S) -> None:
    """Have the file keep a write-ahead log: a new file has none, and a copy restored from a backup may have lost it.

    Raises sqlite3.OperationalError when others still keep the file after `patience_s` seconds.
    """
    deadline = time.monotonic() + patience_s
    connection.execute(f"PRAGMA busy_timeout = {int(patience_s * 1000)}")
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            # Of two processes that switch together, SQLite refuses one at once whatever its time-out; an exclusive lock does wait.
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        else:
            return


def _check_sqlite_can_be_written(connection: sqlite3.Connection) -> None:
    """Take the write lock and give it back; a desk that is writing at that moment proves that the file can be written."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE database_identity SET kind = kind WHERE id = 0")  # BEGIN alone says nothing
    except sqlite3.OperationalError as error:
        if not is_busy(error):
            raise
    else:
        connection.execute("ROLLBACK")
