"""Where and when: the commune's versions of its rules, sites, schools, activities, what a site offers, and dated slots."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import instant


class CommuneVersion(SQLModel, table=True):
    """The commune's whole set-up (policy, calendar, price grids) as one JSON document, dated and never changed: a new one replaces it."""

    __tablename__ = "commune_version"
    id: int | None = Field(default=None, primary_key=True)
    recorded_at: datetime = Field(sa_column=instant())
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    source: str = Field(max_length=300)
    document: str = Field(sa_column=Column(Text, nullable=False))
    reason: str = Field(default="", max_length=200)


class Site(SQLModel, table=True):
    """A place that receives children. Two sites may share a telephone number: it is never a key."""

    __tablename__ = "site"
    code: str = Field(primary_key=True, max_length=30)
    name: str = Field(max_length=120)


class School(SQLModel, table=True):
    """A school, and the site that receives its pupils for ALP (empty: none) and for ALSH."""

    __tablename__ = "school"
    code: str = Field(primary_key=True, max_length=30)
    name: str = Field(max_length=120)
    alp_site_code: str | None = Field(default=None, foreign_key="site.code")
    alsh_site_code: str | None = Field(default=None, foreign_key="site.code")


class Activity(SQLModel, table=True):
    """An activity families can book; its rules are in the commune's document under the same code."""

    __tablename__ = "activity"
    code: str = Field(primary_key=True, max_length=30)
    label: str = Field(max_length=120)
    rank: int = 0


class Offering(SQLModel, table=True):
    """An activity offered at a site, with the capacity a new slot starts with."""

    __tablename__ = "offering"
    __table_args__ = (CheckConstraint("capacity >= 0", name="capacity_positive"),)
    site_code: str = Field(primary_key=True, foreign_key="site.code")
    activity_code: str = Field(primary_key=True, foreign_key="activity.code")
    capacity: int


class Slot(SQLModel, table=True):
    """A site, an activity and a day, with its places. Places left are always computed, never counted here.

    `by_hand`: an agent set this day's places; the others follow the set-up, in days to come.
    """

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("site_code", "activity_code", "day"),
        UniqueConstraint("id", "day"),
        CheckConstraint("capacity >= 0", name="capacity_positive"),
        CheckConstraint("withheld >= 0", name="withheld_positive"),
    )
    id: int | None = Field(default=None, primary_key=True)
    site_code: str = Field(foreign_key="site.code")
    activity_code: str = Field(foreign_key="activity.code")
    day: date = Field(index=True)
    capacity: int
    withheld: int = 0
    by_hand: bool = False


class SlotAgeLimit(SQLModel, table=True):
    """On one day only, the places of children from an age (in years) to under another, in place of the set-up's own."""

    __tablename__ = "slot_age_limit"
    __table_args__ = (
        UniqueConstraint("slot_id", "from_age"),
        CheckConstraint("capacity >= 0", name="capacity_positive"),
        CheckConstraint("from_age >= 0 AND (under_age IS NULL OR under_age > from_age)", name="ages_in_order"),
    )
    id: int | None = Field(default=None, primary_key=True)
    slot_id: int = Field(foreign_key="slot.id", index=True)
    from_age: int = 0
    under_age: int | None = None
    capacity: int
