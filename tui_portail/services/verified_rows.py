"""What each row must be by the description of its table, whatever wrote it and whatever guard was taken away.

Every value is one its column can hold (SQLite keeps a word in a column of amounts), every CHECK holds, every reference leads to a row,
no key is there twice. Nothing is listed here: all is read from `models.schema`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    UniqueConstraint,
    and_,
    exists,
    func,
    select,
    text,
)

from models.instants import UtcDateTime
from models.schema import metadata
from tui_portail.services.findings import MOST_OF_A_KIND, Finding, filled_tables, first_rows, row_name

Question = tuple[Select[Any], str]  # names of the rows at fault, and the sentence said of each

_RECKONED = "'+0 days'"  # SQLite gives « 2026-02-30 » back as it is, unless it has something to add to it
_SECONDS = ".[0-9][0-9][0-9][0-9][0-9][0-9]"


def check_values(connection: Connection) -> Iterator[Finding]:
    """Yield the rows with a value that cannot be read as their column's: nothing else can be recomputed from them."""
    for table in filled_tables(connection, _all_tables()):
        for row in connection.execute(_values(table, connection.dialect.name)):
            sentence = f"{row.fault} contient une valeur qui n’a pas sa place dans cette colonne."
            yield Finding(table.name, row.name, sentence)


def check_constraints(connection: Connection) -> Iterator[Finding]:
    """Yield the rows that a CHECK of their table refuses, that refer to a missing row, or whose key is there twice."""
    for table in filled_tables(connection, _all_tables()):
        checks = _checks(table)
        for row in connection.execute(checks) if checks is not None else ():
            yield Finding(table.name, row.name, f"la règle « {row.fault} » de la table n’est pas tenue.")
        for question, sentence in _keys(table):
            for name in connection.scalars(question):
                yield Finding(table.name, name, sentence)


# Three hundred questions, the same at each reading, and longer to write than to ask of a small régie: each is written once.
@cache
def _all_tables() -> tuple[Table, ...]:
    return tuple(metadata.sorted_tables)


@cache
def _values(table: Table, dialect: str) -> Select[Any]:
    return _faulty(table, [(column.name, _unreadable(column, dialect)) for column in table.columns])


@cache
def _checks(table: Table) -> Select[Any] | None:
    checks = [check for check in table.constraints if isinstance(check, CheckConstraint)]
    return _faulty(table, sorted((str(check.name), f"NOT ({check.sqltext})") for check in checks)) if checks else None


def _faulty(table: Table, faults: Sequence[tuple[str, str]]) -> Select[Any]:
    """Ask for the first rows for which one of the conditions holds, each with the name of the first that does: one scan a table."""
    cases = " ".join(f"WHEN {condition} THEN '{name}'" for name, condition in faults)
    rows = select(row_name(table).label("name"), text(f"CASE {cases} END AS fault")).select_from(table).subquery()
    return select(rows.c.name, text("fault")).where(text("fault IS NOT NULL")).limit(MOST_OF_A_KIND)


def _unreadable(column: Column[object], dialect: str) -> str:
    """Return the SQL that is true of a value the column cannot hold. PostgreSQL's types refuse them by themselves."""
    name = f'"{column.name}"'
    if dialect != "sqlite":
        return "false" if column.nullable else f"{name} IS NULL"
    match column.type:
        case Boolean():
            wrong = f"typeof({name}) <> 'integer' OR {name} NOT IN (0, 1)"
        case LargeBinary():
            wrong = f"typeof({name}) <> 'blob'"
        case Integer():
            wrong = f"typeof({name}) <> 'integer'"
        case Date():
            wrong = f"typeof({name}) <> 'text' OR date({name}, {_RECKONED}) IS NOT {name} OR {name} < '0001'"
        case UtcDateTime() | DateTime():
            whole = f"substr({name}, 1, 19)"
            wrong = f"typeof({name}) <> 'text' OR datetime({whole}, {_RECKONED}) IS NOT {whole} OR {name} < '0001'"
            wrong += f" OR substr({name}, 20) NOT GLOB '{_SECONDS}'"
        case _:
            wrong = f"typeof({name}) <> 'text'"
    return f"({name} IS NOT NULL AND ({wrong}))" if column.nullable else f"({wrong})"


@cache
def _keys(table: Table) -> tuple[Question, ...]:
    """Return what to ask of the keys of a table: the rows that lead nowhere, then those whose key is there twice."""
    foreign = sorted(table.foreign_key_constraints, key=lambda key: str(key.name))
    unique: list[UniqueConstraint | Index] = [key for key in table.constraints if isinstance(key, UniqueConstraint)]
    unique += [index for index in table.indexes if index.unique]
    return (
        *(_broken(table, key) for key in foreign),
        *(_doubles(table, key) for key in sorted(unique, key=lambda key: str(key.name))),
    )


def _broken(table: Table, key: ForeignKeyConstraint) -> Question:
    parent = key.referred_table.alias()
    columns = [element.parent for element in key.elements]
    leads = [column == parent.c[element.column.name] for column, element in zip(columns, key.elements, strict=True)]
    filled = [column.is_not(None) for column in columns]
    names = ", ".join(column.name for column in columns)
    sentence = f"{names} ne mène à aucune ligne de « {key.referred_table.name} »."
    return first_rows(table, and_(*filled, ~exists().where(*leads))), sentence


def _doubles(table: Table, key: UniqueConstraint | Index) -> Question:
    columns = list(key.columns)
    rows = select(func.max(row_name(table))).where(*(column.is_not(None) for column in columns))
    where = key.dialect_options["sqlite"].get("where") if isinstance(key, Index) else None
    if where is not None:
        rows = rows.where(where)
    names = ", ".join(column.name for column in columns)
    twice = rows.group_by(*columns).having(func.count() > 1).limit(MOST_OF_A_KIND)
    return twice, f"une autre ligne a les mêmes valeurs de {names}."
