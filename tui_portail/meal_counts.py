"""The meals of a day: how many at an instant, and what changed since they were ordered.

What the kitchen is told is what stood at the freeze: the limit plus the time of a hold (rules, « Hold and payment »). It is found from
the instants that each booking bears, so that it is the same whenever somebody looks, and no event freezes anything. A booking counts from
the instant it was paid (« seul le paiement valide l'inscription »), or owed at once for a child who came without booking, until it was
cancelled. A child's menu, age or meal not supplied are those of the freeze too: what was changed since is in its dossier's history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from tui_portail.family_words import DIETS, NO_MEAL
from tui_portail.instants import after_minutes, day_begins, is_before
from tui_portail.limits import limit_instant
from tui_portail.policy import ActivityRule, Policy
from tui_portail.school_calendar import SchoolCalendar
from tui_portail.staffing import is_under_six

NOT_SUPPLIED = "sans_repas_fourni"
MENUS: Mapping[str, str] = {**DIETS, NOT_SUPPLIED: NO_MEAL}
"""The menus by the code an order keeps: those cooked, then a child received for whom nothing is cooked."""


class MealKind(NamedTuple):
    """One menu for one age."""

    menu: str
    under_six: bool

    @property
    def cooked(self) -> bool:
        """Whether the kitchen cooks it."""
        return self.menu != NOT_SUPPLIED


MealCount = Mapping[MealKind, int]


class Cause(StrEnum):
    """Why a count is not what was ordered, as the desk and the kitchen read it."""

    DEROGATION = "réservé par dérogation"
    BOOKED = "réservé après l’arrêt"
    PAID = "payé après l’arrêt"
    UNBOOKED = "venu sans réservation"
    RESTORED = "journée rétablie"
    CANCELLED = "annulé"
    CANCELLED_LATE = "annulé hors délai"
    CLOSED = "journée annulée par la commune"
    MENU = "menu changé au dossier"
    AGE = "naissance corrigée au dossier"


@dataclass(frozen=True, slots=True)
class FactChange:
    """One field of a child's record that was changed: when, which (a column's name), and what it was."""

    at: datetime
    field: str
    before: date | str | bool


@dataclass(frozen=True, slots=True)
class ChildRecord:
    """A child as recorded now, with what was changed of it.

    `changes` of one instant are in the order they were made. `shown_as`: the records it was led to by merging dossiers, each with its
    instant (None: before anything that is asked). `erased`: its family was, its menu is no longer known and its birth only by the year.
    """

    child_id: int
    birth_on: date
    diet: str = ""
    meal_supplied: bool = True
    changes: tuple[FactChange, ...] = ()
    shown_as: tuple[tuple[datetime | None, ChildRecord], ...] = ()
    erased: bool = False

    def at(self, instant: datetime | None) -> ChildRecord:
        """Return the record as it stood just before an instant, now when None: the one the child was shown under."""
        led = [one for since, one in self.shown_as if since is None or instant is None or is_before(since, instant)]
        if led:
            return led[-1].at(instant)
        record = self
        made = sorted(self.changes, key=lambda change: change.at)
        for change in made[::-1]:
            if instant is not None and not is_before(change.at, instant):
                record = replace(record, **{change.field: change.before})  # type: ignore[arg-type]
        return record

    def kind_on(self, day: date) -> MealKind:
        """Return what is cooked for the child on a day, as it is recorded."""
        return MealKind(self.diet if self.meal_supplied else NOT_SUPPLIED, is_under_six(self.birth_on, day))

    def last_change(self, since: datetime) -> datetime:
        """Return when the record last changed from an instant on."""
        led = [at for at, _ in self.shown_as if at is not None]
        own = [change.at for change in self.changes]
        below = [one.last_change(since) for _, one in self.shown_as]
        return max([at for at in (*led, *own, *below) if not is_before(at, since)], default=since)


@dataclass(frozen=True, slots=True)
class MealBooking:
    """A day booked with its meal: from when it counted, until when (None: it still does), and why either came late.

    `ordered_as`: what was ordered for it, where the child's record no longer says it.
    """

    booking_id: int
    day: date
    child: ChildRecord
    counted_from: datetime
    ended_at: datetime | None = None
    came: Cause = Cause.BOOKED
    left: Cause = Cause.CANCELLED
    ordered_as: MealKind | None = None

    def counted_at(self, instant: datetime | None) -> bool:
        """Say whether it counted just before an instant, now when None."""
        if instant is None:
            return self.ended_at is None
        return is_before(self.counted_from, instant) and (
            self.ended_at is None or not is_before(self.ended_at, instant)
        )

    def kind_at(self, instant: datetime | None) -> MealKind:
        """Return what is cooked for it, as its child was recorded at an instant; once its day is over, nothing changes what was cooked."""
        if self.ordered_as is not None:
            return self.ordered_as
        return self.child.at(instant or day_begins(self.day + timedelta(days=1))).kind_on(self.day)


@dataclass(frozen=True, slots=True)
class Difference:
    """One meal more (+1) or less (−1) than what was ordered: when, of which kind, why, and for whom."""

    at: datetime
    change: int
    kind: MealKind
    cause: Cause
    booking_id: int
    child_id: int


def freeze_instant(activity: ActivityRule, day: date, policy: Policy, calendar: SchoolCalendar) -> datetime:
    """Return the instant (UTC) from which the meals of a day no longer change: the limit for adding, and the policy's minutes."""
    return after_minutes(limit_instant(activity.add_limit, day, calendar), policy.meal_freeze_minutes)


def count_meals(bookings: Iterable[MealBooking], instant: datetime | None = None) -> Counter[MealKind]:
    """Count the meals that stood just before an instant, those of now when None."""
    return Counter(booking.kind_at(instant) for booking in bookings if booking.counted_at(instant))


def with_ordered_kinds(
    bookings: Sequence[MealBooking], ordered: MealCount, frozen_at: datetime
) -> tuple[MealBooking, ...]:
    """Give the days of children whose family was erased the meals of an order that no other child explains, of their age first.

    Their menus are no longer known: without this, one that left would be taken from the ordinary meals of others. Among several of them,
    which is which stays unknown.
    """
    stood = [booking for booking in bookings if booking.counted_at(frozen_at)]
    unknown = [booking for booking in stood if booking.child.erased]
    if not unknown:
        return tuple(bookings)
    left = Counter(ordered) - Counter(booking.kind_at(frozen_at) for booking in stood if not booking.child.erased)
    told: dict[int, MealKind] = {}
    for booking in unknown:
        recorded = booking.kind_at(frozen_at)
        kind = min(+left, key=lambda one: (one.under_six is not recorded.under_six, one), default=recorded)
        left[kind] -= 1
        told[booking.booking_id] = kind
    return tuple(replace(booking, ordered_as=told.get(booking.booking_id)) for booking in bookings)


def differences(bookings: Iterable[MealBooking], frozen_at: datetime) -> tuple[Difference, ...]:
    """Return what changed since the freeze, in the order it happened: added to what stood then, it makes what stands now."""
    found: list[Difference] = []
    for booking in bookings:
        was, then = booking.counted_at(frozen_at), booking.kind_at(frozen_at)
        stands, now = booking.counted_at(None), booking.kind_at(None)
        child_id = booking.child.at(None).child_id
        if stands and not was:
            came = Difference(booking.counted_from, 1, now, booking.came, booking.booking_id, child_id)
            found.append(came)
        elif was and not stands:
            ended = booking.ended_at or frozen_at
            found.append(Difference(ended, -1, then, booking.left, booking.booking_id, child_id))
        elif was and then != now:
            at, cause = booking.child.last_change(frozen_at), Cause.MENU if then.menu != now.menu else Cause.AGE
            found.append(Difference(at, -1, then, cause, booking.booking_id, child_id))
            found.append(Difference(at, 1, now, cause, booking.booking_id, child_id))
    return tuple(sorted(found, key=lambda one: (one.at, one.booking_id, one.change)))


def with_differences(ordered: MealCount, changes: Iterable[Difference]) -> Counter[MealKind]:
    """Return what stands now: what was ordered, and what changed since."""
    count = Counter(ordered)
    for one in changes:
        count[one.kind] += one.change
    return +count


def cooked(count: MealCount) -> int:
    """Return how many meals are cooked."""
    return sum(number for kind, number in count.items() if kind.cooked)


def of_menu(count: MealCount, menu: str) -> int:
    """Return how many children have a menu, whatever their age."""
    return sum(number for kind, number in count.items() if kind.menu == menu)


def of_age(count: MealCount, under_six: bool) -> int:
    """Return how many meals are cooked for an age."""
    return sum(number for kind, number in count.items() if kind.under_six is under_six and kind.cooked)
