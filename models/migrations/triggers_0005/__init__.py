"""What the database itself refuses since version 0005, on both engines. Frozen with that version: a change is a new version."""

from collections.abc import Iterator

from models.migrations.triggers_0001.guard import Guard, installed
from models.migrations.triggers_0005.kept import KEPT, NO_TRUNCATE, NOT_REPLACED

GUARDS: tuple[Guard, ...] = KEPT


def statements(dialect: str) -> Iterator[str]:
    """Return the statements that install every guard, on `sqlite` or `postgresql`."""
    return installed(dialect, replaced=(), guards=GUARDS, sqlite_only=NOT_REPLACED, not_truncated=NO_TRUNCATE)
