"""The demo's waiting list: a Wednesday of December is full, three families wait, a place given back is offered to the first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from tui_portail.planning import CellKey
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.day_places import PlacesSet, set_day_places
from tui_portail.services.desk import Desk
from tui_portail.services.waiting import ask_places
from tui_portail.services.week_places import week_places
from tui_portail.weeks import monday_of

SITE, ACTIVITY, DAY = "HARMONIE", "ALSH_MERCREDI", date(2026, 12, 16)
_WAITING = 3


def fill_wednesday(desk: Desk) -> None:
    """Leave that Wednesday no more places than are taken, as an agent who lacks staff does."""
    week = week_places(desk, SITE, monday_of(DAY))
    taken = next(row.count.taken for row in week.rows if (row.day, row.activity) == (DAY, ACTIVITY))
    reason = "Deux animateurs absents (FICTIF)"
    set_day_places(desk, SITE, ACTIVITY, DAY, DAY, PlacesSet(taken), reason, _operation(0))


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
