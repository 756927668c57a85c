"""The meals to order by site, activity and day: provisional before the freeze, then what was ordered and what changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection

from models import tables as t
from tui_portail.commune import Commune
from tui_portail.meal_counts import (
    Cause,
    MealCount,
    MealKind,
    cooked,
    count_meals,
    differences,
    with_differences,
    with_ordered_kinds,
)
from tui_portail.services.asked_days import checked_days, place_of, site_name
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.listed_children import ChildDirectory, ListedChild, in_name_order
from tui_portail.services.meal_orders import (
    SETTLED_AFTER,
    MealOrder,
    due_slots,
    freezes,
    read_orders,
    write_orders,
)
from tui_portail.services.meal_rows import SlotBookings, read_bookings, read_slots
from tui_portail.services.rights import Right


@dataclass(frozen=True, slots=True)
class MealGap:
    """One meal more or less than ordered: when (UTC), +1 or −1, of which kind, why, and the child."""

    at: datetime
    change: int
    kind: MealKind
    cause: Cause
    child: ListedChild


@dataclass(frozen=True, slots=True)
class MealSheet:
    """The meals of an activity at a site on a day. `ordered` is None before the freeze; `now` is what stands, ordered plus the gaps.

    `children` are those who eat as things stand, each with its kind; `on_hold` how many more wait for a payment.
    """

    site_code: str
    site: str
    activity_code: str
    activity: str
    day: date
    frozen_at: datetime
    ordered: MealCount | None
    gaps: tuple[MealGap, ...]
    now: MealCount
    children: tuple[tuple[ListedChild, MealKind], ...]
    on_hold: int

    @property
    def frozen(self) -> bool:
        """Whether it is ordered."""
        return self.ordered is not None

    @property
    def more(self) -> int:
        """The meals to cook that came since the order."""
        return sum(1 for gap in self.gaps if gap.change > 0 and gap.kind.cooked)

    @property
    def less(self) -> int:
        """The meals to cook that left since the order."""
        return sum(1 for gap in self.gaps if gap.change < 0 and gap.kind.cooked)

    @property
    def meals(self) -> int:
        """How many meals are to be cooked as things stand."""
        return cooked(self.now)


def load_meals(desk: Desk, first_on: date, last_on: date, site: str = "") -> tuple[MealSheet, ...]:
    """Return the meals of some days, at a site if given, by day, site and activity; what froze meanwhile is first written as ordered.

    Raises InvalidInput for days in disorder or too many, NotAllowed.
    """
    days = t.slot.c.day.between(*checked_days(first_on, last_on))
    with desk.read(Right.NUMBERS) as connection:
        commune, now = desk.commune(connection), desk.instant(connection)
        due, _ = due_slots(connection, commune, [days], now - SETTLED_AFTER)
        if not due:
            return read_meals(connection, commune, now, first_on, last_on, site)
    order_meals(desk, first_on, last_on, new_operation())
    with desk.read(Right.NUMBERS) as connection:
        return read_meals(connection, desk.commune(connection), desk.instant(connection), first_on, last_on, site)


def order_meals(desk: Desk, first_on: date, last_on: date, operation: str) -> int:
    """Write what was ordered for the days whose meals froze, and return how many orders were new. Raises NotAllowed, InvalidInput."""
    days = t.slot.c.day.between(*checked_days(first_on, last_on))

    def work(gesture: Gesture) -> Done:
        until = gesture.now - SETTLED_AFTER
        written = write_orders(gesture.connection, gesture.commune, gesture.now, [days], until)
        details = {"from": first_on, "until": last_on, "orders": written}
        return Done({"orders": written}, "meal_order", details=details)

    return perform(
        desk,
        "commander_repas",
        Right.NUMBERS,
        operation,
        [first_on, last_on],
        work,
        lambda kept: int(kept["orders"]),
    )


def read_meals(
    connection: Connection, commune: Commune, now: datetime, first_on: date, last_on: date, site: str = ""
) -> tuple[MealSheet, ...]:
    """Return the meals of some days as things stand; no right is asked, nothing is written. Raises InvalidInput."""
    checked_days(first_on, last_on)
    orders = read_orders(connection, [t.meal_order.c.day.between(first_on, last_on)])
    where: list[ColumnElement[bool]] = [t.slot.c.day.between(first_on, last_on)]
    if site:
        where.append(t.slot.c.site_code == site)
    slots = read_slots(connection, commune, where)
    computed = freezes(commune, slots)
    for slot in slots:
        if order := orders.get((slot.site_code, slot.activity_code, slot.day)):
            computed[slot.id] = order.frozen_at
    found = read_bookings(connection, slots, now, computed)
    directory = ChildDirectory(connection, _everybody(found))
    sheets = [
        _sheet(commune, directory, one, computed[one.slot_id], orders.get((one.site, one.activity, one.day)), now)
        for one in found
    ]
    return tuple(sorted(sheets, key=lambda one: place_of(commune, one.day, one.site_code, one.activity_code)))


def _sheet(
    commune: Commune,
    directory: ChildDirectory,
    found: SlotBookings,
    frozen_at: datetime,
    order: MealOrder | None,
    now: datetime,
) -> MealSheet:
    ordered: Counter[MealKind] | None = None
    gaps: tuple[MealGap, ...] = ()
    if order is not None:
        found = replace(found, bookings=with_ordered_kinds(found.bookings, order.count, frozen_at))
    stands = count_meals(found.bookings)
    if order is not None or frozen_at <= now:
        ordered = order.count if order is not None else count_meals(found.bookings, frozen_at)
        changed = differences(found.bookings, frozen_at)
        stands = with_differences(ordered, changed)
        gaps = tuple(
            MealGap(one.at, one.change, one.kind, one.cause, directory.on(one.child_id, found.day)) for one in changed
        )
    eating = {
        record.child_id: booking.kind_at(None)
        for booking in found.bookings
        if booking.counted_at(None) and (record := booking.child.at(None))
    }
    children = in_name_order([directory.on(child_id, found.day) for child_id in eating])
    return MealSheet(
        found.site,
        site_name(commune, found.site),
        found.activity,
        commune.policy.activity(found.activity).label,
        found.day,
        frozen_at,
        ordered,
        gaps,
        stands,
        tuple((child, eating[child.child_id]) for child in children),
        len(found.on_hold),
    )


def _everybody(found: Sequence[SlotBookings]) -> set[int]:
    return {booking.child.at(None).child_id for one in found for booking in one.bookings}
