"""The places of given days: what an agent sets by hand, for one day or a range, and gives back to the set-up.

Lowering a day under what is taken cancels nothing: its bookings and baskets keep their places, and nobody more comes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, update

from models import tables as t
from tui_portail.capacity import AgePlaces, SlotPlaces
from tui_portail.commune import Commune
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import checked_reason
from tui_portail.field_checks import FormRefused
from tui_portail.french import long_date, plural
from tui_portail.instants import in_paris
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.places_reading import places_between
from tui_portail.services.rights import Right
from tui_portail.services.slots import SlotKey
from tui_portail.services.waiting_offers import lock_places, offers_made
from tui_portail.site_day import SiteDay

GESTURE = "places_journee"
LONGEST_REASON = 200
LONGEST_RANGE = timedelta(days=366)
MOST_PLACES = 9_999
OLDEST = 25
"""The age above which a limit is a slip of the fingers."""


@dataclass(frozen=True, slots=True)
class PlacesSet:
    """What is asked of each day: None leaves what the day has. No `ages` (an empty tuple) lets the set-up's limits bear again."""

    capacity: int | None = None
    withheld: int | None = None
    ages: tuple[AgePlaces, ...] | None = None


@dataclass(frozen=True, slots=True)
class ChangedDays:
    """How many days were set, and those that now have more children than places: nothing was cancelled there."""

    days: int
    overfull: tuple[date, ...]


def set_day_places(
    desk: Desk,
    site: str,
    activity: str,
    first_day: date,
    last_day: date,
    places: PlacesSet,
    reason: str,
    operation: str,
) -> ChangedDays:
    """Set by hand the places of every day the activity runs at a site, from `first_day` to `last_day`; they follow the set-up no more.

    Raises InvalidInput with what to type instead, NotAllowed.
    """
    _check_places(places)
    content = [site, activity, first_day, last_day, asdict(places)]
    return _change(desk, site, activity, first_day, last_day, places, content, reason, operation)


def give_back_to_set_up(
    desk: Desk, site: str, activity: str, first_day: date, last_day: date, reason: str, operation: str
) -> ChangedDays:
    """Let the days of a range follow the set-up again: its places, nothing withheld, its limits by age.

    Raises InvalidInput with what to type instead, NotAllowed.
    """
    content = [site, activity, first_day, last_day, "reglages"]
    return _change(desk, site, activity, first_day, last_day, None, content, reason, operation)


def _change(
    desk: Desk,
    site: str,
    activity: str,
    first_day: date,
    last_day: date,
    places: PlacesSet | None,
    content: list[object],
    reason: str,
    operation: str,
) -> ChangedDays:
    reason = checked_reason(reason, LONGEST_REASON, "le motif", "reason")
    if not reason:
        raise FormRefused("Indiquez pourquoi ces places changent : le motif est conservé.", "reason")

    def work(gesture: Gesture) -> Done:
        connection, commune = gesture.connection, gesture.commune
        days = _days(commune, site, activity, first_day, last_day, in_paris(gesture.now).date())
        ids = lock_places(gesture, [(site, activity, day) for day in days])
        before = places_between(connection, commune, {site}, days[0], days[-1], gesture.now)
        had = {key: before[site, key[2]].slots[activity] for key in ids}
        has = {key: _wanted(commune, key, had[key], places) for key in ids}
        _write(gesture, {ids[key]: has[key] for key in ids})
        after = places_between(connection, commune, {site}, days[0], days[-1], gesture.now)
        overfull = [day for day in days if _is_overfull(after[site, day], activity)]
        changed = [
            {"id": slot_id, "day": key[2], "before": asdict(had[key]), "after": asdict(has[key])}
            for key, slot_id in sorted(ids.items(), key=lambda one: one[0][2])
        ]
        result = {"days": len(days), "overfull": overfull}
        details = {"site": site, "activity": activity, "slots": changed} | offers_made(gesture, list(ids))
        return Done(result, "slot", changed[0]["id"], None, reason, details)

    return perform(desk, GESTURE, Right.PLACES, operation, [*content, reason], work, _answer)


def _answer(result: Mapping[str, Any]) -> ChangedDays:
    return ChangedDays(result["days"], tuple(date.fromisoformat(day) for day in result["overfull"]))


def _days(commune: Commune, site: str, activity: str, first_day: date, last_day: date, today: date) -> list[date]:
    """Return the days of a range the activity runs at the site. Raises InvalidInput where there is none, or some are over."""
    if commune.capacity(site, activity, first_day) is None:
        raise InvalidInput("Ce site ne propose pas cette activité : choisissez-en une de la liste.")
    if last_day < first_day:
        raise FormRefused("Le dernier jour est avant le premier : corrigez l’un des deux.", "last_day")
    if last_day - first_day > LONGEST_RANGE:
        raise FormRefused("Une année au plus en une fois : rapprochez le dernier jour.", "last_day")
    if first_day < today:
        raise FormRefused(
            f"Le {long_date(first_day)} est passé : ses places ne changent plus. Commencez aujourd’hui au plus tôt.",
            "first_day",
        )
    policy = commune.policy
    running = commune.calendar.running_days(
        policy.activity(activity), first_day, last_day, policy.bridge_days_open_alsh, site
    )
    days = list(running)
    if not days:
        raise FormRefused(
            f"« {policy.activity(activity).label} » n’a lieu aucun de ces jours : vérifiez les dates.", "last_day"
        )
    return days


def _check_places(places: PlacesSet) -> None:
    """Refuse numbers that can't be kept. Raises InvalidInput."""
    if places == PlacesSet():
        raise InvalidInput("Rien à changer : donnez des places, des places retenues ou des limites d’âge.")
    for number, name, field in (
        (places.capacity, "Les places", "capacity"),
        (places.withheld, "Les places retenues", "withheld"),
    ):
        if number is not None and not 0 <= number <= MOST_PLACES:
            raise FormRefused(f"{name} vont de 0 à {MOST_PLACES}.", field)
    for ages in places.ages or ():
        if not 0 <= ages.places <= MOST_PLACES:
            raise FormRefused(f"Les places d’un âge vont de 0 à {MOST_PLACES}.", "ages")
        if not 0 <= ages.from_age <= OLDEST or not (ages.under_age is None or ages.from_age < ages.under_age <= OLDEST):
            raise FormRefused(f"Les âges vont de 0 à {OLDEST} ans, le plus petit d’abord.", "ages")
    firsts = [ages.from_age for ages in places.ages or ()]
    if len(set(firsts)) != len(firsts):
        raise FormRefused("Deux limites commencent au même âge : n’en gardez qu’une.", "ages")


def _wanted(commune: Commune, key: SlotKey, had: SlotPlaces, places: PlacesSet | None) -> SlotPlaces:
    if places is None:
        return SlotPlaces(commune.capacity(*key) or 0)
    capacity = had.capacity if places.capacity is None else places.capacity
    withheld = had.withheld if places.withheld is None else places.withheld
    if withheld > capacity:
        raise FormRefused(
            f"Le {long_date(key[2])} a {plural(capacity, 'place')} : on ne peut pas en retenir {withheld}.",
            "withheld",
        )
    return SlotPlaces(capacity, withheld, True, had.ages if places.ages is None else places.ages)


def _write(gesture: Gesture, slots: Mapping[int, SlotPlaces]) -> None:
    """Write what each slot (by id) starts with from now on, its limits by age in place of those it had."""
    connection, slot, ages = gesture.connection, t.slot.c, t.slot_age_limit
    connection.execute(
        update(t.slot)
        .where(slot.id == bindparam("of"))
        .values(capacity=bindparam("places"), withheld=bindparam("kept"), by_hand=bindparam("hand")),
        [
            {"of": slot_id, "places": places.capacity, "kept": places.withheld, "hand": places.by_hand}
            for slot_id, places in slots.items()
        ],
    )
    connection.execute(delete(ages).where(ages.c.slot_id.in_(slots)))
    limits = [
        {"slot_id": slot_id, "from_age": one.from_age, "under_age": one.under_age, "capacity": one.places}
        for slot_id, places in slots.items()
        for one in places.ages
    ]
    if limits:
        connection.execute(insert(ages), limits)


def _is_overfull(day: SiteDay, activity: str) -> bool:
    return any(one.left < 0 for one in day.limits if activity in one.limit.activities)
