"""The terms of custody as the database holds them: patterns and exceptions joined to their child's row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, select

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
_EXCEPTION_COLUMNS = (
    _EXCEPTION.c.id.label("exception_id"),
    _EXCEPTION.c.from_on.label("exception_from"),
    _EXCEPTION.c.until_on.label("exception_until"),
    _EXCEPTION.c.payer_id.label("exception_payer_id"),
    _EXCEPTION.c.reason.label("exception_reason"),
)


def with_custody(children: Select[Any], since: date = date.min) -> Select[Any]:
    """Join to a query of children their patterns and the exceptions that count and end on a day or later, for `custody_from`."""
    counts = (
        (_EXCEPTION.c.child_id == t.child.c.id) & _EXCEPTION.c.cancelled_at.is_(None) & (_EXCEPTION.c.until_on >= since)
    )
    joined = children.outerjoin(_PATTERN, _PATTERN.c.child_id == t.child.c.id).outerjoin(_EXCEPTION, counts)
    return joined.add_columns(*PATTERN_COLUMNS, *_EXCEPTION_COLUMNS)


def custody_from(rows: Iterable[Any], usual_payer_id: int) -> Custody:
    """Return a child's custody from the rows of `with_custody`, each pattern and exception once or more."""
    found = list(rows)
    exceptions = {
        row.exception_id: CustodyException(
            row.exception_from,
            row.exception_until,
            row.exception_payer_id,
            row.exception_id,
            row.exception_reason,
        )
        for row in found
        if row.exception_id is not None
    }
    return Custody(usual_payer_id, patterns_of(found), tuple(exceptions[number] for number in sorted(exceptions)))


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
    """Return the custody of each child of a dossier who is not archived, in one statement."""
    first_payer = (
        select(t.payer.c.id)
        .where(t.payer.c.dossier_id == dossier_id, t.payer.c.joined_into_id.is_(None))
        .order_by(t.payer.c.rank, t.payer.c.id)
        .limit(1)
        .scalar_subquery()
    )
    children = select(t.child.c.id, first_payer.label("usual")).select_from(t.child)
    here = t.child.c.dossier_id == dossier_id, t.child.c.archived_at.is_(None)
    by_child: defaultdict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(with_custody(children).where(*here)):
        by_child[row.id].append(row)
    return {child_id: custody_from(found, found[0].usual or 0) for child_id, found in by_child.items()}
