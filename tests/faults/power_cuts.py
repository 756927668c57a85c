"""What a power cut leaves of files, from the log of what was written to them: all that was synced, and chance's share of the rest.

A write not yet synced may be there, not there, or torn: a disk keeps whole sectors of 512 bytes, in the order it likes. The name of a file
made since may be missing until its first sync (SQLite syncs the folder with it), that of a removed one may be back. `-shm` is memory: it is
never written here, and always lost.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.written_disk import Record

SECTOR = 512


@dataclass
class _File:
    """A file on the disk: what is surely there, and what was asked since."""

    kept: bytearray = field(default_factory=bytearray)
    asked: list[Record] = field(default_factory=list)
    named: bool = True  # its name is in the folder, on the disk

    def sync(self) -> None:
        for record in self.asked:
            _apply(self.kept, record)
        self.asked, self.named = [], True


class Disk:
    """The files of a folder as a disk knows them, followed record by record."""

    def __init__(self, before: Mapping[str, bytes]) -> None:
        self._files = {name: _File(bytearray(content)) for name, content in before.items()}
        self._removed: dict[str, _File] = {}

    def follow(self, record: Record) -> None:
        """Take one record of a log into account."""
        what, name = record[0], record[1]
        if what == "made":
            self._files[name] = _File(named=False)
        elif what == "removed":
            gone = self._files.pop(name)
            if not record[2] and gone.named:  # the folder was not synced: the name may be back
                self._removed[name] = gone
        elif what == "synced":
            self._files[name].sync()
            self._removed.pop(name, None)
        elif what in ("written", "cut"):
            self._files[name].asked.append(record)

    def after_a_power_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Return the files as found when the power is back."""
        share = chance.choice((0.0, 0.3, 0.5, 0.8, 1.0))  # of what was not synced, how much had reached the disk
        found = {}
        back = {name: file for name, file in self._removed.items() if name not in self._files and chance.random() < 0.5}
        for name, file in (self._files | back).items():
            if not file.named and chance.random() < 0.5:
                continue
            content = bytearray(file.kept)
            for record in file.asked:
                if chance.random() < share:
                    _apply(content, record)
                elif record[0] == "written" and chance.random() < 0.5:
                    for sector in _sectors(record):
                        if chance.random() < 0.5:
                            _apply(content, sector)
            found[name] = bytes(content)
        return found


def write_down(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files found in a new folder."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def said_before(records: Iterable[Record]) -> list[dict[str, object]]:
    """Return what the desk had said."""
    return [record[1] for record in records if record[0] == "said"]


def _sectors(record: Record) -> Iterable[Record]:
    """Cut a write where the disk's sectors end."""
    _, name, offset, content = record
    place = offset
    while place < offset + len(content):
        end = min((place // SECTOR + 1) * SECTOR, offset + len(content))
        yield ("written", name, place, content[place - offset : end - offset])
        place = end


def _apply(content: bytearray, record: Record) -> None:
    if record[0] == "cut":
        del content[record[2] :]
        content.extend(bytes(record[2] - len(content)))
        return
    _, _, offset, written = record
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(written)] = written
