"""Money that PayFiP sends after its basket is gone: the days are booked again where their places are still there, the rest is an avoir.

Never lost, never double: all of the money is one payment with its quittance. A day that can no longer be kept (its place taken, booked and
paid otherwise meanwhile, its kitchen's numbers frozen) is paid and given back in the same gesture, as the avoir of a day cancelled in time.
The price is the one guaranteed by « Terminer », and its instant is the one judged (rules, « Hold and payment »).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, and_, func, insert, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import AvoirReason, BasketOrigin, BasketState, BookingState
from tui_portail.holds import hold_expires_at
from tui_portail.instants import after_minutes, in_paris
from tui_portail.limits import add_limit
from tui_portail.payment_rules import AvoirBalance, Tender, judge_tenders, use_avoirs
from tui_portail.planning import CellKey, Change, PlanningSnapshot, Tick
from tui_portail.planning_judgement import judge_changes
from tui_portail.policy import BasketKind
from tui_portail.services.accounts import living_of
from tui_portail.services.avoirs import GivenAvoir, ReturnedLine, avoir_number, give_avoir
from tui_portail.services.baskets import close_basket, close_expired, due_line_of, release, unreserved_avoirs
from tui_portail.services.family_facts import load_family, lock_avoirs
from tui_portail.services.gesture import Gesture
from tui_portail.services.ledger import lock_series
from tui_portail.services.planning import snapshot_of
from tui_portail.services.sale import CashedBasket, Sale, write_sale

WHY = "Paiement en ligne reçu après le quart d’heure"


@dataclass(frozen=True, slots=True)
class LateMoney:
    """What late money did: how many days were booked again, how many could not, and the avoir of those (cents, its number)."""

    kept: int
    lost: int
    avoir_cents: int = 0
    avoir_number: str = ""


@dataclass(frozen=True, slots=True)
class _Day:
    """A day that was to be paid, with its child and payer as they are now; `price` is what of it is paid, in cents."""

    row: Any
    key: CellKey

    @property
    def cents(self) -> int:
        return int(self.row.price_cents)


def take_up_again(
    gesture: Gesture, online: Any, dossier_id: int, tender: Tender
) -> tuple[CashedBasket, GivenAvoir | None]:
    """Write late money as one payment, its dossier locked: days booked again, the others given back as an avoir, which is returned."""
    connection = gesture.connection
    days = _days(connection, online.id)
    payer_id = int(days[0].row.living_payer_id)
    _lock(gesture, payer_id, days)
    _set_free(gesture, payer_id, days)
    kept = _still_to_be_had(gesture, dossier_id, payer_id, days)
    available = unreserved_avoirs(connection, payer_id, gesture.now)
    kept, given_back = _share(days, kept, tender.amount_cents, sum(one.remaining_cents for one in available))
    basket_id = _paid_basket(gesture, dossier_id, payer_id)
    booked = _book(gesture, basket_id, payer_id, kept, given_back)
    cashed = _pay(gesture, basket_id, dossier_id, payer_id, booked, tender, available)
    connection.execute(
        update(t.booking)
        .where(t.booking.c.basket_id == basket_id, t.booking.c.state == BookingState.HELD.value)
        .values(state=BookingState.CONFIRMED.value)
    )
    return cashed, _give_back(gesture, payer_id, basket_id)


def late_money_of(connection: Connection, online_id: int, payment_id: str) -> LateMoney:
    """Read again what late money did, from its page and its payment."""
    booking, back = t.booking.c, t.avoir_line.c
    asked = select(func.count()).where(t.online_payment_line.c.online_payment_id == online_id)
    rows = connection.execute(
        select(booking.id, t.avoir.c.year, t.avoir.c.number, t.avoir.c.amount_cents)
        .join(t.payment, t.payment.c.basket_id == booking.basket_id)
        .outerjoin(t.avoir_line, back.booking_id == booking.id)
        .outerjoin(t.avoir, and_(t.avoir.c.id == back.avoir_id, t.avoir.c.reason == AvoirReason.ONLINE.value))
        .where(t.payment.c.id == payment_id)
    ).all()
    given = [row for row in rows if row.number is not None]
    kept = len(rows) - len(given)
    lost = int(connection.scalar(asked) or 0) - kept
    if not given:
        return LateMoney(kept, lost)
    return LateMoney(kept, lost, given[0].amount_cents, avoir_number(given[0].year, given[0].number))


def _days(connection: Connection, online_id: int) -> list[_Day]:
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
    return [_Day(row, CellKey(row.shown_child_id, row.activity, row.day)) for row in rows]


def _lock(gesture: Gesture, payer_id: int, days: Sequence[_Day]) -> None:
    """Lock the payer's open baskets, avoirs, the days' slots and the numbers, in the fixed order."""
    connection, basket = gesture.connection, t.basket.c
    on_hold = select(basket.id).where(living_of(basket.payer_id) == payer_id, basket.state == BasketState.OPEN.value)
    lock_rows(connection, t.basket, list(connection.scalars(on_hold)))
    lock_avoirs(connection, [payer_id])
    lock_rows(connection, t.slot, {day.row.slot_id for day in days})
    lock_series(connection, gesture.regie_id, gesture.now)


def _set_free(gesture: Gesture, payer_id: int, days: Sequence[_Day]) -> None:
    """Release what of these days still waits, so that they are booked anew; a basket left empty is closed."""
    connection, now = gesture.connection, gesture.now
    close_expired(connection, [payer_id], now)
    waiting = {day.row.basket_id for day in days if day.row.basket_state == BasketState.OPEN.value}
    release(connection, [day.row.id for day in days], now)
    for basket_id in sorted(waiting):
        left = select(t.booking.c.id).where(
            t.booking.c.basket_id == basket_id, t.booking.c.state == BookingState.HELD.value
        )
        if connection.scalar(left.limit(1)) is None:
            close_basket(connection, basket_id, now)


def _still_to_be_had(gesture: Gesture, dossier_id: int, payer_id: int, days: Sequence[_Day]) -> list[_Day]:
    """Return the days that may still be booked, judged at the instant of their « Terminer », on the places left now."""
    connection, commune, now = gesture.connection, gesture.commune_under_lock(), gesture.under_lock()
    family = load_family(connection, commune, dossier_id, now)
    known = {child.child_id for child in family.children}
    asked = [
        day for day in days if day.key.child_id in known and not _is_too_late(gesture, day, now) and not family.archived
    ]
    if not asked:
        return []
    snapshot = _without_debts(
        snapshot_of(connection, commune, family, min(d.key.day for d in asked), max(d.key.day for d in asked), now)
    )
    changes = {day.key: Change(day.key, Tick.ADD, "", payer_id, WHY) for day in asked}
    judged = judge_changes(snapshot, changes, min(day.row.booked_at for day in asked), next_day=False)
    accepted = {addition.change.key for addition in judged.additions}
    return [day for day in asked if day.key in accepted - _brought_alone(gesture, days, accepted)]


def _brought_alone(gesture: Gesture, days: Sequence[_Day], accepted: Collection[CellKey]) -> set[CellKey]:
    """Return what came with an activity that is lost: the midday break goes with its meal."""
    activities = gesture.commune.policy.activities
    lost = [day.key for day in days if day.key not in accepted]
    return {replace(key, activity=code) for key in lost for code in activities[key.activity].brings}


def _without_debts(snapshot: PlanningSnapshot) -> PlanningSnapshot:
    """Return the snapshot without what payers owe: a debt stops a new booking, not the days paid for."""
    return replace(snapshot, payers=tuple(replace(payer, debt_cents=0, basket=None) for payer in snapshot.payers))


def _is_too_late(gesture: Gesture, day: _Day, now: datetime) -> bool:
    """Say whether a day can no longer be booked anew: it has come, or its kitchen's numbers are frozen."""
    policy, calendar = gesture.commune.policy, gesture.commune.calendar
    rule = policy.activity(day.key.activity)
    if day.key.day <= in_paris(now).date():
        return True
    if not rule.has_meal:
        return False
    frozen = after_minutes(add_limit(rule, day.key.day, policy, calendar).until, policy.meal_freeze_minutes)
    return now >= frozen


def _share(
    days: Sequence[_Day], kept: Sequence[_Day], amount_cents: int, avoirs_cents: int
) -> tuple[list[_Day], list[tuple[_Day, int]]]:
    """Share the money: whole days first, with avoirs where they complete it, the rest on days that are given back.

    Returns the days booked again, and the others with the cents of each that were paid. All the money is on one or the other.
    """
    chosen = list(kept)
    while sum(day.cents for day in chosen) > amount_cents + avoirs_cents:
        chosen.pop()  # an avoir it counted on was used meanwhile
    left = amount_cents - sum(day.cents for day in chosen)
    given_back: list[tuple[_Day, int]] = []
    for day in days:
        if left > 0 and day not in chosen and day.cents:
            part = min(left, day.cents)
            given_back.append((day, part))
            left -= part
    return chosen, given_back


def _paid_basket(gesture: Gesture, dossier_id: int, payer_id: int) -> int:
    """Write the basket that late money pays, paid at once: the payer may have another on hold."""
    return int(
        gesture.connection.execute(
            insert(t.basket)
            .values(
                dossier_id=dossier_id,
                payer_id=payer_id,
                kind=BasketKind.RESERVATION.value,
                state=BasketState.PAID.value,
                created_at=gesture.now,
                expires_at=hold_expires_at(gesture.now, gesture.commune.policy),
                extensions=0,
                agent_id=gesture.agent.agent_id,
                closed_at=gesture.now,
                origin=BasketOrigin.ONLINE.value,
            )
            .returning(t.basket.c.id)
        ).scalar_one()
    )


def _book(
    gesture: Gesture, basket_id: int, payer_id: int, kept: Collection[_Day], given_back: Sequence[tuple[_Day, int]]
) -> list[Any]:
    """Write the days anew, at the price guaranteed or at what of it was paid, and return them as a payment charges them."""
    rows = [_booking(gesture, basket_id, payer_id, day, day.cents, BookingState.HELD) for day in kept]
    rows += [_booking(gesture, basket_id, payer_id, day, part, BookingState.UNKEPT) for day, part in given_back]
    gesture.connection.execute(insert(t.booking), rows)
    booking, child = t.booking.c, t.child.c
    return list(
        gesture.connection.execute(
            select(
                booking.id,
                booking.child_id,
                booking.slot_id,
                booking.day,
                booking.price_cents,
                booking.care_cents,
                booking.meal_cents,
                child.snapshot_id,
                child.birth_on,
                t.slot.c.activity_code.label("activity"),
                t.activity.c.label,
            )
            .join(t.slot, t.slot.c.id == booking.slot_id)
            .join(t.activity, t.activity.c.code == t.slot.c.activity_code)
            .join(t.child, child.id == booking.child_id)
            .where(booking.basket_id == basket_id)
            .order_by(child.birth_on, child.id, booking.day, t.activity.c.rank, booking.id)
        )
    )


def _booking(
    gesture: Gesture, basket_id: int, payer_id: int, day: _Day, cents: int, state: BookingState
) -> dict[str, object]:
    care = min(int(day.row.care_cents), cents)
    return {
        "child_id": day.key.child_id,
        "slot_id": day.row.slot_id,
        "day": day.key.day,
        "payer_id": payer_id,
        "basket_id": basket_id,
        "state": state.value,
        "price_cents": cents,
        "care_cents": care,
        "meal_cents": cents - care,
        "tariff": day.row.tariff,
        "booked_at": gesture.now,
        "agent_id": gesture.agent.agent_id,
        "derogation": None,
        "payer_reason": None,
    }


def _pay(
    gesture: Gesture,
    basket_id: int,
    dossier_id: int,
    payer_id: int,
    rows: Sequence[Any],
    tender: Tender,
    available: Sequence[AvoirBalance],
) -> CashedBasket:
    """Write the payment of these days: PayFiP's money, completed by avoirs."""
    policy = gesture.commune.policy
    lines = [due_line_of(row, policy) for row in rows]
    completing = _limited(available, sum(line.price_cents for line in lines) - tender.amount_cents)
    plan = use_avoirs(lines, completing, policy)
    decision = judge_tenders(lines, plan, [tender], BasketKind.RESERVATION, policy)
    payer = gesture.connection.execute(
        select(t.guardian.c.first_name, t.guardian.c.last_name, t.guardian.c.snapshot_id)
        .join(t.payer, t.payer.c.guardian_id == t.guardian.c.id)
        .where(t.payer.c.id == payer_id)
    ).one()
    return write_sale(
        gesture,
        Sale(
            str(uuid5(NAMESPACE_OID, gesture.operation + str(basket_id))),
            basket_id,
            BasketKind.RESERVATION.value,
            dossier_id,
            payer_id,
            payer.snapshot_id,
            f"{payer.first_name} {payer.last_name}",
            None,
            rows,
            lines,
            plan,
            [tender],
            decision,
            sum(one.remaining_cents for one in available) - plan.used_cents,
        ),
    )


def _limited(available: Sequence[AvoirBalance], cents: int) -> list[AvoirBalance]:
    """Return avoirs that hold no more than so many cents together, the oldest first."""
    limited: list[AvoirBalance] = []
    for one in available:
        part = min(cents, one.remaining_cents)
        if part > 0:
            limited.append(replace(one, remaining_cents=part))
            cents -= part
    return limited


def _give_back(gesture: Gesture, payer_id: int, basket_id: int) -> GivenAvoir | None:
    """End the days that could not be kept, and give back what was paid of them; None where there is none."""
    booking = t.booking.c
    rows = gesture.connection.execute(
        select(booking.id, booking.care_cents, booking.meal_cents)
        .where(booking.basket_id == basket_id, booking.state == BookingState.UNKEPT.value)
        .order_by(booking.id)
    ).all()
    if not rows:
        return None
    gesture.connection.execute(
        update(t.booking)
        .where(booking.id.in_([row.id for row in rows]))
        .values(state=BookingState.CANCELLED.value, ended_at=gesture.now)
    )
    lines = [ReturnedLine(row.id, row.care_cents, row.meal_cents) for row in rows]
    return give_avoir(gesture, payer_id, AvoirReason.ONLINE, lines)
