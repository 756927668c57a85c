"""Places offered to those who wait, inside the gestures that free some: lock, write what was lost, offer in order.

Who may be offered a place is a query (design, guarantee 2), run by every gesture on the slot and by the call list: no sweeper. Entries
change under the lock of their slot, and of those that share a limit with it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select, text, tuple_, update

from models import tables as t
from models.bulk import by_chunks
from models.states import LIVE_STATES, OPEN_WAITING, WaitingState
from tui_portail.capacity import shared_with
from tui_portail.commune import Commune
from tui_portail.payment_rules import age_on
from tui_portail.services.family_facts import shown_as
from tui_portail.services.gesture import Gesture
from tui_portail.services.places_reading import places_between
from tui_portail.services.slots import SlotKey, ensure_slots
from tui_portail.services.waiting_school import school_then
from tui_portail.site_day import Tally
from tui_portail.waiting_line import is_over, may_attend, offer_until

entry, slot = t.waiting_entry.c, t.slot.c
OPEN = text(f"waiting_entry.{OPEN_WAITING}")  # word for word, so that the partial index leads
_AT_ONCE = 500


def lock_places(gesture: Gesture, keys: Collection[SlotKey], *, also: Collection[int] = ()) -> dict[SlotKey, int]:
    """Lock some slots, all those on which a place freed there may serve somebody, and those of `also`; return the ids of `keys`."""
    ids = ensure_slots(gesture.connection, gesture.commune, around(gesture.commune, keys), also=also)
    return {key: ids[key] for key in keys}


def around(commune: Commune, keys: Collection[SlotKey]) -> set[SlotKey]:
    """Return these slots and those that share a limit with them, of activities that run that day."""
    policy, calendar = commune.policy, commune.calendar
    return {
        *keys,
        *(
            (site, other, day)
            for site, activity, day in keys
            for other in shared_with(site, activity, day, commune.limits)
            if calendar.opens(policy.activity(other), day, policy.bridge_days_open_alsh, site)
        ),
    }


def waited_for(connection: Connection, first_day: date | None = None) -> set[SlotKey]:
    """Return the slots that somebody waits for, from a day on."""
    query = select(slot.site_code, slot.activity_code, slot.day).where(slot.id.in_(select(entry.slot_id).where(OPEN)))
    if first_day is not None:
        query = query.where(slot.day >= first_day)
    return {(row.site_code, row.activity_code, row.day) for row in connection.execute(query)}


def offer_places(gesture: Gesture, keys: Collection[SlotKey]) -> tuple[int, ...]:
    """Offer what is free on these slots, locked by `lock_places`, to those who wait, first come first served; return their entries.

    Offers whose time has run out are written as lost first, so are those who wait for a day past its limit, and the children that the
    rules no longer let in.
    """
    now = gesture.under_lock()
    waiting = _still_waiting(gesture, around(gesture.commune, keys), now)
    offered: list[dict[str, Any]] = []
    policy, calendar = gesture.commune.policy, gesture.commune.calendar
    for site, day in sorted({(row.site_code, row.day) for row in waiting}):
        of_day = {row.id: row.activity_code for row in waiting if (row.site_code, row.day) == (site, day)}
        places = places_between(gesture.connection, gesture.commune, [site], day, day, now)
        offered += [
            {"entry": one.entry_id, "until": offer_until(policy, calendar, of_day[one.entry_id], day, now)}
            for one in Tally(places[site, day]).may_be_offered()
            if one.entry_id in of_day
        ]
    if offered:
        gesture.connection.execute(
            update(t.waiting_entry)
            .where(entry.id == bindparam("entry"))
            .values(state=WaitingState.OFFERED.value, offered_at=now, offer_until=bindparam("until")),
            offered,
        )
    return tuple(one["entry"] for one in offered)


def offers_made(gesture: Gesture, keys: Collection[SlotKey]) -> dict[str, list[int]]:
    """Offer what is free on these slots and return what the audit trail keeps of it: nothing when nothing was offered."""
    offered = offer_places(gesture, keys)
    return {"offered": list(offered)} if offered else {}


def _still_waiting(gesture: Gesture, keys: Collection[SlotKey], now: datetime) -> list[Any]:
    """Write as lost what is; return those who wait still."""
    rows = _open_on(gesture, keys)
    policy, calendar = gesture.commune.policy, gesture.commune.calendar

    def lost(row: Any) -> bool:
        if not may_attend(gesture.commune, row.school, row.activity_code, row.site_code, age_on(row.birth_on, row.day)):
            return True
        if row.state == WaitingState.OFFERED.value:
            return bool(row.offer_until <= now)
        return is_over(policy, calendar, row.activity_code, row.site_code, row.day, now)

    over = [row.id for row in rows if lost(row)]
    if over:
        gesture.connection.execute(
            update(t.waiting_entry).where(entry.id.in_(over)).values(state=WaitingState.LAPSED.value, ended_at=now)
        )
    return [row for row in rows if row.id not in over and row.state == WaitingState.WAITING.value]


def close_lost(gesture: Gesture, keys: Collection[SlotKey]) -> None:
    """Write as lost, on these slots, the offers whose time has run out and those whom no place may serve any more."""
    _still_waiting(gesture, keys, gesture.under_lock())


def _open_on(gesture: Gesture, keys: Collection[SlotKey]) -> list[Any]:
    wanted = sorted(keys)
    rows: list[Any] = []
    for start in range(0, len(wanted), _AT_ONCE):
        named = tuple_(slot.site_code, slot.activity_code, slot.day).in_(wanted[start : start + _AT_ONCE])
        rows += gesture.connection.execute(
            select(
                entry.id,
                entry.state,
                entry.offer_until,
                slot.site_code,
                slot.activity_code,
                slot.day,
                t.child.c.birth_on,
                school_then(),
            )
            .join(t.slot, slot.id == entry.slot_id)
            .join(t.child, t.child.c.id == entry.child_id)
            .where(OPEN, named)
        ).all()
    return rows


def withdraw_entries(gesture: Gesture, which: ColumnElement[bool], reason: str) -> dict[str, list[int]]:
    """Take off the lists the open entries that `which` names, with why, and offer the places they were kept; return what the audit keeps.

    Locks their slots: a gesture calls it once, after the dossiers, baskets and avoirs it locks.
    """
    of_entries = select(entry.id, slot.site_code, slot.activity_code, slot.day).join(
        t.waiting_entry, entry.slot_id == slot.id
    )
    rows = gesture.connection.execute(of_entries.where(OPEN, which)).all()
    if not rows:
        return {}
    slots: set[SlotKey] = {(row.site_code, row.activity_code, row.day) for row in rows}
    lock_places(gesture, slots)
    ended = {"state": WaitingState.WITHDRAWN.value, "ended_at": gesture.now, "ended_by": gesture.agent.agent_id}
    for ids in by_chunks([row.id for row in rows]):
        gesture.connection.execute(
            update(t.waiting_entry).where(entry.id.in_(ids), OPEN).values(**ended, reason=reason)
        )
    return offers_made(gesture, slots)


def take_entries(gesture: Gesture, dossier_id: int, days: Collection[date]) -> tuple[int, ...]:
    """Mark as taken the entries of a dossier whose child has just been booked on their slot, their offer not lost; return them."""
    booking = t.booking.c
    rows = gesture.connection.execute(
        select(entry.id, booking.id.label("booking"))
        .join(t.child, t.child.c.id == entry.child_id)
        .join(t.booking, (booking.slot_id == entry.slot_id) & (booking.child_id == shown_as()))
        .where(
            OPEN,
            text(f"booking.{LIVE_STATES}"),
            entry.dossier_id == dossier_id,
            entry.day.in_(sorted(days)),
            (entry.state == WaitingState.WAITING.value) | (entry.offer_until > gesture.now),
        )
    ).all()
    if rows:
        gesture.connection.execute(
            update(t.waiting_entry)
            .where(entry.id == bindparam("entry"))
            .values(
                state=WaitingState.TAKEN.value,
                ended_at=gesture.now,
                ended_by=gesture.agent.agent_id,
                booking_id=bindparam("booking"),
            ),
            [{"entry": row.id, "booking": row.booking} for row in rows],
        )
    return tuple(row.id for row in rows)
