"""What the database itself refuses since version 0004, on both engines. Frozen with that version: a change is a new version.

`WIDENED` are guards of 0001, 0002 and 0003 that must let two accounts of one person act as one, and a consent follow its family: the old
ones are dropped, those of the same names made again.
"""

from collections.abc import Iterator

from models.migrations.triggers_0001.guard import Guard, installed
from models.migrations.triggers_0004.joined import JOINED, NOT_REPLACED, TABLE, WIDENED

GUARDS: tuple[Guard, ...] = (*WIDENED, *JOINED)


def statements(dialect: str) -> Iterator[str]:
    """Return the statements that drop the guards replaced and install every guard, on `sqlite` or `postgresql`."""
    return installed(dialect, replaced=WIDENED, guards=GUARDS, sqlite_only=(NOT_REPLACED,), not_truncated=(TABLE,))
