"""What the verifier says: one thing that does not hold, and the row it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, Table, cast, select

MOST_OF_A_KIND = 5  # rows named for one rule: more would hide what the other rules found


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: the table and the row, and a French sentence."""

    table: str
    row: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.table} {self.row} : {self.sentence}"


def row_name(table: Table) -> ColumnElement[Any]:
    """Return what a row is called: its key as text, whatever it holds; the régie is left out where the rest says enough."""
    key = list(table.primary_key.columns)
    first, *others = [column for column in key if column.name != "regie_id"] or key
    name: ColumnElement[Any] = cast(first, String)
    for column in others:
        name = name + " " + cast(column, String)
    return name


def failing(connection: Connection, table: Table, condition: ColumnElement[bool], sentence: str) -> Iterator[Finding]:
    """Yield the first rows of a table for which `condition`, the contrary of a rule, holds."""
    for name in connection.scalars(first_rows(table, condition)):
        yield Finding(table.name, name, sentence)


def first_rows(table: Table, condition: ColumnElement[bool]) -> Select[Any]:
    """Return the names of the first rows of a table for which `condition` holds, to be asked."""
    return select(row_name(table)).where(condition).order_by(*table.primary_key.columns).limit(MOST_OF_A_KIND)
