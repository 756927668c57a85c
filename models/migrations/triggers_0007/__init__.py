"""What the database itself refuses since version 0007, on both engines. Frozen with that version: a change is a new version."""

from collections.abc import Iterator

from models.migrations.triggers_0001.guard import Guard, installed
from models.migrations.triggers_0007.kept import KEPT, NO_TRUNCATE, NOT_REPLACED
from models.migrations.triggers_0007.widened import WIDENED

GUARDS: tuple[Guard, ...] = (*WIDENED, *KEPT)


def statements(dialect: str) -> Iterator[str]:
    """Yield the statements that drop the guards replaced and install every guard, on `sqlite` or `postgresql`."""
    yield from installed(dialect, replaced=WIDENED, guards=GUARDS, sqlite_only=NOT_REPLACED, not_truncated=NO_TRUNCATE)
