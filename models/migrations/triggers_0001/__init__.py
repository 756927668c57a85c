"""What the database itself refuses since version 0001, on both engines. Frozen with that version: a change is a new version.

A `Guard` is one refusal: its name is the message the driver reports, as an IntegrityError on both engines.
"""

from collections.abc import Iterator

from models.migrations.triggers_0001.guard import REFUSE_FUNCTION, Guard
from models.migrations.triggers_0001.kept import KEPT, NO_TRUNCATE, NOT_REPLACED
from models.migrations.triggers_0001.states import PAID_HAS_PAYMENT, STATES
from models.migrations.triggers_0001.sums import MOVE_HEAD_POSTGRESQL, MOVE_HEAD_SQLITE, SUMS

GUARDS: tuple[Guard, ...] = (*KEPT, *STATES, *SUMS)


def statements(dialect: str) -> Iterator[str]:
    """Yield the statements that install every guard on `sqlite` or `postgresql`."""
    if dialect == "sqlite":
        for guard in (*GUARDS, *NOT_REPLACED):
            yield guard.for_sqlite()
        yield MOVE_HEAD_SQLITE
        return
    yield REFUSE_FUNCTION
    for guard in GUARDS:
        yield from guard.for_postgresql()
    yield from MOVE_HEAD_POSTGRESQL
    yield from PAID_HAS_PAYMENT
    for table in NO_TRUNCATE:
        yield (
            f"CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION portail_refuse('{table}_not_truncated')"
        )
