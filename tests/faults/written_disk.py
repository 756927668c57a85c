"""What a process writes to its SQLite files, in the order and with the syncs it asked for: from it, what a power cut would have left.

`log_writes` puts a layer of ctypes between SQLite and the system, in the process that calls it and for good: every write, truncation, sync,
creation and removal is done, then added to a log. The log outlives the process (SIGKILL leaves the system's cache in place); a power cut
does not: `left_by_a_power_cut` (`power_cuts.py`) keeps what was synced and chance's share of the rest.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import os
import pickle
from collections.abc import Callable, Iterator
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from functools import cache
from pathlib import Path
from typing import Any

Record = tuple[Any, ...]
"""("made" | "synced" | "removed", name) — ("written", name, offset, bytes) — ("cut", name, size) — ("said", a desk's line)."""

OK, CREATE = 0, 0x04  # SQLite's own numbers
METHODS = {1: 12, 2: 16, 3: 18}  # how many a version of the structure has

_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_Delete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)


class _Vfs(Structure):
    _fields_ = [
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("others", c_void_p * 14),
    ]


class _Methods(Structure):
    _fields_ = [
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("others", c_void_p * 13),
    ]


class _File(Structure):
    _fields_ = [("methods", POINTER(_Methods))]


@cache
def sqlite_library() -> ctypes.CDLL | None:
    """Return the very SQLite that Python's `sqlite3` calls, or None where its symbols are not to be found."""
    try:
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        library.sqlite3_vfs_find.argtypes = [c_char_p]
        library.sqlite3_vfs_register.argtypes = [c_void_p, c_int]
    except (AttributeError, OSError):
        return None
    return library


_kept: list[Any] = []  # SQLite holds their addresses until the process ends


def log_writes(log: Path) -> Callable[[object], None]:
    """Log from now on what this process writes to SQLite files; return how to add to the log what a desk says."""
    library = sqlite_library()
    assert library is not None, "SQLite's symbols are not to be found"
    descriptor = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def note(*record: object) -> None:
        os.write(descriptor, pickle.dumps(record))  # at once: the process may be killed at the next instruction

    below = library.sqlite3_vfs_find(None).contents
    ours = _Vfs.from_buffer_copy(below)
    ours.name, ours.next = b"logged", None
    methods = _LoggedMethods(note)
    open_below, delete_below = _Open(below.open), _Delete(below.delete)

    def open_file(vfs: int, name: int | None, file: int, flags: int, out: Any) -> int:
        path = Path(ctypes.string_at(name).decode()) if name else None
        made = path is not None and not path.exists()
        code = int(open_below(vfs, name, file, flags, out))
        opened = _File.from_address(file)
        if code == OK and path is not None and opened.methods:
            methods.names[file] = path.name
            if made and flags & CREATE:
                note("made", path.name)
            opened.methods = ctypes.pointer(methods.in_place_of(opened.methods.contents))
        return code

    def delete_file(vfs: int, name: bytes, sync_folder: int) -> int:
        code = int(delete_below(vfs, name, sync_folder))
        if code == OK:
            note("removed", Path(name.decode()).name, bool(sync_folder))
        return code

    calls = _Open(open_file), _Delete(delete_file)
    ours.open, ours.delete = (ctypes.cast(call, c_void_p).value for call in calls)
    _kept.append((ours, calls, open_below, delete_below))
    assert library.sqlite3_vfs_register(ctypes.addressof(ours), 1) == OK
    return lambda line: note("said", line)


class _LoggedMethods:
    """The methods of files with ours in place of three: the same for all the files that had the same."""

    def __init__(self, note: Callable[..., None]) -> None:
        self.names: dict[int, str] = {}
        self._note = note
        self._made: dict[int, _Methods] = {}

    def in_place_of(self, real: _Methods) -> _Methods:
        """Return the methods that do what those do, and log it."""
        address = ctypes.addressof(real)
        if address not in self._made:
            self._made[address] = self._logged(real)
        return self._made[address]

    def _logged(self, real: _Methods) -> _Methods:
        note, names = self._note, self.names
        copied = _Methods()
        ctypes.memmove(ctypes.addressof(copied), ctypes.addressof(real), 8 * (1 + METHODS[min(real.version, 3)]))
        write_below, cut_below, sync_below = _Write(real.write), _Truncate(real.truncate), _Sync(real.sync)

        def write(file: int, content: int, length: int, offset: int) -> int:
            code = int(write_below(file, content, length, offset))
            note("written", names[file], offset, ctypes.string_at(content, length))
            return code

        def cut(file: int, size: int) -> int:
            code = int(cut_below(file, size))
            note("cut", names[file], size)
            return code

        def sync(file: int, flags: int) -> int:
            code = int(sync_below(file, flags))
            if code == OK:
                note("synced", names[file])
            return code

        calls = _Write(write), _Truncate(cut), _Sync(sync)
        copied.write, copied.truncate, copied.sync = (ctypes.cast(call, c_void_p).value for call in calls)
        _kept.append((calls, copied, write_below, cut_below, sync_below))
        return copied


def logged_records(log: Path) -> Iterator[Record]:
    """Read a log: its last record is left out when the process was killed while it was writing it."""
    with log.open("rb") as file:
        while True:
            try:
                yield pickle.load(file)  # noqa: S301 (our own process's)
            except (EOFError, pickle.UnpicklingError):
                return
