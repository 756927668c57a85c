"""Rotating files in the user's log folder: `incidents.log` for bugs, `portail.log` for what was done, `sauvegardes.log`. No personal data.

Each line is one append to a file opened for it: several processes of one user write the same file, nobody waits for a lock, and a process
stopped in the middle holds nothing. A file past its size is renamed by whoever holds the rotation's lock; a line on its way then goes
to the renamed file, and none is lost. A log that cannot be written says nothing: the desk's work matters more.

Nothing is written before `keep_logs`: tests and tools that import the services leave no file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

INCIDENTS, JOURNAL, BACKUPS, CRASHES = "incidents.log", "portail.log", "sauvegardes.log", "arrets.log"
MOST_BYTES, KEPT = 500_000, 3
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Incident:
    """A bug noted: the reference to quote, and the file that tells it (None: it could not be written)."""

    reference: str
    file: Path | None


class _Kept:
    """Where the technical journal goes in this process, None while it is not kept."""

    folder: Path | None = None


def user_folder() -> Path:
    """Return the user's own log folder."""
    import platformdirs  # noqa: PLC0415  only when something is to be written

    return platformdirs.user_log_path("tui-portail", appauthor=False)


@contextmanager
def keep_logs(folder: Path | None = None) -> Iterator[Path]:
    """Keep the technical journal in `folder` (None: the user's own) while this lasts."""
    before, _Kept.folder = _Kept.folder, folder or user_folder()
    try:
        yield _Kept.folder
    finally:
        _Kept.folder = before


def kept_in() -> Path:
    """Return the folder of the logs of this process, whether or not anything was written there."""
    return _Kept.folder or user_folder()


def note(event: str, **facts: object) -> None:
    """Write one line of the technical journal: an event and its facts, which are codes, numbers and ids, never what people typed."""
    if _Kept.folder is not None:
        append(_Kept.folder / JOURNAL, _line(event, facts))


def note_backup(outcome: str, **facts: object) -> None:
    """Write what a backup came to, of which file: read in the morning by whoever planned it, whatever else is kept."""
    append(kept_in() / BACKUPS, _line(outcome, facts))


def note_incident(error: BaseException, folder: Path | None = None, where: str = "") -> Incident:
    """Note a bug and return its reference. `folder` None: that of the logs kept, else the user's own; `where` is a word of ours."""
    from tui_portail.traces import trace_of  # noqa: PLC0415  only when something went wrong

    reference = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in os.urandom(5))
    file = (folder or kept_in()) / INCIDENTS
    head = f"{_now()} {os.getpid()} référence {reference}{f' ({where})' if where else ''}"
    try:
        lines = trace_of(error)
    except Exception as broken:  # an error so odd that it cannot be told: its type is
        lines = [type(error).__name__, f"(trace illisible : {type(broken).__name__})"]
    written = append(file, "\n".join([head, *(f"    {line}" for line in lines)]))
    return Incident(reference, file if written else None)


def append(file: Path, text: str) -> bool:
    """Add a line (or several) to a file its owner alone can read, in a folder made if need be; False when it could not be done."""
    content = (text + "\n").encode("utf-8", "backslashreplace")
    try:
        if _append(file, content) >= MOST_BYTES:
            _rotate(file)
    except OSError:
        return False
    return True


def _line(event: str, facts: Mapping[str, object]) -> str:
    told = " ".join(f"{name}={_plain(value)}" for name, value in facts.items() if value is not None)
    return f"{_now()} {os.getpid()} {event} {told}".rstrip()


def _append(file: Path, content: bytes) -> int:
    """Append in one write and return the size then. Raises OSError, also when only a part went in."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(file, flags, 0o600)
    except FileNotFoundError:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, flags, 0o600)
    try:
        if os.write(descriptor, content) < len(content):
            raise OSError
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


def _rotate(file: Path) -> None:
    """Rename a full file `.1`, the ones before `.2` and on; one process at a time, the others go on writing."""
    with _alone(file.with_name(f".{file.name}.rotation")) as alone:
        if not alone or file.stat().st_size < MOST_BYTES:  # another did it meanwhile
            return
        for number in range(KEPT, 0, -1):
            older = file if number == 1 else file.with_name(f"{file.name}.{number - 1}")
            with suppress(FileNotFoundError):
                older.replace(file.with_name(f"{file.name}.{number}"))


@contextmanager
def _alone(lock: Path) -> Iterator[bool]:
    """Hold a lock without waiting for it; False when another process does. The system gives it back when a process dies."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            held_alone(descriptor)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def held_alone(descriptor: int) -> None:
    """Hold an open file alone, until it is closed or this process ends. Raises OSError when another holds it."""
    if os.name == "nt":
        import msvcrt  # noqa: PLC0415

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl  # noqa: PLC0415

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: object) -> str:
    """Return a fact on one line, without spaces, so that a line stays a line and is read by its words."""
    return "".join(
        character if character.isprintable() and not character.isspace() else "_" for character in str(value)
    )
