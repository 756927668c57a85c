"""Days the commune itself cancels (strike, closed site): one bulk gesture, what it did to each day booked, and its undoing."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import ClosedDayOutcome, ClosureState, NotRestored


class DayClosure(SQLModel, table=True):
    """A closure done for all families, one transaction a dossier, resumed where it stopped. `site_code` None: every site.

    `undone_by` says that its undoing began, `undone_at` that it is over.
    """

    __tablename__ = "day_closure"
    __table_args__ = (one_of("state", ClosureState), CheckConstraint("last_on >= first_on", name="days_in_order"))
    id: int | None = Field(default=None, primary_key=True)
    first_on: date
    last_on: date
    site_code: str | None = Field(default=None, foreign_key="site.code")
    reason: str = Field(max_length=200)
    state: str = Field(max_length=10)
    recorded_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    finished_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    undone_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    undone_by: int | None = Field(default=None, foreign_key="agent.id")
    undo_reason: str = Field(default="", max_length=200)


class DayClosureActivity(SQLModel, table=True):
    """An activity that a closure cancels."""

    __tablename__ = "day_closure_activity"
    closure_id: int = Field(primary_key=True, foreign_key="day_closure.id")
    activity_code: str = Field(primary_key=True, foreign_key="activity.code")


class DayClosureLine(SQLModel, table=True):
    """A day booked that a closure cancelled: what came of it; once undone, the day booked in its place, or why there is none."""

    __tablename__ = "day_closure_line"
    __table_args__ = (
        one_of("outcome", ClosedDayOutcome),
        one_of("not_restored", NotRestored),
        CheckConstraint("restored_booking_id IS NULL OR not_restored IS NULL", name="restored_or_not"),
        UniqueConstraint("booking_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    closure_id: int = Field(foreign_key="day_closure.id", index=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    booking_id: int = Field(foreign_key="booking.id")
    outcome: str = Field(max_length=15)
    avoir_id: int | None = Field(default=None, foreign_key="avoir.id", index=True)
    restored_booking_id: int | None = Field(default=None, foreign_key="booking.id", index=True)
    not_restored: str | None = Field(default=None, max_length=15)
