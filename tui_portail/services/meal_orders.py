"""What was ordered from the kitchen, written once: the count at the freeze, and nothing of persons.

No event freezes a day. Its count at that instant can be found from the bookings at any time (`meal_counts`), so an order may be written
whenever somebody first reads, prints or exports it after the freeze; and it is written before the two gestures that would lose the past:
recording a set-up by which they would freeze at another instant, or not at all, and erasing a family (its menus and births are emptied).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, select

from models import tables as t
from models.upserts import upsert
from tui_portail.commune import Commune
from tui_portail.errors import PortailError
from tui_portail.french import long_date
from tui_portail.instants import in_paris
from tui_portail.meal_counts import MealKind, count_meals, freeze_instant
from tui_portail.services.meal_rows import meal_activities, read_bookings, read_slots

SETTLED_AFTER = timedelta(minutes=5)
"""How long after the freeze an order is written: no gesture judged before the freeze is still being written then."""
KEPT_FOR = timedelta(days=60)
"""How far back another set-up still has orders written: nobody orders an older day, and those before the program were ordered elsewhere."""
OrderKey = tuple[str, str, date]  # site, activity, day


class MealsJustFrozen(PortailError):
    """Another instant of freeze was asked for meals that have just frozen, and whose order may not be written yet."""

    code = "REPAS_TOUT_JUSTE_ARRETES"

    def __init__(self, day: date) -> None:
        super().__init__(
            f"Les repas du {long_date(day)} viennent d’être arrêtés, et ce changement déplacerait leur limite. "
            "Rien n’a été enregistré : recommencez dans cinq minutes."
        )


@dataclass(frozen=True, slots=True)
class MealOrder:
    """An order as written: when its count froze, what it holds."""

    frozen_at: datetime
    count: Counter[MealKind] = field(default_factory=Counter)


def freezes(commune: Commune, slots: Iterable[Any]) -> dict[int, datetime]:
    """Return the instant (UTC) at which each slot's meals freeze, as the set-up says now."""
    policy, calendar = commune.policy, commune.calendar
    return {slot.id: freeze_instant(policy.activity(slot.activity_code), slot.day, policy, calendar) for slot in slots}


def not_ordered() -> ColumnElement[bool]:
    """Say, in a query over `slot`, that its order is not written."""
    slot, order = t.slot.c, t.meal_order.c
    same = and_(order.site_code == slot.site_code, order.activity_code == slot.activity_code, order.day == slot.day)
    return ~exists().where(same)


def due_slots(
    connection: Connection, commune: Commune, where: Iterable[ColumnElement[bool]], until: datetime
) -> tuple[Sequence[Any], dict[int, datetime]]:
    """Return the slots frozen by an instant whose order is not written, with when each froze."""
    slots = read_slots(connection, commune, (*where, not_ordered()))
    frozen = {slot_id: at for slot_id, at in freezes(commune, slots).items() if at <= until}
    return [slot for slot in slots if slot.id in frozen], frozen


def write_orders(
    connection: Connection, commune: Commune, now: datetime, where: Iterable[ColumnElement[bool]], until: datetime
) -> int:
    """Write the orders frozen by an instant, of the slots that conditions keep; return how many. Each is what stood at its own freeze."""
    return _write(connection, now, *due_slots(connection, commune, where, until))


def keep_orders(connection: Connection, before: Commune, after: Commune, now: datetime) -> None:
    """Write, before a set-up takes the place of another, the orders of the days that it would freeze at another instant, or not at all.

    Raises MealsJustFrozen: a gesture judged before the freeze may still be writing its meals.
    """
    recent = t.slot.c.day >= in_paris(now).date() - KEPT_FOR
    slots, frozen = due_slots(connection, before, [recent], now)
    cooked = set(meal_activities(after))
    again = freezes(after, [slot for slot in slots if slot.activity_code in cooked])
    moved = [slot for slot in slots if again.get(slot.id) != frozen[slot.id]]
    for slot in moved:
        if frozen[slot.id] > now - SETTLED_AFTER:
            raise MealsJustFrozen(slot.day)
    _write(connection, now, moved, {slot.id: frozen[slot.id] for slot in moved})


def _write(connection: Connection, now: datetime, slots: Sequence[Any], frozen: Mapping[int, datetime]) -> int:
    written = 0
    lines: list[dict[str, object]] = []
    for found in read_bookings(connection, slots, now, frozen):
        values = {
            "site_code": found.site,
            "activity_code": found.activity,
            "day": found.day,
            "frozen_at": frozen[found.slot_id],
            "recorded_at": now,
        }
        added = upsert(connection.dialect.name, t.meal_order).values(values).on_conflict_do_nothing()
        order_id = connection.scalar(added.returning(t.meal_order.c.id))
        if order_id is None:  # another desk wrote it meanwhile: the same
            continue
        written += 1
        lines.extend(
            {"order_id": order_id, "diet": kind.menu, "under_six": kind.under_six, "meals": number}
            for kind, number in sorted(count_meals(found.bookings, frozen[found.slot_id]).items())
        )
    if lines:
        connection.execute(insert(t.meal_order_line), lines)
    return written


def read_orders(connection: Connection, where: Iterable[ColumnElement[bool]]) -> Mapping[OrderKey, MealOrder]:
    """Return the orders written that conditions over `meal_order` keep."""
    order, line = t.meal_order.c, t.meal_order_line.c
    found: dict[OrderKey, MealOrder] = {}
    counts: defaultdict[OrderKey, Counter[MealKind]] = defaultdict(Counter)
    rows = connection.execute(
        select(order.site_code, order.activity_code, order.day, order.frozen_at, line.diet, line.under_six, line.meals)
        .select_from(t.meal_order)
        .outerjoin(t.meal_order_line, line.order_id == order.id)
        .where(*where)
    )
    for row in rows:
        key = (row.site_code, row.activity_code, row.day)
        found.setdefault(key, MealOrder(row.frozen_at, counts[key]))
        if row.meals is not None:
            counts[key][MealKind(row.diet, bool(row.under_six))] = row.meals
    return found
