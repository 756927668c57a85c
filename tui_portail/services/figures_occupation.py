"""Occupation: the days booked on the places offered, week by week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select, text

from models import tables as t
from models.states import LIVE_STATES, BookingState
from tui_portail.figures import Bar, Figure, FigureKind, FigureList, percent
from tui_portail.french import long_date, plural
from tui_portail.services.figure_reading import WHO, FigureReading, week_label, week_of
from tui_portail.weeks import monday_of


def occupation_figure(of: FigureReading) -> Figure:
    """Return the figure."""
    taken: defaultdict[date, int] = defaultdict(int)
    for row in _bookings(of, t.slot.c.day, func.count().label("booked"), grouped=True):
        taken[monday_of(row.day)] += row.booked
    offered = _offered(of)
    bars = tuple(
        Bar(
            week_label(monday),
            (taken[monday],),
            f"{taken[monday]} / {offered[monday]} · {percent(taken[monday], offered[monday])}".rstrip(" ·"),
            offered[monday],
        )
        for monday in sorted({*taken, *offered})
        if taken[monday] or offered[monday]
    )
    note = "Journées réservées (payées, dues ou en attente de paiement) sur les places offertes, semaine par semaine."
    return Figure(FigureKind.OCCUPATION, of.title, ("réservé",), bars, note)


def _offered(of: FigureReading) -> defaultdict[date, int]:
    """Return the places offered by week: the day's own where a slot exists, else those of the set-up, on the days it runs."""
    slot = t.slot.c
    own = {
        (row.site_code, row.activity_code, row.day): row.places
        for row in of.connection.execute(
            select(slot.site_code, slot.activity_code, slot.day, (slot.capacity - slot.withheld).label("places")).where(
                of.of_slots
            )
        )
    }
    offered: defaultdict[date, int] = defaultdict(int)
    calendar, policy = of.commune.calendar, of.commune.policy
    for site in of.sites:
        for activity in of.activities:
            rule = policy.activities[activity]
            if of.commune.capacity(site, activity, of.asked.from_on) is None:
                continue
            days = calendar.running_days(rule, of.asked.from_on, of.asked.until_on, policy.bridge_days_open_alsh, site)
            for day in days:
                places = own.get((site, activity, day), of.commune.capacity(site, activity, day) or 0)
                offered[monday_of(day)] += max(0, places)
    return offered


def occupation_list(of: FigureReading, label: str) -> FigureList:
    """Return the list behind a bar."""
    monday = week_of(of, label)
    rows = _bookings(of, *WHO, t.booking.c.state, grouped=False, week=monday)
    return FigureList(
        f"{of.title}, semaine du {long_date(monday)} : {plural(len(rows), 'journée')}",
        ("Jour", "Enfant", "Activité", "Site", "État"),
        tuple(
            (
                f"{row.day:%d/%m/%y}",
                f"{row.last_name} {row.first_name}",
                of.label(row.activity_code),
                of.site_name(row.site_code),
                _STATES[row.state],
            )
            for row in rows
        ),
    )


_STATES = {
    BookingState.HELD.value: "en attente de paiement",
    BookingState.CONFIRMED.value: "payé",
    BookingState.DUE.value: "dû",
}


def _bookings(of: FigureReading, *columns: Any, grouped: bool, week: date | None = None) -> Sequence[Row[Any]]:
    """Return the days booked that count, an expired hold left out: by day, or one by one in the order of days and names."""
    booking, slot = t.booking.c, t.slot.c
    live = or_(booking.state != BookingState.HELD.value, t.basket.c.expires_at > of.now)
    query = (
        select(*columns)
        .select_from(t.booking)
        .join(t.slot, slot.id == booking.slot_id)
        .join(t.child, t.child.c.id == booking.child_id)
        .outerjoin(t.basket, t.basket.c.id == booking.basket_id)
        .where(text(f"booking.{LIVE_STATES}"), live, of.of_slots)
    )
    if week is not None:
        query = query.where(slot.day.between(week, week + timedelta(days=6)))
    if grouped:
        return of.connection.execute(query.group_by(slot.day)).all()
    return of.connection.execute(query.order_by(slot.day, t.child.c.last_name, t.child.c.first_name, booking.id)).all()
