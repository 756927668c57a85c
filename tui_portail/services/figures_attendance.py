"""Bookings against attendance: who was expected and who came, week by week, on the days where somebody was marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from models import tables as t
from models.states import AttendanceState, BookingState
from tui_portail.figures import Bar, Figure, FigureKind, FigureList
from tui_portail.french import long_date, plural
from tui_portail.services.family_facts import shown_as
from tui_portail.services.figure_reading import WHO, FigureReading, week_label, week_of
from tui_portail.weeks import monday_of


@dataclass(slots=True)
class _Marked:
    """What was marked over a week: expected are the days booked of the slots where somebody was marked."""

    expected: int = 0
    present: int = 0
    unbooked: int = 0
    absent: int = 0
    justified: int = 0

    @property
    def words(self) -> str:
        parts = [plural(self.present + self.unbooked, "présent")]
        if self.unbooked:
            parts.append(f"dont {self.unbooked} sans réservation")
        if self.absent or self.justified:
            parts.append(plural(self.absent + self.justified, "absent"))
        left = self.expected - self.present - self.absent - self.justified
        if left > 0:
            parts.append(plural(left, "non pointé", "non pointés"))
        return f"{plural(self.expected, 'prévu')} · {', '.join(parts)}"


def attendance_figure(of: FigureReading) -> Figure:
    """Return the figure."""
    weeks: defaultdict[date, _Marked] = defaultdict(_Marked)
    for day, state in _marks(of):
        week = weeks[monday_of(day.day)]
        week.expected += state is not AttendanceState.UNBOOKED
        week.present += state is AttendanceState.PRESENT
        week.unbooked += state is AttendanceState.UNBOOKED
        week.absent += state is AttendanceState.ABSENT
        week.justified += state is AttendanceState.JUSTIFIED
    bars = tuple(
        Bar(week_label(monday), (week.expected, week.present + week.unbooked), week.words)
        for monday, week in sorted(weeks.items())
    )
    note = "Seuls comptent les jours où quelqu’un a été pointé."
    return Figure(FigureKind.ATTENDANCE, of.title, ("prévu", "présent"), bars, note)


def attendance_list(of: FigureReading, label: str) -> FigureList:
    """Return the list behind a bar."""
    monday = week_of(of, label)
    rows = [
        (
            f"{day.day:%d/%m/%y}",
            f"{day.last_name} {day.first_name}",
            of.label(day.activity_code),
            of.site_name(day.site_code),
            _MARKS[state],
        )
        for day, state in _marks(of)
        if monday_of(day.day) == monday
    ]
    return FigureList(
        f"{of.title}, semaine du {long_date(monday)} : {plural(len(rows), 'journée')}",
        ("Jour", "Enfant", "Activité", "Site", "Pointage"),
        tuple(rows),
    )


_MARKS = {
    AttendanceState.PRESENT: "présent",
    AttendanceState.UNBOOKED: "présent sans réservation",
    AttendanceState.ABSENT: "absent",
    AttendanceState.JUSTIFIED: "absent justifié",
    None: "non pointé",
}


def _marks(of: FigureReading) -> Iterator[tuple[Any, AttendanceState | None]]:
    """Yield each day booked or come to without booking, of the slots where somebody was marked, with what was marked (None: nothing).

    A child merged into another counts once, as the record it is shown under.
    """
    mark, booking, slot = t.attendance.c, t.booking.c, t.slot.c
    marked_slots = (
        select(mark.slot_id)
        .join(t.slot, slot.id == mark.slot_id)
        .where(of.of_slots, mark.state != AttendanceState.CLEARED.value)
        .distinct()
    )
    seen = set()
    for row in of.connection.execute(
        select(mark.slot_id, shown_as().label("shown"), mark.state, *WHO)
        .join(t.slot, slot.id == mark.slot_id)
        .join(t.child, t.child.c.id == mark.child_id)
        .where(of.of_slots, mark.state != AttendanceState.CLEARED.value)
        .order_by(slot.day, t.child.c.last_name, t.child.c.first_name, mark.id)
    ):
        if (row.slot_id, row.shown) not in seen:
            seen.add((row.slot_id, row.shown))
            yield row, AttendanceState(row.state)
    for left in of.connection.execute(
        select(booking.slot_id, shown_as().label("shown"), *WHO)
        .join(t.slot, slot.id == booking.slot_id)
        .join(t.child, t.child.c.id == booking.child_id)
        .where(
            booking.slot_id.in_(marked_slots),
            booking.state.in_([BookingState.CONFIRMED.value, BookingState.DUE.value]),
        )
        .order_by(slot.day, t.child.c.last_name, t.child.c.first_name, booking.id)
    ):
        if (left.slot_id, left.shown) not in seen:
            seen.add((left.slot_id, left.shown))
            yield left, None
