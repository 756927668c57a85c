"""Places: several limits may bear on one day of an activity, and the smallest wins (design, guarantee 2). Values only.

A limit counts the children of its activities at its site and day whose age, that day, is within its own.
"""

from __future__ import annotations

from dataclasses import dataclass

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
