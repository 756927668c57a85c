"""A child who came without booking: marked present, and the day is owed at the policy's price by whoever has the child that day.

The debt is a régularisation like any other: cashed at Comptabilité, it blocks bookings as the policy says, and takes no place. What the
activity brings (the meal brings the break) is owed with it. A slip of the finger is taken back by who made it, the same day, while it is
not paid; later the régisseur drops the debt, and the mark is then cleared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import AttendanceState, BasketState, BookingState
from tui_portail.booking_rules import brought_by
from tui_portail.custody import NOON
from tui_portail.decision import Decision
from tui_portail.errors import PortailError
from tui_portail.french import time_text
from tui_portail.instants import in_paris
from tui_portail.planning import PlanningChild
from tui_portail.planning_judgement import price_for
from tui_portail.pricing import Price, unbooked_price
from tui_portail.services.attendance import NotExpected, lock_children, put_marks, refuse_to_come
from tui_portail.services.attendance_sheet import AttendanceSheet, read_children, read_sheet
from tui_portail.services.baskets import close_basket, close_expired, lock_basket
from tui_portail.services.debts import drop_debts, open_debt, owe_days
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import FamilyFacts, load_family, record_of
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right
from tui_portail.services.slots import SlotKey, ensure_slots


class UnbookedRefused(PortailError):
    """The day cannot be owed: the activity does not run, it has no price, nobody pays for the child, the dossier is archived."""

    code = "SANS_RESERVATION_REFUSE"


class ChildUnknown(PortailError):
    """No child that may come has this badge."""

    code = "BADGE_INCONNU"

    def __init__(self) -> None:
        super().__init__("Ce badge n’est celui d’aucun enfant inscrit. Cherchez l’enfant par son nom.")


class AlreadyExpected(PortailError):
    """The child booked that day, or is paying for it."""

    code = "ENFANT_ATTENDU"


class NotYourMark(PortailError):
    """A day owed was to be taken back by another agent, or another day."""

    code = "POINTAGE_D_UN_AUTRE"

    def __init__(self) -> None:
        super().__init__(
            "Ce pointage a fait une dette : seul l’agent qui l’a fait peut l’effacer, et le jour même. "
            "Demandez au régisseur d’annuler la dette, à la file « à encaisser », puis effacez le pointage."
        )


class UnbookedPaid(PortailError):
    """The day that was owed is paid."""

    code = "SANS_RESERVATION_PAYE"

    def __init__(self) -> None:
        super().__init__(
            "La famille a déjà payé cette journée. Demandez au régisseur de contre-passer la quittance et d’annuler la dette, "
            "puis effacez le pointage."
        )


@dataclass(frozen=True, slots=True)
class UnbookedPresence:
    """A child marked present without booking, and the activities that are owed. No amount: those who mark see no money."""

    child_id: int
    activities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Owed:
    """A day owed as it is booked (cents)."""

    booking_id: int
    payer_id: int
    care_cents: int
    meal_cents: int


def mark_unbooked(desk: Desk, slot: SlotKey, child_id: int, operation: str) -> UnbookedPresence:
    """Mark present a child who has not booked: the day is owed by their payer that day, with what the activity brings.

    Raises AlreadyExpected, UnbookedRefused, ChildUnknown, DayToCome, DossierErased, NotAllowed, OperationReused.
    """

    def work(gesture: Gesture) -> Done:
        refuse_to_come(gesture, slot[2])
        connection = gesture.connection
        dossier_id, person = _lock_child(connection, child_id)
        family = load_family(connection, gesture.commune, dossier_id, gesture.now)
        child = _child_of(family, person)
        _close_expired(gesture, family)
        sheets = _sheets_owed(gesture, slot, child)
        return _owe(gesture, family, child, sheets)

    def answer(result: Mapping[str, Any]) -> UnbookedPresence:
        return UnbookedPresence(result["child_id"], tuple(result["activities"]))

    return perform(desk, "pointer_sans_reservation", Right.ATTENDANCE, operation, [slot, child_id], work, answer)


def clear_unbooked(desk: Desk, slot: SlotKey, child_id: int, operation: str) -> None:
    """Take off the mark of a child who came without booking; the debt goes with it, by who made it, the same day, while it is not paid.

    Raises NotYourMark, UnbookedPaid, NotExpected, NotAllowed, OperationReused.
    """

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        dossier_id, person = _lock_child(connection, child_id)
        sheet = read_sheet(connection, gesture.commune, slot)
        line, row_id = sheet.line(person), sheet.rows.get(person)
        if line is None or row_id is None or line.state is not AttendanceState.UNBOOKED:
            raise NotExpected
        booking = connection.execute(select(t.booking).where(t.booking.c.id == line.booking_id)).one()
        dropped = _drop(gesture, row_id, booking) if booking.state == BookingState.DUE.value else 0
        if booking.state == BookingState.CONFIRMED.value:
            raise UnbookedPaid
        marked = t.attendance.c
        of_basket = select(t.booking.c.id).where(
            t.booking.c.basket_id == booking.basket_id, t.booking.c.state == BookingState.CANCELLED.value
        )
        connection.execute(
            update(t.attendance)
            .where(
                or_(marked.id == row_id, marked.booking_id.in_(of_basket)),
                marked.state == AttendanceState.UNBOOKED.value,
            )
            .values(state=AttendanceState.CLEARED.value, marked_at=gesture.now, agent_id=gesture.agent.agent_id)
        )
        details = {"slot": slot, "child": person, "booking": booking.id}
        return Done({"dropped_cents": dropped}, "child", person, dossier_id, details=details)

    content = [slot, child_id]
    perform(desk, "effacer_sans_reservation", Right.ATTENDANCE, operation, content, work, lambda result: None)


def _lock_child(connection: Connection, child_id: int) -> tuple[int, int]:
    """Lock a child's dossier and return it with the record the child is shown under. Raises ChildUnknown."""
    lock_children(connection, [child_id])
    child = t.child.c
    found = connection.execute(select(child.dossier_id, record_of(child.id)).where(child.id == child_id)).first()
    if found is None:
        raise ChildUnknown
    return int(found[0]), int(found[1])


def _close_expired(gesture: Gesture, family: FamilyFacts) -> None:
    """Close the family's baskets that have expired, so that their days may be owed."""
    payers = [payer.payer_id for payer in family.payers]
    basket = t.basket.c
    waiting = select(basket.id).where(basket.payer_id.in_(payers), basket.state == BasketState.OPEN.value)
    lock_rows(gesture.connection, t.basket, list(gesture.connection.scalars(waiting)))
    close_expired(gesture.connection, payers, gesture.now)


def _child_of(family: FamilyFacts, child_id: int) -> PlanningChild:
    child = next((one for one in family.children if one.child_id == child_id), None)
    if family.archived or child is None:
        raise UnbookedRefused("Le dossier de cet enfant est archivé. Prévenez Enfance/Jeunesse, qui le rouvrira.")
    if not family.payers:
        raise UnbookedRefused(
            "Ce dossier n’a pas de payeur : la journée ne peut pas être due. Prévenez Enfance/Jeunesse, puis pointez l’enfant."
        )
    return child


def _sheets_owed(gesture: Gesture, slot: SlotKey, child: PlanningChild) -> list[AttendanceSheet]:
    """Return the sheets of the activity and of what it brings, where the child has not booked; the first is the one marked.

    Raises UnbookedRefused, AlreadyExpected.
    """
    commune, (site, activity, day) = gesture.commune, slot
    policy = commune.policy
    rule = policy.activities.get(activity)
    offered = {(offering.site, offering.activity) for offering in commune.offerings}
    if rule is None or (site, activity) not in offered:
        raise UnbookedRefused("Cette activité n’est pas proposée sur ce site : vérifiez le site et l’activité choisis.")
    runs = commune.calendar.opens(rule, day, policy.bridge_days_open_alsh, site)
    if not runs:
        raise UnbookedRefused(runs.sentence, source=runs.source)
    live = _live_that_day(gesture, child, slot)
    if activity in live:
        expires_at = live[activity]
        if expires_at is None:
            raise AlreadyExpected(f"{child.first_name} a réservé : pointez-le présent, sur la feuille de son site.")
        until = time_text(in_paris(expires_at))
        raise AlreadyExpected(
            f"La réservation de {child.first_name} attend son paiement jusqu’à {until} : pointez-le une fois payée, ou après."
        )
    codes = [activity, *(code for code in brought_by([activity], policy) if code != activity and code not in live)]
    keys = [(site, code, day) for code in codes if (site, code) in offered]
    return [read_sheet(gesture.connection, commune, key) for key in keys]


def _live_that_day(gesture: Gesture, child: PlanningChild, slot: SlotKey) -> dict[str, Any]:
    """Return what a child has booked on a day, wherever: by activity, until when it is on hold (None: booked, or owed)."""
    booking = t.booking.c
    known = t.child.alias("record")  # a child may have been recorded twice
    records = select(known.c.id).where(or_(known.c.id == child.child_id, known.c.merged_into_id == child.child_id))
    rows = gesture.connection.execute(
        select(t.slot.c.activity_code, booking.state, t.basket.c.expires_at)
        .join(t.slot, t.slot.c.id == booking.slot_id)
        .outerjoin(t.basket, t.basket.c.id == booking.basket_id)
        .where(booking.child_id.in_(records), booking.day == slot[2], booking.state.in_(_LIVE))
    )
    return {row.activity_code: row.expires_at if row.state == BookingState.HELD.value else None for row in rows}


_LIVE = (BookingState.HELD.value, BookingState.CONFIRMED.value, BookingState.DUE.value)


def _owe(gesture: Gesture, family: FamilyFacts, child: PlanningChild, sheets: Sequence[AttendanceSheet]) -> Done:
    """Write the debt: its basket, days, marks and entry."""
    connection, commune = gesture.connection, gesture.commune
    site, activity, day = sheets[0].slot
    begins_at = commune.policy.activity(activity).begins_at or NOON
    payer_id = child.custody.payer_on(day, commune.calendar, begins_at)
    payer = next((one for one in family.payers if one.payer_id == payer_id), family.payers[0])
    prices: dict[SlotKey, Price] = {}
    for sheet in sheets:
        price = price_for(commune, child, payer, sheet.slot[1], day)
        if isinstance(price, Decision):
            raise UnbookedRefused(price.sentence, source=price.source)
        prices[sheet.slot] = unbooked_price(price, commune.policy.attendance, extra=sheet is sheets[0])
    slot_ids = ensure_slots(connection, commune, list(prices))
    basket_id = open_debt(gesture, family.dossier_id, payer.payer_id)
    about = read_children(connection, commune, [child.child_id], day, marks=False)[child.child_id]
    owed = []
    for sheet in sheets:
        price = prices[sheet.slot]
        booking_id = connection.execute(
            insert(t.booking)
            .values(
                child_id=child.child_id,
                slot_id=slot_ids[sheet.slot],
                day=day,
                payer_id=payer.payer_id,
                basket_id=basket_id,
                state=BookingState.DUE.value,
                price_cents=price.total_cents,
                care_cents=price.care_cents,
                meal_cents=price.meal_cents,
                tariff=price.label[:200],
                booked_at=gesture.now,
                agent_id=gesture.agent.agent_id,
            )
            .returning(t.booking.c.id)
        ).scalar_one()
        put_marks(gesture, sheet, slot_ids[sheet.slot], [(about, AttendanceState.UNBOOKED, booking_id)])
        owed.append(_Owed(booking_id, payer.payer_id, price.care_cents, price.meal_cents))
    owe_days(gesture, payer.payer_id, basket_id, owed)
    result = {
        "child_id": child.child_id,
        "activities": [sheet.activity for sheet in sheets],
        "owed_cents": sum(day.care_cents + day.meal_cents for day in owed),
        "basket": basket_id,
    }
    details = {"slot": [site, activity, day], "child": child.child_id, "bookings": [day.booking_id for day in owed]}
    return Done(result, "child", child.child_id, family.dossier_id, details=details)


def _drop(gesture: Gesture, row_id: int, booking: Any) -> int:
    """Drop the debt that a mark made, whole, and return it (cents). Raises NotYourMark."""
    connection = gesture.connection
    mark = connection.execute(select(t.attendance).where(t.attendance.c.id == row_id)).one()
    same_day = in_paris(mark.marked_at).date() == in_paris(gesture.now).date()
    lock_basket(connection, booking.basket_id)
    of_debt = t.booking.c.basket_id == booking.basket_id
    days = connection.execute(select(t.booking).where(of_debt, t.booking.c.state == BookingState.DUE.value)).all()
    marks = select(t.attendance.c.booking_id).where(t.attendance.c.state == AttendanceState.UNBOOKED.value)
    as_marked = set(connection.scalars(marks.where(t.attendance.c.booking_id.in_([day.id for day in days]))))
    if mark.agent_id != gesture.agent.agent_id or not same_day or as_marked != {day.id for day in days}:
        raise NotYourMark
    connection.execute(
        update(t.booking)
        .where(t.booking.c.id.in_([day.id for day in days]))
        .values(state=BookingState.CANCELLED.value, ended_at=gesture.now)
    )
    drop_debts(gesture, [_Owed(day.id, day.payer_id, day.care_cents, day.meal_cents) for day in days])
    close_basket(connection, booking.basket_id, gesture.now)
    return sum(int(day.price_cents) for day in days)
