"""What the database itself refuses since version 0003, on both engines. Frozen with that version: a change is a new version.

`WIDENED` are guards of 0001 that must let a family be erased: dropped, then made again under their names.
"""

from collections.abc import Iterator

from models.migrations.triggers_0001.guard import Guard, installed
from models.migrations.triggers_0003.kept import KEPT, NO_TRUNCATE, NOT_REPLACED, WIDENED

GUARDS: tuple[Guard, ...] = (*WIDENED, *KEPT)


def statements(dialect: str) -> Iterator[str]:
    """Return the statements that drop the guards replaced and install every guard, on `sqlite` or `postgresql`."""
    return installed(dialect, replaced=WIDENED, guards=GUARDS, sqlite_only=NOT_REPLACED, not_truncated=NO_TRUNCATE)
