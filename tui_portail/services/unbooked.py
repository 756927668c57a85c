"""A child who came without booking: marked present, and the day is owed at the policy's price by whoever has the child that day.

The debt is a régularisation like any other: cashed at Comptabilité, it blocks bookings as the policy says, and takes no place; a free day
is settled at once. What the activity brings (the meal brings the break) is owed with it, unless the family was charged for it already:
booked, or cancelled too late, where the child is simply present. A slip of the finger is taken back by who made it, the same day, while it
is not paid; later the régisseur drops the debt, and the mark is then cleared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import AttendanceState, BasketState, BookingState, ProofState
from tui_portail.booking_rules import brought_by
from tui_portail.custody import NOON
from tui_portail.decision import Decision
from tui_portail.errors import PortailError
from tui_portail.french import long_date, time_text
from tui_portail.instants import in_paris
from tui_portail.planning import PlanningChild
from tui_portail.planning_judgement import price_for
from tui_portail.pricing import Price, unbooked_price
from tui_portail.services.attendance import NotExpected, lock_children, put_marks, refuse_to_come
from tui_portail.services.attendance_sheet import AttendanceSheet, read_children, read_sheet
from tui_portail.services.baskets import close_basket, close_expired, lock_basket
from tui_portail.services.debts import drop_debts, open_debt, owe_days
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import FamilyFacts, load_family, lock_avoirs, record_of
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.payment import settle
from tui_portail.services.rights import Right
from tui_portail.services.slots import SlotKey, ensure_slots

OWED_WITHIN = timedelta(days=60)
"""How long after a day a child may still be marked as come without booking: later, its family is asked for nothing."""


class UnbookedRefused(PortailError):
    """The day cannot be owed: the activity does not run, it has no price, nobody pays for the child, the dossier is archived, it is old."""

    code = "SANS_RESERVATION_REFUSE"


class ChildUnknown(PortailError):
    """No child that may come has this badge."""

    code = "BADGE_INCONNU"

    def __init__(self) -> None:
        super().__init__("Ce badge n’est celui d’aucun enfant inscrit. Cherchez l’enfant par son nom.")


class AlreadyExpected(PortailError):
    """The child booked that day, is paying for it, or cancelled too late and was charged."""

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
class _Charged:
    """A day the family was charged for already: at which site, until when it is on hold, whether the absence was told (too late)."""

    site: str
    on_hold_until: datetime | None
    told: bool


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
        _refuse_old(gesture, slot)
        connection = gesture.connection
        dossier_id, person = _lock_child(connection, child_id)
        family = load_family(connection, gesture.commune, dossier_id, gesture.now)
        child = _child_of(family, person)
        _close_expired(gesture, family)
        sheets, told = _sheets_owed(gesture, slot, child)
        _come_all_the_same(gesture, told, person)
        return _owe(gesture, family, child, sheets)

    def answer(result: Mapping[str, Any]) -> UnbookedPresence:
        return UnbookedPresence(result["child_id"], tuple(result["activities"]))

    return perform(desk, "pointer_sans_reservation", Right.ATTENDANCE, operation, [slot, child_id], work, answer)


def _refuse_old(gesture: Gesture, slot: SlotKey) -> None:
    if slot[2] < in_paris(gesture.now).date() - OWED_WITHIN:
        raise UnbookedRefused(
            f"Une venue sans réservation se pointe dans les {OWED_WITHIN.days} jours, et le {long_date(slot[2])} est plus ancien : "
            "plus rien n’est demandé à la famille. Vérifiez la date choisie."
        )


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
        standing = booking.state in (BookingState.DUE.value, BookingState.CONFIRMED.value)
        dropped = _drop(gesture, row_id, booking) if standing else 0
        connection.execute(
            update(t.attendance)
            .where(or_(*_marked_together(booking, row_id, person, line.marked_at)))
            .values(state=AttendanceState.CLEARED.value, marked_at=gesture.now, agent_id=gesture.agent.agent_id)
        )
        details = {"slot": slot, "child": person, "booking": booking.id}
        return Done({"dropped_cents": dropped}, "child", person, dossier_id, details=details)

    content = [slot, child_id]
    perform(desk, "effacer_sans_reservation", Right.ATTENDANCE, operation, content, work, lambda result: None)


def _marked_together(
    booking: Any, row_id: int, person: int, marked_at: datetime | None
) -> tuple[ColumnElement[bool], ...]:
    """Say, in a query over `attendance`, which marks one gesture made: of the day, of what was owed with it, of days charged already."""
    marked, day = t.attendance.c, t.booking.c
    owed_with_it = select(day.id).where(day.basket_id == booking.basket_id, day.state == BookingState.CANCELLED.value)
    told = select(day.id).where(day.day == booking.day, day.state.in_(_TOLD), record_of(day.child_id) == person)
    unbooked = marked.state == AttendanceState.UNBOOKED.value
    return (
        unbooked & (marked.id == row_id),
        unbooked & marked.booking_id.in_(owed_with_it),
        (marked.state == AttendanceState.PRESENT.value) & (marked.marked_at == marked_at) & marked.booking_id.in_(told),
    )


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


def _sheets_owed(
    gesture: Gesture, slot: SlotKey, child: PlanningChild
) -> tuple[list[AttendanceSheet], list[AttendanceSheet]]:
    """Return the sheets of the activity and of what it brings, where nothing was charged yet; the first is the one marked.

    Then those of what it brings where the absence had been told too late: charged, and the child came all the same.

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
    charged = _charged_that_day(gesture, child, slot)
    if activity in charged:
        raise _expected(child.first_name, charged[activity])
    brought = [code for code in brought_by([activity], policy) if code != activity]
    codes = [activity, *(code for code in brought if code not in charged)]
    owed = [(site, code, day) for code in codes if (site, code) in offered]
    told = [(charged[code].site, code, day) for code in brought if code in charged and charged[code].told]
    owed_sheets, told_sheets = ([read_sheet(gesture.connection, commune, key) for key in keys] for keys in (owed, told))
    return owed_sheets, told_sheets


def _expected(first_name: str, charged: _Charged) -> AlreadyExpected:
    if charged.told:
        return AlreadyExpected(
            f"{first_name} : l’absence avait été annoncée trop tard, et la journée reste payée ou due. "
            "Pointez l’enfant présent, sur la feuille de son site."
        )
    if charged.on_hold_until is None:
        return AlreadyExpected(f"{first_name} a réservé : pointez-le présent, sur la feuille de son site.")
    until = time_text(in_paris(charged.on_hold_until))
    return AlreadyExpected(
        f"La réservation de {first_name} attend son paiement jusqu’à {until} : pointez-le une fois payée, ou après."
    )


def _charged_that_day(gesture: Gesture, child: PlanningChild, slot: SlotKey) -> dict[str, _Charged]:
    """Return what a child's family was charged for on a day, by activity and wherever: what was booked before what was cancelled too late.

    A day given back on a justificatif is not: it is owed again.
    """
    booking = t.booking.c
    known = t.child.alias("record")  # a child may have been recorded twice
    records = select(known.c.id).where(or_(known.c.id == child.child_id, known.c.merged_into_id == child.child_id))
    rows = gesture.connection.execute(
        select(t.slot.c.activity_code, t.slot.c.site_code, booking.state, t.basket.c.expires_at)
        .join(t.slot, t.slot.c.id == booking.slot_id)
        .outerjoin(t.basket, t.basket.c.id == booking.basket_id)
        .outerjoin(t.absence_proof, t.absence_proof.c.id == booking.proof_id)
        .where(
            booking.child_id.in_(records),
            booking.day == slot[2],
            or_(
                booking.state.in_(_LIVE),
                booking.state.in_(_TOLD) & (func.coalesce(t.absence_proof.c.state, "") != ProofState.ACCEPTED.value),
            ),
        )
        .order_by(booking.id)
    ).all()
    found: dict[str, _Charged] = {}
    for row in sorted(rows, key=lambda row: row.state in _LIVE):
        held = row.state == BookingState.HELD.value
        found[row.activity_code] = _Charged(row.site_code, row.expires_at if held else None, row.state in _TOLD)
    return found


_TOLD = (BookingState.CANCELLED_LATE.value, BookingState.DUE_LATE.value)
_LIVE = (BookingState.HELD.value, BookingState.CONFIRMED.value, BookingState.DUE.value)


def _come_all_the_same(gesture: Gesture, sheets: Sequence[AttendanceSheet], person: int) -> None:
    """Mark present, on days already charged, a child whose absence had been told."""
    for sheet in sheets:
        line = sheet.line(person)
        if line is not None and sheet.slot_id is not None and not line.came:
            put_marks(gesture, sheet, sheet.slot_id, [(line.child, AttendanceState.PRESENT, line.booking_id)])


def _owe(gesture: Gesture, family: FamilyFacts, child: PlanningChild, sheets: Sequence[AttendanceSheet]) -> Done:
    """Write the debt: its basket, days, marks and entry; settled with its quittance where nothing is due."""
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
    free = not sum(price.total_cents for price in prices.values())
    if free:  # settled below: its avoirs are locked before the slots, as everywhere
        lock_avoirs(connection, [payer.payer_id])
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
    settled = {"settled": asdict(settle(gesture, basket_id, ())[0])} if free else {}
    result = settled | {
        "child_id": child.child_id,
        "activities": [sheet.activity for sheet in sheets],
        "owed_cents": sum(day.care_cents + day.meal_cents for day in owed),
        "basket": basket_id,
    }
    details = {"slot": [site, activity, day], "child": child.child_id, "bookings": [day.booking_id for day in owed]}
    return Done(result, "child", child.child_id, family.dossier_id, details=details)


def _drop(gesture: Gesture, row_id: int, booking: Any) -> int:
    """Drop the debt that a mark made, whole, and return it (cents). Raises UnbookedPaid, NotYourMark.

    A free day was settled at once: nothing was paid, and it is taken back as well.
    """
    connection = gesture.connection
    mark = connection.execute(select(t.attendance).where(t.attendance.c.id == row_id)).one()
    same_day = in_paris(mark.marked_at).date() == in_paris(gesture.now).date()
    settled = booking.state == BookingState.CONFIRMED.value
    if not settled:
        lock_basket(connection, booking.basket_id)
    of_debt = t.booking.c.basket_id == booking.basket_id
    days = connection.execute(select(t.booking).where(of_debt, t.booking.c.state == booking.state)).all()
    if settled and any(day.price_cents for day in days):
        raise UnbookedPaid
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
    if not settled:
        close_basket(connection, booking.basket_id, gesture.now)
    return sum(int(day.price_cents) for day in days)
