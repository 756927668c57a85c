"""What became of a gesture whose answer was lost: its operation id says whether it was recorded, and what it gave.

Asked once the base is back. It waits for the gesture itself, should the server still be at it: « not recorded » is then for good, since
the desk no longer sends it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from models import tables as t
from tui_portail.dossier_number import display
from tui_portail.services.desk import Desk, checked_operation
from tui_portail.services.dossier_history import LABELS
from tui_portail.services.gesture import serialise


@dataclass(frozen=True, slots=True)
class DoneGesture:
    """A gesture found recorded: its name in the audit trail, when (aware, UTC), and the words of what it gave, perhaps none."""

    operation: str
    gesture: str
    at: datetime
    words: str = ""


def operation_done(desk: Desk, operation: str) -> DoneGesture | None:
    """Return what the agent at the desk did under an operation id, None when nothing is recorded of it: one's own gestures only.

    Raises what `Desk.read` does, OperationInvalid, DatabaseFailure.
    """
    signed = desk.require()
    checked_operation(operation)
    with desk.read():  # by an agent still at work: see `Desk.read`
        pass

    def look(connection: Connection) -> DoneGesture | None:
        serialise(connection, operation)
        event = t.audit_event
        row = connection.execute(
            select(event).where(event.c.operation_id == operation, event.c.agent_id == signed.agent_id)
        ).first()
        return None if row is None else DoneGesture(operation, row.gesture, row.at, _words(connection, row))

    return desk.database.run(
        look
    )  # a write transaction: a read one sees the instant it began at, before what it waits for


def _words(connection: Connection, row: object) -> str:
    """Return the number by which the agent finds what was done."""
    result = json.loads(row.result)  # type: ignore[attr-defined]
    if "quittance_number" in result:
        return f"quittance {result['quittance_number']}"
    dossier_id = row.dossier_id  # type: ignore[attr-defined]
    number = dossier_id and connection.scalar(select(t.dossier.c.number).where(t.dossier.c.id == dossier_id))
    label = LABELS.get(row.gesture, "")  # type: ignore[attr-defined]
    return ", ".join(filter(None, (label[:1].lower() + label[1:], number and f"dossier {display(number)}")))
