"""Slots: made when first needed, and locked before their places are counted (`places_reading` counts them)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, select, tuple_

from models import tables as t
from models.engine import lock_rows
from models.upserts import upsert
from tui_portail.capacity import shared_with
from tui_portail.commune import Commune

SlotKey = tuple[str, str, date]  # site, activity, day


def ensure_slots(
    connection: Connection, commune: Commune, keys: Collection[SlotKey], *, also: Collection[int] = ()
) -> dict[SlotKey, int]:
    """Make the slots that don't exist yet, lock them and those of `also` (ids) in id order, and return the ids of `keys`.

    Activities whose places are counted together are locked together, so that two desks never sell the last place of two of them.
    """
    found: dict[SlotKey, int] = {}
    wanted = {*keys, *_counted_with(commune, keys)}
    if wanted:
        rows = [
            {
                "site_code": site,
                "activity_code": activity,
                "day": day,
                "capacity": commune.capacity(site, activity, day) or 0,
                "withheld": 0,
            }
            for site, activity, day in sorted(wanted)
        ]
        connection.execute(upsert(connection.dialect.name, t.slot).on_conflict_do_nothing(), rows)
        named = tuple_(t.slot.c.site_code, t.slot.c.activity_code, t.slot.c.day).in_(sorted(wanted))
        query = select(t.slot.c.id, t.slot.c.site_code, t.slot.c.activity_code, t.slot.c.day).where(named)
        found = {(row.site_code, row.activity_code, row.day): row.id for row in connection.execute(query)}
    lock_rows(connection, t.slot, {*found.values(), *also})
    return {key: found[key] for key in keys}


def _counted_with(commune: Commune, keys: Collection[SlotKey]) -> set[SlotKey]:
    """Return the slots that share a limit with some of these; an activity that doesn't run that day takes no place of it."""
    policy, calendar = commune.policy, commune.calendar
    return {
        (site, other, day)
        for site, activity, day in keys
        for other in shared_with(site, activity, day, commune.limits)
        if calendar.opens(policy.activity(other), day, policy.bridge_days_open_alsh, site)
    }
