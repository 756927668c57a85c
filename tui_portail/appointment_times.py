"""When the service can receive a family: the weekly template, less the days it is closed, less the appointments taken.

Openings are wall time in Paris; an appointment is an instant and real minutes, so that the two days of the year when the clock changes are
days like the others. Within an opening, appointments begin every quarter of an hour from its start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto

from tui_portail.errors import InvalidInput
from tui_portail.french import day_name
from tui_portail.instants import at_paris, in_utc
from tui_portail.school_calendar import SchoolCalendar
from tui_portail.service_rules import AppointmentRules, OpeningHours

GRID_MINUTES = 15
_STEP = timedelta(minutes=GRID_MINUTES)


@dataclass(frozen=True, slots=True)
class TakenTime:
    """An appointment that takes a place: from an instant, for real minutes."""

    starts_at: datetime
    minutes: int
    place: int = 0

    @property
    def ends_at(self) -> datetime:
        """The first instant after it, UTC."""
        return in_utc(self.starts_at) + timedelta(minutes=self.minutes)

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Say whether it shares an instant with another."""
        return in_utc(self.starts_at) < in_utc(ends_at) and in_utc(starts_at) < self.ends_at


@dataclass(frozen=True, slots=True)
class FreeTime:
    """An instant (UTC) at which an appointment may begin, the places free then, and for how many minutes the freest of them stays so."""

    starts_at: datetime
    minutes: int
    places: tuple[int, ...]


class Fit(Enum):
    """How an appointment would stand in the diary."""

    FREE = auto()  # at one of the template's free times
    OUTSIDE = auto()  # nobody else is received then, but the template does not say so
    TAKEN = auto()


def why_closed(calendar: SchoolCalendar, day: date) -> str:
    """Return why the mairie receives nobody on a day, whatever the template says; empty when it does not close."""
    if holiday := calendar.public_holidays.get(day):
        return f"jour férié : {holiday}"
    if closure := calendar.mairie_closure(day):
        return f"mairie fermée : {closure.reason}"
    return "" if calendar.covers(day) else "hors du calendrier connu de la commune"


def openings_of(rules: AppointmentRules, calendar: SchoolCalendar, day: date) -> tuple[OpeningHours, ...]:
    """Return the openings of a day in order, none when the mairie is closed."""
    if why_closed(calendar, day):
        return ()
    of_day = (opening for opening in rules.openings if opening.weekday == day.weekday())
    return tuple(sorted(of_day, key=lambda opening: opening.starts))


def closed_words(rules: AppointmentRules, calendar: SchoolCalendar, day: date) -> str:
    """Return why there is no opening on a day, empty when there is one."""
    if openings_of(rules, calendar, day):
        return ""
    return why_closed(calendar, day) or f"le service ne reçoit pas le {day_name(day)}"


def free_times(
    openings: Sequence[OpeningHours], taken: Iterable[TakenTime], day: date, minutes: int
) -> tuple[FreeTime, ...]:
    """Return the times of a day at which an appointment of so many minutes fits, in order.

    `openings` are the day's; `taken` the appointments that may touch it. Raises ValueError for no minutes.
    """
    if minutes <= 0:
        raise ValueError("an appointment lasts at least a minute")
    known = tuple(taken)
    return tuple(free for opening in openings for free in _of_opening(opening, known, day, minutes))


def _of_opening(opening: OpeningHours, taken: Sequence[TakenTime], day: date, minutes: int) -> Iterator[FreeTime]:
    starts, ends = in_utc(at_paris(day, opening.starts)), in_utc(at_paris(day, opening.ends))
    needed = timedelta(minutes=minutes)
    while starts + needed <= ends:
        stretches = {place: _free_until(starts, ends, taken, place) - starts for place in range(opening.places)}
        places = tuple(place for place, stretch in stretches.items() if stretch >= needed)
        if places:
            yield FreeTime(starts, int(max(stretches.values()).total_seconds()) // 60, places)
        starts += _STEP


def _free_until(starts: datetime, ends: datetime, taken: Sequence[TakenTime], place: int) -> datetime:
    """Return until when a place stays free from an instant, that instant when it is taken."""
    until = ends
    for one in taken:
        if one.place == place and one.overlaps(starts, until):
            until = max(starts, in_utc(one.starts_at))
    return until


def find_place(
    openings: Sequence[OpeningHours], taken: Iterable[TakenTime], day: date, starts_at: datetime, minutes: int
) -> tuple[Fit, int]:
    """Say how an appointment would stand on a day, and at which place: the first free one, 0 when all are taken.

    Outside the template as many families are received at once as in the openings it touches, one elsewhere.
    """
    known, starts = tuple(taken), in_utc(starts_at)
    for free in free_times(openings, known, day, minutes):
        if free.starts_at == starts:
            return Fit.FREE, free.places[0]
    ends = starts + timedelta(minutes=minutes)
    touched = (
        opening.places
        for opening in openings
        if in_utc(at_paris(day, opening.starts)) < ends and starts < in_utc(at_paris(day, opening.ends))
    )
    for place in range(max(touched, default=1)):
        if not any(one.place == place and one.overlaps(starts, ends) for one in known):
            return Fit.OUTSIDE, place
    return Fit.TAKEN, 0


def instant_of(wall: datetime) -> datetime:
    """Return the instant of a naive Paris wall time, the first of the two in the hour that comes twice.

    Raises InvalidInput on a time that the clock jumps over.
    """
    instant = in_utc(at_paris(wall.date(), wall.time()))
    if instant.astimezone(at_paris(wall.date(), wall.time()).tzinfo).replace(tzinfo=None) != wall:
        raise InvalidInput(
            "Cette heure n’existe pas ce jour-là : les horloges avancent d’une heure. Choisissez-en une autre."
        )
    return instant
