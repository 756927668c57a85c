"""The demo's waiting list: a Wednesday of December is full, three families wait, a place given back is offered to the first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select, text

from models import tables as t
from models.states import LIVE_STATES
from tui_portail.planning import CellKey
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.day_places import PlacesSet, set_day_places
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Right
from tui_portail.services.waiting import ask_places

SITE, ACTIVITY, DAY = "HARMONIE", "ALSH_MERCREDI", date(2026, 12, 16)
_WAITING = 3


def fill_wednesday(desk: Desk) -> None:
    """Leave that Wednesday no more places than are taken, as an agent who lacks staff does."""
    with desk.read(Right.PLACES) as connection:
        taken = connection.scalar(
            select(func.count())
            .select_from(t.booking)
            .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
            .where(
                t.slot.c.site_code == SITE,
                t.slot.c.activity_code == ACTIVITY,
                t.slot.c.day == DAY,
                text(f"booking.{LIVE_STATES}"),
            )
        )
    places = PlacesSet(capacity=int(taken or 0))
    set_day_places(desk, SITE, ACTIVITY, DAY, DAY, places, "Une animatrice absente", _operation("places"))


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


def _operation(what: object) -> str:
    return hashlib.sha256(f"attente {what}".encode()).hexdigest()[:32]
