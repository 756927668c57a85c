"""What a commune decides for Enfance/Jeunesse: papers, appointments, retention, pointage, staff, the families' portal. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
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


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of use a family accepts: the version and date they read, and their paragraphs."""

    version: str = "1"
    on: date = date(2026, 9, 1)
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PortalRules:
    """The families' portal (leaflet, « The portal »): when it is open in Paris wall time, its terms, how long its links and rests last.

    `open_weekdays`: 0 is Monday. `closed_from` to `closed_until` it is closed every day. `tries_an_hour` bounds the attempts at a
    dossier's number and at a code; a password's are those of an agent (`lockout_failures`).
    """

    open_weekdays: frozenset[int] = frozenset(range(5))
    closed_from: time = time(2, 0)
    closed_until: time = time(6, 0)
    terms: Terms = Terms()
    activation_hours: int = 48
    reset_minutes: int = 60
    tries_an_hour: int = 5
    rest_seconds: int = 60

    def is_open(self, local: datetime) -> bool:
        """Say whether the portal is open at an instant in Paris wall time."""
        night = self.closed_from <= local.time() < self.closed_until
        return local.weekday() in self.open_weekdays and not night


class PayFipMode(StrEnum):
    """How PayFiP takes a payment (« saisie »): a test, the activation of a client, or for good."""

    TEST = "T"
    ACTIVATION = "X"
    PRODUCTION = "W"


@dataclass(frozen=True, slots=True)
class OnlinePaymentRules:
    """Payment online by PayFiP: off until the commune has its client number (`numcli`, six digits, given by the DGFiP).

    `subject` is what the family's bank shows of it; `id_minutes` is how long PayFiP keeps a payment page open.
    """

    enabled: bool = False
    client_number: str = ""
    mode: PayFipMode = PayFipMode.TEST
    subject: str = "Activites periscolaires"
    least_cents: int = 100
    id_minutes: int = 15
