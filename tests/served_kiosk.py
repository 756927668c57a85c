"""A kiosk's server of a test's own, on a free port of 127.0.0.1, in a thread; and how to know that a process has ended."""

from __future__ import annotations

import asyncio
import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tui_portail.serving.server import KioskServer, Serving

TINY = (sys.executable, "-m", "tests.tiny_kiosk")
PATIENCE = 60
"""Seconds; a machine busy with other tests starts a process slowly."""


@dataclass(frozen=True)
class Served:
    """A server that answers. `address` ends with « / »."""

    address: str
    server: KioskServer

    @property
    def pids(self) -> list[int]:
        return self.server.pids


@contextmanager
def served(command: tuple[str, ...] = TINY, **others: Any) -> Iterator[Served]:
    """Serve a command while this lasts; `others` are those of `Serving`."""
    started: list[tuple[str, KioskServer, asyncio.AbstractEventLoop]] = []
    answering = threading.Event()

    async def serve() -> None:
        server = KioskServer(Serving(command, **others), port=0)

        def ready(address: str) -> None:
            started.append((address, server, asyncio.get_running_loop()))
            answering.set()

        await server.serve(ready)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="borne servie")
    thread.start()
    assert answering.wait(PATIENCE)
    address, server, loop = started[0]
    try:
        yield Served(address, server)
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(PATIENCE)
    assert not thread.is_alive()


def ended(pid: int, seconds: float = PATIENCE) -> bool:
    """Wait until a process has ended, and say whether it did in time."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], seconds)[0])
    finally:
        os.close(watched)


def alive(pid: int) -> bool:
    """Say whether a process runs now."""
    return not ended(pid, 0)
