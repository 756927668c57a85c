"""Meals ordered against the bookings: an order is what stood at its freeze. Of an erased family's children, only the number is compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from models import tables as t
from tui_portail.french import plural
from tui_portail.meal_counts import MENUS, MealCount, count_meals
from tui_portail.services.findings import MOST_OF_A_KIND, Finding
from tui_portail.services.meal_orders import read_orders
from tui_portail.services.meal_rows import SlotBookings, read_bookings

BATCH = 200
_NOBODY = SlotBookings(0, "", "", datetime.min.date(), (), ())


def check_meals(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Yield the orders that are not what the bookings' own instants say."""
    order, named, after = t.meal_order.c, 0, 0
    while ids := connection.scalars(select(order.id).where(order.id > after).order_by(order.id).limit(BATCH)).all():
        for finding in _check(connection, ids, now):
            yield finding
            named += 1
            if named == MOST_OF_A_KIND:
                return
        after = ids[-1]


def _check(connection: Connection, ids: Sequence[int], now: datetime) -> Iterator[Finding]:
    order, slot = t.meal_order.c, t.slot.c
    rows = connection.execute(
        select(order.id.label("order_id"), order.frozen_at, order.site_code, order.activity_code, order.day)
        .add_columns(slot.id)
        .outerjoin(
            t.slot,
            (slot.site_code == order.site_code) & (slot.activity_code == order.activity_code) & (slot.day == order.day),
        )
        .where(order.id.in_(ids))
        .order_by(order.id)
    ).all()
    slots = [row for row in rows if row.id is not None]
    frozen = {row.id: row.frozen_at for row in slots}
    booked = {one.slot_id: one for one in read_bookings(connection, slots, now, frozen)}
    written = read_orders(connection, [order.id.in_(ids)])
    for row in rows:
        found = booked.get(row.id, _NOBODY)
        said = written[row.site_code, row.activity_code, row.day].count
        stood = count_meals(found.bookings, row.frozen_at)
        unknown = any(booking.child.erased for booking in found.bookings)
        if said.total() != stood.total() if unknown else said != stood:
            yield Finding(
                "meal_order",
                str(row.order_id),
                f"la commande compte {_words(said)}, les journées réservées en donnent {_words(stood)}.",
            )


def _words(count: MealCount) -> str:
    listed = [
        f"{number} {MENUS.get(kind.menu, kind.menu)} ({'moins de 6 ans' if kind.under_six else '6 ans et plus'})"
        for kind, number in sorted(count.items())
    ]
    return ", ".join(listed) if listed else plural(0, "repas")
