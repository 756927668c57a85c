"""A base as version 0001 left it, on each engine.

`base_0001.sql` holds what the services of version 0001 wrote (their last commit, 7088ea4): two families, a till open, three payments, an
avoir given and used, a duplicata, an absence that waits, a basket on hold. Every value is quoted, so that both engines read it as theirs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import Connection, create_engine, text

from models import schema
from models.addresses import DatabaseAddress
from models.migrate import migrate
from models.revisions import REVISIONS
from models.states import DatabaseKind

ROWS = (Path(__file__).parent / "base_0001.sql").read_text(encoding="utf-8")
TABLES = sorted({line.split()[2] for line in ROWS.splitlines() if line.startswith("INSERT INTO ")})


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Give a connection that asks nothing of the base, whatever its version."""
    engine = create_engine(DatabaseAddress.parse(url).url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def make_old_base(url: str, kind: DatabaseKind = DatabaseKind.TEST) -> None:
    """Make the base of version 0001 at an address where there is none."""
    with patch("models.migrate.CURRENT", REVISIONS[0]):
        assert migrate(url, kind).to_revision == "0001_counter_act"
    with connected(url) as connection:
        if connection.dialect.name == "sqlite":
            _fill_sqlite(connection)
        else:
            _fill_postgresql(connection)


def _fill_sqlite(connection: Connection) -> None:
    kept = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for trigger in kept:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
    for statement in ROWS.split(";\n"):
        connection.exec_driver_sql(statement)
    for trigger in kept:
        connection.exec_driver_sql(trigger.sql)


def _fill_postgresql(connection: Connection) -> None:
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    connection.exec_driver_sql("SET LOCAL TimeZone = 'UTC'")
    connection.exec_driver_sql(ROWS)
    for table in TABLES:
        if "id" not in schema.metadata.tables[table].columns:
            continue
        if sequence := connection.scalar(text(f"SELECT pg_get_serial_sequence('{table}', 'id')")):
            connection.exec_driver_sql(f"SELECT setval('{sequence}', (SELECT MAX(id) FROM {table}))")
