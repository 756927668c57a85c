"""The school calendar as lines one adds, changes and takes off: years, holidays, bridges, public holidays, closures.

Each change gives another calendar, or is refused with the sentence to show; nothing is recorded here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from tui_portail.errors import InvalidInput
from tui_portail.french import long_date
from tui_portail.school_calendar import ONE_DAY, Closure, HolidayPeriod, SchoolCalendar, SchoolYear

COVERAGE_ENDS_SOON = timedelta(days=240)
"""Families book for the year ahead from the spring on: the calendar is asked for before."""
LONGEST_COVERAGE = timedelta(days=20 * 366)


class EntryKind(StrEnum):
    """What a line of the calendar is."""

    YEAR = "année scolaire"
    HOLIDAY = "vacances"
    BRIDGE = "pont"
    PUBLIC_HOLIDAY = "jour férié"
    CLOSURE = "fermeture"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A line: from its first day to its last, both included.

    A closure also says whether the mairie and the activities are closed, those of one `site` or of all, only some (`only`, codes) or all.
    """

    kind: EntryKind
    first: date
    last: date
    name: str
    mairie: bool = False
    activities: bool = False
    site: str | None = None
    only: AbstractSet[str] = frozenset()

    @property
    def words(self) -> str:
        """What it is and when, for a sentence."""
        if self.first == self.last:
            return f"« {self.name} », {long_date(self.first)}"
        return f"« {self.name} », du {long_date(self.first)} au {long_date(self.last)}"


def entries_of(calendar: SchoolCalendar) -> tuple[CalendarEntry, ...]:
    """Return the lines of a calendar by first day, a year before what it holds."""
    found = [
        *(CalendarEntry(EntryKind.YEAR, year.first_day, year.last_day, year.name) for year in calendar.years),
        *(CalendarEntry(EntryKind.HOLIDAY, one.first, one.last, one.name) for one in calendar.holidays),
        *(CalendarEntry(EntryKind.BRIDGE, first, last, "pont") for first, last in _runs(sorted(calendar.bridges))),
        *(
            CalendarEntry(EntryKind.PUBLIC_HOLIDAY, day, day, name)
            for day, name in calendar.public_holidays.items()
            if calendar.covers(day)
        ),
        *(
            CalendarEntry(
                EntryKind.CLOSURE, one.first, one.last, one.reason, one.mairie, one.activities, one.site, one.only
            )
            for one in calendar.closures
        ),
    ]
    kinds = list(EntryKind)
    return tuple(sorted(found, key=lambda entry: (entry.first, kinds.index(entry.kind), entry.last)))


def with_entry(calendar: SchoolCalendar, entry: CalendarEntry) -> SchoolCalendar:
    """Return the calendar with one more line; a year ahead extends the coverage. Raises InvalidInput with what it contradicts."""
    _check_entry(calendar, entry)
    match entry.kind:
        case EntryKind.YEAR:
            years = (*calendar.years, SchoolYear(entry.name, entry.first, entry.last))
            return covering(
                replace(calendar, years=tuple(sorted(years, key=lambda year: year.first_day))),
                min(calendar.first_covered, entry.first),
                max(calendar.last_covered, entry.last),
            )
        case EntryKind.HOLIDAY:
            holidays = (*calendar.holidays, HolidayPeriod(entry.name, entry.first, entry.last))
            return replace(calendar, holidays=tuple(sorted(holidays, key=lambda one: one.first)))
        case EntryKind.BRIDGE:
            return replace(calendar, bridges=frozenset({*calendar.bridges, *_days(entry)}))
        case EntryKind.PUBLIC_HOLIDAY:
            public = {**calendar.public_holidays, entry.first: entry.name}
            return replace(calendar, public_holidays=dict(sorted(public.items())))
        case EntryKind.CLOSURE:
            closures = (*calendar.closures, _closure(entry))
            return replace(calendar, closures=tuple(sorted(closures, key=lambda one: (one.first, one.last))))


def without_entry(calendar: SchoolCalendar, entry: CalendarEntry) -> SchoolCalendar:
    """Return the calendar without a line; without its first or last year, it is no longer known there.

    Raises InvalidInput for the only school year.
    """
    match entry.kind:
        case EntryKind.YEAR:
            if len(calendar.years) == 1:
                raise InvalidInput("Un calendrier garde au moins une année scolaire : ajoutez l’autre avant.")
            years = tuple(year for year in calendar.years if year.first_day != entry.first)
            first, last = min(year.first_day for year in years), max(year.last_day for year in years)
            return replace(
                calendar,
                years=years,
                first_covered=first if entry.first < first else calendar.first_covered,
                last_covered=last if entry.last > last else calendar.last_covered,
            )
        case EntryKind.HOLIDAY:
            kept = (one for one in calendar.holidays if (one.first, one.last) != (entry.first, entry.last))
            return replace(calendar, holidays=tuple(kept))
        case EntryKind.BRIDGE:
            return replace(calendar, bridges=frozenset(calendar.bridges - set(_days(entry))))
        case EntryKind.PUBLIC_HOLIDAY:
            public = {day: name for day, name in calendar.public_holidays.items() if day != entry.first}
            return replace(calendar, public_holidays=public)
        case EntryKind.CLOSURE:
            closures = list(calendar.closures)
            closures.remove(_closure(entry))
            return replace(calendar, closures=tuple(closures))


def covering(calendar: SchoolCalendar, first: date, last: date) -> SchoolCalendar:
    """Return the calendar known from a day to another. Raises InvalidInput when they are in the wrong order or too far apart."""
    if last < first:
        raise InvalidInput(
            f"Le calendrier finirait le {long_date(last)}, avant de commencer : vérifiez ses deux dates."
        )
    if last - first > LONGEST_COVERAGE:
        raise InvalidInput("Un calendrier couvre au plus 20 ans : vérifiez ses deux dates.")
    return replace(calendar, first_covered=first, last_covered=last)


def with_public_holidays(
    calendar: SchoolCalendar, before: SchoolCalendar, public_holidays: Mapping[date, str]
) -> SchoolCalendar:
    """Return the calendar with the public holidays of the days that `before` did not cover."""
    added = {day: name for day, name in public_holidays.items() if calendar.covers(day) and not before.covers(day)}
    return replace(calendar, public_holidays=dict(sorted({**added, **calendar.public_holidays}.items())))


def next_known_year(calendar: SchoolCalendar, known: SchoolCalendar) -> SchoolYear | None:
    """Return the first year of a known calendar that begins after all those of this one."""
    last = max(year.last_day for year in calendar.years)
    return next((year for year in sorted(known.years, key=lambda y: y.first_day) if year.first_day > last), None)


def with_known_year(calendar: SchoolCalendar, known: SchoolCalendar, year: SchoolYear) -> SchoolCalendar:
    """Return the calendar with a year of a known one: its holidays, those of the summer before, its bridges, its public holidays."""
    return with_year(calendar, year, known.holidays, known.bridges, known.public_holidays)


def with_year(
    calendar: SchoolCalendar,
    year: SchoolYear,
    holidays: Iterable[HolidayPeriod],
    bridges: Iterable[date],
    public_holidays: Mapping[date, str],
) -> SchoolCalendar:
    """Return the calendar with a year and, of what is given, all that falls between the years it has and the end of that one.

    Holidays that overlap some already there are left out. Raises InvalidInput.
    """
    after = max(known.last_day for known in calendar.years) + ONE_DAY
    extended = with_entry(calendar, CalendarEntry(EntryKind.YEAR, year.first_day, year.last_day, year.name))
    for holiday in holidays:
        if after <= holiday.first <= year.last_day and not any(
            one.first <= holiday.last and holiday.first <= one.last for one in extended.holidays
        ):
            extended = with_entry(extended, CalendarEntry(EntryKind.HOLIDAY, holiday.first, holiday.last, holiday.name))
    public = {day: name for day, name in public_holidays.items() if after <= day <= year.last_day}
    return replace(
        extended,
        bridges=frozenset({*extended.bridges, *(day for day in bridges if after <= day <= year.last_day)}),
        public_holidays=dict(sorted({**public, **extended.public_holidays}.items())),
    )


def partly_closed(calendar: SchoolCalendar, day: date, site: str | None) -> tuple[Closure, ...]:
    """Return the closures that stop some activities of a day, and not all, at a site (None: at all of them)."""
    return tuple(
        one for one in calendar.closures if one.activities and one.only and one.holds(day) and one.site in (None, site)
    )


def coverage_warning(calendar: SchoolCalendar, today: date) -> str:
    """Return what to say of a calendar that ends soon, empty when it does not."""
    if calendar.last_covered - today > COVERAGE_ENDS_SOON:
        return ""
    return f"Calendrier connu jusqu’au {long_date(calendar.last_covered)} : ajoutez l’année suivante."


def _closure(entry: CalendarEntry) -> Closure:
    only = frozenset(entry.only) if entry.activities else frozenset[str]()
    return Closure(entry.first, entry.last, entry.name, entry.mairie, entry.activities, entry.site, only)


def _check_entry(calendar: SchoolCalendar, entry: CalendarEntry) -> None:
    if not entry.name.strip():
        raise InvalidInput("Donnez un nom ou un motif : c’est lui que l’agent lira au guichet.")
    if entry.last < entry.first:
        raise InvalidInput(
            f"« {entry.name} » finit le {long_date(entry.last)}, avant de commencer : vérifiez ses dates."
        )
    same = [one for one in entries_of(calendar) if one.kind is entry.kind]
    if entry.kind is not EntryKind.CLOSURE:
        for one in same:
            if one.first <= entry.last and entry.first <= one.last:
                raise InvalidInput(f"« {entry.name} » chevauche {one.words} : changez ses dates, ou celles de l’autre.")
    if entry.kind is EntryKind.CLOSURE and not (entry.mairie or entry.activities):
        raise InvalidInput("Dites ce qui ferme : la mairie, les activités, ou les deux.")
    if entry.kind is EntryKind.CLOSURE and entry in same:
        raise InvalidInput(f"La fermeture {entry.words} est déjà dans le calendrier.")
    if entry.kind is not EntryKind.YEAR and not (calendar.covers(entry.first) and calendar.covers(entry.last)):
        raise InvalidInput(
            f"Le calendrier est connu du {long_date(calendar.first_covered)} au {long_date(calendar.last_covered)} : "
            f"« {entry.name} » en sort. Ajoutez d’abord l’année scolaire."
        )


def _days(entry: CalendarEntry) -> Iterator[date]:
    day = entry.first
    while day <= entry.last:
        yield day
        day += ONE_DAY


def _runs(days: list[date]) -> Iterator[tuple[date, date]]:
    """Yield the runs of days that follow each other."""
    first = last = None
    for day in days:
        if first is None or last is None or day != last + ONE_DAY:
            if first is not None and last is not None:
                yield first, last
            first = day
        last = day
    if first is not None and last is not None:
        yield first, last
