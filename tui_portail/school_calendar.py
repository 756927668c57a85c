"""What a day is at school, and which activities run on it (leaflet; official dates of the zone, edited by the commune).

A calendar knows the days between `first_covered` and `last_covered` and says so when asked about another: it never
guesses. Holidays run from the day after class to the eve of the return, both included; the days between two school
years are summer holidays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from tui_portail.decision import POLICY, Decision
from tui_portail.errors import InvalidInput
from tui_portail.french import long_date
from tui_portail.policy import ActivityFamily, ActivityRule, RunsOn

ONE_DAY = timedelta(days=1)
WEDNESDAY = 2
SATURDAY = 5
SUMMER = "été"
CALENDAR_SOURCE = "Calendrier scolaire de la commune"


class DayKind(StrEnum):
    """What a day is, the strongest reason first: a weekend is a weekend even in the holidays."""

    UNKNOWN = "inconnu"
    WEEKEND = "week_end"
    PUBLIC_HOLIDAY = "ferie"
    CLOSED = "fermeture"
    BRIDGE = "pont"
    HOLIDAY = "vacances"
    SCHOOL_WEDNESDAY = "mercredi_scolaire"
    SCHOOL = "jour_scolaire"


@dataclass(frozen=True, slots=True)
class HolidayPeriod:
    """School holidays, from the first day off to the eve of the return, both included. `summer`: those between two school years."""

    name: str
    first: date
    last: date
    summer: bool = False


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """A school year, from the pupils' first day to their last, both included."""

    name: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Closure:
    """Days closed by the commune, both included.

    `mairie`: its offices are closed, so that limits may skip the day. `activities`: nothing runs, at `site` only when
    one is named; only the activities of `only` (codes) when there are any.
    """

    first: date
    last: date
    reason: str
    mairie: bool = True
    activities: bool = False
    site: str | None = None
    only: AbstractSet[str] = frozenset()

    def holds(self, day: date) -> bool:
        """Say whether a day is within the closure."""
        return self.first <= day <= self.last

    def stops(self, day: date, site: str | None, activity: str | None) -> bool:
        """Say whether an activity does not run for it; `activity` None: whether nothing at all runs."""
        here = self.site is None or self.site == site
        return self.activities and here and self.holds(day) and (not self.only or activity in self.only)


@dataclass(frozen=True, slots=True)
class DayDescription:
    """A day, its kind, and the kind in French words (« Vacances scolaires : Noël »)."""

    day: date
    kind: DayKind
    label_fr: str


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """A zone's calendar with the commune's closures. Raises InvalidInput when its dates contradict each other."""

    zone: str
    first_covered: date
    last_covered: date
    years: tuple[SchoolYear, ...]
    holidays: tuple[HolidayPeriod, ...]
    bridges: AbstractSet[date] = frozenset()
    public_holidays: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}))
    closures: tuple[Closure, ...] = ()
    _ordinary: Mapping[date, DayKind] = field(init=False, repr=False, compare=False)
    _summers: tuple[HolidayPeriod, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        periods = [(f"année {year.name}", year.first_day, year.last_day) for year in self.years]
        periods += [(holiday.name, holiday.first, holiday.last) for holiday in self.holidays]
        periods += [(closure.reason, closure.first, closure.last) for closure in self.closures]
        periods.append(("calendrier connu", self.first_covered, self.last_covered))
        for name, first, last in periods:
            if last < first:
                raise InvalidInput(f"Calendrier : « {name} » finit le {long_date(last)}, avant de commencer.")
        in_order = sorted(self.years, key=lambda year: year.first_day)
        summers = (
            HolidayPeriod(SUMMER, before.last_day + ONE_DAY, after.first_day - ONE_DAY, summer=True)
            for before, after in pairwise(in_order)
        )
        object.__setattr__(self, "_summers", tuple(summers))
        object.__setattr__(self, "_ordinary", {day: self._kind_without_closure(day) for day in self._covered_days()})

    def covers(self, day: date) -> bool:
        """Say whether the calendar knows this day."""
        return self.first_covered <= day <= self.last_covered

    def kind(self, day: date, site: str | None = None, activity: str | None = None) -> DayKind:
        """Return what a day is; `site` adds the closures of that site to those of the whole commune, `activity` those of that one."""
        ordinary = self._ordinary.get(day, DayKind.UNKNOWN)
        if ordinary in (DayKind.UNKNOWN, DayKind.WEEKEND, DayKind.PUBLIC_HOLIDAY):
            return ordinary
        return DayKind.CLOSED if self._activities_closure(day, site, activity) else ordinary

    def describe(self, day: date, site: str | None = None) -> DayDescription:
        """Return the day's kind with its French label; a closed mairie is named even on a day that stays ordinary."""
        kind = self.kind(day, site)
        label = self._label(day, kind, site)
        if kind is not DayKind.CLOSED and (closure := self.mairie_closure(day)):
            label += f" (mairie fermée : {closure.reason})"
        return DayDescription(day, kind, label)

    def holiday_on(self, day: date) -> HolidayPeriod | None:
        """Return the school holidays a day falls in, weekends and public holidays included; the summer's once both its ends are known."""
        return self._holiday(day) or next(
            (summer for summer in self._summers if summer.first <= day <= summer.last), None
        )

    def mairie_closure(self, day: date) -> Closure | None:
        """Return the declared closure of the mairie's offices on a day, if any."""
        return next((closure for closure in self.closures if closure.mairie and closure.holds(day)), None)

    def runs(
        self, activity: ActivityRule, day: date, bridge_days_open_alsh: bool = False, site: str | None = None
    ) -> Decision:
        """Say whether an activity runs on a day (leaflet, « activités »); `next_day` is the next day it runs, if known.

        A bridge day has no ALP; the holiday ALSH runs on it when the commune opens it. Nothing runs on a public
        holiday or on a declared closure. Outside the days covered, refused for that reason.
        """
        decision = self.opens(activity, day, bridge_days_open_alsh, site)
        if decision or decision.next_day:
            return decision
        following = self.next_running_day(activity, day, bridge_days_open_alsh, site)
        if following is None:
            return decision
        sentence = f"{decision.sentence} Prochain jour d’ouverture : le {long_date(following)}."
        return replace(decision, sentence=sentence, next_day=following)

    def opens(
        self, activity: ActivityRule, day: date, bridge_days_open_alsh: bool = False, site: str | None = None
    ) -> Decision:
        """Say whether an activity runs on a day as `runs` does, without looking for another day."""
        if self._runs(activity, day, bridge_days_open_alsh, site):
            return Decision.accept(day=day)
        kind = self.kind(day, site, activity.code)
        if kind is DayKind.UNKNOWN:
            return self.refuse_outside(day)
        code, reason = self._why_not(activity, day, kind, site)
        source = POLICY if kind in (DayKind.CLOSED, DayKind.BRIDGE) else CALENDAR_SOURCE
        sentence = f"« {activity.label} » n’ouvre pas le {long_date(day)} : {reason}."
        return Decision.refuse(code, sentence, source, day=day, kind=kind, activity=activity.code)

    def refuse_outside(self, day: date) -> Decision:
        """Return the refusal of a day the calendar does not know."""
        first, last = self.first_covered, self.last_covered
        sentence = (
            f"Le calendrier scolaire de la commune n’est connu que du {long_date(first)} au {long_date(last)} : "
            f"rien ne peut être réservé le {long_date(day)}."
        )
        following = first if day < first else None
        return Decision.refuse(
            "HORS_CALENDRIER",
            sentence,
            CALENDAR_SOURCE,
            next_day=following,
            day=day,
            first_covered=first,
            last_covered=last,
        )

    def next_running_day(
        self, activity: ActivityRule, after: date, bridge_days_open_alsh: bool = False, site: str | None = None
    ) -> date | None:
        """Return the first day later than `after` on which an activity runs; None when the coverage ends before."""
        days = self.running_days(activity, after + ONE_DAY, self.last_covered, bridge_days_open_alsh, site)
        return next(days, None)

    def running_days(
        self,
        activity: ActivityRule,
        first: date,
        last: date,
        bridge_days_open_alsh: bool = False,
        site: str | None = None,
    ) -> Iterator[date]:
        """Yield the days from `first` to `last`, both included, on which an activity runs, in order."""
        day = max(first, self.first_covered)
        while day <= min(last, self.last_covered):
            if self._runs(activity, day, bridge_days_open_alsh, site):
                yield day
            day += ONE_DAY

    def _runs(self, activity: ActivityRule, day: date, bridge_days_open_alsh: bool, site: str | None) -> bool:
        kind = self.kind(day, site, activity.code)
        match activity.runs_on:
            case RunsOn.SCHOOL_DAYS:
                return kind is DayKind.SCHOOL
            case RunsOn.SCHOOL_WEDNESDAYS:
                return kind is DayKind.SCHOOL_WEDNESDAY
            case RunsOn.HOLIDAY_WEEKDAYS:
                opened = bridge_days_open_alsh and activity.family is ActivityFamily.ALSH
                return kind is DayKind.HOLIDAY or (kind is DayKind.BRIDGE and opened)

    def _why_not(self, activity: ActivityRule, day: date, kind: DayKind, site: str | None) -> tuple[str, str]:
        """Return the code and the reason for which an activity does not run on a covered day."""
        match kind:
            case DayKind.WEEKEND:
                return "WEEK_END", "aucune activité n’a lieu le samedi ni le dimanche"
            case DayKind.PUBLIC_HOLIDAY:
                return "JOUR_FERIE", f"c’est un jour férié ({self.public_holidays[day]})"
            case DayKind.CLOSED:
                closure = self._activities_closure(day, site, activity.code)
                return "FERMETURE", f"fermeture décidée par la commune ({closure.reason if closure else ''})"
            case DayKind.BRIDGE:
                return "PONT", "c’est un jour de pont, sans classe, où la commune n’ouvre pas cette activité"
            case DayKind.HOLIDAY:
                return "VACANCES", "ce sont les vacances scolaires"
            case _:
                return "PAS_CE_JOUR", _OPENS_ON[activity.runs_on]

    def _activities_closure(self, day: date, site: str | None, activity: str | None = None) -> Closure | None:
        return next((closure for closure in self.closures if closure.stops(day, site, activity)), None)

    def _covered_days(self) -> Iterator[date]:
        day = self.first_covered
        while day <= self.last_covered:
            yield day
            day += ONE_DAY

    def _kind_without_closure(self, day: date) -> DayKind:
        if day.weekday() >= SATURDAY:
            return DayKind.WEEKEND
        if day in self.public_holidays:
            return DayKind.PUBLIC_HOLIDAY
        if day in self.bridges:
            return DayKind.BRIDGE
        in_class = any(year.first_day <= day <= year.last_day for year in self.years)
        if not in_class or self._holiday(day):
            return DayKind.HOLIDAY
        return DayKind.SCHOOL_WEDNESDAY if day.weekday() == WEDNESDAY else DayKind.SCHOOL

    def _holiday(self, day: date) -> HolidayPeriod | None:
        return next((holiday for holiday in self.holidays if holiday.first <= day <= holiday.last), None)

    def _label(self, day: date, kind: DayKind, site: str | None) -> str:
        match kind:
            case DayKind.PUBLIC_HOLIDAY:
                return f"Jour férié : {self.public_holidays[day]}"
            case DayKind.CLOSED:
                closure = self._activities_closure(day, site)
                return f"Fermeture : {closure.reason if closure else ''}"
            case DayKind.HOLIDAY:
                holiday = self._holiday(day)
                return f"Vacances scolaires : {holiday.name if holiday else SUMMER}"
            case _:
                return _LABELS[kind]


_LABELS = {
    DayKind.UNKNOWN: "Hors du calendrier scolaire connu",
    DayKind.WEEKEND: "Week-end",
    DayKind.BRIDGE: "Pont sans classe",
    DayKind.SCHOOL_WEDNESDAY: "Mercredi de semaine scolaire",
    DayKind.SCHOOL: "Jour d’école",
}
_OPENS_ON = {
    RunsOn.SCHOOL_DAYS: "cette activité ouvre les lundis, mardis, jeudis et vendredis d’école",
    RunsOn.SCHOOL_WEDNESDAYS: "cette activité ouvre les mercredis des semaines d’école",
    RunsOn.HOLIDAY_WEEKDAYS: "cette activité ouvre du lundi au vendredi pendant les vacances scolaires",
}
