"""A program in a real pseudo-terminal: keys written, bytes timed as they come. Not for Windows."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter


class NeverShown(Exception):
    """What was waited for did not come; the message holds the last bytes."""


@dataclass(frozen=True, slots=True)
class Repaint:
    """What a key made the program send until it was quiet: milliseconds to the first bytes and to the last, bytes in all."""

    first_ms: float
    last_ms: float
    sent: int


class Terminal:
    """A child process on a pseudo-terminal of `rows` × `columns`."""

    def __init__(
        self, command: Sequence[str], *, rows: int = 43, columns: int = 132, environment: Mapping[str, str]
    ) -> None:
        self.started = perf_counter()
        self._child, self._side = pty.fork()
        if self._child == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(command[0], list(command), dict(environment))  # noqa: S606  a command of this package
        fcntl.ioctl(self._side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._seen = bytearray()

    def write(self, keys: str) -> None:
        """Press keys."""
        os.write(self._side, keys.encode())

    def _read(self, wait: float) -> bytes:
        ready, _, _ = select.select([self._side], [], [], wait)
        if not ready:
            return b""
        try:
            return os.read(self._side, 65536)
        except OSError:  # the child has gone
            return b""

    def until(self, text: str, *, patience: float = 60) -> float:
        """Wait until a text is shown, from what came since the last wait; return milliseconds since the start."""
        wanted, deadline = text.encode(), perf_counter() + patience
        while perf_counter() < deadline:
            self._seen += self._read(0.5)
            now = perf_counter()
            if (place := self._seen.find(wanted)) >= 0:
                del self._seen[: place + len(wanted)]
                return (now - self.started) * 1000
        raise NeverShown(f"{text!r} never came; last: {bytes(self._seen[-2000:])!r}")

    def settle(self, quiet: float = 0.3) -> None:
        """Read until nothing comes any more."""
        while self._read(quiet):
            pass
        self._seen.clear()

    def press(self, key: str, *, quiet: float = 0.06, patience: float = 2) -> Repaint:
        """Press a key and time what it makes the program send, until nothing comes for `quiet` seconds."""
        start = perf_counter()
        self.write(key)
        received = self._read(patience)
        first = last = perf_counter()
        sent = len(received)
        while received := self._read(quiet):
            last = perf_counter()
            sent += len(received)
        return Repaint((first - start) * 1000, (last - start) * 1000, sent)

    def close(self) -> None:
        """End the program, whatever it is doing."""
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)
        os.close(self._side)
