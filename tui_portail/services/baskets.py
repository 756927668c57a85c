"""Baskets on hold: what they contain, closing the expired ones, extending, taking lines out, giving one up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import TO_PAY, BasketOrigin, BasketState, BookingState
from tui_portail.decision import LEAFLET_PAYMENT, POLICY
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.french import time_text
from tui_portail.holds import BasketHold, judge_extension
from tui_portail.instants import in_paris
from tui_portail.limits import add_limit
from tui_portail.payment_rules import AvoirBalance, AvoirPlan, DueLine, age_on, unreserved, use_avoirs
from tui_portail.policy import BasketKind, Policy
from tui_portail.services.accounts import living_of
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import avoir_balances
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right
from tui_portail.services.slots import SlotKey
from tui_portail.services.till import open_today
from tui_portail.services.waiting_offers import lock_places, offers_made

LONGEST_REASON = 300


class BasketUnknown(PortailError):
    """No basket has this id."""

    code = "PANIER_INCONNU"

    def __init__(self) -> None:
        super().__init__("Ce panier n’existe pas. Revenez à la file « à encaisser ».")


class BasketExpired(PortailError):
    """The fifteen minutes are over."""

    code = "PANIER_EXPIRE"
    source = LEAFLET_PAYMENT

    def __init__(self, expired_at: datetime) -> None:
        super().__init__(
            f"Ce panier a expiré à {time_text(in_paris(expired_at))} : il ne peut plus être encaissé. "
            "Refaites la réservation au planning, si la limite et les places le permettent encore."
        )


class BasketAlreadyPaid(PortailError):
    """The basket was cashed, here or at another desk."""

    code = "PANIER_DEJA_PAYE"

    def __init__(self) -> None:
        super().__init__("Ce panier est déjà encaissé. Sa quittance est dans la liste des quittances.")


class BasketGone(PortailError):
    """The basket was emptied or given up."""

    code = "PANIER_CLOS"

    def __init__(self) -> None:
        super().__init__("Ce panier a été abandonné ou remplacé : il n’y a plus rien à encaisser. Revenez à la file.")


class DebtStays(PortailError):
    """A debt was to be given up as a basket on hold, or in part: it is paid whole, or dropped whole by the régisseur."""

    code = "DETTE_CONSERVEE"
    source = POLICY

    def __init__(self) -> None:
        super().__init__(
            "Ce panier est une dette : il se paie en entier, aucune journée ne peut en être retirée. "
            "Si elle n’est pas à payer, le régisseur peut l’annuler en entier, avec un motif."
        )


class ExtensionRefused(PortailError):
    """A rule refuses to extend."""

    code = "PROLONGATION_REFUSEE"


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One day of a basket as shown."""

    booking_id: int
    child: str
    activity: str
    label: str
    day: date
    price_cents: int
    child_id: int


@dataclass(frozen=True, slots=True)
class BasketView:
    """A basket ready to be cashed, with what avoirs pay of it; amounts in cents, `expires_at` None for a régularisation."""

    basket_id: int
    dossier_id: int
    dossier_number: str
    payer_id: int
    payer_name: str
    kind: BasketKind
    state: BasketState
    expires_at: datetime | None
    extensions: int
    lines: tuple[BasketLine, ...]
    due_lines: tuple[DueLine, ...]
    plan: AvoirPlan
    total_cents: int
    avoir_cents: int
    due_cents: int
    avoir_left_cents: int
    till_open: bool
    fictitious: bool
    origin: BasketOrigin = BasketOrigin.DESK


def load_basket(desk: Desk, basket_id: int) -> BasketView:
    """Return a basket as it stands. Raises BasketUnknown, NotAllowed."""
    with desk.read(Right.SEE_QUEUE) as connection:
        return load_basket_within(desk, connection, basket_id)


def extend_basket(desk: Desk, basket_id: int, reason: str, operation: str) -> datetime:
    """Give a live basket fifteen minutes more from its expiry, with a reason; return the new expiry (UTC).

    Raises ExtensionRefused with the rule's sentence, BasketUnknown, BasketAlreadyPaid, BasketGone, InvalidInput.
    """
    reason = checked_reason(reason, LONGEST_REASON, "le motif de la prolongation", "reason")
    if not reason:
        raise InvalidInput("Indiquez le motif de la prolongation : il est conservé.")

    def work(gesture: Gesture) -> Done:
        connection, policy, calendar = gesture.connection, gesture.commune.policy, gesture.commune.calendar
        basket = lock_basket(connection, basket_id)
        limits = [
            add_limit(policy.activity(line.activity), line.day, policy, calendar).until
            for line in basket_lines(connection, basket_id, lock_slots=True)
            if policy.activity(line.activity).has_meal
        ]
        hold = BasketHold(basket.expires_at, basket.extensions, min(limits, default=None))
        decision = judge_extension(hold, gesture.under_lock(), policy)
        if not decision:
            raise ExtensionRefused(decision.sentence, code=decision.code, source=decision.source)
        until = decision.facts["expires_at"]
        connection.execute(
            update(t.basket)
            .where(t.basket.c.id == basket_id)
            .values(expires_at=until, extensions=t.basket.c.extensions + 1)
        )
        return Done({"expires_at": until}, "basket", basket_id, basket.dossier_id, reason)

    def answer(result: Mapping[str, Any]) -> datetime:
        return datetime.fromisoformat(result["expires_at"])

    return perform(desk, "prolonger", Right.EXTEND, operation, [basket_id, reason], work, answer)


def release_basket(desk: Desk, basket_id: int, operation: str) -> None:
    """Give up a basket on hold: its places are free again, nothing is due.

    Raises DebtStays, BasketAlreadyPaid, BasketGone, BasketUnknown.
    """

    def work(gesture: Gesture) -> Done:
        return release_within(gesture, lock_basket(gesture.connection, basket_id))

    perform(desk, "abandonner_panier", Right.RELEASE, operation, [basket_id], work, lambda result: None)


def release_within(gesture: Gesture, basket: Any) -> Done:
    """Give up a locked basket on hold within a gesture. Raises DebtStays."""
    if basket.kind == BasketKind.REGULARISATION.value:
        raise DebtStays
    lines = [line.id for line in basket_lines(gesture.connection, basket.id)]
    slots = slots_of_bookings(gesture.connection, lines)
    lock_places(gesture, slots)
    release(gesture.connection, lines, gesture.now)
    close_basket(gesture.connection, basket.id, gesture.now)
    details = {"bookings": lines} | offers_made(gesture, slots)
    return Done({}, "basket", basket.id, basket.dossier_id, details=details)


def open_basket(gesture: Gesture, dossier_id: int, payer_id: int, expires_at: datetime) -> int:
    """Open a réservation for a payer and return its id: the caller books into it."""
    return int(
        gesture.connection.execute(
            insert(t.basket)
            .values(
                dossier_id=dossier_id,
                payer_id=payer_id,
                kind=BasketKind.RESERVATION.value,
                state=BasketState.OPEN.value,
                created_at=gesture.now,
                expires_at=expires_at,
                extensions=0,
                agent_id=gesture.agent.agent_id,
                origin=gesture.origin.value,
            )
            .returning(t.basket.c.id)
        ).scalar_one()
    )


def lock_basket(connection: Connection, basket_id: int) -> Any:
    """Lock an open basket and return its row. Raises BasketUnknown, BasketAlreadyPaid, BasketGone."""
    lock_rows(connection, t.basket, [basket_id])
    basket = connection.execute(select(t.basket).where(t.basket.c.id == basket_id)).first()
    refuse_unless_open(basket)
    return basket


def refuse_unless_open(basket: Any) -> None:
    """Say why a basket cannot be worked on, if it is not open. Raises BasketUnknown, BasketAlreadyPaid, BasketGone."""
    if basket is None:
        raise BasketUnknown
    if basket.state == BasketState.PAID.value:
        raise BasketAlreadyPaid
    if basket.state == BasketState.CLOSED.value:
        raise BasketGone


def release(connection: Connection, booking_ids: Collection[int], now: datetime) -> None:
    """Release bookings on hold."""
    connection.execute(
        update(t.booking)
        .where(t.booking.c.id.in_(booking_ids), t.booking.c.state == BookingState.HELD.value)
        .values(state=BookingState.RELEASED.value, ended_at=now)
    )


def close_basket(connection: Connection, basket_id: int, now: datetime) -> None:
    """Close an open basket for good."""
    connection.execute(
        update(t.basket)
        .where(t.basket.c.id == basket_id, t.basket.c.state == BasketState.OPEN.value)
        .values(state=BasketState.CLOSED.value, closed_at=now)
    )


def close_expired(connection: Connection, payer_ids: Sequence[int], now: datetime) -> list[int]:
    """Close the payers' expired baskets and release their days, so that these may be booked again (the baskets are locked).

    Return the bookings released.
    """
    expired = list(
        connection.scalars(
            select(t.basket.c.id).where(
                t.basket.c.payer_id.in_(payer_ids),
                t.basket.c.state == BasketState.OPEN.value,
                t.basket.c.expires_at <= now,
            )
        )
    )
    if not expired:
        return []
    released = connection.scalars(
        update(t.booking)
        .where(t.booking.c.basket_id.in_(expired), t.booking.c.state == BookingState.HELD.value)
        .values(state=BookingState.RELEASED.value, ended_at=now)
        .returning(t.booking.c.id)
    )
    freed = list(released)
    connection.execute(
        update(t.basket).where(t.basket.c.id.in_(expired)).values(state=BasketState.CLOSED.value, closed_at=now)
    )
    return freed


def slots_of_bookings(connection: Connection, booking_ids: Collection[int]) -> set[SlotKey]:
    """Return the slots of some bookings."""
    if not booking_ids:
        return set()
    rows = connection.execute(
        select(t.slot.c.site_code, t.slot.c.activity_code, t.slot.c.day)
        .join(t.booking, t.booking.c.slot_id == t.slot.c.id)
        .where(t.booking.c.id.in_(booking_ids))
        .distinct()
    )
    return {(site, activity, day) for site, activity, day in rows}


def basket_lines(connection: Connection, basket_id: int, *, lock_slots: bool = False) -> list[Any]:
    """Return the lines of a basket to be paid, with the names and prices they are charged under, by child, day and activity.

    `lock_slots` locks their slots by id, so that no other desk counts these places until the transaction ends: a hold may only be paid
    or extended by a clock read after that.
    """
    rows = connection.execute(_LINES_LOCKED if lock_slots else _LINES, {"basket": basket_id}).all()
    return sorted(rows, key=lambda row: (row.birth_on, row.child_id, row.day, row.rank, row.id))


_LINES = (
    select(
        t.booking.c.id,
        t.booking.c.day,
        t.booking.c.child_id,
        t.booking.c.price_cents,
        t.booking.c.care_cents,
        t.booking.c.meal_cents,
        t.slot.c.id.label("slot_id"),
        t.slot.c.activity_code.label("activity"),
        t.activity.c.label,
        t.activity.c.rank,
        t.child.c.first_name,
        t.child.c.last_name,
        t.child.c.birth_on,
        t.child.c.snapshot_id,
        t.guardian.c.snapshot_id.label("payer_snapshot_id"),
        t.guardian.c.first_name.label("payer_first_name"),
        t.guardian.c.last_name.label("payer_last_name"),
    )
    .join(t.payer, t.payer.c.id == t.booking.c.payer_id)
    .join(t.guardian, t.guardian.c.id == t.payer.c.guardian_id)
    .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
    .join(t.activity, t.activity.c.code == t.slot.c.activity_code)
    .join(t.child, t.child.c.id == t.booking.c.child_id)
    .where(
        t.booking.c.basket_id == bindparam("basket"),
        t.booking.c.state.in_(TO_PAY),
    )
    .order_by(t.slot.c.id)
)
_LINES_LOCKED = _LINES.with_for_update(of=t.slot)


def avoirs_for(connection: Connection, basket: Any, now: datetime) -> tuple[AvoirBalance, ...]:
    """Return the payer's avoirs that a basket may use, oldest first: a debt leaves those that a live basket on hold has reserved."""
    if basket.kind == BasketKind.REGULARISATION.value:
        return unreserved_avoirs(connection, basket.payer_id, now)
    return avoir_balances(connection, [basket.payer_id]).get(basket.payer_id, ())


def unreserved_avoirs(connection: Connection, payer_id: int, now: datetime) -> tuple[AvoirBalance, ...]:
    """Return what is left of a payer's avoirs, oldest first, once their live basket on hold has reserved its own."""
    avoirs = avoir_balances(connection, [payer_id]).get(payer_id, ())
    if not avoirs:
        return avoirs
    held = (
        select(func.coalesce(func.sum(t.booking.c.price_cents), 0))
        .join(t.basket, t.basket.c.id == t.booking.c.basket_id)
        .where(
            t.basket.c.payer_id == living_of(literal(payer_id)),
            t.basket.c.state == BasketState.OPEN.value,
            t.basket.c.expires_at > now,
            t.booking.c.state == BookingState.HELD.value,
        )
    )
    return unreserved(avoirs, int(connection.execute(held).scalar_one()))


def due_line_of(row: Any, policy: Policy) -> DueLine:
    """Return a basket's line as the payment rules see it; its key is the booking's id."""
    return DueLine(
        row.id,
        row.activity,
        policy.activity(row.activity).family,
        row.day,
        age_on(row.birth_on, row.day),
        row.price_cents,
        row.care_cents,
        row.meal_cents,
    )


def load_basket_within(desk: Desk, connection: Connection, basket_id: int) -> BasketView:
    """Return a basket within a read whose rights were asked. Raises BasketUnknown."""
    commune = desk.commune(connection)
    basket = connection.execute(
        select(t.basket, t.dossier.c.number, t.guardian.c.first_name, t.guardian.c.last_name)
        .join(t.dossier, t.dossier.c.id == t.basket.c.dossier_id)
        .join(t.payer, t.payer.c.id == t.basket.c.payer_id)
        .join(t.guardian, t.guardian.c.id == t.payer.c.guardian_id)
        .where(t.basket.c.id == basket_id)
    ).first()
    if basket is None:
        raise BasketUnknown
    rows = basket_lines(connection, basket_id) if basket.state == BasketState.OPEN.value else []
    lines = [due_line_of(row, commune.policy) for row in rows]
    now = desk.instant(connection)
    avoirs = avoirs_for(connection, basket, now)
    plan = use_avoirs(lines, avoirs, commune.policy)
    total = sum(line.price_cents for line in lines)
    _, till_id = desk.place(connection)
    return BasketView(
        basket.id,
        basket.dossier_id,
        basket.number,
        basket.payer_id,
        f"{basket.first_name} {basket.last_name}",
        BasketKind(basket.kind),
        BasketState(basket.state),
        basket.expires_at,
        basket.extensions,
        tuple(
            BasketLine(row.id, row.first_name, row.activity, row.label, row.day, row.price_cents, row.child_id)
            for row in rows
        ),
        tuple(lines),
        plan,
        total,
        plan.used_cents,
        plan.rest_cents,
        sum(avoir.remaining_cents for avoir in avoirs) - plan.used_cents,
        open_today(connection, till_id, now),
        commune.policy.fictitious,
        BasketOrigin(basket.origin),
    )
