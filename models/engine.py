"""The database opened: reads that see one instant, writes that are one gesture, and what to do when others are at work.

SQLite: WAL, `synchronous=FULL`, foreign keys on, each write under `BEGIN IMMEDIATE`. PostgreSQL: READ COMMITTED with a lock time-out,
`synchronous_commit` at least on, rows locked by `lock_rows` before they are counted, reads in one REPEATABLE READ, READ ONLY snapshot
(design, guarantees 1, 8, 10).
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, QueuePool, Table, create_engine, event, func, select, tuple_

from models.addresses import DatabaseAddress, Dialect, SqliteMode
from models.database_errors import DatabaseBusy, DatabaseFailure, DatabaseMissing
from models.driver_errors import MOVED, REPLACED, translated
from models.inspection import FileIdentity, check_not_set_aside, check_place, check_ready, identity_of, reading_mode
from models.states import DatabaseKind

T = TypeVar("T")

APPLICATION = "tui-portail"
"""What a desk says it is to the server."""
LOCK_TIMEOUT_MS = 3_000
STATEMENT_TIMEOUT_S = 15.0
CONNECT_TIMEOUT_S = 5
POOL_TIMEOUT_S = 10.0
CUT_LINE = {"tcp_user_timeout": 20_000, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
"""How a line that was cut without a word (cable, Wi-Fi, firewall) is noticed, in 20 to 25 seconds instead of a quarter of an hour: libpq's
own settings, milliseconds then seconds. A server at work on a long statement still acknowledges: it is not concerned.
"""
ATTEMPTS = 3
CACHE_KIB = 64 * 1024
"""A large town's indexes stay with the connection: by default 2 MB do, and each search reads the file again."""
DURABLE = "SELECT set_config('synchronous_commit', 'on', {local}) WHERE current_setting('synchronous_commit') = 'off'"
"""A server may answer by default before a commit is on its disk: ours waits. One that waits for its replicas goes on doing so."""
WHICH = "SELECT oid FROM pg_database WHERE datname = current_database()"
"""Another number under the same name is another base, restored and put in this one's place: rows of the same keys are not the same there,
and a gesture that waited for the server's return must not be done to them. (Behind a pgbouncer nothing tells it.)
"""
SERVER_SETTINGS = {
    "statement_timeout": f"{int(STATEMENT_TIMEOUT_S * 1000)}",
    "lock_timeout": f"{LOCK_TIMEOUT_MS}",
    "idle_in_transaction_session_timeout": "60000",
    "timezone": "UTC",
    "random_page_cost": "1.1",
    "jit": "off",
}
"""Rows are looked up by key in pages that memory mostly holds: by its own default a server prefers to read a whole table of children."""
PROGRESS_STEPS = 50_000  # virtual machine steps between two looks at the statement's deadline


# Of a connection lost its driver writes an English line where nobody listens: what is raised says it, in French.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


class Database:
    """One database of the program, opened and checked. Safe to share between threads; each `with` uses its own connection."""

    def __init__(
        self,
        address: DatabaseAddress,
        kind: DatabaseKind,
        writer: Engine,
        reader: Engine,
        opened: FileIdentity | None = None,
    ) -> None:
        self.address = address
        self.kind = kind
        self.engine = writer
        self._reader = reader
        self._opened = opened
        self._moved = False

    @property
    def url(self) -> str:
        """The address, password included: for another process, never for a screen (`str(database.address)` is for that)."""
        return self.address.text

    @property
    def dialect(self) -> Dialect:
        """The engine's name."""
        return self.address.dialect

    @classmethod
    def open(cls, url: str, *, to_write: bool = True) -> "Database":
        """Open a database that exists, is ours and is of this version. Never creates a file.

        Not `to_write`: a copy that can only be read, or a standby server, will do; `write` is refused then.

        Raises DatabaseAddressInvalid, DatabaseMissing, DatabaseEmpty, DatabaseNotOurs, DatabaseTooNew, DatabaseTooOld,
        DatabaseLocked, DatabaseReadOnly, DatabaseUnreachable, DatabaseOnNetworkDrive, DatabaseDamaged.
        """
        address = DatabaseAddress.parse(url)
        check_place(address)
        if to_write:
            check_not_set_aside(address)
        if address.dialect == "sqlite":
            opened = identity_of(address)
            kind = check_ready(address, to_write=to_write)
            reader = sqlite_engine(address, "rw" if to_write else reading_mode(address), reading=True)
            return cls(address, kind, sqlite_engine(address) if to_write else reader, reader, opened)
        engine = postgresql_engine(address)
        try:
            kind = check_ready(address, engine, to_write=to_write)
        except BaseException:
            engine.dispose()
            raise
        reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return cls(address, kind, engine if to_write else reader, reader)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one instant, cannot write and never waits for writers; each statement has 15 s.

        Raises DatabaseFailure when the database cannot serve.
        """
        self._check_in_place()
        with translated(self.address), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give one write transaction: all of it is committed at exit, or nothing of it after any exception.

        Raises DatabaseFailure when the database cannot serve; constraint violations pass as IntegrityError.
        """
        self._check_in_place()
        with translated(self.address), self.engine.begin() as connection:
            yield connection
            self._check_in_place()  # before the commit: nothing is kept in a file that was taken away
        self._check_in_place()  # and after it: nothing is announced that the file of this name does not hold

    def run(self, gesture: Callable[[Connection], T]) -> T:
        """Do a gesture in one write transaction, and again from its start (3 times at most) after a deadlock or a busy file.

        The gesture must have no effect outside the transaction. Raises DatabaseBusy when the others don't let go.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.write() as connection:
                    return gesture(connection)
            except DatabaseBusy as busy:
                if not busy.retriable or attempt == ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def server_now(self, connection: Connection) -> datetime:
        """Return the instant it is for the database (aware, UTC): the server's on PostgreSQL, this machine's on SQLite."""
        if self.dialect == "sqlite":
            return datetime.now(UTC)
        now: datetime = connection.scalars(select(func.clock_timestamp())).one()
        return now.astimezone(UTC)

    def scrub(self, tables: Collection[Table]) -> bool:
        """Take out of the files what the rows of these tables no longer hold; False when others at work, or the account, did not let it.

        After personal data was erased. SQLite: the file is written again without its free pages, and its log emptied. PostgreSQL: old
        versions of rows are given back, at once by the account that owns the tables, in its time by the server for a desk's. Neither
        reaches backups.
        """
        if self.dialect == "postgresql":
            from models.desk_accounts import owns  # noqa: PLC0415  for this gesture only

            names = sorted(table.name for table in tables)
            engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
            try:
                with translated(self.address), engine.connect() as server:
                    if not owns(server, names):
                        return False
                    server.exec_driver_sql(f"VACUUM {', '.join(names)}")
            except DatabaseFailure:
                return False
            return True
        try:
            with closing(self.address.connect_sqlite("rw")) as file:
                file.execute("VACUUM")
                busy, *_ = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            return False
        return not busy

    def _check_in_place(self) -> None:
        """Refuse to go on once the file was removed or replaced: the connections still open would serve the old one, in silence.

        SQLite says nothing of it in WAL mode. Raises DatabaseMissing, from then on: a file's number may be given to another later.
        """
        if self._opened is None:
            return
        if self._moved or identity_of(self.address) != self._opened:
            self._moved = True
            self.close()
            raise DatabaseMissing(MOVED.format(address=self.address))

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self.engine.dispose()


def lock_rows(connection: Connection, table: Table, ids: Collection[Any]) -> None:
    """Lock rows by their primary key until the transaction ends, in ascending order so that two gestures never deadlock.

    `ids` are keys, or tuples where the key has several columns. Does nothing on SQLite, where `BEGIN IMMEDIATE` already holds
    everything. Raises the driver's lock time-out (seen by the caller of `write()` as DatabaseBusy).
    """
    if connection.dialect.name == "sqlite" or not ids:
        return
    key = list(table.primary_key.columns)
    within = key[0].in_(sorted(ids)) if len(key) == 1 else tuple_(*key).in_(sorted(ids))
    connection.execute(select(*key).where(within).order_by(*key).with_for_update()).all()


def sqlite_engine(address: DatabaseAddress, mode: SqliteMode = "rw", *, reading: bool = False) -> Engine:
    """Return an engine on a file, with a connection a thread needs; `reading` makes every connection refuse to write."""
    deadlines: dict[int, float] = {}

    def connect() -> sqlite3.Connection:
        connection = address.connect_sqlite(mode)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute("PRAGMA recursive_triggers = ON")  # else REPLACE would delete without asking the triggers
        if reading:
            connection.execute("PRAGMA query_only = ON")
        key = id(connection)
        connection.set_progress_handler(lambda: time.monotonic() > deadlines.get(key, float("inf")), PROGRESS_STEPS)
        return connection

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_timeout=POOL_TIMEOUT_S, hide_parameters=True
    )
    begin = "BEGIN" if reading else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    @event.listens_for(engine, "before_cursor_execute")
    def set_deadline(connection: Connection, *_: object) -> None:
        deadlines[id(connection.connection.driver_connection)] = time.monotonic() + STATEMENT_TIMEOUT_S

    @event.listens_for(engine, "close")
    def forget(connection: object, _record: object) -> None:
        deadlines.pop(id(connection), None)

    return engine


def postgresql_engine(address: DatabaseAddress, application: str = APPLICATION) -> Engine:
    """Return an engine on a server: time-outs on every connection, UTC, READ COMMITTED whatever the server's default.

    Encrypted and verified where the server is not this machine. Through a pgbouncer, which refuses settings of a connection and lends
    another at each transaction, they are said at the start of each transaction instead (one statement more), and no statement is prepared.
    `application`: what the server calls its connections. Raises DatabaseNotTrusted for an address that asks for less.
    """
    from models.server_passwords import take_from_keyring  # noqa: PLC0415  its driver is not for a file
    from models.server_transport import transport_options  # noqa: PLC0415

    arguments: dict[str, Any] = {"application_name": application}
    if address.pooled:
        arguments["prepare_threshold"] = None
    else:
        own = address.url.query.get("options", ())
        options = [own] if isinstance(own, str) else list(own)
        options += [f"-c {name}={value}" for name, value in SERVER_SETTINGS.items()]
        arguments["options"] = " ".join(options)
    if "connect_timeout" not in address.url.query:
        arguments["connect_timeout"] = CONNECT_TIMEOUT_S
    arguments |= {name: value for name, value in CUT_LINE.items() if name not in address.url.query}
    arguments |= transport_options(address)
    engine = create_engine(
        address.url,
        connect_args=arguments,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        hide_parameters=True,  # what an exception says is no place for a family's name
        pool_timeout=POOL_TIMEOUT_S,
    )
    take_from_keyring(engine, address)
    if address.pooled:
        event.listen(engine, "begin", say_settings)
        return engine

    opened: list[Any] = []

    @event.listens_for(engine, "connect")
    def answer_once_it_is_on_the_disk(connection: Any, _record: object) -> None:
        connection.execute(DURABLE.format(local="false"))  # once a connection, whatever it does then
        found = connection.execute(WHICH).fetchone()
        connection.commit()
        if (opened or [found])[0] != found:
            connection.close()
            raise DatabaseMissing(REPLACED.format(address=address))
        opened[:] = [found]

    return engine


def say_settings(connection: Connection) -> None:
    """Set for this transaction alone what a connection of our own would have been opened with."""
    connection.exec_driver_sql(_SAID)


_SAID = "; ".join(
    (DURABLE.format(local="true"), *(f"SET LOCAL {name} = '{value}'" for name, value in SERVER_SETTINGS.items()))
)
