"""What the database itself refuses since version 0006, on both engines. Frozen with that version: a change is a new version."""

from collections.abc import Iterator

from models.migrations.triggers_0001.guard import Guard, installed

# A desk left open while the base was upgraded goes on with the program it has: none of its gestures may be kept. Programs before this
# version name none.
GUARDS: tuple[Guard, ...] = (
    Guard(
        "audit_event_of_this_version",
        "audit_event",
        "INSERT",
        "NEW.revision <> (SELECT version_num FROM alembic_version)",
    ),
    Guard("audit_event_revision_fixed", "audit_event", "UPDATE", frozen=("revision",)),
)


def statements(dialect: str) -> Iterator[str]:
    """Return the statements that install every guard, on `sqlite` or `postgresql`."""
    return installed(dialect, replaced=(), guards=GUARDS, sqlite_only=(), not_truncated=())
