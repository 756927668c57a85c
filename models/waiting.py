"""The waiting list of a full day: who asked, in what order, what was offered and until when."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import OPEN_WAITING, WaitingState


class WaitingEntry(SQLModel, table=True):
    """A child who waits for a place on a slot, first come first served (`asked_at`, then `id`). Nothing is deleted.

    An offer takes a place while `now < offer_until`; past it, it is lost, with no event: the next gesture on the slot writes it so.
    """

    __tablename__ = "waiting_entry"
    __table_args__ = (
        one_of("state", WaitingState),
        ForeignKeyConstraint(["slot_id", "day"], ["slot.id", "slot.day"]),
        CheckConstraint("(offered_at IS NULL) = (offer_until IS NULL)", name="offer_whole"),
        CheckConstraint("state <> 'offerte' OR offer_until IS NOT NULL", name="offered_until"),
        CheckConstraint("(state = 'prise') = (booking_id IS NOT NULL)", name="taken_booked"),
        Index(
            "uq_waiting_entry_open",
            "child_id",
            "slot_id",
            unique=True,
            sqlite_where=text(OPEN_WAITING),
            postgresql_where=text(OPEN_WAITING),
        ),
        Index(
            "ix_waiting_entry_slot_open",
            "slot_id",
            "state",
            sqlite_where=text(OPEN_WAITING),
            postgresql_where=text(OPEN_WAITING),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    child_id: int = Field(foreign_key="child.id", index=True)
    slot_id: int
    day: date
    state: str = Field(max_length=10)
    asked_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    offered_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    offer_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    ended_by: int | None = Field(default=None, foreign_key="agent.id")
    booking_id: int | None = Field(default=None, foreign_key="booking.id")
    reason: str = Field(default="", max_length=200)
