"""A family's planning built by hand: two children at the élémentaire, one payer, the shipped commune."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tests.factories import paris, the_commune
from tui_portail.alsh_dossier import AlshFacts
from tui_portail.booking_rules import ChildFacts
from tui_portail.capacity import SlotPlaces
from tui_portail.commune import Commune
from tui_portail.custody import Custody, CustodyPattern
from tui_portail.planning import CellKey, PlanningBooking, PlanningChild, PlanningPayer, PlanningSnapshot
from tui_portail.planning_ticks import days_between
from tui_portail.pricing import QuotientFamilial
from tui_portail.site_day import SiteDay, count_site_day

MEAL, BREAK, MORNING, EVENING = "RESTAURATION", "PAUSE_MERIDIENNE", "ALP_MATIN", "ALP_SOIR"
WEDNESDAYS, HOLIDAYS = "ALSH_MERCREDI", "ALSH_VACANCES"
NOW = paris("2026-12-01 10:30")
MONDAY, SUNDAY = date(2026, 11, 30), date(2026, 12, 27)


def child(child_id: int = 1, rank: int = 1, **changes: Any) -> PlanningChild:
    facts = ChildFacts(
        f"Enfant{child_id}", the_commune().sites_for("ELEMENTAIRE"), AlshFacts(renewed_years=frozenset({2026}))
    )
    made = PlanningChild(
        child_id, f"Enfant{child_id}", "Dupont", date(2019, 3, child_id), rank, facts, True, Custody(1)
    )
    return replace(made, **changes)


def payer(payer_id: int = 1, **changes: Any) -> PlanningPayer:
    quotient = QuotientFamilial(745_00, date(2026, 1, 1), date(2027, 12, 31))
    return replace(PlanningPayer(payer_id, f"Payeur {payer_id}", True, (quotient,), ()), **changes)


def booked(
    activity: str,
    day: date,
    state: str = "confirmed",
    *,
    child_id: int = 1,
    payer_id: int = 1,
    until: datetime | None = None,
) -> PlanningBooking:
    """A booking of 3,00 €; its id is made of its cell."""
    number = child_id * 1000 + day.toordinal() % 500 + len(activity)
    key = CellKey(child_id, activity, day)
    site = the_commune().sites_for("ELEMENTAIRE")[activity]
    basket = 9 if state == "held" else None
    return PlanningBooking(number, key, site, state, payer_id, basket, until, 3_00, 1_00, 2_00)


def snapshot(
    *bookings: PlanningBooking,
    children: tuple[PlanningChild, ...] | None = None,
    payers: tuple[PlanningPayer, ...] | None = None,
    places: dict[tuple[str, str, date], int] | None = None,
    first_day: date = MONDAY,
    last_day: date = SUNDAY,
    **changes: Any,
) -> PlanningSnapshot:
    commune = the_commune()
    made = PlanningSnapshot(
        1,
        "1234567",
        "Dupont",
        first_day,
        last_day,
        NOW,
        commune,
        children or (child(1, 1), child(2, 2)),
        payers or (payer(),),
        {booking.key: booking for booking in bookings},
        {},
        site_days(commune, places or {}, first_day, last_day),
    )
    return replace(made, **changes)


def site_days(
    commune: Commune, places: Mapping[tuple[str, str, date], int], first_day: date, last_day: date
) -> dict[tuple[str, date], SiteDay]:
    """The days of every site, each with the places given (site, activity, day), 20 where none are; no limit but the days' own."""
    return {
        (site, day): count_site_day(
            site,
            (),
            {
                offering.activity: SlotPlaces(places.get((site, offering.activity, day), 20))
                for offering in commune.offerings
                if offering.site == site
            },
        )
        for site in {offering.site for offering in commune.offerings}
        for day in days_between(first_day, last_day)
    }


def alternating(first: int = 1, second: int = 2) -> Custody:
    return Custody(first, (CustodyPattern(MONDAY, first, second),))
