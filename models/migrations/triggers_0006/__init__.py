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

# An entry moves the journal's head by itself; a desk's account may not. The function does it as the base's owner, finds its tables in the
# base's own schema whatever search path a desk asks for, and nobody else may hang it on a table of theirs.
HEAD_MOVED_BY_OWNER = (
    "DO $$ BEGIN EXECUTE format('ALTER FUNCTION portail_journal_entry_moves_head() SECURITY DEFINER SET search_path = %%I, pg_temp', "
    "current_schema()); END $$",
    "REVOKE ALL ON FUNCTION portail_journal_entry_moves_head() FROM PUBLIC",
)


def statements(dialect: str) -> Iterator[str]:
    """Yield the statements that install every guard, on `sqlite` or `postgresql`."""
    yield from installed(dialect, replaced=(), guards=GUARDS, sqlite_only=(), not_truncated=())
    if dialect == "postgresql":
        yield from HEAD_MOVED_BY_OWNER
