"""Payments online by PayFiP: each one asked for, what it was to pay, what became of it; the Trésor's statements beside them.

Nothing of a bank is here: neither card, account nor authorisation.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import deferred_key, instant, one_of
from models.states import UNSETTLED_ONLINE, OnlineState, StatementOutcome


class OnlinePayment(SQLModel, table=True):
    """One payment page of PayFiP. `reference` is ours and `id_op` PayFiP's, neither used twice; `page_until` is when the page closes.

    `basket_id` is the basket it was asked for; the payment it became may be of another, made when the money came late (`late`).
    """

    __tablename__ = "online_payment"
    __table_args__ = (
        one_of("state", OnlineState),
        CheckConstraint("amount_cents >= 100", name="amount_payable"),
        CheckConstraint("(state = 'payee') = (payment_id IS NOT NULL)", name="paid_has_payment"),
        CheckConstraint("state NOT IN ('ouverte', 'payee') OR id_op IS NOT NULL", name="open_has_id"),
        UniqueConstraint("reference"),
        UniqueConstraint("id_op"),
        UniqueConstraint("payment_id"),
        Index(
            "ix_online_payment_unsettled",
            "basket_id",
            sqlite_where=text(UNSETTLED_ONLINE),
            postgresql_where=text(UNSETTLED_ONLINE),
        ),
        Index("ix_online_payment_asked_at", "asked_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    basket_id: int = Field(foreign_key="basket.id", index=True)
    payer_id: int = Field(foreign_key="payer.id", index=True)
    account_id: int = Field(foreign_key="portal_account.id", index=True)
    reference: str = Field(max_length=30)
    amount_cents: int
    subject: str = Field(max_length=100)
    client_number: str = Field(max_length=6)
    mode: str = Field(max_length=1)
    id_op: str | None = Field(default=None, max_length=64)
    page_address: str = Field(default="", max_length=300)
    state: str = Field(max_length=12)
    asked_at: datetime = Field(sa_column=instant())
    page_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    asked_again_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    code: str = Field(default="", max_length=20)
    paid_on: date | None = None
    late: bool = False
    payment_id: str | None = Field(default=None, sa_column=deferred_key("payment.id", nullable=True))
    disputed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    disputed_by: int | None = Field(default=None, foreign_key="agent.id")
    dispute: str = Field(default="", max_length=200)
    dispute_ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    dispute_ended_by: int | None = Field(default=None, foreign_key="agent.id")
    dispute_answer: str = Field(default="", max_length=200)


class OnlinePaymentLine(SQLModel, table=True):
    """A day that a payment page was to pay: found again when the money comes after its basket is gone."""

    __tablename__ = "online_payment_line"
    online_payment_id: int = Field(primary_key=True, foreign_key="online_payment.id")
    booking_id: int = Field(primary_key=True, foreign_key="booking.id", sa_column_kwargs={"autoincrement": False})


class TreasuryStatement(SQLModel, table=True):
    """A file of payments received, as the Trésor gives it, read once."""

    __tablename__ = "treasury_statement"
    __table_args__ = (UniqueConstraint("regie_id", "file_sha256"),)
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    file_name: str = Field(max_length=200)
    file_sha256: str = Field(max_length=64)
    first_on: date
    last_on: date
    read_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")


class TreasuryLine(SQLModel, table=True):
    """A payment that the Trésor says it received; `online_payment_id` where it is one of ours."""

    __tablename__ = "treasury_line"
    __table_args__ = (one_of("outcome", StatementOutcome), UniqueConstraint("statement_id", "rank"))
    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="treasury_statement.id")
    rank: int
    reference: str = Field(max_length=60)
    amount_cents: int
    paid_on: date
    outcome: str = Field(max_length=12)
    online_payment_id: int | None = Field(default=None, foreign_key="online_payment.id", index=True)
