"""One line a backup in the user's log folder: when, what came of it, which file. No personal data: codes, sizes and our own file names."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

MOST_BYTES = 200_000
FILE = "sauvegardes.log"


def log_backup(outcome: str, **facts: object) -> None:
    """Add a line; a log that cannot be written says nothing, the exit code does."""
    import platformdirs  # noqa: PLC0415  slow to load

    path: Path = platformdirs.user_log_path("tui-portail", appauthor=False) / FILE
    told = " ".join(f"{name}={value}" for name, value in facts.items() if value is not None)
    line = f"{datetime.now(UTC).isoformat(timespec='seconds')} {outcome} {told}".rstrip() + "\n"
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MOST_BYTES:
            path.replace(path.with_name(f"{FILE}.1"))
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(line)
