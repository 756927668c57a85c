"""Places: several limits may bear on one day of an activity, and the smallest wins (design, guarantee 2). Values only.

A limit counts the children of its activities at its site and day whose age, that day, is within its own; `site_day` counts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class CapacityLimit:
    """So many children at a site, over some activities and weekdays (0 is Monday), from `from_age` to under `under_age`, in years."""

    site: str
    activities: tuple[str, ...]
    places: int
    from_age: int = 0
    under_age: int | None = None
    weekdays: frozenset[int] = EVERY_DAY

    def holds_for(self, age: int) -> bool:
        """Whether a child of this age (years, on the day) is counted by it."""
        return self.from_age <= age and (self.under_age is None or age < self.under_age)

    @property
    def of_some_ages(self) -> bool:
        """Whether it leaves some children out."""
        return bool(self.from_age) or self.under_age is not None

    def counts(self, activity: str, age: int) -> bool:
        """Whether a child of this age on this activity of its site is counted by it."""
        return activity in self.activities and self.holds_for(age)


@dataclass(frozen=True, slots=True)
class AgePlaces:
    """On one day of an activity, the places of children from an age to under another, in place of the set-up's."""

    places: int
    from_age: int = 0
    under_age: int | None = None


@dataclass(frozen=True, slots=True)
class SlotPlaces:
    """What an activity starts with on a day at a site; `by_hand`: an agent set it, it follows the set-up no more."""

    capacity: int
    withheld: int = 0
    by_hand: bool = False
    ages: tuple[AgePlaces, ...] = ()


def own_limits(site: str, slots: Mapping[str, SlotPlaces]) -> tuple[CapacityLimit, ...]:
    """Return the limit of each activity of a site's day by itself: its capacity less what the service withholds."""
    return tuple(_own_limit(site, activity, places.capacity - places.withheld) for activity, places in slots.items())


@lru_cache(maxsize=1024)  # the same few, day after day: a month holds hundreds
def _own_limit(site: str, activity: str, places: int) -> CapacityLimit:
    return CapacityLimit(site, (activity,), places)


def other_limits(
    site: str, day: date, slots: Mapping[str, SlotPlaces], of_set_up: Iterable[CapacityLimit]
) -> tuple[CapacityLimit, ...]:
    """Return the limits over ages or several activities that bear on a site's day.

    An activity's own limits of that day, where it has some, stand in place of the set-up's on that activity alone; a limit that it
    shares with others stays.
    """
    of_day = [
        CapacityLimit(site, (activity,), ages.places, ages.from_age, ages.under_age)
        for activity, places in slots.items()
        for ages in places.ages
    ]
    replaced = {activity for activity, places in slots.items() if places.ages}
    return (
        *of_day,
        *(
            limit
            for limit in of_set_up
            if limit.site == site
            and day.weekday() in limit.weekdays
            and not (len(limit.activities) == 1 and limit.activities[0] in replaced)
        ),
    )


def shared_with(site: str, activity: str, day: date, of_set_up: Iterable[CapacityLimit]) -> tuple[str, ...]:
    """Return the other activities that share a limit of a site with one: their places are counted together."""
    shared = {
        other
        for limit in of_set_up
        if limit.site == site and activity in limit.activities and day.weekday() in limit.weekdays
        for other in limit.activities
    }
    return tuple(sorted(shared - {activity}))
