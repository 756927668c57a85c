"""The usual week of a child, kept to be applied over a period."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from models.base import instant


class WeekPattern(SQLModel, table=True):
    """A named week of a child. `days` is JSON: pairs of weekday (0 is Monday) and activity code, sorted.

    Put aside, it keeps its row (`ended_at`); bookings made from it know nothing of it.
    """

    __tablename__ = "week_pattern"
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    child_id: int = Field(foreign_key="child.id", index=True)
    name: str = Field(max_length=60)
    days: str = Field(sa_column=Column(Text, nullable=False))
    recorded_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
