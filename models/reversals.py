"""What undoes a payment or ends an avoir: reversals with their reason, what they take back, and avoirs to be refunded by mandat."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import entry_key, instant, one_of
from models.states import ReversalKind, ReversedLine


class Reversal(SQLModel, table=True):
    """A payment reversed, once. Written after its tenders and lines: a trigger checks that they make the payment's total.

    In cents: `lost_cents` never came or went back, `kept_cents` of the payment stays as an avoir (`kept_avoir_id`), `given_back_cents` of
    avoirs the payer has again; on the other side `owed_cents` are due again and `withdrawn_cents` are taken back from avoirs of its days.
    """

    __tablename__ = "reversal"
    __table_args__ = (
        one_of("kind", ReversalKind),
        UniqueConstraint("payment_id"),
        UniqueConstraint("regie_id", "entry_seq"),
        entry_key(),
        CheckConstraint(
            "lost_cents >= 0 AND kept_cents >= 0 AND given_back_cents >= 0 AND owed_cents >= 0 AND withdrawn_cents >= 0",
            name="amounts_positive",
        ),
        CheckConstraint(
            "lost_cents + kept_cents + given_back_cents = owed_cents + withdrawn_cents", name="amounts_balance"
        ),
        CheckConstraint("(kept_cents > 0) = (kept_avoir_id IS NOT NULL)", name="kept_as_avoir"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    payment_id: str = Field(foreign_key="payment.id", max_length=36)
    kind: str = Field(max_length=12)
    reason: str = Field(max_length=200)
    till_session_id: int | None = Field(default=None, foreign_key="till_session.id", index=True)
    reversed_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    debt_basket_id: int | None = Field(default=None, foreign_key="basket.id")
    kept_avoir_id: int | None = Field(default=None, foreign_key="avoir.id")
    lost_cents: int
    kept_cents: int
    given_back_cents: int
    owed_cents: int
    withdrawn_cents: int
    entry_seq: int


class ReversalTender(SQLModel, table=True):
    """A means of a reversed payment: kept (the payer has it as an avoir), or lost."""

    __tablename__ = "reversal_tender"
    __table_args__ = (ForeignKeyConstraint(["payment_id", "tender_rank"], ["tender.payment_id", "tender.rank"]),)
    payment_id: str = Field(primary_key=True, max_length=36)
    tender_rank: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kept: bool


class ReversalLine(SQLModel, table=True):
    """A day of a reversed payment, and what became of it."""

    __tablename__ = "reversal_line"
    __table_args__ = (
        one_of("outcome", ReversedLine),
        ForeignKeyConstraint(["payment_id", "booking_id"], ["payment_line.payment_id", "payment_line.booking_id"]),
    )
    payment_id: str = Field(primary_key=True, max_length=36)
    booking_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    outcome: str = Field(max_length=12)


class LateUnpaid(SQLModel, table=True):
    """A cheque that a reversal had kept, come back unpaid since (cents): the avoir kept for it is withdrawn."""

    __tablename__ = "late_unpaid"
    __table_args__ = (
        UniqueConstraint("payment_id", "tender_rank"),
        UniqueConstraint("regie_id", "entry_seq"),
        entry_key(),
        ForeignKeyConstraint(
            ["payment_id", "tender_rank"], ["reversal_tender.payment_id", "reversal_tender.tender_rank"]
        ),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    payment_id: str = Field(max_length=36)
    tender_rank: int
    amount_cents: int
    reason: str = Field(max_length=200)
    till_session_id: int | None = Field(default=None, foreign_key="till_session.id", index=True)
    declared_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    entry_seq: int


class Refund(SQLModel, table=True):
    """Avoirs of a payer who leaves, « à rembourser par mandat » by the ordonnateur: never by the till."""

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("regie_id", "year", "number"),
        UniqueConstraint("regie_id", "entry_seq"),
        entry_key(),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    payer_id: int = Field(foreign_key="payer.id", index=True)
    payer_snapshot_id: int = Field(foreign_key="identity_snapshot.id")
    year: int
    number: int
    amount_cents: int
    reason: str = Field(max_length=200)
    requested_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    agent_name: str = Field(max_length=120)
    entry_seq: int
    head_hash: str = Field(max_length=64)
    fictitious: bool = False


class AvoirWithdrawal(SQLModel, table=True):
    """What was taken from an avoir otherwise than by a payment: by a reversal of the days it gave back, to be refunded, or unpaid."""

    __tablename__ = "avoir_withdrawal"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint(
            "(CASE WHEN reversal_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN refund_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN late_unpaid_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_cause",
        ),
        CheckConstraint("(reversal_id IS NULL) = (booking_id IS NULL)", name="day_of_a_reversal"),
        UniqueConstraint("booking_id"),
        UniqueConstraint("refund_id", "avoir_id"),
        UniqueConstraint("late_unpaid_id", "avoir_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    avoir_id: int = Field(foreign_key="avoir.id", index=True)
    booking_id: int | None = Field(default=None, foreign_key="booking.id")
    reversal_id: int | None = Field(default=None, foreign_key="reversal.id", index=True)
    refund_id: int | None = Field(default=None, foreign_key="refund.id")
    late_unpaid_id: int | None = Field(default=None, foreign_key="late_unpaid.id")
    amount_cents: int
