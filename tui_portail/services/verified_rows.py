"""What each row must be by the description of its table, whatever wrote it and whatever guard was taken away.

Every value is one its column can hold (SQLite keeps a word in a column of amounts), every CHECK holds, every reference leads to a row,
no key is there twice. Nothing is listed here: all is read from `models.schema`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from tui_portail.services.findings import MOST_OF_A_KIND, Finding, failing, row_name

_SECONDS = ".[0-9][0-9][0-9][0-9][0-9][0-9]"


def check_values(connection: Connection) -> Iterator[Finding]:
    """Yield the rows with a value that cannot be read as their column's: nothing else can be recomputed from them."""
    for table in metadata.sorted_tables:
        faults = [(column.name, _unreadable(column, connection.dialect.name)) for column in table.columns]
        for name, column in _faulty(connection, table, faults):
            yield Finding(table.name, name, f"{column} contient une valeur qui n’a pas sa place dans cette colonne.")


def check_constraints(connection: Connection) -> Iterator[Finding]:
    """Yield the rows that a CHECK of their table refuses, that refer to a missing row, or whose key is there twice."""
    for table in metadata.sorted_tables:
        checks = sorted((c for c in table.constraints if isinstance(c, CheckConstraint)), key=lambda c: str(c.name))
        for name, check in _faulty(connection, table, [(str(c.name), f"NOT ({c.sqltext})") for c in checks]):
            yield Finding(table.name, name, f"la règle « {check} » de la table n’est pas tenue.")
        for key in sorted(table.foreign_key_constraints, key=lambda key: str(key.name)):
            yield from _broken(connection, table, key)
        yield from _doubles(connection, table)


def _faulty(connection: Connection, table: Table, faults: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the first rows for which one of the conditions holds, each with the name of the first that does: one scan a table."""
    if not faults:
        return []
    cases = " ".join(f"WHEN {condition} THEN '{name}'" for name, condition in faults)
    rows = select(row_name(table).label("name"), text(f"CASE {cases} END AS fault")).select_from(table).subquery()
    found = select(rows.c.name, text("fault")).where(text("fault IS NOT NULL")).limit(MOST_OF_A_KIND)
    return [(row.name, row.fault) for row in connection.execute(found)]


def _unreadable(column: Column[object], dialect: str) -> str:
    """Return the SQL that is true of a value the column cannot hold. PostgreSQL's types refuse them by themselves."""
    name = f'"{column.name}"'
    if dialect != "sqlite":
        return "false" if column.nullable else f"{name} IS NULL"
    match column.type:
        case Boolean():
            wrong = f"typeof({name}) <> 'integer' OR {name} NOT IN (0, 1)"
        case Integer():
            wrong = f"typeof({name}) <> 'integer'"
        case Date():
            wrong = f"typeof({name}) <> 'text' OR date({name}) IS NOT {name} OR {name} < '0001'"
        case UtcDateTime() | DateTime():
            whole = f"substr({name}, 1, 19)"
            wrong = f"typeof({name}) <> 'text' OR datetime({whole}) IS NOT {whole} OR {name} < '0001'"
            wrong += f" OR substr({name}, 20) NOT GLOB '{_SECONDS}'"
        case _:
            wrong = f"typeof({name}) <> 'text'"
    return f"({name} IS NOT NULL AND ({wrong}))" if column.nullable else f"({wrong})"


def _broken(connection: Connection, table: Table, key: ForeignKeyConstraint) -> Iterator[Finding]:
    parent = key.referred_table.alias()
    columns = [element.parent for element in key.elements]
    leads = [column == parent.c[element.column.name] for column, element in zip(columns, key.elements, strict=True)]
    filled = [column.is_not(None) for column in columns]
    names = ", ".join(column.name for column in columns)
    sentence = f"{names} ne mène à aucune ligne de « {key.referred_table.name} »."
    yield from failing(connection, table, and_(*filled, ~exists().where(*leads)), sentence)


def _doubles(connection: Connection, table: Table) -> Iterator[Finding]:
    unique: list[UniqueConstraint | Index] = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    unique += [index for index in table.indexes if index.unique]
    for key in sorted(unique, key=lambda key: str(key.name)):
        columns = list(key.columns)
        rows = select(func.max(row_name(table))).where(*(column.is_not(None) for column in columns))
        where = key.dialect_options["sqlite"].get("where") if isinstance(key, Index) else None
        if where is not None:
            rows = rows.where(where)
        names = ", ".join(column.name for column in columns)
        for name in connection.scalars(rows.group_by(*columns).having(func.count() > 1).limit(MOST_OF_A_KIND)):
            yield Finding(table.name, name, f"une autre ligne a les mêmes valeurs de {names}.")
