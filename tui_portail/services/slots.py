"""Slots and their places: made when first needed, locked before they are counted, counted and never kept as a counter.

Places left = capacity − withheld − confirmed (and due) − live holds (design, guarantee 2). An expired hold takes no place, with no event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, text, tuple_, union_all

from models import tables as t
from models.engine import lock_rows
from models.states import LIVE_STATES, OPEN_BASKET, BookingState
from models.upserts import upsert
from tui_portail.commune import Commune

SlotKey = tuple[str, str, date]  # site, activity, day


@dataclass(frozen=True, slots=True)
class SlotPlaces:
    """A slot as counted: its id and the places left, below 0 where the capacity was lowered under what is taken."""

    slot_id: int
    left: int


def ensure_slots(
    connection: Connection, commune: Commune, keys: Collection[SlotKey], *, also: Collection[int] = ()
) -> dict[SlotKey, int]:
    """Make the slots that don't exist yet, lock them and those of `also` (ids) in id order, and return the ids of `keys`."""
    found: dict[SlotKey, int] = {}
    if keys:
        rows = [
            {
                "site_code": site,
                "activity_code": activity,
                "day": day,
                "capacity": commune.capacity(site, activity, day) or 0,
                "withheld": 0,
            }
            for site, activity, day in sorted(keys)
        ]
        connection.execute(upsert(connection.dialect.name, t.slot).on_conflict_do_nothing(), rows)
        named = tuple_(t.slot.c.site_code, t.slot.c.activity_code, t.slot.c.day).in_(sorted(keys))
        query = select(t.slot.c.id, t.slot.c.site_code, t.slot.c.activity_code, t.slot.c.day).where(named)
        found = {(row.site_code, row.activity_code, row.day): row.id for row in connection.execute(query)}
    lock_rows(connection, t.slot, {*found.values(), *also})
    return found


def places_between(
    connection: Connection, commune: Commune, sites: Collection[str], first_day: date, last_day: date, now: datetime
) -> dict[SlotKey, SlotPlaces]:
    """Return the places of every slot of these sites between two days; a day without slot row is not in it."""
    where = [
        t.slot.c.site_code.in_(sorted(sites)),
        t.slot.c.activity_code.in_(sorted(commune.policy.activities)),  # so that the unique index leads to the days
        t.slot.c.day.between(first_day, last_day),
    ]
    slot = t.slot.c
    slots = connection.execute(
        select(slot.id, slot.site_code, slot.activity_code, slot.day, slot.capacity - slot.withheld).where(*where)
    ).all()
    if not slots:
        return {}
    taken = _taken(connection, select(slot.id).where(*where), now)
    return {
        (site, activity, day): SlotPlaces(slot_id, offered - taken.get(slot_id, 0))
        for slot_id, site, activity, day, offered in slots
    }


def _taken(connection: Connection, slot_ids: Select[Any], now: datetime) -> Mapping[int, int]:
    """Count, slot by slot, what is confirmed or due (from an index alone) and the live holds (from the few baskets open)."""
    booking = t.booking.c
    settled = (
        select(booking.slot_id, func.count())
        .where(text(LIVE_STATES), booking.state != BookingState.HELD.value, booking.slot_id.in_(slot_ids))
        .group_by(booking.slot_id)
    )
    live = select(t.basket.c.id).where(text(OPEN_BASKET), t.basket.c.expires_at > now)
    held = (
        select(booking.slot_id, func.count())
        .where(booking.basket_id.in_(live), booking.state == BookingState.HELD.value, booking.slot_id.in_(slot_ids))
        .group_by(booking.slot_id)
    )
    taken: Counter[int] = Counter()
    for slot_id, count in connection.execute(union_all(settled, held)).all():
        taken[slot_id] += count
    return taken
