"""What the database itself refuses since version 0003, on both engines. Frozen with that version: a change is a new version.

`WIDENED` are guards of 0001 that must let a family be erased: dropped, then made again under their names.
"""

from collections.abc import Iterator

from models.migrations.triggers_0001.guard import Guard
from models.migrations.triggers_0003.kept import KEPT, NO_TRUNCATE, NOT_REPLACED, WIDENED

GUARDS: tuple[Guard, ...] = (*WIDENED, *KEPT)


def statements(dialect: str) -> Iterator[str]:
    """Yield the statements that drop the guards replaced and install every guard, on `sqlite` or `postgresql`."""
    if dialect == "sqlite":
        for guard in WIDENED:
            yield f"DROP TRIGGER {guard.name}"
        for guard in (*GUARDS, *NOT_REPLACED):
            yield guard.for_sqlite()
        return
    for guard in WIDENED:
        yield f"DROP TRIGGER {guard.name} ON {guard.table}"
        yield f"DROP FUNCTION IF EXISTS portail_{guard.name}()"
    for guard in GUARDS:
        yield from guard.for_postgresql()
    for table in NO_TRUNCATE:
        yield (
            f"CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION portail_refuse('{table}_not_truncated')"
        )
