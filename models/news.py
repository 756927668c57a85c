"""What the service tells families, from a day to another."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Text
from sqlmodel import Field, SQLModel

from models.base import instant


class News(SQLModel, table=True):
    """A piece of news shown from a day until another, both included (no end: until it is withdrawn)."""

    __tablename__ = "news"
    __table_args__ = (CheckConstraint("until_on IS NULL OR until_on >= from_on", name="dates_in_order"),)
    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=120)
    body: str = Field(sa_column=Column(Text, nullable=False))
    from_on: date
    until_on: date | None = None
    first: bool = False  # shown before the others
    recorded_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    withdrawn_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
