"""Changing one thing of a dossier without its form: a payer's quotient, a renewed ALSH year, weeks of custody."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models import tables as t
from tui_portail.custody import CustodyPattern
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import check_quotient, checked_reason
from tui_portail.french import long_date
from tui_portail.price_grids import quotient_text
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_gesture import About, change_dossier
from tui_portail.services.dossiers import DossierView, dossier_of
from tui_portail.services.family_records import today_of, write_renewals
from tui_portail.services.gesture import Gesture
from tui_portail.services.payer_records import write_quotient
from tui_portail.services.rights import Right


def record_quotient(
    desk: Desk, payer_id: int, value_cents: int, valid_from: date, valid_until: date, source: str, operation: str
) -> DossierView:
    """Record a payer's proven quotient (cents of QF) and what proved it. Prices already fixed never change.

    Raises FormRefused, InvalidInput (a later one is recorded already), NotAllowed.
    """
    dossier_id = _find_dossier(desk, t.payer, payer_id)

    def change(gesture: Gesture) -> About:
        check_quotient(value_cents, valid_from, valid_until)
        seen = checked_reason(source, 120, "la pièce vue", "quotient_source")
        write_quotient(gesture, payer_id, value_cents, valid_from, valid_until, seen)
        return About("payer", payer_id, f"{quotient_text(value_cents)} à partir du {long_date(valid_from)}")

    content = [payer_id, value_cents, valid_from, valid_until, source]
    return change_dossier(desk, "enregistrer_quotient", dossier_id, None, operation, content, change)


def renew_alsh(desk: Desk, child_id: int, year: int, operation: str) -> DossierView:
    """Renew a child's ALSH dossier for a civil year, at an appointment. Raises RenewalRefused, InvalidInput, NotAllowed."""
    dossier_id = _find_dossier(desk, t.child, child_id)

    def change(gesture: Gesture) -> About:
        _of_dossier(gesture.connection, t.child, child_id, dossier_id)
        write_renewals(gesture, child_id, (year,))
        return About("child", child_id, str(year))

    return change_dossier(desk, "renouveler_alsh", dossier_id, None, operation, [child_id, year], change)


def set_custody(
    desk: Desk, child_id: int, anchor_on: date, first_payer_id: int, second_payer_id: int, operation: str
) -> DossierView:
    """Let weeks alternate between two payers from an anchor date (leaflet, « Parents séparés »), never by ISO parity.

    The first payer's week begins on `anchor_on`. A former pattern counts until yesterday; days already booked keep their payer.
    Raises InvalidInput, NotAllowed.
    """
    dossier_id = _find_dossier(desk, t.child, child_id)

    def change(gesture: Gesture) -> About:
        _of_dossier(gesture.connection, t.child, child_id, dossier_id)
        payers = set(gesture.connection.scalars(select(t.payer.c.id).where(t.payer.c.dossier_id == dossier_id)))
        if first_payer_id == second_payer_id or not {first_payer_id, second_payer_id} <= payers:
            raise InvalidInput(
                "La garde alternée se partage entre les deux payeurs du dossier : inscrivez d’abord le second."
            )
        _write_custody(gesture, child_id, CustodyPattern(anchor_on, first_payer_id, second_payer_id))
        return About("child", child_id, f"à partir du {long_date(anchor_on)}")

    content = [child_id, anchor_on, first_payer_id, second_payer_id]
    return change_dossier(desk, "garde_alternee", dossier_id, None, operation, content, change)


def _find_dossier(desk: Desk, table: Any, row_id: int) -> int:
    with desk.read(Right.EDIT_DOSSIER) as connection:
        return dossier_of(connection, table, row_id)


def _of_dossier(connection: Connection, table: Any, row_id: int, dossier_id: int) -> Any:
    """Return a guardian or a child of this dossier. Raises InvalidInput on another family's."""
    row = connection.execute(select(table).where(table.c.id == row_id, table.c.dossier_id == dossier_id)).first()
    if row is None:
        raise InvalidInput("Cette personne n’est plus dans le dossier. Rouvrez-le, puis recommencez.")
    return row


def _write_custody(gesture: Gesture, child_id: int, pattern: CustodyPattern) -> None:
    """Write a pattern from today, from its anchor when it is the child's first; twice on one day is a correction of the first."""
    custody, today = t.custody_pattern, today_of(gesture)
    starts = {
        row.from_on: row.id
        for row in gesture.connection.execute(
            select(custody.c.id, custody.c.from_on).where(custody.c.child_id == child_id)
        )
    }
    from_on = today if starts else min(today, pattern.anchor_on)
    values = asdict(replace(pattern, from_on=from_on))
    if from_on in starts:
        gesture.connection.execute(update(custody).where(custody.c.id == starts[from_on]).values(**values))
    else:
        gesture.connection.execute(insert(custody).values(child_id=child_id, **values))
