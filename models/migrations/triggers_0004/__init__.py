"""What the database itself refuses since version 0004, on both engines. Frozen with that version: a change is a new version.

`WIDENED` are guards of 0001, 0002 and 0003 that must let two accounts of one person act as one, and a consent follow its family: the old
ones are dropped, those of the same names made again.
"""

from collections.abc import Iterator

from models.migrations.triggers_0001.guard import Guard
from models.migrations.triggers_0004.joined import JOINED, NOT_REPLACED, TABLE, WIDENED

GUARDS: tuple[Guard, ...] = (*WIDENED, *JOINED)


def statements(dialect: str) -> Iterator[str]:
    """Yield the statements that drop the guards replaced and install every guard, on `sqlite` or `postgresql`."""
    if dialect == "sqlite":
        for guard in WIDENED:
            yield f"DROP TRIGGER {guard.name}"
        for guard in (*GUARDS, NOT_REPLACED):
            yield guard.for_sqlite()
        return
    for guard in WIDENED:
        yield f"DROP TRIGGER {guard.name} ON {guard.table}"
        yield f"DROP FUNCTION IF EXISTS portail_{guard.name}()"
    for guard in GUARDS:
        yield from guard.for_postgresql()
    yield (
        f"CREATE TRIGGER {TABLE}_not_truncated BEFORE TRUNCATE ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION portail_refuse('{TABLE}_not_truncated')"
    )
