"""One visitor's kiosk: a process of its own, spoken to by textual-serve's packets, ended with its websocket whatever happens.

textual-serve runs its command through a shell, waits without limit for the process to end, and prints what it wrote on its error output:
here there is no shell, the end is certain, and that output, which may quote a family's data, is dropped.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from tui_portail.logs import note, note_incident

READY = b"__GANGLION__\n"
"""What a Textual application writes first, once it is served."""
LINES_BEFORE_READY = 10
SECONDS_TO_LEAVE = 3.0
"""Left to the kiosk to leave by itself; then it is killed."""
_PACKET_HEAD = 5
_DATA, _META = b"D", b"M"


class KioskSession(AppService):
    """The process behind one websocket. `command` is the server's: nothing of a request is in it but the terminal's size."""

    def __init__(self, command: Sequence[str], websocket: web.WebSocketResponse) -> None:
        super().__init__(
            shlex.join(command),
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=self._close_websocket,
            download_manager=DownloadManager(),
        )
        self._words = tuple(command)
        self._websocket = websocket
        self._stopping: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The number of the process, None before it is started."""
        return self._process.pid if self._process is not None else None

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        self._process = process = await asyncio.create_subprocess_exec(
            *self._words,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=self._build_environment(width=width, height=height),
            start_new_session=True,  # Ctrl+C at the server's terminal is for the server, which ends its kiosks itself
        )
        assert process.stdin is not None  # noqa: S101  asked for just above
        self._stdin = process.stdin
        return process

    async def run(self) -> None:
        """Carry what the process draws to the browser until it ends; then close the websocket."""
        assert self._process is not None and self._process.stdout is not None  # noqa: S101  `start` opened it
        stdout = self._process.stdout
        try:
            if await self._ready(stdout):
                while True:
                    head = await stdout.readexactly(_PACKET_HEAD)
                    payload = await stdout.readexactly(int.from_bytes(head[1:], "big"))
                    await self._carry(head[:1], payload)
            note("borne_muette", code=self._process.returncode)
        except asyncio.IncompleteReadError:
            pass
        except Exception as bug:
            note_incident(bug, where="borne servie")
        finally:
            await self._close_websocket()

    async def _ready(self, stdout: asyncio.StreamReader) -> bool:
        for _ in range(LINES_BEFORE_READY):
            try:
                line = await stdout.readline()
            except ValueError:  # longer than any line of ours
                return False
            if line == READY:
                return True
            if not line:
                return False
        return False

    async def _carry(self, kind: bytes, payload: bytes) -> None:
        """Give a packet its due. The websocket may be gone: the process is still read, or it could not leave."""
        with suppress(ConnectionError):
            if kind == _DATA:
                await self.on_data(payload)
            elif kind == _META:
                await self.on_meta(payload)

    async def on_meta(self, data: bytes) -> None:
        """Obey the kiosk: leave, or open a page of PayFiP's in the browser. It gives no file to download: that stays undone."""
        told: dict[str, Any] = json.loads(data)
        if told["type"] == "exit":
            await self._close_websocket()
        elif told["type"] == "open_url" and str(told["url"]).startswith(("https://", "http://127.0.0.1:")):
            await self.remote_write_str(json.dumps(["open_url", {"url": told["url"], "new_tab": told["new_tab"]}]))

    async def _close_websocket(self) -> None:
        with suppress(ConnectionError, RuntimeError):  # gone, or never opened
            await self._websocket.close()

    async def stop(self) -> None:
        """End the process and wait until it has ended, also when whoever waits is cancelled. Asked twice, done once."""
        started_since = self._process is not None and self._process.returncode is None
        if self._stopping is None or (self._stopping.done() and started_since):
            self._stopping = asyncio.create_task(self._end())
        await asyncio.shield(self._stopping)

    async def _end(self) -> None:
        await self._close_websocket()
        process = self._process
        if process is None:
            return
        try:
            if process.returncode is None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(SECONDS_TO_LEAVE):
                        await self.send_meta({"type": "quit"})
                        self.stdin.close()
                        await process.wait()
        finally:
            _kill(process)
            await process.wait()
            if self._task is not None:
                self._task.cancel()
                with suppress(asyncio.CancelledError):
                    await self._task


def _kill(process: Process) -> None:
    """Kill what is left of a process and of those it started."""
    if os.name != "nt":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.returncode is None:
        process.kill()
