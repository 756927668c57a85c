"""What a commune decides for Enfance/Jeunesse: papers, appointments, retention, pointage, staff. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from fractions import Fraction

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


class PaperOf(StrEnum):
    """Whose a paper is: one for the family, for each child, for each guardian who pays."""

    FAMILY = "famille"
    CHILD = "enfant"
    PAYER = "payeur"


class PaperValidity(StrEnum):
    """Until when a paper seen is valid."""

    FOR_EVER = "permanente"
    SCHOOL_YEAR = "annee_scolaire"  # the school year it was seen for, to 31 August
    CIVIL_YEAR = "annee_civile"
    MONTHS = "mois"  # so many months from its own date
    WRITTEN = "date"  # the date written on it, typed by the agent


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A kind of paper: whose, how long it is valid, whether it is asked of every family, which activities wait for it."""

    code: str
    label: str
    of: PaperOf = PaperOf.CHILD
    validity: PaperValidity = PaperValidity.SCHOOL_YEAR
    months: int = 12
    required: bool = True
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppointmentKind:
    """What one comes for, and how long it takes."""

    code: str
    label: str
    minutes: int


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """A stretch of a week's day (0 is Monday) on which the service receives so many families at once; Paris wall time."""

    weekday: int
    starts: time
    ends: time
    places: int = 1


@dataclass(frozen=True, slots=True)
class AppointmentRules:
    """The weekly template of the service's diary."""

    kinds: tuple[AppointmentKind, ...] = ()
    openings: tuple[OpeningHours, ...] = ()

    def kind(self, code: str) -> AppointmentKind | None:
        """Return a kind by its code, None when the commune has it no more."""
        return next((kind for kind in self.kinds if kind.code == code), None)


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """How long data is kept (RGPD): a family without activity, in years from its last day; then it is due to be erased.

    The régie's books are kept longer, without names.
    """

    family_years: int = 5
    appointment_months: int = 24


@dataclass(frozen=True, slots=True)
class AttendanceRules:
    """Pointage: what a child who came without booking owes, and the hours at most declared to the CAF for a school Wednesday.

    The debt is the day's price × `unbooked_factor`, rounded once, + `unbooked_extra_cents` of care.
    """

    unbooked_factor: Fraction = Fraction(1)
    unbooked_extra_cents: int = 0
    day_hours_max: int = 9
    half_day_hours_max: int = 4


@dataclass(frozen=True, slots=True)
class StaffRatio:
    """How many children one adult may look after, under six and from six on."""

    under_six: int
    six_and_over: int
