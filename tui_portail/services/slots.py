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
from tui_portail.services.commune import commune_in_force, keep_set_up

SlotKey = tuple[str, str, date]  # site, activity, day


def ensure_slots(
    connection: Connection, commune: Commune, keys: Collection[SlotKey], *, also: Collection[int] = ()
) -> dict[SlotKey, int]:
    """Make the slots that don't exist yet, lock them and those of `also` (ids) in id order, and return the ids of `keys`.

    Activities whose places are counted together are locked together, so that two desks never sell the last place of two of them.
    """
    wanted = {*keys, *_counted_with(commune, keys)}
    found = _known(connection, wanted)
    if missing := wanted - found.keys():
        in_force = _set_up_that_stays(connection, commune)
        rows = [
            {
                "site_code": site,
                "activity_code": activity,
                "day": day,
                "capacity": in_force.capacity(site, activity, day) or 0,
                "withheld": 0,
            }
            for site, activity, day in sorted(missing)
        ]
        connection.execute(upsert(connection.dialect.name, t.slot).on_conflict_do_nothing(), rows)
        found |= _known(connection, missing)
    lock_rows(connection, t.slot, {*found.values(), *also})
    return {key: found[key] for key in keys}


def _known(connection: Connection, wanted: Collection[SlotKey]) -> dict[SlotKey, int]:
    slot = t.slot.c
    if not wanted:
        return {}
    named = tuple_(slot.site_code, slot.activity_code, slot.day).in_(sorted(wanted))
    query = select(slot.id, slot.site_code, slot.activity_code, slot.day).where(named)
    if connection.dialect.name == "sqlite":  # which looks for no list of three by an index: it would read every slot
        sites, activities, days = (set(part) for part in zip(*wanted, strict=True))
        query = query.where(slot.site_code.in_(sites), slot.activity_code.in_(activities), slot.day.in_(days))
    return {(row.site_code, row.activity_code, row.day): row.id for row in connection.execute(query)}


def _set_up_that_stays(connection: Connection, commune: Commune) -> Commune:
    """Return the set-up that new slots follow: the one in force, which no other may replace before they are written for everybody.

    Else a set-up recorded since the gesture began would give its places to every day but these, which it cannot see yet.
    """
    if connection.dialect.name != "postgresql":  # the one writer began with the set-up in force
        return commune
    keep_set_up(connection)
    return commune_in_force(connection)


def _counted_with(commune: Commune, keys: Collection[SlotKey]) -> set[SlotKey]:
    """Return the slots that share a limit with some of these; an activity that doesn't run that day takes no place of it."""
    policy, calendar = commune.policy, commune.calendar
    return {
        (site, other, day)
        for site, activity, day in keys
        for other in shared_with(site, activity, day, commune.limits)
        if calendar.opens(policy.activity(other), day, policy.bridge_days_open_alsh, site)
    }
