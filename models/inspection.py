"""Before a database is used: is its place fit, is it ours, is it of this version, can it be written?"""

import os
import re
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from models.addresses import BUSY_TIMEOUT_S, DatabaseAddress, SqliteMode
from models.database_errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseEmpty,
    DatabaseLocked,
    DatabaseMissing,
    DatabaseNotOurs,
    DatabaseOnNetworkDrive,
    DatabaseReadOnly,
    DatabaseTooNew,
    DatabaseTooOld,
    DatabaseUnreachable,
)
from models.driver_errors import MISSING, NOT_A_DATABASE, READ_ONLY, is_busy, translated
from models.network_drives import network_type
from models.revisions import CURRENT, REVISIONS
from models.states import DatabaseKind
from models.tables import metadata
from tui_portail.files import reason

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
INCOMPLETE = (
    "Il manque des tables à la base {address} ({tables}). Ne l’utilisez plus et restaurez la dernière sauvegarde."
)
LOG_BESIDE = (
    "La copie {address} est accompagnée d’un fichier « -wal » que ce disque ne laisse pas reprendre. Copiez les deux dans un dossier "
    "où vous pouvez écrire, puis recommencez là."
)
IN_USE = "La base {address} est ouverte par un autre programme. Fermez-le partout, puis recommencez."
CANNOT_REACH = (
    "Le fichier {address} ne peut pas être atteint ({reason}). Vérifiez le chemin et vos droits sur ses dossiers."
)
NETWORK = (
    "Le fichier {address} est sur un disque réseau ({kind}), où SQLite peut perdre des écritures. "
    "Placez-le sur le disque de la machine, ou utilisez PostgreSQL pour plusieurs postes."
)
MOVED_SUFFIX = ".transfere-"
"""What a file moved to PostgreSQL is called from then on, before the day."""
MOVED_TO_SERVER = (
    "La base {address} a été transférée vers PostgreSQL (son fichier s’appelle maintenant {name}). Mettez sa nouvelle adresse dans les "
    "réglages de ce poste, à la clé « base »."
)
REPLACED_SUFFIX = ".remplacee-"
"""What a file is called from then on, before the day, once a backup was restored in its place."""
SET_ASIDE_NAME = re.compile(rf"({re.escape(MOVED_SUFFIX)}|{re.escape(REPLACED_SUFFIX)})\d{{4}}-\d\d-\d\d[^/\\]*$")
SET_ASIDE = (
    "Le fichier {address} a été mis de côté : une autre base a pris sa suite, où le travail continue. Celui-ci se lit encore "
    "(« tui-portail verifier », « sauvegarder »). Ouvrez l’autre, dont l’adresse est à la clé « base » des réglages."
)

FileIdentity = tuple[int, int]
"""What stays of a file whatever its name: its device and its number there."""


@dataclass(frozen=True, slots=True)
class DatabaseMarks:
    """What a look inside found: the tables, our identity row, the schema's version."""

    empty: bool
    tables: frozenset[str] = frozenset()
    program: str | None = None
    kind: str | None = None
    revision: str | None = None


def check_place(address: DatabaseAddress, *, may_create: bool = False) -> None:
    """Refuse a missing file (unless it is to be created where no base was moved from) and a file on a network file system.

    Raises DatabaseMissing, DatabaseUnreachable, DatabaseNotOurs, DatabaseOnNetworkDrive.
    """
    if address.path is None:
        return
    try:
        mode = address.path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        moved_to = _moved_to(address.path)
        if moved_to is not None:
            raise DatabaseMissing(MOVED_TO_SERVER.format(address=address, name=moved_to.name)) from None
        if not may_create:
            raise DatabaseMissing(MISSING.format(address=address)) from None
        mode = 0
    except OSError as error:  # a folder one may not enter, a name too long
        raise DatabaseUnreachable(CANNOT_REACH.format(address=address, reason=reason(error))) from error
    if stat.S_ISDIR(mode):
        raise DatabaseNotOurs(NOT_A_DATABASE.format(address=address))
    if kind := network_type(address.path):
        raise DatabaseOnNetworkDrive(NETWORK.format(address=address, kind=kind))


def _moved_to(path: Path) -> Path | None:
    """Return the file that a base moved to a server left beside where it was, if any."""
    path = Path(os.path.realpath(path))  # beside the file that a link led to
    moved = sorted(path.parent.glob(f"{escape(path.name)}{MOVED_SUFFIX}*")) if path.parent.is_dir() else []
    return moved[-1] if moved else None


def check_not_set_aside(address: DatabaseAddress) -> None:
    """Refuse to work in a file that was moved to a server, or replaced by a backup: another base goes on. Raises DatabaseReadOnly."""
    if address.path is not None and SET_ASIDE_NAME.search(os.path.realpath(address.path)):
        raise DatabaseReadOnly(SET_ASIDE.format(address=address))


def identity_of(address: DatabaseAddress) -> FileIdentity | None:
    """Return which file is at the address now; None when there is none, or on a server."""
    try:
        found = address.path.stat() if address.path is not None else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found is not None else None


def check_ready(address: DatabaseAddress, engine: Engine | None = None, *, to_write: bool = True) -> DatabaseKind:
    """Look inside and return the kind of a database that is ours, of this version, and may be written if it is to be.

    Raises DatabaseEmpty, DatabaseNotOurs, DatabaseTooNew, DatabaseTooOld, DatabaseLocked, DatabaseReadOnly, DatabaseUnreachable,
    DatabaseDamaged.
    """
    if engine is None:
        mode = "rw" if to_write else reading_mode(address)
        with opening(address), closing(address.connect_sqlite(mode, busy_timeout_s=BUSY_TIMEOUT_S)) as connection:
            kind = check_marks(address, sqlite_marks(connection))
            if to_write:
                _check_sqlite_can_be_written(connection)
                keep_wal(connection)
            return kind
    with opening(address), engine.connect() as server:
        kind = check_marks(address, postgresql_marks(server))
        if (
            to_write and server.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
        ):  # a standby, or an account's setting
            raise DatabaseReadOnly(READ_ONLY.format(address=address))
        return kind


def reading_mode(address: DatabaseAddress) -> SqliteMode:
    """Return how a file can be opened to be read: a copy on a read-only disk only as one that nobody changes.

    Raises DatabaseReadOnly when such a copy has a log beside it: what the log holds would be left out in silence.
    """
    try:
        with opening(address), closing(address.connect_sqlite("ro", busy_timeout_s=BUSY_TIMEOUT_S)) as connection:
            connection.execute("SELECT name FROM sqlite_master LIMIT 1").fetchone()
    except (DatabaseUnreachable, DatabaseReadOnly):
        log = address.path.with_name(f"{address.path.name}-wal") if address.path is not None else None
        if log is not None and log.exists() and log.stat().st_size:
            raise DatabaseReadOnly(LOG_BESIDE.format(address=address)) from None
        return "immutable"
    return "ro"


def check_marks(address: DatabaseAddress, marks: DatabaseMarks) -> DatabaseKind:
    """Return the kind of the database that bears these marks. Raises as `check_ready`."""
    kind = check_ours(address, marks)
    if marks.revision != CURRENT:
        raise DatabaseTooOld(TOO_OLD.format(address=address))
    if missing := metadata.tables.keys() - marks.tables:
        raise DatabaseDamaged(INCOMPLETE.format(address=address, tables=", ".join(sorted(missing))))
    return kind


def check_ours(address: DatabaseAddress, marks: DatabaseMarks) -> DatabaseKind:
    """Return the kind of a base of ours, of this version or an earlier one. Raises DatabaseEmpty, DatabaseNotOurs, DatabaseTooNew."""
    if marks.empty:
        raise DatabaseEmpty(EMPTY.format(address=address))
    if marks.program != PROGRAM or marks.kind is None:
        raise DatabaseNotOurs(OTHER_PROGRAM.format(address=address))
    if marks.revision not in REVISIONS:
        raise DatabaseTooNew(TOO_NEW.format(address=address))
    return DatabaseKind(marks.kind)


@contextmanager
def opening(address: DatabaseAddress) -> Iterator[None]:
    """Translate driver failures; a database that stays busy while it is opened is kept by another program."""
    try:
        with translated(address):
            yield
    except DatabaseLocked:
        raise
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
    return DatabaseMarks(False, frozenset(tables), program, kind, revision[0] if revision else None)


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
    return DatabaseMarks(False, frozenset(tables), program, kind, revision)


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


def check_unused(address: DatabaseAddress) -> None:
    """Refuse a file that another connection has open, even idle. Raises DatabaseLocked, and as `check_ready` what else is wrong with it."""
    try:
        with translated(address), closing(address.connect_sqlite(busy_timeout_s=0)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # granted only to who is alone with the file
    except DatabaseBusy as busy:
        raise DatabaseLocked(IN_USE.format(address=address)) from busy


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
