"""A site's day as counted, and the places it has left for a child (design, guarantee 2). Values only.

Places of a limit = its capacity − withheld − confirmed, due, held and offered; the smallest wins. A newcomer comes after those who
wait and could be served, so that nobody passes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tui_portail.capacity import CapacityLimit, SlotPlaces, own_limits


@dataclass(frozen=True, slots=True)
class SlotCount:
    """Who is on an activity's day: confirmed or due, on hold, offered a place, waiting for one."""

    settled: int = 0
    held: int = 0
    offered: int = 0
    waiting: int = 0

    @property
    def taken(self) -> int:
        """The places taken: all but those who wait."""
        return self.settled + self.held + self.offered


class Seat(NamedTuple):
    """A child on an activity, at the age (years) of that day. Thousands may be read for a month: a plain tuple."""

    child_id: int
    activity: str
    age: int

    @property
    def key(self) -> tuple[int, str]:
        """The child and the activity: one place of the day."""
        return self.child_id, self.activity


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open entry of the waiting list, in its order: first come, first served. `until`: how long a place is offered, if one is."""

    entry_id: int
    seat: Seat
    asked_at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LimitCount:
    """One limit as counted on a day.

    `children`: on how many of its activities each child counted is; None for a limit on one activity, where each booking takes a place.
    """

    limit: CapacityLimit
    taken: int
    children: Mapping[int, int] | None = None

    @property
    def left(self) -> int:
        """The places left to the first who comes, below 0 where it was lowered under what is taken."""
        return self.limit.places - self.taken


@dataclass(frozen=True, slots=True)
class SiteDay:
    """A site's day as counted: its activities, every limit that bears on it, who waits, in order, and to whom a place is offered.

    `offers`: the entries of `offered`, where they are known.
    """

    slots: Mapping[str, SlotPlaces]
    counts: Mapping[str, SlotCount] = field(default_factory=dict)
    limits: tuple[LimitCount, ...] = ()
    line: tuple[Waiting, ...] = ()
    offered: frozenset[tuple[int, str]] = frozenset()
    offers: tuple[Waiting, ...] = ()

    @property
    def others(self) -> tuple[LimitCount, ...]:
        """The limits over ages or several activities: those that come after each activity's own."""
        return self.limits[len(self.slots) :]

    def room(self, seat: Seat) -> Room:
        """Return what is left for a child, nothing else being given."""
        return Tally(self).room(seat)


@dataclass(frozen=True, slots=True)
class Room:
    """What is left for a child: `left` once those who come first are served, `first` if nobody waited; never below 0.

    `limit` is the smallest (None: the site does not offer the activity that day), `waiting` how many come first on its activities.
    """

    left: int
    first: int
    limit: CapacityLimit | None
    waiting: int = 0


class Tally:
    """A site's day while a gesture gives places and takes some back: every limit is counted again, a child once."""

    def __init__(self, day: SiteDay) -> None:
        self._day = day
        self._taken = [count.taken for count in day.limits]
        self._moved: list[dict[int, int]] = [{} for _ in day.limits]
        self._given: set[tuple[int, str]] = set()

    def give(self, seat: Seat) -> None:
        """Count a place given; one that was offered to the child is counted already."""
        if seat.key not in self._day.offered - self._given:
            self._move(seat, 1)
        self._given.add(seat.key)

    def take_back(self, seat: Seat) -> None:
        """Count no more a place that the child had."""
        self._move(seat, -1)

    def room(self, seat: Seat) -> Room:
        """Return what is left for a child; the place offered to it is its own, and its turn in the line is kept."""
        if seat.key in self._day.offered - self._given:
            return Room(1, 1, None)
        first, limit = self._smallest(seat)
        ahead = list(self._ahead(seat))
        if not ahead or first <= 0:
            return Room(max(first, 0), max(first, 0), limit)
        served = self._copy()
        for one in ahead:
            served._serve(one)
        left, limit = served._smallest(seat)
        waiting = sum(limit is not None and limit.counts(one.activity, one.age) for one in ahead)
        return Room(max(left, 0), first, limit, waiting)

    def may_be_offered(self) -> tuple[Waiting, ...]:
        """Return those who wait and whom a place would serve now, in order: who lacks one only for its age lets the next pass."""
        served = self._copy()
        return tuple(
            waiting for waiting in self._day.line if waiting.seat.key not in self._given and served._serve(waiting.seat)
        )

    def _serve(self, seat: Seat) -> bool:
        served = self._smallest(seat)[0] > 0
        if served:
            self._move(seat, 1)
        return served

    def _ahead(self, seat: Seat) -> Iterator[Seat]:
        """Yield those of the line who come before a child: all of them, unless it waits too."""
        for waiting in self._day.line:
            if waiting.seat.key == seat.key:
                return
            if waiting.seat.key not in self._given:
                yield waiting.seat

    def _smallest(self, seat: Seat) -> tuple[int, CapacityLimit | None]:
        """Return the fewest places left and their limit; one that counts the child already takes nothing more from it."""
        smallest: tuple[int, CapacityLimit | None] = (0, None)
        for place, count in enumerate(self._day.limits):
            if not count.limit.counts(seat.activity, seat.age) or self._times(place, seat.child_id) > 0:
                continue
            left = count.limit.places - self._taken[place]
            if smallest[1] is None or left < smallest[0]:
                smallest = left, count.limit
        return smallest

    def _times(self, place: int, child_id: int) -> int:
        """Return on how many activities of a limit a child is; none that is known, for an activity's own."""
        children = self._day.limits[place].children
        return 0 if children is None else children.get(child_id, 0) + self._moved[place].get(child_id, 0)

    def _move(self, seat: Seat, by: int) -> None:
        for place, count in enumerate(self._day.limits):
            if not count.limit.counts(seat.activity, seat.age):
                continue
            if count.children is None:
                self._taken[place] += by
                continue
            before = self._times(place, seat.child_id)
            self._moved[place][seat.child_id] = self._moved[place].get(seat.child_id, 0) + by
            self._taken[place] += (before + by > 0) - (before > 0)

    def _copy(self) -> Tally:
        copy = Tally(self._day)
        copy._taken = list(self._taken)
        copy._moved = [dict(moved) for moved in self._moved]
        copy._given = set(self._given)
        return copy


def count_site_day(
    site: str,
    others: Iterable[CapacityLimit],
    slots: Mapping[str, SlotPlaces],
    counts: Mapping[str, SlotCount] | None = None,
    seats: Iterable[Seat] = (),
    line: Iterable[Waiting] = (),
    offered: Iterable[Seat] = (),
    offers: Iterable[Waiting] = (),
    ages: Mapping[str, Mapping[int, int]] | None = None,
) -> SiteDay:
    """Return a site's day counted: each activity by itself, then the `others`.

    `seats` names every child who has a place on an activity that shares a limit; `ages` says how many of each age have one, by activity
    (None: as `seats` say).
    """
    known, seated = counts or {}, list(seats)
    if ages is None:
        ages = {code: Counter(seat.age for seat in seated if seat.activity == code) for code in slots}
    counted = [
        LimitCount(limit, known[limit.activities[0]].taken if limit.activities[0] in known else 0)
        for limit in own_limits(site, slots)
    ]
    for limit in others:
        if len(limit.activities) == 1:
            of_age = ages.get(limit.activities[0], {}).items()
            counted.append(LimitCount(limit, sum(times for age, times in of_age if limit.holds_for(age))))
            continue
        children = Counter(seat.child_id for seat in seated if limit.counts(seat.activity, seat.age))
        counted.append(LimitCount(limit, len(children), children))
    entries = tuple(offers)
    keys = frozenset(seat.key for seat in (*offered, *(one.seat for one in entries)))
    return SiteDay(slots, known, tuple(counted), tuple(line), keys, entries)
