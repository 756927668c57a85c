"""The commune's choices, as plain values: activities, limits, holds, means of payment, ALSH renewal.

Rules of the leaflet and defaults where it is silent both arrive here as parameters, never as constants in the code that judges.
`commune_files` builds these values from TOML, `services.commune` from the database; rules only read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from tui_portail.service_rules import (
    AppointmentRules,
    AttendanceRules,
    OnlinePaymentRules,
    PaperRule,
    PortalRules,
    RetentionRules,
    StaffRatio,
)

# Why a payment is reversed, where the commune wrote no list of its own.
UNPAID_REASONS = ("Chèque sans provision", "Chèque refusé par la banque")
REVERSAL_REASONS = ("Rien n’a été reçu", "Montant mal saisi", "Encaissé pour une autre famille")
CORRECTION_REASONS = ("Moyen de paiement mal saisi", "Montants mal répartis entre les moyens")


class ActivityFamily(StrEnum):
    """ALP: around school days. ALSH: leisure centre, Wednesdays and holidays."""

    ALP = "ALP"
    ALSH = "ALSH"


class RunsOn(StrEnum):
    """The kind of day an activity runs on (leaflet)."""

    SCHOOL_DAYS = "jours_scolaires"  # Monday, Tuesday, Thursday, Friday of school weeks
    SCHOOL_WEDNESDAYS = "mercredis_scolaires"
    HOLIDAY_WEEKDAYS = "vacances"  # Monday to Friday of the school holidays


class Formula(StrEnum):
    """How much of a day an ALSH activity takes: the hours declared to the CAF are capped by it."""

    DAY = "journee"
    HALF_DAY = "demi_journee"


class Means(StrEnum):
    """Means of payment the régie's acte constitutif may admit. An avoir is not a tender: it is used by itself, first."""

    CASH = "especes"
    CHEQUE = "cheque"
    CARD = "carte"
    CESU = "cesu"
    ANCV = "ancv"
    TRANSFER = "virement"
    PAYFIP = "payfip"


class BasketKind(StrEnum):
    """Réservation: fifteen minutes to pay. Régularisation: a debt, no expiry, no place taken."""

    RESERVATION = "reservation"
    REGULARISATION = "regularisation"


@dataclass(frozen=True, slots=True)
class LimitRule:
    """How the last instant for a gesture is found from the day booked: step back `days_before` counted days, at `at` Paris time.

    A counted day is never a Saturday or Sunday; public holidays and declared closures of the mairie are skipped by option.
    """

    at: time = time(12, 0)
    days_before: int = 1
    skip_public_holidays: bool = False
    skip_closures: bool = True


@dataclass(frozen=True, slots=True)
class ActivityRule:
    """One bookable activity. `brings` names activities added with it; `has_meal` marks what the kitchen must cook for.

    `excludes` names those a child can't have on the same day (the other formulas of an ALSH day), whichever of the two says so.
    """

    code: str
    label: str
    family: ActivityFamily
    runs_on: RunsOn
    add_limit: LimitRule = LimitRule()
    cancel_limit: LimitRule = LimitRule()
    has_meal: bool = False
    brings: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    late_refund_with_proof: bool = False
    order: int = 0
    begins_at: time | None = None  # Paris; tells which parent has the child on the day custody changes
    ends_at: time | None = None  # Paris; with the beginning, the hours declared to the CAF
    from_age: int | None = None  # years, on the day booked
    under_age: int | None = None
    formula: Formula | None = None

    def receives(self, age: int) -> bool:
        """Whether a child of this age (years, on the day booked) may come."""
        return (self.from_age or 0) <= age and (self.under_age is None or age < self.under_age)


@dataclass(frozen=True, slots=True)
class MeansRule:
    """One line of the régie's matrix of means.

    `excluded_activities` can never be paid by it; `alsh_under_age` limits its ALSH lines to children younger than that on the day
    booked; `gives_change` is for cash only; `max_net_cents` caps what one payment may keep of it; `required` names the references
    the agent must record (bank, number, drawer, reference).
    """

    means: Means
    label: str
    enabled: bool = True
    gives_change: bool = False
    max_net_cents: int | None = None
    excluded_activities: frozenset[str] = frozenset()
    alsh_under_age: int | None = None
    basket_kinds: frozenset[BasketKind] = frozenset(BasketKind)
    required: tuple[str, ...] = ()
    needs_open_till: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a commune decides and a rule needs, except the calendar and the price grids."""

    commune: str
    activities: Mapping[str, ActivityRule]
    means: Mapping[Means, MeansRule]
    hold_minutes: int = 15
    extension_minutes: int = 15
    max_extensions: int = 3
    meal_freeze_minutes: int = 15
    proof_days: int = 2
    proof_refusal_reasons: tuple[str, ...] = ()
    proof_acceptance_reasons: tuple[str, ...] = ()
    renewal_opens: tuple[int, int] = (10, 1)  # month, day of N-1
    bridge_days_open_alsh: bool = False
    lockout_failures: int = 5
    lockout_minutes: int = 15
    change_to_confirm_cents: int = 100_00  # more change than that is more likely a slip of the fingers
    cash_on_hand_max_cents: int = 1_000_00  # the encaisse maximum of the régie's acte constitutif
    cheque_deposit_days: int = 1  # weekdays within which a cheque is deposited
    debt_blocks_bookings: bool = True
    unpaid_reasons: tuple[str, ...] = UNPAID_REASONS
    reversal_reasons: tuple[str, ...] = REVERSAL_REASONS
    correction_reasons: tuple[str, ...] = CORRECTION_REASONS
    papers: tuple[PaperRule, ...] = ()
    appointments: AppointmentRules = field(default_factory=AppointmentRules)
    retention: RetentionRules = field(default_factory=RetentionRules)
    offer_minutes: int = 1440  # how long a place is kept for the first of a waiting list
    attendance: AttendanceRules = field(default_factory=AttendanceRules)
    staff: Mapping[ActivityFamily, StaffRatio] = field(default_factory=dict)
    portal: PortalRules = field(default_factory=PortalRules)
    online: OnlinePaymentRules = field(default_factory=OnlinePaymentRules)
    sources: Mapping[str, str] = field(default_factory=dict)
    fictitious: bool = True  # prices and capacities of the example: « FICTIF » wherever printed or shown
    effective_on: date = date(2025, 9, 1)

    def activity(self, code: str) -> ActivityRule:
        """Return the rule of an activity. Raises KeyError on an unknown code."""
        return self.activities[code]
