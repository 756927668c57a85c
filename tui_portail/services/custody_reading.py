"""The terms of custody as the database holds them: patterns joined to their child's row, exceptions in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from models import tables as t
from tui_portail.custody import Custody, CustodyException, CustodyPattern, FirstHalf, HolidayCustody

_PATTERN, _EXCEPTION = t.custody_pattern, t.custody_exception
PATTERN_COLUMNS = (
    _PATTERN.c.from_on.label("custody_from"),
    _PATTERN.c.anchor_on,
    _PATTERN.c.first_payer_id,
    _PATTERN.c.second_payer_id,
    _PATTERN.c.period_days,
    _PATTERN.c.switch_at,
    _PATTERN.c.holidays,
    _PATTERN.c.summer,
    _PATTERN.c.first_half,
    _PATTERN.c.until_on,
)
"""What a query of children joins of their patterns, for `patterns_of`."""


def patterns_of(rows: Iterable[Any]) -> tuple[CustodyPattern, ...]:
    """Return a child's patterns, oldest first, from rows with PATTERN_COLUMNS, each pattern once or more."""
    patterns = {
        row.custody_from: CustodyPattern(
            row.anchor_on,
            row.first_payer_id,
            row.second_payer_id,
            row.period_days,
            row.custody_from,
            row.switch_at,
            HolidayCustody(row.holidays),
            HolidayCustody(row.summer),
            FirstHalf(row.first_half),
            row.until_on,
        )
        for row in rows
        if row.custody_from is not None
    }
    return tuple(patterns[from_on] for from_on in sorted(patterns))


def custody_of(connection: Connection, dossier_id: int) -> dict[int, Custody]:
    """Return the custody of each child of a dossier who is not archived, in two statements."""
    first_payer = (
        select(t.payer.c.id)
        .where(t.payer.c.dossier_id == dossier_id, t.payer.c.joined_into_id.is_(None))
        .order_by(t.payer.c.rank, t.payer.c.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(t.child.c.id, first_payer.label("usual"), *PATTERN_COLUMNS)
        .outerjoin(_PATTERN, _PATTERN.c.child_id == t.child.c.id)
        .where(t.child.c.dossier_id == dossier_id, t.child.c.archived_at.is_(None))
    ).all()
    exceptions = exceptions_of(connection, dossier_id)
    by_child: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_child[row.id].append(row)
    return {
        child_id: Custody(found[0].usual or 0, patterns_of(found), exceptions.get(child_id, ()))
        for child_id, found in by_child.items()
    }


def exceptions_of(connection: Connection, dossier_id: int) -> dict[int, tuple[CustodyException, ...]]:
    """Return the exceptions that count of each child of a dossier, in the order they were recorded."""
    rows = connection.execute(
        select(_EXCEPTION)
        .join(t.child, t.child.c.id == _EXCEPTION.c.child_id)
        .where(t.child.c.dossier_id == dossier_id, _EXCEPTION.c.cancelled_at.is_(None))
        .order_by(_EXCEPTION.c.id)
    )
    found: defaultdict[int, list[CustodyException]] = defaultdict(list)
    for row in rows:
        exception = CustodyException(row.from_on, row.until_on, row.payer_id, row.id, row.reason)
        found[row.child_id].append(exception)
    return {child_id: tuple(exceptions) for child_id, exceptions in found.items()}
