"""What a PostgreSQL of this machine used: processor time and memory of its processes, read from the system (Linux). Elsewhere: nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from models.engine import Database

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class ServerProcesses:
    """The processes of a server by that of its postmaster; 0: they are not on this machine, or cannot be seen."""

    postmaster: int

    @classmethod
    def of(cls, database: Database) -> ServerProcesses:
        """Find the postmaster as the parent of a backend."""
        with database.read() as connection:
            backend = connection.scalar(text("SELECT pg_backend_pid()"))
            try:
                fields = _stat(int(backend or 0))
            except OSError:
                return cls(0)
        return cls(int(fields[1]))

    def processor_s(self) -> float:
        """Return the seconds of processor used since the server started: by those that ended, and by those still there."""
        if not self.postmaster:
            return 0.0
        while True:
            own = _stat(self.postmaster)[11:15]
            running = sum(sum(map(int, _stat(child)[11:13])) for child in self._children())
            if _stat(self.postmaster)[13:15] == own[2:]:  # none ended in between, to be counted in neither
                return (sum(map(int, own)) + running) / os.sysconf("SC_CLK_TCK")

    def private_mb(self) -> list[float]:
        """Return what each backend holds for itself alone, in megabytes: shared buffers are not counted."""
        found = []
        for child in self._children():
            try:
                lines = (PROC / str(child) / "smaps_rollup").read_text(encoding="ascii").splitlines()
            except OSError:
                continue
            found.append(sum(int(line.split()[1]) for line in lines if line.startswith("Private")) / 1024)
        return found

    def _children(self) -> list[int]:
        if not self.postmaster:
            return []
        running = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
        return [pid for pid in running if _stat(pid)[1] == str(self.postmaster)]


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name: state, parent…"""
    try:
        return (PROC / str(pid) / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended: the postmaster counts it
        return ["0"] * 50
