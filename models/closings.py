"""Days, months and years of the régie closed: the entries they hold, what was received, and the total since the beginning."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import entry_key, instant, one_of
from models.states import PeriodKind


def _sum_of_years() -> Column[int]:
    """Return a column for an amount that outgrows 21 million euros: a city's year, a commune's twenty years."""
    return Column(BigInteger, nullable=False)


_FIRST = text("previous_id IS NULL")


class PeriodClosing(SQLModel, table=True):
    """One period closed, chained to the one before of its kind; its own entry chains it in the journal too.

    It holds the entries `first_seq` to `last_seq`. In cents: `received_cents` by every means less `reversed_cents` is the period's total,
    and `perpetual_cents` that total since the régie's first entry.
    """

    __tablename__ = "period_closing"
    __table_args__ = (
        one_of("kind", PeriodKind),
        UniqueConstraint("regie_id", "kind", "starts_on"),
        UniqueConstraint("regie_id", "kind", "previous_id"),
        UniqueConstraint("regie_id", "entry_seq"),
        entry_key(),
        CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        CheckConstraint("first_seq <= last_seq", name="entries_in_order"),
        CheckConstraint("last_seq < entry_seq", name="sealed_after"),
        Index("uq_period_closing_first", "regie_id", "kind", unique=True, sqlite_where=_FIRST, postgresql_where=_FIRST),
    )
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    kind: str = Field(max_length=10)
    starts_on: date
    ends_on: date
    previous_id: int | None = Field(default=None, foreign_key="period_closing.id")
    first_seq: int
    last_seq: int
    received_cents: int = Field(sa_column=_sum_of_years())
    reversed_cents: int = Field(sa_column=_sum_of_years())
    perpetual_cents: int = Field(sa_column=_sum_of_years())
    closed_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    agent_name: str = Field(max_length=120)
    entry_seq: int
    head_hash: str = Field(max_length=64)
    fictitious: bool = False
