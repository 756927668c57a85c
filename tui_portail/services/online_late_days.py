"""Which days late money still buys: those still held, those whose place is there, and how the money is shared among them.

Judged under the locks of the gesture that enters the money (`online_late`): the payer's open baskets and avoirs, then the slots.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from models import tables as t
from models.engine import lock_rows
from models.states import BasketState, BookingState
from tui_portail.holds import is_live
from tui_portail.instants import after_minutes, in_paris
from tui_portail.limits import add_limit
from tui_portail.planning import CellKey, Change, PlanningSnapshot, Tick
from tui_portail.planning_judgement import judge_changes
from tui_portail.policy import Policy
from tui_portail.services.accounts import living_of
from tui_portail.services.baskets import close_basket, close_expired, release
from tui_portail.services.family_facts import load_family, lock_avoirs, record_of
from tui_portail.services.gesture import Gesture
from tui_portail.services.ledger import lock_series
from tui_portail.services.planning import snapshot_of

WHY = "Paiement en ligne reçu après le quart d’heure"
_GIVEN_UP = (BookingState.CANCELLED.value, BookingState.CANCELLED_LATE.value)


@dataclass(frozen=True, slots=True)
class PaidDay:
    """A day that was to be paid, with its child and payer as they are now."""

    row: Any
    key: CellKey

    @property
    def cents(self) -> int:
        """The price guaranteed by « Terminer », in cents."""
        return int(self.row.price_cents)


def days_of(connection: Connection, online_id: int) -> list[PaidDay]:
    """Return the days of a payment page, the earliest first."""
    booking, child, payer = t.booking.c, t.child.c, t.payer.alias("booked_for")
    rows = connection.execute(
        select(
            t.booking,
            t.slot.c.site_code,
            t.slot.c.activity_code.label("activity"),
            t.activity.c.label,
            child.birth_on,
            child.snapshot_id,
            func.coalesce(child.merged_into_id, child.id).label("shown_child_id"),
            living_of(booking.payer_id).label("living_payer_id"),
            t.basket.c.state.label("basket_state"),
        )
        .select_from(t.online_payment_line)
        .join(t.booking, booking.id == t.online_payment_line.c.booking_id)
        .join(payer, payer.c.id == booking.payer_id)
        .join(t.basket, t.basket.c.id == booking.basket_id)
        .join(t.slot, t.slot.c.id == booking.slot_id)
        .join(t.activity, t.activity.c.code == t.slot.c.activity_code)
        .join(t.child, child.id == booking.child_id)
        .where(t.online_payment_line.c.online_payment_id == online_id)
        .order_by(booking.day, booking.child_id, t.activity.c.rank, booking.id)
    ).all()
    return [PaidDay(row, CellKey(row.shown_child_id, row.activity, row.day)) for row in rows]


def lock_around(gesture: Gesture, payer_id: int, days: Sequence[PaidDay]) -> list[tuple[int, int]]:
    """Lock the payer's open baskets, avoirs, all their slots and the numbers, in the fixed order; return the live ones with the payer."""
    connection, basket, booking = gesture.connection, t.basket.c, t.booking.c
    on_hold = select(basket.id, basket.expires_at).where(
        living_of(basket.payer_id) == payer_id, basket.state == BasketState.OPEN.value, basket.expires_at.is_not(None)
    )
    lock_rows(connection, t.basket, [row.id for row in connection.execute(on_hold)])
    found = connection.execute(on_hold.order_by(basket.id)).all()
    lock_avoirs(connection, [payer_id])
    held = select(booking.slot_id).where(
        booking.basket_id.in_([row.id for row in found]), booking.state == BookingState.HELD.value
    )
    lock_rows(connection, t.slot, {*(day.row.slot_id for day in days), *connection.scalars(held)})
    lock_series(connection, gesture.regie_id, gesture.now)
    now = gesture.under_lock()
    return [(row.id, payer_id) for row in found if is_live(row.expires_at, now)]


def set_free(gesture: Gesture, payer_id: int, days: Sequence[PaidDay], live: Collection[int]) -> set[CellKey]:
    """Release what of these days waits in the payer's baskets, so that the money pays them; a basket left empty is closed.

    Returns those that a live basket held: their place is theirs. A day booked again meanwhile is one of them.
    """
    connection, now, booking = gesture.connection, gesture.now, t.booking.c
    wanted = {(day.key.child_id, day.row.slot_id): day.key for day in days}
    rows = connection.execute(
        select(booking.id, booking.basket_id, record_of(booking.child_id).label("child_id"), booking.slot_id).where(
            booking.basket_id.in_(list(live)),
            booking.state == BookingState.HELD.value,
            booking.slot_id.in_([day.row.slot_id for day in days]),
        )
    ).all()
    mine = [row for row in rows if (row.child_id, row.slot_id) in wanted]
    close_expired(connection, [payer_id], now)
    release(connection, [row.id for row in mine], now)
    release(connection, [day.row.id for day in days], now)
    for basket_id in sorted({row.basket_id for row in mine}):
        left = select(booking.id).where(booking.basket_id == basket_id, booking.state == BookingState.HELD.value)
        if connection.scalar(left.limit(1)) is None:
            close_basket(connection, basket_id, now)
    return {wanted[row.child_id, row.slot_id] for row in mine}


def still_to_be_had(
    gesture: Gesture, dossier_id: int, payer_id: int, days: Sequence[PaidDay], held: Collection[CellKey]
) -> list[PaidDay]:
    """Return the days that the money still buys: those `held` until now, and those that may be booked anew on the places left.

    These are judged at the instant of their « Terminer »; one paid at the desk and cancelled since is not booked behind the parent's back.
    """
    connection, commune, now = gesture.connection, gesture.commune_under_lock(), gesture.under_lock()
    erased = connection.scalar(select(t.dossier.c.erased_at).where(t.dossier.c.id == dossier_id))
    if erased is not None:
        return []  # nobody is booked any more: the money waits for its mandat
    family = load_family(connection, commune, dossier_id, now)
    known = {child.child_id for child in family.children}
    asked = [
        day
        for day in days
        if day.key not in held
        and day.key.child_id in known
        and day.row.state not in _GIVEN_UP
        and not family.archived
        and not _is_too_late(gesture, day, now)
    ]
    accepted = set(held)
    if asked:
        first, last = min(day.key.day for day in asked), max(day.key.day for day in asked)
        snapshot = _without_debts(snapshot_of(connection, commune, family, first, last, now))
        changes = {
            day.key: _booked_anew(day, payer_id) for day in asked if snapshot.site_of(day.key) == day.row.site_code
        }
        judged = judge_changes(snapshot, changes, min(day.row.booked_at for day in asked), next_day=False)
        accepted |= {addition.change.key for addition in judged.additions}
    alone = brought_alone(commune.policy, [day.key for day in days if day.key not in accepted])
    return [day for day in days if day.key in accepted - alone]


def _booked_anew(day: PaidDay, payer_id: int) -> Change:
    return Change(day.key, Tick.ADD, day.row.derogation or "", payer_id, WHY)


def brought_alone(policy: Policy, lost: Collection[CellKey]) -> set[CellKey]:
    """Return what came with an activity that is lost: the midday break goes with its meal."""
    return {replace(key, activity=code) for key in lost for code in policy.activities[key.activity].brings}


def _without_debts(snapshot: PlanningSnapshot) -> PlanningSnapshot:
    """Return the snapshot without what payers owe: a debt stops a new booking, not the days paid for."""
    return replace(snapshot, payers=tuple(replace(payer, debt_cents=0, basket=None) for payer in snapshot.payers))


def _is_too_late(gesture: Gesture, day: PaidDay, now: datetime) -> bool:
    """Say whether a day can no longer be booked anew: it has come, or its kitchen's numbers are frozen."""
    policy, calendar = gesture.commune.policy, gesture.commune.calendar
    rule = policy.activity(day.key.activity)
    if day.key.day <= in_paris(now).date():
        return True
    if not rule.has_meal:
        return False
    frozen = after_minutes(add_limit(rule, day.key.day, policy, calendar).until, policy.meal_freeze_minutes)
    return now >= frozen


def shared(
    policy: Policy, days: Sequence[PaidDay], kept: Sequence[PaidDay], amount_cents: int, avoirs_cents: int
) -> tuple[list[PaidDay], list[tuple[PaidDay, int]]]:
    """Share the money: whole days first, with avoirs where they complete it, the rest on days that are given back.

    Returns the days booked again, and the others with the cents of each that were paid. All the money is on one or the other.
    """
    chosen = list(kept)
    while sum(day.cents for day in chosen) > amount_cents + avoirs_cents:
        dropped = chosen.pop()  # an avoir it counted on was used meanwhile
        alone = brought_alone(policy, [dropped.key])
        chosen = [day for day in chosen if day.key not in alone]
    left = amount_cents - sum(day.cents for day in chosen)
    given_back: list[tuple[PaidDay, int]] = []
    for day in days:
        if left > 0 and day not in chosen and day.cents:
            part = min(left, day.cents)
            given_back.append((day, part))
            left -= part
    return chosen, given_back
