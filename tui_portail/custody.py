"""Which of two separated parents has a child, hence pays (leaflet, « Parents séparés »): turns from an anchor date, holidays, exceptions.

Turns alternate from the anchor, never by the parity of ISO weeks (2026 has a week 53, hence two odd weeks in a row), and holidays shared
otherwise do not shift them. A child who changes homes at an hour is until then with the former parent, that day too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from tui_portail.errors import InvalidInput
from tui_portail.school_calendar import HolidayPeriod, SchoolCalendar

ONE_DAY = timedelta(days=1)
FORTNIGHT = 14
NOON = time(12)
"""The hour asked about for an activity whose own the commune did not give."""


class HolidayCustody(StrEnum):
    """How the school holidays are shared between two parents."""

    TURNS = "alternance"  # turns go on alternating
    HALVES = "moities"
    FORTNIGHTS = "quinzaines"  # the summer's


class FirstHalf(StrEnum):
    """In which years the first payer has the first half of the holidays."""

    EVEN_YEARS = "paires"
    ODD_YEARS = "impaires"


@dataclass(frozen=True, slots=True)
class CustodyPattern:
    """Custody by turns of `period_days`: the first payer's turn begins on `anchor_on`, the second's follows, and so on both ways.

    It is the one agreed from `from_on` on, until a later one or after `until_on`. The child changes homes at `switch_at` (Paris; None:
    before the day begins). Holidays cut in halves: of n days the first n // 2 are the first half; the summer's fortnights count from its
    first day. The first half, or fortnight, is the first payer's in the years `first_half` names, by the year in which the holidays begin.
    Raises InvalidInput for a turn shorter than a day, an end before the beginning, fortnights but in summer.
    """

    anchor_on: date
    first_payer_id: int
    second_payer_id: int
    period_days: int = 7
    from_on: date = date.min
    switch_at: time | None = None
    holidays: HolidayCustody = HolidayCustody.TURNS
    summer: HolidayCustody = HolidayCustody.TURNS
    first_half: FirstHalf = FirstHalf.EVEN_YEARS
    until_on: date | None = None

    def __post_init__(self) -> None:
        if self.period_days < 1:
            raise InvalidInput("La garde alternée doit compter au moins un jour par période : tapez par exemple 7.")
        if self.holidays is HolidayCustody.FORTNIGHTS:
            raise InvalidInput("Les petites vacances ne durent que deux semaines : partagez-les par moitiés.")
        if self.until_on is not None and self.until_on < self.from_on:
            raise InvalidInput("La garde alternée finirait avant de commencer : corrigez l’une des deux dates.")


@dataclass(frozen=True, slots=True)
class CustodyException:
    """Days (both included) that a child spends with a payer whatever the pattern says. `exception_id` grows as they are recorded."""

    from_on: date
    until_on: date
    payer_id: int
    exception_id: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        if self.until_on < self.from_on:
            raise InvalidInput("L’exception finirait avant de commencer : corrigez l’une des deux dates.")


@dataclass(frozen=True, slots=True)
class Custody:
    """All that tells who pays a child's days; `usual_payer_id`, the dossier's first payer, where no pattern is in force."""

    usual_payer_id: int
    patterns: tuple[CustodyPattern, ...] = ()
    exceptions: tuple[CustodyException, ...] = ()

    def payer_on(self, day: date, calendar: SchoolCalendar, at: time = NOON) -> int:
        """Return the payer the child is with on a day at an hour (Paris)."""
        if (exception := self.exception_on(day)) is not None:
            return exception.payer_id
        pattern = pattern_on(day, self.patterns)
        before = pattern is not None and pattern.switch_at is not None and at < pattern.switch_at
        return self._agreed(day - ONE_DAY if before else day, calendar)

    def exception_on(self, day: date) -> CustodyException | None:
        """Return the exception that a day falls in, the latest recorded of several."""
        found = (known for known in self.exceptions if known.from_on <= day <= known.until_on)
        return max(found, key=lambda known: known.exception_id, default=None)

    def day(self, day: date, calendar: SchoolCalendar) -> CustodyDay:
        """Return a day as the calendar of custody shows it."""
        morning, evening = (self.payer_on(day, calendar, at) for at in (time.min, time.max))
        pattern = pattern_on(day, self.patterns)
        return CustodyDay(
            day,
            evening,
            morning,
            self.payer_on(day - ONE_DAY, calendar, time.max) != evening,
            pattern.switch_at if pattern is not None and morning != evening else None,
            calendar.holiday_on(day),
            self.exception_on(day),
        )

    def _agreed(self, day: date, calendar: SchoolCalendar) -> int:
        """Return the payer whose turn begins or goes on that day, hours and exceptions apart."""
        pattern = pattern_on(day, self.patterns)
        return self.usual_payer_id if pattern is None else holder_on(day, pattern, calendar)


@dataclass(frozen=True, slots=True)
class CustodyDay:
    """A day of custody: who has the child that evening, and that morning; whether that changes, and at which hour if during the day."""

    day: date
    payer_id: int
    morning_payer_id: int
    changes: bool
    changes_at: time | None
    holiday: HolidayPeriod | None
    exception: CustodyException | None


def holder_on(day: date, pattern: CustodyPattern, calendar: SchoolCalendar) -> int:
    """Return the payer whose turn or share of the holidays a day is, before the anchor date as well as after."""
    holiday = calendar.holiday_on(day)
    shared = HolidayCustody.TURNS if holiday is None else pattern.summer if holiday.summer else pattern.holidays
    if holiday is None or shared is HolidayCustody.TURNS:
        part, first_begins = (day - pattern.anchor_on).days // pattern.period_days, True
    else:
        part = _part(day, holiday, shared)
        first_begins = (holiday.first.year % 2 == 0) == (pattern.first_half is FirstHalf.EVEN_YEARS)
    return pattern.first_payer_id if (part % 2 == 0) == first_begins else pattern.second_payer_id


def _part(day: date, holiday: HolidayPeriod, shared: HolidayCustody) -> int:
    gone = (day - holiday.first).days
    if shared is HolidayCustody.FORTNIGHTS:
        return gone // FORTNIGHT
    days = (holiday.last - holiday.first).days + 1
    return 0 if gone < days // 2 else 1


def pattern_on(day: date, patterns: Iterable[CustodyPattern]) -> CustodyPattern | None:
    """Return the pattern in force on a day: the latest agreed by then, none before the first nor once it has ended."""
    agreed = (known for known in patterns if known.from_on <= day)
    latest = max(agreed, key=lambda known: known.from_on, default=None)
    return None if latest is None or (latest.until_on is not None and latest.until_on < day) else latest
