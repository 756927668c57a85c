"""Money that PayFiP sends after its basket is gone: the days are booked again where their places are still there, the rest is an avoir.

Never lost, never double: all of the money is one payment with its quittance. A day that can no longer be kept (its place taken, booked and
paid otherwise meanwhile, its kitchen's numbers frozen) is paid and given back in the same gesture, as the avoir of a day cancelled in time.
The price is the one guaranteed by « Terminer », and its instant is the one judged (rules, « Hold and payment »).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, and_, func, insert, select, update

from models import tables as t
from models.states import AvoirReason, BasketOrigin, BasketState, BookingState
from tui_portail.french import plural
from tui_portail.holds import hold_expires_at
from tui_portail.money import format_cents
from tui_portail.payment_rules import AvoirBalance, Tender, judge_tenders, use_avoirs
from tui_portail.policy import BasketKind
from tui_portail.services.avoirs import GivenAvoir, ReturnedLine, avoir_number, give_avoir
from tui_portail.services.baskets import due_line_of, unreserved_avoirs
from tui_portail.services.gesture import Gesture
from tui_portail.services.online_late_days import PaidDay, days_of, lock_around, set_free, shared, still_to_be_had
from tui_portail.services.payment import settle_waiting
from tui_portail.services.sale import CashedBasket, Sale, write_sale


@dataclass(frozen=True, slots=True)
class LateMoney:
    """What late money did: how many days were confirmed, how many could not be kept, how many were paid otherwise already.

    What it paid of these last two is an avoir (cents, its number).
    """

    kept: int
    lost: int
    avoir_cents: int = 0
    avoir_number: str = ""
    already: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """What to tell a parent, or an agent, a sentence each."""
        said = []
        if self.kept:
            said.append(f"{plural(self.kept, 'réservation confirmée', 'réservations confirmées')}.")
        if self.already:
            stay = "était déjà payée : elle reste" if self.already == 1 else "étaient déjà payées : elles restent"
            said.append(f"{plural(self.already, 'réservation')} {stay}.")
        if self.lost:
            words = "n’a pas pu être gardée" if self.lost == 1 else "n’ont pas pu être gardées"
            said.append(f"{plural(self.lost, 'réservation')} {words}.")
        if self.avoir_cents:
            said.append(
                f"{format_cents(self.avoir_cents)} deviennent l’avoir n° {self.avoir_number}, "
                "qui servira tout seul au prochain paiement."
            )
        return tuple(said)


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What late money gave: its payment, the avoir of days that could not be kept, and the baskets on hold that this avoir paid."""

    cashed: CashedBasket
    avoir: GivenAvoir | None
    settled: tuple[CashedBasket, ...]


def take_up_again(gesture: Gesture, online: Any, dossier_id: int, tender: Tender) -> TakenUp:
    """Write late money as one payment, its dossier locked: days booked again, the others given back as an avoir.

    A basket on hold that this avoir pays whole is settled at once (rules: nothing due).
    """
    connection = gesture.connection
    days = days_of(connection, online.id)
    payer_id = int(days[0].row.living_payer_id)
    waiting = lock_around(gesture, payer_id, days)
    held = set_free(gesture, payer_id, days, [basket_id for basket_id, _ in waiting])
    kept = still_to_be_had(gesture, dossier_id, payer_id, days, held)
    available = unreserved_avoirs(connection, payer_id, gesture.now)
    avoirs = sum(one.remaining_cents for one in available)
    kept, given_back = shared(gesture.commune.policy, days, kept, tender.amount_cents, avoirs)
    basket_id = _paid_basket(gesture, dossier_id, payer_id)
    booked = _book(gesture, basket_id, payer_id, kept, given_back)
    cashed = _pay(gesture, basket_id, dossier_id, payer_id, booked, tender, available)
    connection.execute(
        update(t.booking)
        .where(t.booking.c.basket_id == basket_id, t.booking.c.state == BookingState.HELD.value)
        .values(state=BookingState.CONFIRMED.value)
    )
    avoir = _give_back(gesture, payer_id, basket_id)
    return TakenUp(cashed, avoir, tuple(settle_waiting(gesture, _still_open(connection, waiting))))


def _still_open(connection: Connection, waiting: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the baskets that still wait: the days late money paid may have emptied one."""
    basket = t.basket.c
    open_ids = set(
        connection.scalars(
            select(basket.id).where(
                basket.id.in_([basket_id for basket_id, _ in waiting]), basket.state == BasketState.OPEN.value
            )
        )
    )
    return [(basket_id, payer_id) for basket_id, payer_id in waiting if basket_id in open_ids]


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
    paid_otherwise = (
        select(func.count())
        .select_from(t.online_payment_line)
        .join(t.booking, booking.id == t.online_payment_line.c.booking_id)
        .where(
            t.online_payment_line.c.online_payment_id == online_id, booking.state == BookingState.CONFIRMED.value
        )  # by another payment: late money writes days of its own
    )
    given = [row for row in rows if row.number is not None]
    kept, already = len(rows) - len(given), int(connection.scalar(paid_otherwise) or 0)
    lost = int(connection.scalar(asked) or 0) - kept - already
    if not given:
        return LateMoney(kept, lost, already=already)
    return LateMoney(kept, lost, given[0].amount_cents, avoir_number(given[0].year, given[0].number), already)


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
    gesture: Gesture,
    basket_id: int,
    payer_id: int,
    kept: Collection[PaidDay],
    given_back: Sequence[tuple[PaidDay, int]],
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
    gesture: Gesture, basket_id: int, payer_id: int, day: PaidDay, cents: int, state: BookingState
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
        "derogation": day.row.derogation,
        "payer_reason": day.row.payer_reason,
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
