"""A pgbouncer of the measure's own, in transaction mode, before a server of this machine. Where none is installed, nothing is pooled.

Its socket is beside its settings, in a folder thrown away; it listens to no port of the network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from models.addresses import POOLED, DatabaseAddress

PORT = 6432
START_S = 10.0
_SETTINGS = """[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
listen_port = {own_port}
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = {clients}
query_wait_timeout = 15
logfile = {folder}/log
pidfile = {folder}/pid
"""


class PoolerNotStarted(RuntimeError):
    """The pgbouncer of this machine did not start; its log is in the message."""


def installed() -> str | None:
    """Return where pgbouncer is on this machine, None when it is not installed."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pgbouncer(url: str, size: int, clients: int = 1_000) -> Iterator[str]:
    """Put a pgbouncer of `size` connections before the server at `url`, and give the address of the same base through it.

    Raises PoolerNotStarted.
    """
    program = installed()
    if program is None:
        raise PoolerNotStarted("no pgbouncer is installed")
    address = DatabaseAddress.parse(url).url
    host = address.query.get("host") or address.host or "127.0.0.1"
    with tempfile.TemporaryDirectory(prefix="pgbouncer-") as own:
        folder = Path(own)
        settings = _SETTINGS.format(
            host=host,
            port=address.port or 5432,
            user=address.username,
            folder=folder,
            own_port=PORT,
            size=size,
            clients=clients,
        )
        (folder / "pgbouncer.ini").write_text(settings, encoding="utf-8")
        user = None
        if os.geteuid() == 0:  # it refuses to be root, and the server's socket may be in a folder of the server's own
            user = Path(str(host)).owner() if str(host).startswith("/") else "nobody"
        if user:
            shutil.chown(folder, user)
        command = [program, "-q", str(folder / "pgbouncer.ini")]
        process = subprocess.Popen(command, user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(process, folder, address.username or "postgres")
            yield f"postgresql://{address.username}@/{address.database}?host={folder}&port={PORT}&{POOLED}=1"
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], folder: Path, user: str) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            psycopg.connect(host=str(folder), port=PORT, user=user, dbname="postgres").close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > until:
                log = folder / "log"
                raise PoolerNotStarted(log.read_text() if log.exists() else str(error)) from error
            time.sleep(0.02)
        else:
            return
