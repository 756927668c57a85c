"""Which of two separated parents a child is with: patterns dated, and days that depart from them."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from tui_portail.custody import FirstHalf, HolidayCustody


class CustodyPattern(SQLModel, table=True):
    """Weeks that alternate between two payers from an anchor date (never by ISO parity), agreed from `from_on` on.

    The child changes homes on the anchor's weekday at `switch_at` (Paris time; none: before the day begins). `holidays` and `summer` say
    how the school holidays are shared; `first_half` who has their first half, by the parity of the year in which they begin.
    `until_on`: the last day, after which the first payer pays again.
    """

    __tablename__ = "custody_pattern"
    __table_args__ = (
        UniqueConstraint("child_id", "from_on"),
        CheckConstraint("first_payer_id <> second_payer_id", name="two_payers"),
        CheckConstraint("period_days > 0", name="period_positive"),
        one_of("holidays", HolidayCustody),
        one_of("summer", HolidayCustody),
        one_of("first_half", FirstHalf),
    )
    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="child.id")
    from_on: date
    anchor_on: date
    first_payer_id: int = Field(foreign_key="payer.id")
    second_payer_id: int = Field(foreign_key="payer.id")
    period_days: int = 7
    switch_at: time | None = None
    holidays: str = Field(default=HolidayCustody.TURNS.value, max_length=12)
    summer: str = Field(default=HolidayCustody.TURNS.value, max_length=12)
    first_half: str = Field(default=FirstHalf.EVEN_YEARS.value, max_length=10)
    until_on: date | None = None


class CustodyException(SQLModel, table=True):
    """Days (both included) that a child spends with a payer whatever the pattern says; the latest recorded wins, none is deleted."""

    __tablename__ = "custody_exception"
    __table_args__ = (CheckConstraint("from_on <= until_on", name="days_in_order"),)
    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="child.id", index=True)
    from_on: date
    until_on: date
    payer_id: int = Field(foreign_key="payer.id")
    reason: str = Field(default="", max_length=200)
    recorded_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    cancelled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
