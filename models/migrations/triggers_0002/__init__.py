"""What the database itself refuses since version 0002, on both engines. Frozen with that version: a change is a new version.

`WIDENED` are guards of 0001 that must let a reversal through: the old ones are dropped, those of the same names made again.
"""

from collections.abc import Iterator

from models.migrations.triggers_0001.guard import Guard
from models.migrations.triggers_0002.kept import KEPT, NO_TRUNCATE, NOT_REPLACED, NUMBERS_NOT_REPLACED
from models.migrations.triggers_0002.regie import REGIE
from models.migrations.triggers_0002.widened import WIDENED

GUARDS: tuple[Guard, ...] = (*WIDENED, *KEPT, *REGIE)


def statements(dialect: str) -> Iterator[str]:
    """Yield the statements that drop the guards replaced and install every guard, on `sqlite` or `postgresql`."""
    if dialect == "sqlite":
        for guard in (*WIDENED, NUMBERS_NOT_REPLACED):
            yield f"DROP TRIGGER {guard.name}"
        for guard in (*GUARDS, NUMBERS_NOT_REPLACED, *NOT_REPLACED):
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
