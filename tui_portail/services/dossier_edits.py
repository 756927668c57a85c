"""Changing one thing of a dossier without its form: a renewed ALSH year."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from models import tables as t
from tui_portail.errors import InvalidInput
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_gesture import About, change_dossier
from tui_portail.services.dossiers import DossierView, dossier_of
from tui_portail.services.family_records import write_renewals
from tui_portail.services.gesture import Gesture
from tui_portail.services.rights import Right


def renew_alsh(desk: Desk, child_id: int, year: int, operation: str) -> DossierView:
    """Renew a child's ALSH dossier for a civil year, at an appointment. Raises RenewalRefused, InvalidInput, NotAllowed."""
    dossier_id = _find_dossier(desk, t.child, child_id)

    def change(gesture: Gesture) -> About:
        _of_dossier(gesture.connection, t.child, child_id, dossier_id)
        write_renewals(gesture, child_id, (year,))
        return About("child", child_id, str(year))

    return change_dossier(desk, "renouveler_alsh", dossier_id, None, operation, [child_id, year], change)


def _find_dossier(desk: Desk, table: Any, row_id: int) -> int:
    with desk.read(Right.EDIT_DOSSIER) as connection:
        return dossier_of(connection, table, row_id)


def _of_dossier(connection: Connection, table: Any, row_id: int, dossier_id: int) -> Any:
    """Return a guardian or a child of this dossier. Raises InvalidInput on another family's."""
    row = connection.execute(select(table).where(table.c.id == row_id, table.c.dossier_id == dossier_id)).first()
    if row is None:
        raise InvalidInput("Cette personne n’est plus dans le dossier. Rouvrez-le, puis recommencez.")
    return row
