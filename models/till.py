"""The régie and its money coming in: tills and their sessions, payments with their tenders and lines, quittances, duplicatas."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import deferred_key, instant, one_of
from models.states import SessionState
from tui_portail.policy import Means

_CORRECTS = text("corrects_id IS NOT NULL")


class Regie(SQLModel, table=True):
    """The régie de recettes that answers for the money, as its acte constitutif names it."""

    __tablename__ = "regie"
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=30, unique=True)
    name: str = Field(max_length=200)


class Till(SQLModel, table=True):
    """A cash drawer of the régie."""

    __tablename__ = "till"
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    name: str = Field(max_length=120)


class TillSession(SQLModel, table=True):
    """A till from its opening with a counted float to its closing; one open at a time, each names the one before."""

    __tablename__ = "till_session"
    __table_args__ = (
        one_of("state", SessionState),
        UniqueConstraint("till_id", "previous_id"),
        CheckConstraint("float_cents >= 0", name="float_positive"),
        Index(
            "uq_till_session_open",
            "till_id",
            unique=True,
            sqlite_where=text("state = 'ouverte'"),
            postgresql_where=text("state = 'ouverte'"),
        ),
        Index(
            "uq_till_session_first",
            "till_id",
            unique=True,
            sqlite_where=text("previous_id IS NULL"),
            postgresql_where=text("previous_id IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    till_id: int = Field(foreign_key="till.id")
    previous_id: int | None = Field(default=None, foreign_key="till_session.id")
    state: str = Field(max_length=10)
    float_cents: int
    opened_at: datetime = Field(sa_column=instant())
    opened_by: int = Field(foreign_key="agent.id")
    closed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    closed_by: int | None = Field(default=None, foreign_key="agent.id")


class Payment(SQLModel, table=True):
    """One basket cashed. Written after its tenders, lines and avoir uses: a trigger checks that they make its total.

    `corrects_id`: the payment whose means were typed wrong, reversed and paid again by this one.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("total_cents >= 0 AND avoir_cents >= 0 AND change_cents >= 0", name="amounts_positive"),
        CheckConstraint("avoir_cents <= total_cents", name="avoir_within_total"),
        # Of corrections only: with every other payment in it, an index of NULLs would be read instead of one that finds.
        Index("uq_payment_corrects_id", "corrects_id", unique=True, sqlite_where=_CORRECTS, postgresql_where=_CORRECTS),
        UniqueConstraint("regie_id", "entry_seq"),
        ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    id: str = Field(primary_key=True, max_length=36)
    regie_id: int = Field(foreign_key="regie.id")
    basket_id: int = Field(foreign_key="basket.id", index=True)
    payer_id: int = Field(foreign_key="payer.id", index=True)
    payer_snapshot_id: int = Field(foreign_key="identity_snapshot.id")
    till_session_id: int | None = Field(default=None, foreign_key="till_session.id", index=True)
    agent_id: int = Field(foreign_key="agent.id")
    paid_at: datetime = Field(sa_column=instant())
    total_cents: int
    avoir_cents: int
    change_cents: int = 0
    entry_seq: int
    corrects_id: str | None = Field(default=None, foreign_key="payment.id", max_length=36)


class Tender(SQLModel, table=True):
    """One means of one payment: what the régie keeps of it (`amount_cents`) and, in cash, what was handed over."""

    __tablename__ = "tender"
    __table_args__ = (
        one_of("means", Means),
        UniqueConstraint("payment_id", "rank"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("received_cents >= amount_cents", name="received_enough"),
    )
    id: int | None = Field(default=None, primary_key=True)
    payment_id: str = Field(sa_column=deferred_key("payment.id"))
    rank: int
    means: str = Field(max_length=12)
    amount_cents: int
    received_cents: int
    bank: str = Field(default="", max_length=80)
    reference: str = Field(default="", max_length=80)
    drawer_snapshot_id: int | None = Field(default=None, foreign_key="identity_snapshot.id")


class PaymentLine(SQLModel, table=True):
    """One day paid, with its price as charged and the name it was charged under."""

    __tablename__ = "payment_line"
    __table_args__ = (
        UniqueConstraint("payment_id", "booking_id"),
        CheckConstraint("price_cents = care_cents + meal_cents", name="price_split"),
        CheckConstraint("care_cents >= 0 AND meal_cents >= 0", name="price_positive"),
    )
    id: int | None = Field(default=None, primary_key=True)
    payment_id: str = Field(sa_column=deferred_key("payment.id"))
    booking_id: int = Field(foreign_key="booking.id", index=True)
    child_snapshot_id: int = Field(foreign_key="identity_snapshot.id")
    activity_code: str = Field(foreign_key="activity.code")
    activity_label: str = Field(max_length=120)
    day: date
    price_cents: int
    care_cents: int
    meal_cents: int


class TenderAllocation(SQLModel, table=True):
    """Which tender paid how much of which line (what avoirs paid is in AvoirUse)."""

    __tablename__ = "tender_allocation"
    __table_args__ = (
        ForeignKeyConstraint(["payment_id", "tender_rank"], ["tender.payment_id", "tender.rank"]),
        UniqueConstraint("payment_id", "tender_rank", "booking_id"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
    )
    id: int | None = Field(default=None, primary_key=True)
    payment_id: str = Field(sa_column=deferred_key("payment.id"))
    tender_rank: int
    booking_id: int = Field(foreign_key="booking.id")
    amount_cents: int


class Quittance(SQLModel, table=True):
    """The numbered receipt of a payment. The PDF is drawn from these rows, again for ever."""

    __tablename__ = "quittance"
    __table_args__ = (UniqueConstraint("regie_id", "year", "number"), UniqueConstraint("payment_id"))
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    year: int
    number: int
    payment_id: str = Field(foreign_key="payment.id", max_length=36)
    issued_at: datetime = Field(sa_column=instant())
    avoir_left_cents: int
    agent_name: str = Field(max_length=120)
    head_hash: str = Field(max_length=64)
    fictitious: bool = False


class QuittanceCopy(SQLModel, table=True):
    """A duplicata printed later: its number within the quittance, who and when."""

    __tablename__ = "quittance_copy"
    __table_args__ = (UniqueConstraint("quittance_id", "copy_no"),)
    id: int | None = Field(default=None, primary_key=True)
    quittance_id: int = Field(foreign_key="quittance.id")
    copy_no: int
    printed_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
