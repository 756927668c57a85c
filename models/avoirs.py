"""What the régie owes a payer in days given back, and how it was used. Never negative, never paid in cash."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import deferred_key, instant, one_of
from models.states import AvoirReason


class Avoir(SQLModel, table=True):
    """An amount given back to the payer who had paid. Written before its lines: a trigger refuses more than its amount."""

    __tablename__ = "avoir"
    __table_args__ = (
        one_of("reason", AvoirReason),
        UniqueConstraint("regie_id", "year", "number"),
        UniqueConstraint("regie_id", "entry_seq"),
        ForeignKeyConstraint(["regie_id", "entry_seq"], ["journal_entry.regie_id", "journal_entry.seq"]),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("amount_cents = care_cents + meal_cents", name="amount_split"),
    )
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    payer_id: int = Field(foreign_key="payer.id", index=True)
    payer_snapshot_id: int = Field(foreign_key="identity_snapshot.id")
    year: int
    number: int
    reason: str = Field(max_length=15)
    issued_at: datetime = Field(sa_column=instant())
    amount_cents: int
    care_cents: int
    meal_cents: int
    entry_seq: int
    agent_id: int = Field(foreign_key="agent.id")
    agent_name: str = Field(max_length=120)
    head_hash: str = Field(max_length=64)


class AvoirLine(SQLModel, table=True):
    """A day given back, once only."""

    __tablename__ = "avoir_line"
    __table_args__ = (
        UniqueConstraint("booking_id"),
        CheckConstraint("care_cents >= 0 AND meal_cents >= 0", name="amount_positive"),
    )
    id: int | None = Field(default=None, primary_key=True)
    avoir_id: int = Field(foreign_key="avoir.id", index=True)
    booking_id: int = Field(foreign_key="booking.id")
    child_snapshot_id: int = Field(foreign_key="identity_snapshot.id")
    activity_label: str = Field(max_length=120)
    care_cents: int
    meal_cents: int


class AvoirUse(SQLModel, table=True):
    """What a payment took from an avoir for one of its lines. A trigger refuses more than the avoir still holds."""

    __tablename__ = "avoir_use"
    __table_args__ = (
        UniqueConstraint("payment_id", "avoir_id", "booking_id"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
    )
    id: int | None = Field(default=None, primary_key=True)
    avoir_id: int = Field(foreign_key="avoir.id", index=True)
    payment_id: str = Field(sa_column=deferred_key("payment.id"))
    booking_id: int = Field(foreign_key="booking.id")
    amount_cents: int
