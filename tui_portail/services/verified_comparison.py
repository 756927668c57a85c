"""Rows compared with what was chained: field by field, or list by list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tui_portail.money import format_cents
from tui_portail.services.findings import Finding
from tui_portail.services.gesture import canonical

Details = dict[str, dict[int, list[Any]]]  # the rows of a batch, by table and by entry
_KEYS = ("id", "slip_id", "till_session_id", "payment_id")


def row_name(row: Any) -> str:
    """Return what a row is called: its id, or that of what it is a part of."""
    return next(str(row._mapping[key]) for key in _KEYS if key in row._mapping)


def fields(table: str, row: Any, expected: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the columns of a row that are not what is expected."""
    for column, value in expected.items():
        found = getattr(row, column)
        if found != value:
            yield Finding(table, row_name(row), differs(column, found, value))


def compare(
    table: str, rows: Sequence[Any], columns: Sequence[str], expected: Sequence[Sequence[Any]]
) -> Iterator[Finding]:
    """Yield the rows whose columns are not what was chained, and say when there are too many or too few."""
    pairs = [(json.loads(canonical([getattr(row, column) for column in columns])), row) for row in rows]
    wanted = [list(values) for values in expected]
    pairs = _nearest(pairs, wanted)
    for (values, row), chained in zip(pairs, wanted, strict=False):
        for column, found, value in zip(columns, values, chained, strict=True):
            if found != value:
                yield Finding(table, row_name(row), differs(column, found, value))
    if len(pairs) != len(wanted):
        rows_named = ", ".join(row_name(row) for _, row in pairs) or "-"
        yield Finding(table, rows_named, f"{len(wanted)} lignes chaînées, {len(pairs)} trouvées.")


def _nearest(pairs: list[tuple[list[Any], Any]], wanted: list[list[Any]]) -> list[tuple[list[Any], Any]]:
    """Order the rows found like the lines chained: equal ones first, then those that differ, where something is left."""
    left = list(pairs)
    ordered: list[tuple[list[Any], Any] | None] = []
    for values in wanted:
        same = next((pair for pair in left if pair[0] == values), None)
        if same is not None:
            left.remove(same)
        ordered.append(same)
    return [pair or left.pop(0) for pair in ordered if pair is not None or left] + left


def differs(column: str, found: Any, value: Any) -> str:
    """Return what a column holds and what the journal says it holds."""
    if column.endswith("_cents") and isinstance(found, int) and isinstance(value, int):
        return f"{column} vaut {format_cents(found)}, le journal a chaîné {format_cents(value)}."
    return f"{column} vaut « {found} », le journal dit « {value} »."
