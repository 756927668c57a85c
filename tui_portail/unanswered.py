"""Gestures whose answer was lost, noted on this machine until their agent knows what became of them: one small file each.

A program closed or killed while the base is away leaves its notes; the next one to open the same base here finds them, and tells. While a
program lives it holds its notes locked: nobody else tells the fate of a gesture it may still send. Nobody is named: ids, an instant,
and the program's own words. A note that cannot be written says nothing: the desk's work matters more.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tui_portail.logs import held_alone

KEPT_FOR = timedelta(days=30)
"""After so long nobody remembers what was typed: the note is thrown away."""


@dataclass(frozen=True, slots=True)
class UnansweredGesture:
    """A gesture sent without an answer: its operation id, the base and the agent by their ids, when (aware, UTC), what it is called."""

    operation: str
    base_id: str
    agent_id: int
    at: datetime
    words: str
    in_parts: bool


class UnansweredNotes:
    """The notes of one folder, made when the first is written; those of this program are locked until it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}

    def keep(self, gesture: UnansweredGesture) -> bool:
        """Note a gesture; return whether it could be."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._file(gesture.operation), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError:
            return False
        written = json.dumps(asdict(gesture) | {"at": gesture.at.isoformat()}, ensure_ascii=False).encode()
        try:
            held_alone(descriptor)
            if os.write(descriptor, written) < len(written):
                raise OSError
        except OSError:
            os.close(descriptor)
            self._remove(gesture.operation)
            return False
        self._held[gesture.operation] = descriptor
        return True

    def forget(self, operation: str) -> None:
        """Throw a note away, if there is one: the fate of its gesture is known."""
        descriptor = self._held.pop(operation, None)
        if descriptor is not None:
            self._remove(operation)
            os.close(descriptor)

    def left_behind(self, base_id: str, now: datetime) -> list[UnansweredGesture]:
        """Return the gestures sent to a base by programs that ended since, the oldest first; their notes are this program's from now on."""
        found = [gesture for file in self._files() if (gesture := self._taken(file, base_id, now)) is not None]
        return sorted(found, key=lambda gesture: gesture.at)

    def leave(self) -> None:
        """Leave the notes to the next program: this one ends."""
        while self._held:
            os.close(self._held.popitem()[1])

    def _files(self) -> Iterator[Path]:
        with suppress(OSError):
            yield from sorted(self._folder.glob("*.json"))

    def _taken(self, file: Path, base_id: str, now: datetime) -> UnansweredGesture | None:
        """Take a note over: None while its program lives, when it is another base's, too old, or no note."""
        try:
            descriptor = os.open(file, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            return None
        try:
            held_alone(descriptor)
            gesture = _read(os.read(descriptor, 10_000))
        except OSError:  # of a program that lives
            os.close(descriptor)
            return None
        if gesture is not None and gesture.operation == file.stem and now - gesture.at < KEPT_FOR:
            if gesture.base_id == base_id and file.exists():  # it was not told and thrown away in between
                self._held[gesture.operation] = descriptor
                return gesture
        else:
            self._remove(file.stem)
        os.close(descriptor)
        return None

    def _file(self, operation: str) -> Path:
        return self._folder / f"{operation}.json"

    def _remove(self, operation: str) -> None:
        with suppress(OSError):
            self._file(operation).unlink()


def _read(written: bytes) -> UnansweredGesture | None:
    """Return a note as written by `keep`, None when it is not."""
    try:
        facts = json.loads(written)
        gesture = UnansweredGesture(**facts | {"at": datetime.fromisoformat(facts["at"])})
    except (ValueError, TypeError, KeyError):
        return None
    kinds = ((gesture.operation, str), (gesture.base_id, str), (gesture.agent_id, int), (gesture.words, str))
    return gesture if gesture.at.tzinfo and all(isinstance(value, kind) for value, kind in kinds) else None
