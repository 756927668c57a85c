"""The diary of Enfance/Jeunesse: who comes when, for what, and whether they came."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import AppointmentState


class Appointment(SQLModel, table=True):
    """One appointment of a family, known or not yet (`name` and `phone` then say whose). `place` tells apart those received at once.

    `kind_code` is one of the commune's kinds. Moved, it keeps its row; nothing is deleted.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        one_of("state", AppointmentState),
        CheckConstraint("minutes > 0", name="minutes_positive"),
        Index(
            "uq_appointment_planned",
            "starts_at",
            "place",
            unique=True,
            sqlite_where=text("state = 'prevu'"),
            postgresql_where=text("state = 'prevu'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    starts_at: datetime = Field(sa_column=instant(index=True))
    minutes: int
    place: int = 0
    kind_code: str = Field(max_length=30)
    state: str = Field(max_length=10)
    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", index=True)
    name: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=30)
    note: str = Field(default="", max_length=300)
    booked_at: datetime = Field(sa_column=instant())
    booked_by: int = Field(foreign_key="agent.id")
    moved: int = 0  # how many times it was moved: the sequence of its iCalendar event
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
