"""What the verifier says: one thing that does not hold, and the row it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, Table, cast, exists, select

MOST_OF_A_KIND = 5  # rows named for one rule: more would hide what the other rules found

Rule = tuple[Table, ColumnElement[bool], str]
"""A table, the condition that a row at fault meets, the contrary of the rule, and the French sentence said of that row."""


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


def asked(rules: Callable[[], Iterable[Rule]]) -> Callable[[Connection], Iterator[Finding]]:
    """Turn rules into what asks a database for the first rows that break each, in their order.

    The questions are the same at each reading, and longer to write than to ask of a small régie: they are written once. Nothing is
    asked of a table without rows.
    """

    @cache
    def questions() -> tuple[tuple[Table, Select[Any], str], ...]:
        return tuple((table, first_rows(table, broken), sentence) for table, broken, sentence in rules())

    @wraps(rules)
    def ask(connection: Connection) -> Iterator[Finding]:
        filled = filled_tables(connection, tuple(dict.fromkeys(table for table, *_ in questions())))
        for table, question, sentence in questions():
            if table in filled:
                for name in connection.scalars(question):
                    yield Finding(table.name, name, sentence)

    return ask


def filled_tables(connection: Connection, tables: tuple[Table, ...]) -> list[Table]:
    """Return those of the tables that have a row: nothing can be wrong with the others."""
    has_rows: Sequence[bool] = connection.execute(_any_rows(tables)).one()
    return [table for table, filled in zip(tables, has_rows, strict=True) if filled]


@cache
def _any_rows(tables: tuple[Table, ...]) -> Select[Any]:
    filled: list[Any] = [exists().select_from(table) for table in tables]
    return select(*filled)


def first_rows(table: Table, condition: ColumnElement[bool]) -> Select[Any]:
    """Return the names of the first rows of a table for which `condition` holds, to be asked."""
    return select(row_name(table)).where(condition).order_by(*table.primary_key.columns).limit(MOST_OF_A_KIND)
