"""The planning of a family loaded as one snapshot: for the screen in a read, and again under lock by « Terminer »."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Connection, bindparam, or_, select, union

from models import tables as t
from models.states import BasketState, BookingState
from tui_portail.commune import Commune
from tui_portail.payment_rules import DueLine, age_on
from tui_portail.planning import CellKey, LiveBasket, PlanningBooking, PlanningSnapshot
from tui_portail.policy import BasketKind
from tui_portail.services.accounts import living
from tui_portail.services.attendance_facts import marked_present
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import FamilyFacts, load_family, shown_as
from tui_portail.services.places_reading import DayKey, places_between
from tui_portail.services.rights import Right
from tui_portail.site_day import SiteDay
from tui_portail.waiting_line import WaitingPlace

_OCCUPYING = {BookingState.HELD.value, BookingState.CONFIRMED.value, BookingState.DUE.value}
_ENDED = {BookingState.CANCELLED.value, BookingState.CANCELLED_LATE.value}
_ENDED_AS = {
    BookingState.DUE_LATE.value: BookingState.CANCELLED_LATE.value
}  # cancelled too late, whatever is owed of it


def load_planning(desk: Desk, dossier_id: int, first_day: date, last_day: date) -> PlanningSnapshot:
    """Load a family's planning from `first_day` to `last_day`, both included (Paris days), in at most 10 statements.

    An agent who may not see diets is shown every child as one whose meal is supplied. Raises DossierUnknown, NotAllowed.
    """
    with desk.read(Right.SEARCH) as connection:
        now = desk.instant(connection)
        commune = desk.commune(connection)
        family = load_family(connection, commune, dossier_id, now)
        if not desk.require().may(Right.SEE_DIET):
            family = replace(family, children=tuple(replace(child, meal_supplied=True) for child in family.children))
        return snapshot_of(connection, commune, family, first_day, last_day, now)


def snapshot_of(
    connection: Connection, commune: Commune, family: FamilyFacts, first_day: date, last_day: date, now: datetime
) -> PlanningSnapshot:
    """Return the snapshot of a family already read: its bookings, baskets on hold and the places left."""
    rows = _bookings(connection, family, first_day, last_day)
    bookings, cancelled = _cells(rows, now)
    sites = {site for child in family.children for site in child.all_sites}
    places = places_between(connection, commune, sites, first_day, last_day, now)
    live = _live_baskets(commune, rows, now)
    return PlanningSnapshot(
        family.dossier_id,
        family.number,
        family.label,
        first_day,
        last_day,
        now,
        commune,
        family.children,
        tuple(replace(payer, basket=live.get(payer.payer_id)) for payer in family.payers),
        {key: booking for key, booking in bookings.items() if first_day <= key.day <= last_day},
        cancelled,
        places,
        _blocked(family),
        _waiting(family, places),
    )


def _waiting(family: FamilyFacts, places: Mapping[DayKey, SiteDay]) -> dict[CellKey, WaitingPlace]:
    """Return the family's open entries on the days counted, each with its place in the line of its activity."""
    children = {child.child_id for child in family.children}
    found: dict[CellKey, WaitingPlace] = {}
    for (_, day), counted in places.items():
        if not counted.line and not counted.offers:
            continue
        ranks: Counter[str] = Counter()
        for one in (*counted.offers, *counted.line):
            seat = one.seat
            ranks[seat.activity] += one.until is None
            if seat.child_id in children and one.asked_at is not None:
                place = WaitingPlace(one.entry_id, one.asked_at, ranks[seat.activity], one.until)
                found[CellKey(seat.child_id, seat.activity, day)] = place
    return found


def _blocked(family: FamilyFacts) -> str:
    """Return why nothing can be booked for a family, empty when something can."""
    if family.archived:
        return "Ce dossier est archivé : rouvrez-le avant de réserver."
    if not family.payers:  # imported from the pupils' file alone
        return "Ce dossier n’a pas de payeur : ajoutez le responsable qui paie avant de réserver."
    return ""


def _bookings(connection: Connection, family: FamilyFacts, first_day: date, last_day: date) -> list[Any]:
    """Return the bookings of the window, and all those of the payers' open baskets wherever they are."""
    asked = {
        "children": [child.child_id for child in family.children],
        "payers": [payer.payer_id for payer in family.payers],
        "first_day": first_day,
        "last_day": last_day,
    }
    rows = connection.execute(_bookings_query(), asked).all()
    return sorted(rows, key=lambda row: row.id)


@cache  # a statement this long takes longer to write than to answer
def _bookings_query() -> CompoundSelect[Any]:
    columns = (
        t.booking.c.id,
        shown_as().label("child_id"),
        t.slot.c.activity_code,
        t.slot.c.site_code,
        t.booking.c.day,
        t.booking.c.state,
        living().label("payer_id"),
        t.booking.c.basket_id,
        t.booking.c.price_cents,
        t.booking.c.care_cents,
        t.booking.c.meal_cents,
        t.basket.c.state.label("basket_state"),
        t.basket.c.kind.label("basket_kind"),
        t.basket.c.expires_at,
        t.basket.c.extensions,
        t.child.c.birth_on,
        marked_present().label("came"),
    )
    base = (
        select(*columns)
        .select_from(t.booking)
        .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
        .join(t.child, t.child.c.id == t.booking.c.child_id)
        .join(t.payer, t.payer.c.id == t.booking.c.payer_id)
        .outerjoin(t.basket, t.basket.c.id == t.booking.c.basket_id)
    )
    children: Any = bindparam("children", expanding=True)
    record = t.child.alias("record")  # a child may have been recorded twice
    records = select(record.c.id).where(or_(record.c.id.in_(children), record.c.merged_into_id.in_(children)))
    shown = base.where(
        t.booking.c.child_id.in_(records),
        t.booking.c.day.between(bindparam("first_day"), bindparam("last_day")),
        t.booking.c.state != BookingState.RELEASED.value,
    )
    held = base.where(
        t.basket.c.payer_id.in_(bindparam("payers", expanding=True)),
        t.basket.c.state == BasketState.OPEN.value,
        t.booking.c.state == BookingState.HELD.value,
    )
    return union(shown, held)


def _cells(rows: list[Any], now: datetime) -> tuple[dict[CellKey, PlanningBooking], dict[CellKey, str]]:
    bookings: dict[CellKey, PlanningBooking] = {}
    cancelled: dict[CellKey, str] = {}
    for row in rows:
        key = CellKey(row.child_id, row.activity_code, row.day)
        if row.state in _OCCUPYING:
            expires_at = row.expires_at if row.state == BookingState.HELD.value else None
            booking = PlanningBooking(
                row.id,
                key,
                row.site_code,
                row.state,
                row.payer_id,
                row.basket_id,
                expires_at,
                row.price_cents,
                row.care_cents,
                row.meal_cents,
                bool(row.came),
            )
            if booking.occupies(now):
                bookings[key] = booking
        elif (ended := _ENDED_AS.get(row.state, row.state)) in _ENDED:
            cancelled[key] = ended
    return bookings, cancelled


def _live_baskets(commune: Commune, rows: list[Any], now: datetime) -> dict[int, LiveBasket]:
    lines: defaultdict[int, list[DueLine]] = defaultdict(list)
    baskets: dict[int, Any] = {}
    for row in rows:
        live = row.basket_state == BasketState.OPEN.value and row.basket_kind == BasketKind.RESERVATION.value
        if live and row.state == BookingState.HELD.value and now < row.expires_at:
            rule = commune.policy.activity(row.activity_code)
            age = age_on(row.birth_on, row.day)
            lines[row.payer_id].append(
                DueLine(
                    row.id,
                    row.activity_code,
                    rule.family,
                    row.day,
                    age,
                    row.price_cents,
                    row.care_cents,
                    row.meal_cents,
                )
            )
            baskets[row.payer_id] = row
    return {
        payer_id: LiveBasket(row.basket_id, row.expires_at, row.extensions, tuple(lines[payer_id]))
        for payer_id, row in baskets.items()
    }
