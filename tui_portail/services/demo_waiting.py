"""The demo's waiting list: a Wednesday of December is full, three families wait, a place given back is offered to the first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select, text, update

from models import tables as t
from models.states import LIVE_STATES
from tui_portail.planning import CellKey
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.desk import Desk
from tui_portail.services.waiting import ask_places

SITE, ACTIVITY, DAY = "HARMONIE", "ALSH_MERCREDI", date(2026, 12, 16)
_WAITING = 3


def fill_wednesday(desk: Desk) -> None:
    """Leave that Wednesday no more places than are taken, as an agent who lacks staff does."""
    slot = t.slot.c
    of_day = (slot.site_code == SITE, slot.activity_code == ACTIVITY, slot.day == DAY)
    with desk.database.write() as connection:
        slot_id = connection.scalar(select(slot.id).where(*of_day))
        taken = select(func.count()).where(t.booking.c.slot_id == slot_id, text(LIVE_STATES)).scalar_subquery()
        connection.execute(update(t.slot).where(*of_day).values(capacity=taken, by_hand=True))


def let_families_wait(desk: Desk, children: Iterable[tuple[int, int]]) -> None:
    """Put the first children (dossier, child) that could come that Wednesday on its list."""
    asked = 0
    for dossier_id, child_id in children:
        try:
            ask_places(desk, dossier_id, [CellKey(child_id, ACTIVITY, DAY)], _operation(child_id))
        except ChangesRefused:
            continue
        asked += 1
        if asked == _WAITING:
            return


def _operation(child_id: int) -> str:
    return hashlib.sha256(f"attente {child_id}".encode()).hexdigest()[:32]
