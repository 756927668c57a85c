"""What the pointage changes for the other rules, as conditions of their queries: who was there counts, who was marked absent does not."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists

from models import tables as t
from models.states import AttendanceState

CAME = (AttendanceState.PRESENT.value, AttendanceState.UNBOOKED.value)
AWAY = (AttendanceState.ABSENT.value, AttendanceState.JUSTIFIED.value)


def marked_absent() -> ColumnElement[bool]:
    """Say, in a query over `booking`, that the child was marked absent that day."""
    marked = t.attendance.c
    return exists().where(marked.booking_id == t.booking.c.id, marked.state.in_(AWAY))


def marked_present() -> ColumnElement[bool]:
    """Say, in a query over `booking`, that the child was marked present that day, booked or not."""
    marked = t.attendance.c
    return exists().where(marked.booking_id == t.booking.c.id, marked.state.in_(CAME))


def came_unbooked() -> ColumnElement[bool]:
    """Say, in a query over `booking`, that the child came without booking: the day is owed, and took no place."""
    marked = t.attendance.c
    return exists().where(marked.booking_id == t.booking.c.id, marked.state == AttendanceState.UNBOOKED.value)
