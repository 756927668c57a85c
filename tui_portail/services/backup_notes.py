"""What the machine did with a base, written in its own trail as nobody's gesture: backed up, restored, moved."""

from __future__ import annotations

from sqlalchemy import Connection

from models.engine import Database
from tui_portail.services.clock import clock_of
from tui_portail.services.desk import new_operation
from tui_portail.services.gesture import Done, fingerprint, keep

BACKED_UP, RESTORED, MOVED = "sauvegarde", "restauration", "transfert"
OF_THE_MACHINE = frozenset({BACKED_UP, RESTORED, MOVED})
"""Gestures of nobody: a base that lacks them lacks nothing."""
SUBJECT = "sauvegarde"
VERIFIED, NOT_VERIFIED = "verifiee", "non-verifiee"
BASE = "base"


def note(url: str, gesture: str, subject: str, subject_id: str, details: dict[str, object]) -> None:
    """Write in a base, as nobody's gesture, what the machine did with it. Raises DatabaseFailure."""
    database = Database.open(url)
    try:
        clock = clock_of(database)

        def write(connection: Connection) -> None:
            done = Done({}, subject, subject_id, details=details)
            keep(
                connection, gesture, fingerprint([gesture, details]), new_operation(), clock.now(connection), done, None
            )

        database.run(write)
    finally:
        database.close()
