"""What a base refuses by itself: its triggers, keys, indexes and CHECKs, read from its catalogue and compared with those of a new base.

`models.expected_guards` is what the migrations of this version make on each engine, written by `python -m tests.guards`; a test keeps it
equal to a base just made, so that it never lags behind. A few reads of the catalogue, that every account may do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import Connection, text

from models.expected_guards import EXPECTED


class Fault(Enum):
    """What is wrong with a guard."""

    MISSING = "manque"
    DISABLED = "est désactivée"
    ALTERED = "n’est pas celle de cette version"
    UNKNOWN = "n’est pas du programme"


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard as a base has it; `digest` is of all that says what it does, but whether it is in use."""

    table: str
    name: str
    digest: str
    in_use: bool
    trigger: bool

    @property
    def key(self) -> str:
        """Return what it is called in a list of guards."""
        return f"{self.table} {self.name}"


@dataclass(frozen=True, slots=True)
class FaultyGuard:
    """A guard that is not as it should be."""

    table: str
    name: str
    fault: Fault


_SQLITE = "SELECT type, tbl_name, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
_TRIGGERS = """
SELECT c.relname, t.tgname, t.tgenabled IN ('O', 'A'), CASE WHEN t.tgqual IS NOT NULL THEN pg_get_triggerdef(t.oid) END,
       t.tgtype, t.tgargs, t.tgattr::text,
       t.tgdeferrable, t.tginitdeferred, p.proname, p.prosecdef, p.proconfig IS NOT NULL, p.pronamespace = c.relnamespace, p.prosrc
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND c.relnamespace = to_regnamespace(current_schema())
"""
_INDEXES = """
SELECT c.relname, i.relname, x.indisvalid, x.indisunique, x.indpred IS NOT NULL, x.indimmediate
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
WHERE c.relkind = 'r' AND c.relnamespace = to_regnamespace(current_schema())
"""
_CONSTRAINTS = """
SELECT c.relname, o.conname, o.convalidated AND NOT EXISTS (
    SELECT FROM pg_trigger t WHERE t.tgconstraint = o.oid AND t.tgenabled NOT IN ('O', 'A')
), o.contype::text
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
WHERE o.contype IN ('c', 'f') AND c.relnamespace = to_regnamespace(current_schema())
"""
_CAST = re.compile(r"::(?:character varying|timestamp with(?:out)? time zone|\w+)(?:\(\d+\))?(?:\[\])?")
_WORD = re.compile(r"'(?:[^']|'')*'|\w+|[^\s\w()'\[\]]+")
_WHEN = re.compile(r" WHEN \((.*)\) EXECUTE ", re.DOTALL)


def faulty_guards(connection: Connection) -> tuple[FaultyGuard, ...]:
    """Return the guards of this version that the base lacks, has disabled or has otherwise, and its triggers that are nobody's of ours.

    Of a base of this version only. Raises DBAPIError.
    """
    expected = EXPECTED[connection.dialect.name]
    found = {guard.key: guard for guard in guards_of(connection)}
    faults: list[FaultyGuard] = []
    for key in expected.keys() - found.keys():
        table, name = key.split(" ")
        faults.append(FaultyGuard(table, name, Fault.MISSING))
    for key, guard in found.items():
        if fault := _fault(guard, expected.get(key)):
            faults.append(FaultyGuard(guard.table, guard.name, fault))
    return tuple(sorted(faults, key=lambda one: (one.table, one.name)))


def _fault(guard: Guard, expected: str | None) -> Fault | None:
    if expected is None:  # an index more refuses nothing that should be written
        return Fault.UNKNOWN if guard.trigger else None
    if guard.digest != expected:
        return Fault.ALTERED
    return None if guard.in_use else Fault.DISABLED


def guards_of(connection: Connection) -> Iterator[Guard]:
    """Yield every guard of a base. Raises DBAPIError."""
    if connection.dialect.name == "sqlite":
        for kind, table, name, sql in connection.exec_driver_sql(_SQLITE):
            yield Guard(table, name, _digest(" ".join(sql.split())), in_use=True, trigger=kind == "trigger")
        return
    for table, name, in_use, definition, *said in connection.execute(text(_TRIGGERS)):
        yield Guard(table, name, _digest(_condition(definition), *said), in_use, trigger=True)
    for asked in (_INDEXES, _CONSTRAINTS):
        for table, name, in_use, *said in connection.execute(text(asked)):
            yield Guard(table, name, _digest(*said), in_use, trigger=False)


@lru_cache(maxsize=256)
def _condition(definition: str | None) -> str:
    """Return the words of a trigger's condition, if it has one: a server may write their brackets and casts in its own way."""
    found = _WHEN.search(definition or "")
    return " ".join(_WORD.findall(_CAST.sub("", found[1]))) if found else ""


@lru_cache(maxsize=2048)
def _digest(*said: object) -> str:
    words = (bytes(one).hex() if isinstance(one, bytes | memoryview) else str(one) for one in said)
    return sha256("\x1f".join(words).encode()).hexdigest()[:16]
