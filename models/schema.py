"""Every table whole, as its SQLModel class describes it: what migrations are compared with, and what `models/tables.py` is written from.

`python -m models.schema` writes `tables.py` again after a class changed; a test keeps them equal. Queries need names and types only, and
building forty classes takes longer than opening the database: the application loads the second and never the first.
"""

from pathlib import Path

from sqlalchemy import Column, Integer, Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from models import (
    agents,
    appointments,
    attendance,
    avoirs,
    bookings,
    changes,
    closings,
    contacts,
    custody,
    day_closures,
    deposits,
    identity,
    imports,
    journal,
    letters,
    meals,
    news,
    online_payments,
    people,
    places,
    portal,
    reversals,
    search,
    till,
    till_counts,
    transfers,
    waiting,
    week_patterns,
)
from models.base import metadata as metadata
from models.instants import UtcDateTime

CLASSES = (
    agents,
    appointments,
    attendance,
    avoirs,
    bookings,
    changes,
    closings,
    contacts,
    custody,
    day_closures,
    deposits,
    identity,
    imports,
    journal,
    letters,
    meals,
    news,
    online_payments,
    people,
    places,
    portal,
    reversals,
    search,
    till,
    till_counts,
    transfers,
    waiting,
    week_patterns,
)
WRITTEN = Path(__file__).with_name("tables.py")
_HEAD = '''"""Every table as queries name it: `tables.booking.c.day`. Made from the classes by `python -m models.schema`.

Keys between tables, checks and indexes are the classes' and the migrations'.
"""

from sqlalchemy import {names}

from models.instants import UtcDateTime

metadata = MetaData()

'''


def written() -> str:
    """Return the text of `tables.py`."""
    tables = sorted(metadata.tables.values(), key=lambda table: table.name)
    types = {_type(column).partition("(")[0] for table in tables for column in table.columns} - {UtcDateTime.__name__}
    return _HEAD.format(names=", ".join(sorted({*types, "Column", "MetaData", "Table"}))) + "".join(map(_table, tables))


def _table(table: Table) -> str:
    columns = "".join(f"    {_column(table, column)},\n" for column in table.columns)
    return f'{table.name} = Table(\n    "{table.name}",\n    metadata,\n{columns})\n'


def _column(table: Table, column: Column[object]) -> str:
    key = ", primary_key=True" if column.primary_key else ""
    if key and isinstance(column.type, Integer) and table.autoincrement_column is not column:
        key += ", autoincrement=False"
    default = (
        f", default={_literal(column.default.arg)}" if isinstance(column.default, ScalarElementColumnDefault) else ""
    )
    return f'Column("{column.name}", {_type(column)}{key}{default})'


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _type(column: Column[object]) -> str:
    """Return a column's type as Python writes it; SQLModel's own text is a text like another."""
    if isinstance(column.type, UtcDateTime):
        return UtcDateTime.__name__
    name = {"AutoString": "String"}.get(type(column.type).__name__, type(column.type).__name__)
    length = getattr(column.type, "length", None)
    return f"{name}({length})" if length else name


if __name__ == "__main__":
    WRITTEN.write_text(written(), encoding="utf-8")
