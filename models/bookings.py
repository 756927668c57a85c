"""What families booked: baskets on hold or paid, bookings and their states, absences waiting for a justificatif."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import ENDED_STATES, LIVE_STATES, BasketOrigin, BasketState, BookingState, ProofState
from tui_portail.policy import BasketKind


class Basket(SQLModel, table=True):
    """Days on hold for one payer. A payer has at most one open réservation; an expired one is closed by the next gesture that needs it."""

    __tablename__ = "basket"
    __table_args__ = (
        one_of("kind", BasketKind),
        one_of("state", BasketState),
        one_of("origin", BasketOrigin),
        CheckConstraint("(kind = 'regularisation') = (expires_at IS NULL)", name="expiry_by_kind"),
        CheckConstraint("extensions >= 0", name="extensions_positive"),
        Index(
            "uq_basket_open_reservation",
            "payer_id",
            unique=True,
            sqlite_where=text("state = 'ouvert' AND kind = 'reservation'"),
            postgresql_where=text("state = 'ouvert' AND kind = 'reservation'"),
        ),
        Index(
            "ix_basket_open",
            "expires_at",
            sqlite_where=text("state = 'ouvert'"),
            postgresql_where=text("state = 'ouvert'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    payer_id: int = Field(foreign_key="payer.id", index=True)
    kind: str = Field(max_length=15)
    state: str = Field(max_length=10)
    created_at: datetime = Field(sa_column=instant())
    expires_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    extensions: int = 0
    agent_id: int = Field(foreign_key="agent.id")
    closed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    origin: str = Field(default=BasketOrigin.DESK.value, max_length=10, sa_column_kwargs={"server_default": "guichet"})


class AbsenceProof(SQLModel, table=True):
    """One absence (a child's consecutive days of one activity) and the justificatif it waits for. The paper itself is never kept."""

    __tablename__ = "absence_proof"
    __table_args__ = (one_of("state", ProofState),)
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    child_id: int = Field(foreign_key="child.id")
    activity_code: str = Field(foreign_key="activity.code")
    first_on: date
    last_on: date
    due_until: datetime = Field(sa_column=instant())
    state: str = Field(max_length=10, index=True)
    received_on: date | None = None
    reason: str = Field(default="", max_length=200)
    decided_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    decided_by: int | None = Field(default=None, foreign_key="agent.id")


class Booking(SQLModel, table=True):
    """A child on a slot, for a payer, at a price fixed once. At most one live booking a child and slot."""

    __tablename__ = "booking"
    __table_args__ = (
        one_of("state", BookingState),
        ForeignKeyConstraint(["slot_id", "day"], ["slot.id", "slot.day"]),
        CheckConstraint("care_cents >= 0 AND meal_cents >= 0", name="price_positive"),
        CheckConstraint("price_cents = care_cents + meal_cents", name="price_split"),
        CheckConstraint("state <> 'held' OR basket_id IS NOT NULL", name="held_in_a_basket"),
        Index(
            "uq_booking_live",
            "child_id",
            "slot_id",
            unique=True,
            sqlite_where=text(LIVE_STATES),
            postgresql_where=text(LIVE_STATES),
        ),
        Index("ix_booking_child_day", "child_id", "day", "slot_id", "state"),  # past attendance is read from it alone
        Index(
            "ix_booking_slot_live",
            "slot_id",
            "state",
            sqlite_where=text(LIVE_STATES),
            postgresql_where=text(LIVE_STATES),
        ),
        Index(  # what a day's meals ordered counted, once cancelled
            "ix_booking_slot_ended",
            "slot_id",
            sqlite_where=text(ENDED_STATES),
            postgresql_where=text(ENDED_STATES),
        ),
        Index("ix_booking_basket", "basket_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="child.id")
    slot_id: int
    day: date
    payer_id: int = Field(foreign_key="payer.id")
    basket_id: int | None = Field(default=None, foreign_key="basket.id")
    state: str = Field(max_length=15)
    price_cents: int
    care_cents: int
    meal_cents: int
    tariff: str = Field(default="", max_length=200)
    booked_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    derogation: str | None = Field(default=None, max_length=200)
    payer_reason: str | None = Field(default=None, max_length=200)
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    proof_id: int | None = Field(default=None, foreign_key="absence_proof.id", index=True)
