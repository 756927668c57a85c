"""The children expected by site, activity and day: those booked and paid for, those on hold apart, and the adults it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select, text

from models import tables as t
from models.states import LIVE_STATES, BookingState
from tui_portail.commune import Commune
from tui_portail.services.asked_days import checked_days, place_of, site_name
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import record_of
from tui_portail.services.listed_children import ChildDirectory, ListedChild, in_name_order
from tui_portail.services.meal_rows import batches
from tui_portail.services.rights import Right
from tui_portail.staffing import AgeCount, adults_needed, count_ages


@dataclass(frozen=True, slots=True)
class ExpectedSlot:
    """The children of an activity at a site on a day, by name. `on_hold` wait for a payment; `adults` is None without a ratio.

    `brings`: the activities booked with it, where its children are at the same time.
    """

    slot_id: int
    site_code: str
    site: str
    activity_code: str
    activity: str
    day: date
    children: tuple[ListedChild, ...]
    on_hold: tuple[ListedChild, ...]
    adults: int | None
    brings: tuple[str, ...] = ()

    @property
    def ages(self) -> AgeCount:
        """Those expected, by age on the day."""
        return count_ages((child.born_on for child in self.children), self.day)


def load_expected(desk: Desk, first_on: date, last_on: date, site: str = "") -> tuple[ExpectedSlot, ...]:
    """Return who is expected on some days, at a site if given, by day, site and activity.

    Raises InvalidInput for days in disorder or too many, NotAllowed.
    """
    with desk.read(Right.NUMBERS) as connection:
        return read_expected(connection, desk.commune(connection), desk.instant(connection), first_on, last_on, site)


def read_expected(
    connection: Connection, commune: Commune, now: datetime, first_on: date, last_on: date, site: str = ""
) -> tuple[ExpectedSlot, ...]:
    """Return who is expected on some days; no right is asked. A day of an activity that nobody booked is left out. Raises InvalidInput."""
    checked_days(first_on, last_on)
    slot = t.slot.c
    asked = select(slot.id, slot.site_code, slot.activity_code, slot.day).where(slot.day.between(first_on, last_on))
    slots = connection.execute(asked.where(slot.site_code == site) if site else asked).all()
    booked: defaultdict[int, list[Any]] = defaultdict(list)
    for ids in batches(one.id for one in slots):
        for row in connection.execute(_LIVE.where(t.booking.c.slot_id.in_(ids), _stands(now))):
            booked[row.slot_id].append(row)
    directory = ChildDirectory(connection, {row.child_id for rows in booked.values() for row in rows})
    found = [_expected(commune, directory, one, booked[one.id]) for one in slots if booked[one.id]]
    return tuple(sorted(found, key=lambda one: place_of(commune, one.day, one.site_code, one.activity_code)))


def different_children(slots: Iterable[ExpectedSlot]) -> int:
    """Return how many children are expected in all, each counted once whatever it is booked for."""
    return len({child.child_id for one in slots for child in one.children})


def same_children_words(slots: Sequence[ExpectedSlot]) -> str:
    """Say which activities have the same children, so that nobody adds them up nor their adults; nothing where none has."""
    labels = {(one.day, one.site_code, one.activity_code): one.activity for one in slots}
    pairs = dict.fromkeys(
        (one.activity, labels[one.day, one.site_code, other])
        for one in slots
        for other in one.brings
        if (one.day, one.site_code, other) in labels
    )
    return " ".join(f"Ne pas additionner {one} et {other} : mêmes enfants, mêmes adultes." for one, other in pairs)


# The child and the basket are looked up booking by booking: joined, PostgreSQL reads those of the whole town for a day of one site.
_LIVE = (
    select(t.booking.c.slot_id, record_of(t.booking.c.child_id).label("child_id"), t.booking.c.state).where(
        text(f"booking.{LIVE_STATES}")
    )  # word for word, so that the partial index leads
)


def _stands(now: datetime) -> Any:
    held = t.booking.c.state == BookingState.HELD.value
    until = select(t.basket.c.expires_at).where(t.basket.c.id == t.booking.c.basket_id).scalar_subquery()
    return or_(~held, and_(held, until > now))


def _expected(commune: Commune, directory: ChildDirectory, slot: Any, rows: Sequence[Any]) -> ExpectedSlot:
    sure, waiting = (
        in_name_order([directory.on(row.child_id, slot.day) for row in rows if (row.state == held) is wanted])
        for held, wanted in ((BookingState.HELD.value, False), (BookingState.HELD.value, True))
    )
    rule = commune.policy.activity(slot.activity_code)
    ages = count_ages((child.born_on for child in sure), slot.day)
    return ExpectedSlot(
        slot.id,
        slot.site_code,
        site_name(commune, slot.site_code),
        slot.activity_code,
        rule.label,
        slot.day,
        sure,
        waiting,
        adults_needed(ages, commune.policy.staff.get(rule.family)),
        rule.brings,
    )
