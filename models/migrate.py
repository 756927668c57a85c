"""Create a database or bring it to this version: all of it in one transaction, one process at a time."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, NullPool, create_engine, event, func, select, text

from models.addresses import DatabaseAddress
from models.database_errors import (
    DatabaseDamaged,
    DatabaseNotEmpty,
    DatabaseNotOurs,
    DatabaseReadOnly,
    DatabaseTooNew,
)
from models.desk_accounts import give_again, require_owner
from models.driver_errors import DAMAGED
from models.engine import APPLICATION, postgresql_engine
from models.inspection import (
    OTHER_PROGRAM,
    PROGRAM,
    TOO_NEW,
    DatabaseMarks,
    check_place,
    keep_wal,
    opening,
    postgresql_marks,
    sqlite_marks,
)
from models.open_desks import lock_tables, refuse_open_desks, refuse_open_file
from models.revisions import CURRENT, REVISIONS
from models.states import DatabaseKind
from models.tables import database_identity
from tui_portail.files import reason

SCRIPTS = Path(__file__).parent / "migrations"
ADVISORY_KEY = 0x706F7274  # « port », one number for all migrations of the program
UPGRADER = f"{APPLICATION} initialiser"
"""What this command says it is to the server: not a desk."""
LOCK_TIMEOUT_MS = 60_000
BUSY_TIMEOUT_S = 60.0
CANNOT_MAKE = (
    "La base {address} ne peut pas être créée ({reason}). Choisissez un autre dossier, "
    "ou donnez à votre compte le droit d’y écrire."
)

NOT_EMPTY = "La base {address} n’est pas vide : rien n’y a été écrit. Donnez l’adresse d’une base vide (« createdb nom » en fait une)."


Around = Callable[[DatabaseAddress, Connection, str], AbstractContextManager[None]]
"""What is done before and after an upgrade from a version, in its transaction: whatever it raises, nothing is changed."""


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """What was done. `kind` is the database's own: an existing one keeps the kind it was created with."""

    address: str
    kind: DatabaseKind
    from_revision: str | None
    to_revision: str

    @property
    def created(self) -> bool:
        """Whether the database was empty before."""
        return self.from_revision is None

    @property
    def changed(self) -> bool:
        """Whether anything was done at all."""
        return self.from_revision != self.to_revision


def _nothing(_address: DatabaseAddress, _connection: Connection, _revision: str) -> AbstractContextManager[None]:
    return nullcontext()


def migrate(url: str, kind: DatabaseKind, around: Around = _nothing) -> MigrationReport:
    """Create the tables of an empty (or, for a file, missing) database of that kind, or upgrade one of ours, `around` it what is given.

    Nothing is written when it fails. Two processes at once: the second waits, then finds nothing to do. A base that desks have open is
    not upgraded; gestures under way end first. On PostgreSQL, accounts that had rights on the base have those this version needs.
    Raises DatabaseNotOurs on a database that holds another program's tables, DatabaseTooNew on a later version's, DesksOpen, OwnerNeeded,
    and the other DatabaseFailure as `Database.open`.
    """
    address = DatabaseAddress.parse(url)
    check_place(address, may_create=True)
    with opening(address), _alone(address) as connection:
        marks = _marks(connection)
        _refuse_others(address, marks)
        if address.dialect == "postgresql" and marks.revision != CURRENT:
            require_owner(connection, str(address))
        if _to_upgrade(marks):
            if address.dialect == "postgresql":
                refuse_open_desks(address, connection)
                lock_tables(address, connection, marks.tables)
            with around(address, connection, str(marks.revision)):
                _upgrade(connection)
                if address.dialect == "postgresql":
                    give_again(connection)
        if marks.empty:
            _upgrade(connection)
            connection.execute(
                database_identity.insert().values(
                    id=1, program=PROGRAM, kind=kind, base_id=uuid4().hex, created_at=_now(connection)
                )
            )
        return MigrationReport(str(address), DatabaseKind(marks.kind or kind), marks.revision, CURRENT)


@contextmanager
def tables_only(address: DatabaseAddress) -> Iterator[Connection]:
    """Give the transaction in which an empty PostgreSQL base has got its tables, to be filled with another base's rows, its identity first.

    All is committed at exit, or nothing after any exception. Raises DatabaseNotEmpty, DatabaseFailure.
    """
    check_place(address)
    with opening(address), _alone(address) as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        if not _marks(connection).empty:
            raise DatabaseNotEmpty(NOT_EMPTY.format(address=address))
        _upgrade(connection)
        yield connection


@contextmanager
def _alone(address: DatabaseAddress) -> Iterator[Connection]:
    """Give the one connection that may migrate, in a transaction committed at exit."""
    if address.dialect == "sqlite":
        with _alone_on_file(address) as connection:
            yield connection
        return
    engine = postgresql_engine(address, UPGRADER)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_KEY)))
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _alone_on_file(address: DatabaseAddress) -> Iterator[Connection]:
    if address.path is None:
        raise ValueError("not a SQLite address")
    _make_file(address, address.path)
    with closing(address.connect_sqlite(busy_timeout_s=BUSY_TIMEOUT_S)) as first:
        marks = sqlite_marks(first)
        _refuse_others(address, marks)
        keep_wal(first, patience_s=BUSY_TIMEOUT_S)
    if _to_upgrade(marks):
        refuse_open_file(address)

    def connect() -> sqlite3.Connection:
        connection = address.connect_sqlite(busy_timeout_s=BUSY_TIMEOUT_S)
        connection.execute("PRAGMA synchronous = FULL")
        return (
            connection  # foreign keys stay off: a version may have to build a table again; all are checked at the end
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        yield connection
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise DatabaseDamaged(DAMAGED.format(address=address))


def _make_file(address: DatabaseAddress, path: Path) -> None:
    """Make the file and its folder if they are missing, for their owner alone since they name families; SQLite's own files follow."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise DatabaseReadOnly(CANNOT_MAKE.format(address=address, reason=reason(error))) from error


def _marks(connection: Connection) -> DatabaseMarks:
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError("the SQLite driver's connection was expected")
        return sqlite_marks(driver)
    return postgresql_marks(connection)


def _to_upgrade(marks: DatabaseMarks) -> bool:
    return not marks.empty and marks.revision != CURRENT


def _refuse_others(address: DatabaseAddress, marks: DatabaseMarks) -> None:
    if marks.empty:
        return
    if marks.program != PROGRAM or marks.kind is None:
        raise DatabaseNotOurs(OTHER_PROGRAM.format(address=address))
    if marks.revision not in REVISIONS:
        raise DatabaseTooNew(TOO_NEW.format(address=address))


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, CURRENT)


def _now(connection: Connection) -> datetime:
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = connection.scalars(select(func.clock_timestamp())).one()
    return now
