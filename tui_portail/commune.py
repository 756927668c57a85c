"""A commune's whole set-up as one value: who it is, its régie, sites, schools, what each site offers, policy, calendar and prices.

`commune_files` builds it from the TOML a commune edits, and from the JSON document the database keeps; rules and services only read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tui_portail.capacity import CapacityLimit
from tui_portail.policy import ActivityFamily, Policy
from tui_portail.pricing import PriceGrid
from tui_portail.school_calendar import SchoolCalendar


@dataclass(frozen=True, slots=True)
class Identity:
    """The commune as printed on its papers."""

    name: str
    service: str
    address: tuple[str, ...]
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class RegieIdentity:
    """The régie de recettes, as its acte constitutif names it, and its till."""

    code: str
    name: str
    till: str = "Caisse principale"
    contact: str = ""


@dataclass(frozen=True, slots=True)
class SiteRules:
    """A place that receives children; `contacts` by activity family, exactly as the leaflet prints them."""

    code: str
    name: str
    contacts: Mapping[ActivityFamily, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SchoolRules:
    """A school, its classes, the site that receives its pupils for ALP and for ALSH (None: none), its levels (codes of `school_levels`)."""

    code: str
    name: str
    classes: tuple[str, ...] = ()
    alp_site: str | None = None
    alsh_site: str | None = None
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferingRules:
    """An activity offered at a site, with the places a day starts with; `by_weekday` (0 is Monday) where one differs."""

    site: str
    activity: str
    capacity: int
    by_weekday: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Commune:
    """Everything a commune decides."""

    identity: Identity
    regie: RegieIdentity
    sites: tuple[SiteRules, ...]
    schools: tuple[SchoolRules, ...]
    offerings: tuple[OfferingRules, ...]
    policy: Policy
    calendar: SchoolCalendar
    grids: tuple[PriceGrid, ...]
    limits: tuple[CapacityLimit, ...] = ()

    def school(self, code: str) -> SchoolRules:
        """Return a school. Raises KeyError on an unknown code."""
        for school in self.schools:
            if school.code == code:
                return school
        raise KeyError(code)

    def capacity(self, site: str, activity: str, day: date) -> int | None:
        """Return the places a day starts with for an activity at a site, None when it is not offered there."""
        for offering in self.offerings:
            if (offering.site, offering.activity) == (site, activity):
                return offering.by_weekday.get(day.weekday(), offering.capacity)
        return None

    def sites_for(self, school_code: str) -> dict[str, str]:
        """Return the site of each activity offered to a pupil of a school (no entry: none)."""
        school = self.school(school_code)
        site_of = {ActivityFamily.ALP: school.alp_site, ActivityFamily.ALSH: school.alsh_site}
        offered = {(offering.site, offering.activity) for offering in self.offerings}
        return {
            code: site
            for code, rule in self.policy.activities.items()
            if (site := site_of[rule.family]) is not None and (site, code) in offered
        }
