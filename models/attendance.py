"""Pointage: who came to a site's activity on a day, booked or not."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import AttendanceState


class Attendance(SQLModel, table=True):
    """What was marked of a child on a slot, once; corrected in place, each gesture in the audit trail. Nothing is deleted.

    `booking_id` is the day booked that it tells of; for a child who came without booking, the debt it became.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        one_of("state", AttendanceState),
        ForeignKeyConstraint(["slot_id", "day"], ["slot.id", "slot.day"]),
        UniqueConstraint("child_id", "slot_id"),
        CheckConstraint("state <> 'sans_reservation' OR booking_id IS NOT NULL", name="unbooked_is_owed"),
        Index("ix_attendance_slot", "slot_id", "state"),
    )
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    child_id: int = Field(foreign_key="child.id")
    slot_id: int
    day: date = Field(index=True)
    booking_id: int | None = Field(default=None, foreign_key="booking.id", index=True)
    state: str = Field(max_length=20)
    marked_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
