"""The places of the days of some sites, counted and never kept as a counter (design, guarantee 2); `site_day` says what is left.

Places of a limit = capacity − withheld − confirmed (and due) − live holds − live offers of the waiting list. What expires takes no place
any more, with no event.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    extract,
    func,
    literal,
    null,
    or_,
    select,
    text,
    type_coerce,
    union_all,
)

from models import tables as t
from models.states import LIVE_STATES, OPEN_BASKET, OPEN_WAITING, AttendanceState, BookingState, WaitingState
from tui_portail.capacity import AgePlaces, CapacityLimit, SlotPlaces, other_limits
from tui_portail.commune import Commune
from tui_portail.payment_rules import age_on
from tui_portail.services.attendance_facts import came_unbooked
from tui_portail.services.child_by_child import each_child, shown_child
from tui_portail.services.family_facts import shown_as
from tui_portail.services.waiting_school import school_then
from tui_portail.site_day import Seat, SiteDay, SlotCount, Waiting, count_site_day
from tui_portail.waiting_line import is_over, may_attend

DayKey = tuple[str, date]  # site, day
_SETTLED, _AGED, _SEATED, _HELD, _OFFERED, _WAITING = "settled", "aged", "seated", "held", "offered", "waiting"


def places_between(
    connection: Connection, commune: Commune, sites: Collection[str], first_day: date, last_day: date, now: datetime
) -> dict[DayKey, SiteDay]:
    """Return every day of these sites as counted at `now`, from `first_day` to `last_day`; what has no slot starts as the set-up says.

    Two statements, whatever there is to count.
    """
    limits = [limit for limit in commune.limits if limit.site in sites]
    days = _ReadDays(commune, limits, sorted(sites), first_day, last_day)
    days.read_slots(connection)
    days.count(connection, now)
    return days.counted()


@dataclass(slots=True)
class _Slot:
    """A slot read: where it is, what it starts with, then who is on it."""

    site: str
    activity: str
    day: date
    capacity: int
    withheld: int
    by_hand: bool
    limits: list[AgePlaces] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    ages: dict[int, int] = field(default_factory=dict)

    def add(self, what: str, times: int = 1) -> None:
        """Count so many more who hold, wait, have a place or are offered one."""
        self.counts[what] = self.counts.get(what, 0) + times

    def add_of_age(self, age: int, times: int = 1) -> None:
        """Count so many more of an age."""
        self.ages[age] = self.ages.get(age, 0) + times

    @property
    def places(self) -> SlotPlaces:
        """What it starts with."""
        return SlotPlaces(self.capacity, self.withheld, self.by_hand, tuple(self.limits))

    @property
    def count(self) -> SlotCount:
        """Who is on it."""
        return SlotCount(*(self.counts.get(what, 0) for what in (_SETTLED, _HELD, _OFFERED, _WAITING)))


@dataclass(slots=True)
class _ReadDays:
    """The days of some sites while they are read."""

    commune: Commune
    limits: Sequence[CapacityLimit]
    sites: Sequence[str]
    first_day: date
    last_day: date
    slots: dict[int, _Slot] = field(default_factory=dict)
    seats: defaultdict[DayKey, list[Seat]] = field(default_factory=lambda: defaultdict(list))
    offers: defaultdict[DayKey, list[Waiting]] = field(default_factory=lambda: defaultdict(list))
    line: defaultdict[DayKey, list[Waiting]] = field(default_factory=lambda: defaultdict(list))

    def read_slots(self, connection: Connection) -> None:
        """Read the slots there are, with their limits by age."""
        rows = connection.execute(_slots_query(), self._window()).all()
        for slot_id, site, activity, day, capacity, withheld, by_hand, age_places, from_age, under_age in rows:
            if slot_id not in self.slots:
                self.slots[slot_id] = _Slot(site, activity, day, capacity, withheld, bool(by_hand))
            if age_places is not None:
                self.slots[slot_id].limits.append(AgePlaces(age_places, from_age, under_age))

    def _window(self) -> dict[str, object]:
        return {
            "sites": self.sites,
            "activities": sorted(self.commune.policy.activities),
            "first_day": self.first_day,
            "last_day": self.last_day,
        }

    def count(self, connection: Connection, now: datetime) -> None:
        """Count who is on the slots read: by age where a limit asks for it, child by child where they hold, wait, or share a limit."""
        if not self.slots:
            return
        alone, together = self._limited(together=False), self._limited(together=True)
        at = {slot_id: (slot.site, slot.activity, slot.day.weekday()) for slot_id, slot in self.slots.items()}
        aged = [slot_id for slot_id, slot in self.slots.items() if slot.limits or at[slot_id] in alone]
        shared = [slot_id for slot_id in self.slots if at[slot_id] in together]
        query = _who_query(connection.dialect.name, bool(aged), bool(shared))
        rows = connection.execute(query, self._window() | {"now": now, "aged": aged, "shared": shared}).all()
        for what, slot_id, times, age, child_id, birth_on, entry_id, asked_at, offer_until, school in rows:
            slot = self.slots.get(slot_id)
            if slot is None:  # made by another desk since the slots were read: not one of those this gesture has locked
                continue
            if what == _SETTLED:
                slot.add(_SETTLED, times)
            elif what == _AGED:
                slot.add_of_age(age, times)
            else:
                seat = Seat(child_id, slot.activity, age_on(birth_on, slot.day))
                if entry_id is not None and not may_attend(self.commune, school, slot.activity, slot.site, seat.age):
                    continue  # no longer let in: waits for nothing, is kept no place
                self._seat(slot, what, Waiting(entry_id, seat, asked_at, offer_until), now)

    def _is_over(self, slot: _Slot, now: datetime) -> bool:
        return is_over(self.commune.policy, self.commune.calendar, slot.activity, slot.site, slot.day, now)

    def _limited(self, *, together: bool) -> set[tuple[str, str, int]]:
        """Return the activities under a limit of the set-up, by site and weekday: those that share it, or those alone."""
        return {
            (limit.site, activity, weekday)
            for limit in self.limits
            if (len(limit.activities) > 1) is together
            for activity in limit.activities
            for weekday in limit.weekdays
        }

    def _seat(self, slot: _Slot, what: str, one: Waiting, now: datetime) -> None:
        """Count a child known one by one; `one` is an entry of the waiting list where it waits or was offered a place."""
        at = slot.site, slot.day
        if what == _WAITING:
            if not self._is_over(slot, now):  # past that, nobody is served any more: nobody is waited for
                slot.add(_WAITING)
                self.line[at].append(one)
            return
        self.seats[at].append(one.seat)
        if what == _SEATED:
            return
        slot.add(what)
        slot.add_of_age(one.seat.age)
        if what == _OFFERED:
            self.offers[at].append(one)

    def counted(self) -> dict[DayKey, SiteDay]:
        """Return the days counted; those of a site's weekday where nothing is written yet are one and the same."""
        written: defaultdict[DayKey, list[_Slot]] = defaultdict(list)
        for slot in self.slots.values():
            written[slot.site, slot.day].append(slot)
        set_up = _set_up_places(self.commune, self.sites)
        blank: dict[tuple[str, int], SiteDay] = {}
        found: dict[DayKey, SiteDay] = {}
        for site in self.sites:
            for step in range((self.last_day - self.first_day).days + 1):
                day = self.first_day + timedelta(days=step)
                weekday = site, day.weekday()
                if slots := written.get((site, day)):
                    found[site, day] = self._counted_day(site, day, set_up[weekday], slots)
                    continue
                if weekday not in blank:
                    blank[weekday] = self._counted_day(site, day, set_up[weekday], ())
                found[site, day] = blank[weekday]
        return found

    def _counted_day(self, site: str, day: date, set_up: Mapping[str, SlotPlaces], slots: Collection[_Slot]) -> SiteDay:
        places = {**set_up, **{slot.activity: slot.places for slot in slots}}
        line = sorted(self.line.get((site, day), ()), key=lambda one: (one.asked_at, one.entry_id))
        return count_site_day(
            site,
            other_limits(site, day, places, self.limits),
            places,
            {slot.activity: slot.count for slot in slots},
            self.seats.get((site, day), ()),
            line,
            offers=self.offers.get((site, day), ()),
            ages={slot.activity: slot.ages for slot in slots},
        )


def _set_up_places(commune: Commune, sites: Collection[str]) -> Mapping[tuple[str, int], Mapping[str, SlotPlaces]]:
    """Return what each activity starts with by the set-up, by site and weekday."""
    found: dict[tuple[str, int], dict[str, SlotPlaces]] = {(site, day): {} for site in sites for day in range(7)}
    for offering in commune.offerings:  # read once for all days: a large town has thousands
        if offering.site in sites:
            for weekday in range(7):
                capacity = offering.by_weekday.get(weekday, offering.capacity)
                found[offering.site, weekday][offering.activity] = SlotPlaces(capacity)
    return found


def _of_window() -> list[Any]:
    return [
        t.slot.c.site_code.in_(bindparam("sites", expanding=True)),
        t.slot.c.activity_code.in_(bindparam("activities", expanding=True)),  # the unique index then leads to the days
        t.slot.c.day.between(bindparam("first_day"), bindparam("last_day")),
    ]


@cache  # a statement this long takes longer to write than to answer
def _slots_query() -> Select[Any]:
    slot, ages = t.slot.c, t.slot_age_limit.c
    return (
        select(
            slot.id,
            slot.site_code,
            slot.activity_code,
            slot.day,
            slot.capacity,
            slot.withheld,
            slot.by_hand,
            ages.capacity.label("age_places"),
            ages.from_age,
            ages.under_age,
        )
        .outerjoin(t.slot_age_limit, ages.slot_id == slot.id)
        .where(*_of_window())
        .order_by(slot.id, ages.from_age)
    )


@cache
def _who_query(dialect: str, aged: bool, shared: bool) -> CompoundSelect[Any]:
    """Return the query of who is on the slots: those who wait or were offered a place, live holds, then what is settled.

    Settled days are counted from an index alone; also by age on the `aged` slots, and child by child on those `shared` by a limit. Those
    owed by children who came without booking took no place: taken off, they are few and found by the marks of their slot.
    """
    slot_ids = select(t.slot.c.id).where(*_of_window())
    booking, entry, child = t.booking.c, t.waiting_entry.c, t.child.c
    who = (_no(Integer()).label("age"), shown_as().label("child_id"), child.birth_on)
    nobody = (_no(Integer()).label("child_id"), _no(Date()).label("birth_on"))
    no_entry = (
        _no(Integer()).label("entry_id"),
        _no(entry.asked_at.type).label("asked_at"),
        _no(entry.offer_until.type).label("offer_until"),
        _no(String()).label("school"),
    )
    once, counted = literal(1).label("times"), func.count().label("times")
    offered = and_(entry.state == WaitingState.OFFERED.value, entry.offer_until > bindparam("now"))
    parts = [
        select(
            case((offered, _OFFERED), else_=_WAITING).label("what"),
            entry.slot_id,
            once,
            *who,
            entry.id.label("entry_id"),
            entry.asked_at,
            entry.offer_until,
            school_then(),
        )
        .join(t.child, child.id == entry.child_id)
        .where(
            text(f"waiting_entry.{OPEN_WAITING}"),
            or_(entry.state == WaitingState.WAITING.value, offered),
            entry.slot_id.in_(slot_ids),
        )
    ]
    live = select(t.basket.c.id).where(text(OPEN_BASKET), t.basket.c.expires_at > bindparam("now"))
    parts.append(
        select(_kind(_HELD), booking.slot_id, once, *who, *no_entry)
        .join(t.child, child.id == booking.child_id)
        .where(booking.basket_id.in_(live), booking.state == BookingState.HELD.value, booking.slot_id.in_(slot_ids))
    )
    settled = (text(f"booking.{LIVE_STATES}"), booking.state != BookingState.HELD.value)
    parts.append(
        select(_kind(_SETTLED), booking.slot_id, counted, _no(Integer()).label("age"), *nobody, *no_entry)
        .where(*settled, booking.slot_id.in_(slot_ids))
        .group_by(booking.slot_id)
    )
    marked = t.attendance.c
    parts.append(
        select(
            _kind(_SETTLED), marked.slot_id, literal(-1).label("times"), _no(Integer()).label("age"), *nobody, *no_entry
        )
        .join(t.booking, booking.id == marked.booking_id)
        .where(marked.slot_id.in_(slot_ids), marked.state == AttendanceState.UNBOOKED.value, *settled)
    )
    one, booked = each_child(booking.child_id, dialect)
    if aged:
        age = (_number_of(booking.day, dialect) - _number_of(one.c.birth_on, dialect)) // 10_000
        parts.append(
            select(_kind(_AGED), booking.slot_id, counted, age.label("age"), *nobody, *no_entry)
            .select_from(t.booking.join(one, booked))
            .where(*settled, ~came_unbooked(), booking.slot_id.in_(bindparam("aged", expanding=True)))
            .group_by(booking.slot_id, age)
        )
    if shared:
        seated = (_no(Integer()).label("age"), shown_child(one).label("child_id"), one.c.birth_on)
        parts.append(
            select(_kind(_SEATED), booking.slot_id, once, *seated, *no_entry)
            .select_from(t.booking.join(one, booked))
            .where(*settled, ~came_unbooked(), booking.slot_id.in_(bindparam("shared", expanding=True)))
        )
    return union_all(*parts)


def _number_of(day: Any, dialect: str) -> Any:
    """Return a day as a number, 20261204: the difference of two holds the whole years between them, as `age_on` counts them."""
    if dialect == "sqlite":  # a day is its ISO text there; three functions of the calendar a row would double the query
        return cast(func.replace(type_coerce(day, String()), "-", ""), Integer)
    year, month, number = (cast(extract(part, day), Integer) for part in ("year", "month", "day"))
    return year * 10_000 + month * 100 + number


def _kind(what: str) -> Any:
    return literal(what, String(10)).label("what")


def _no(of_type: Any) -> Any:
    return cast(null(), of_type)
