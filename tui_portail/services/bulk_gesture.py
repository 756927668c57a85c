"""What gestures over many dossiers share: one at a time, patient with the desks, each dossier locked and as it was when it was judged.

On SQLite the write transaction holds the file: other desks' writes wait (five seconds, three times), their reads do not. On PostgreSQL only
the dossiers that change are locked: a desk that edits one of them waits up to its own three seconds, then is told that the base is
occupied and loses nothing; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, func, select, text

from models import tables as t
from models.engine import lock_rows
from tui_portail.errors import PortailError

T = TypeVar("T")
LOCK_PATIENCE_MS = 60_000
TURNS = 3
_LOCKED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class BaseMark:
    """What changes whenever a dossier does: how many there are, the last one's id, the sum of their versions."""

    dossiers: int
    last_id: int
    versions: int


class DossiersMoving(PortailError):
    """Dossiers went on changing while they were being judged."""

    code = "DOSSIERS_EN_MOUVEMENT"

    def __init__(self) -> None:
        super().__init__(
            "D’autres postes modifient en ce moment les mêmes dossiers. Rien n’a été enregistré : recommencez dans un instant."
        )


def one_at_a_time(connection: Connection, what: str) -> None:
    """Wait for another bulk gesture of this name to end, and give this transaction a minute for each lock, two for a statement."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_PATIENCE_MS}"))
        connection.execute(text(f"SET LOCAL statement_timeout = {2 * LOCK_PATIENCE_MS}"))
        connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {10 * LOCK_PATIENCE_MS}"))
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def mark_of(connection: Connection) -> BaseMark:
    """Return the base's mark at this instant."""
    dossier = t.dossier.c
    row = connection.execute(
        select(
            func.count(dossier.id), func.coalesce(func.max(dossier.id), 0), func.coalesce(func.sum(dossier.version), 0)
        )
    ).one()
    return BaseMark(int(row[0]), int(row[1]), int(row[2]))


def judged_under_lock(
    connection: Connection,
    judge: Callable[[], T],
    dossiers: Callable[[T], Collection[int]],
    first: tuple[BaseMark, T] | None = None,
) -> T:
    """Judge, lock the dossiers that would change in the order of their ids, and judge again if the base changed meanwhile.

    `first` is what was judged already, and of which base. Raises DossiersMoving.
    """
    mark = mark_of(connection)
    judged = first[1] if first is not None and first[0] == mark else judge()
    locked: set[int] = set()
    for _ in range(TURNS):
        ids = sorted(set(dossiers(judged)) - locked)
        for start in range(0, len(ids), _LOCKED_AT_ONCE):
            lock_rows(connection, t.dossier, ids[start : start + _LOCKED_AT_ONCE])
        locked.update(ids)
        if (now := mark_of(connection)) == mark:
            return judged
        mark, judged = now, judge()
        if locked.issuperset(dossiers(judged)):
            return judged
    raise DossiersMoving
