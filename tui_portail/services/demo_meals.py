"""The demo's meals: two families change something of a day after the kitchen was told, so that an order shows its differences."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from models import tables as t
from models.states import BookingState, Diet
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.services.booking import finish_changes
from tui_portail.services.desk import Desk
from tui_portail.services.family_reading import open_family
from tui_portail.services.family_saving import save_family

MEAL = "RESTAURATION"


def change_meals_late(desk: Desk, day: date) -> None:
    """Cancel one meal of a day, too late, and change the menu of another child. The operations are the same at each run."""
    booking, child = t.booking.c, t.child.c
    with desk.database.read() as connection:
        first, other = connection.execute(
            select(child.id, child.dossier_id)
            .join(t.booking, booking.child_id == child.id)
            .join(t.slot, t.slot.c.id == booking.slot_id)
            .where(t.slot.c.activity_code == MEAL, booking.day == day, booking.state == BookingState.CONFIRMED.value)
            .where(child.diet == Diet.ORDINARY.value)
            .order_by(child.dossier_id.desc(), child.id)
            .limit(2)
        ).all()
    gone = Change(CellKey(first.id, MEAL, day), Tick.REMOVE)
    finish_changes(desk, first.dossier_id, [gone], _operation("cancel"))
    opened = open_family(desk, other.dossier_id)
    children = tuple(
        replace(one, diet=Diet.NO_PORK.value) if one.child_id == other.id else one for one in opened.form.children
    )
    changed = replace(opened.form, children=children)
    save_family(desk, other.dossier_id, changed, opened.version, _operation("menu"))


def _operation(word: str) -> str:
    return hashlib.sha256(f"repas {word}".encode()).hexdigest()[:32]
