"""What a school calendar not recorded yet would close of the days already booked.

A closure declared here only prevents new bookings; « Journées annulées » cancels what is booked, with its avoirs and letters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, or_, select, text

from models import tables as t
from models.states import LIVE_STATES, OPEN_BASKET, BookingState
from tui_portail.commune import Commune
from tui_portail.french import join_words, plural, run_of_days
from tui_portail.instants import in_paris
from tui_portail.school_calendar import SchoolCalendar
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Right


@dataclass(frozen=True, slots=True)
class BookedDay:
    """A day on which an activity would run no more at a site, and how many children are booked there."""

    day: date
    activity: str
    site: str
    bookings: int


@dataclass(frozen=True, slots=True)
class ClosedBookings:
    """What a calendar would close of the days already booked; by day, activity and site (their names)."""

    days: tuple[BookedDay, ...]

    @property
    def count(self) -> int:
        """How many bookings."""
        return sum(one.bookings for one in self.days)

    @property
    def words(self) -> str:
        """The same on one line, while the calendar is edited."""
        if not self.days:
            return ""
        booked = plural(self.count, "journée déjà réservée", "journées déjà réservées")
        return f"{booked} ne pourrai{'t' if self.count == 1 else 'ent'} plus l’être : F10 dit lesquelles."

    @property
    def sentence(self) -> str:
        """What to say before recording, empty when nothing booked is closed."""
        if not self.days:
            return ""
        activities = join_words(dict.fromkeys(f"« {one.activity} »" for one in self.days))
        when = run_of_days(one.day for one in self.days)
        booked = "est déjà réservée" if self.count == 1 else "sont déjà réservées"
        return (
            f"{plural(self.count, 'journée')} {booked} pour {activities} ({when}). Ce calendrier ne les annule pas : "
            "pour les annuler toutes, avec leurs avoirs et leurs courriers, utilisez « Journées annulées »."
        )


def bookings_closed_by(desk: Desk, calendar: SchoolCalendar) -> ClosedBookings:
    """Return the days booked, from today on, on which the recorded calendar lets an activity run and this one would not.

    Raises NotAllowed.
    """
    with desk.read(Right.SETTINGS) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
        slot, booking, today = t.slot.c, t.booking.c, in_paris(now).date()
        on_hold = select(t.basket.c.id).where(text(OPEN_BASKET), t.basket.c.expires_at > now)
        taking = (
            select(booking.slot_id, func.count().label("bookings"))
            .where(
                booking.slot_id.in_(select(slot.id).where(slot.day >= today)),
                text(LIVE_STATES),
                or_(booking.state != BookingState.HELD.value, booking.basket_id.in_(on_hold)),
            )
            .group_by(booking.slot_id)
            .subquery()
        )
        rows = connection.execute(
            select(slot.day, slot.activity_code, slot.site_code, taking.c.bookings)
            .join(taking, taking.c.slot_id == slot.id)
            .order_by(slot.day, slot.activity_code, slot.site_code)
        ).all()
    proposed = replace(commune, calendar=calendar)
    sites = {site.code: site.name for site in commune.sites}
    return ClosedBookings(
        tuple(
            BookedDay(
                row.day,
                commune.policy.activity(row.activity_code).label,
                sites.get(row.site_code, row.site_code),
                row.bookings,
            )
            for row in rows
            if _runs(commune, row.activity_code, row.day, row.site_code)
            and not _runs(proposed, row.activity_code, row.day, row.site_code)
        )
    )


def _runs(commune: Commune, activity: str, day: date, site: str) -> bool:
    rule = commune.policy.activity(activity)
    opened = commune.policy.bridge_days_open_alsh
    return any(commune.calendar.running_days(rule, day, day, opened, site))
