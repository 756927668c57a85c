"""Deposit slips (bordereaux de versement): which payments leave the régie for the Trésor, once each."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import entry_key, instant, one_of
from models.states import SlipLineKind, SlipState

_DRAFT = text("state = 'brouillon'")


class DepositSlip(SQLModel, table=True):
    """A slip, draft (one a till) then validated: numbered, journalled, never changed."""

    __tablename__ = "deposit_slip"
    __table_args__ = (
        one_of("state", SlipState),
        UniqueConstraint("regie_id", "year", "number"),
        UniqueConstraint("regie_id", "entry_seq"),
        entry_key(),
        CheckConstraint(
            "(state = 'valide') = (number IS NOT NULL AND year IS NOT NULL AND entry_seq IS NOT NULL "
            "AND validated_at IS NOT NULL AND validated_by IS NOT NULL)",
            name="validated_whole",
        ),
        Index("uq_deposit_slip_draft", "till_id", unique=True, sqlite_where=_DRAFT, postgresql_where=_DRAFT),
    )
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    till_id: int = Field(foreign_key="till.id", index=True)
    state: str = Field(max_length=12)
    created_at: datetime = Field(sa_column=instant())
    created_by: int = Field(foreign_key="agent.id")
    year: int | None = None
    number: int | None = None
    validated_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    validated_by: int | None = Field(default=None, foreign_key="agent.id")
    agent_name: str = Field(default="", max_length=120)
    entry_seq: int | None = None
    head_hash: str = Field(default="", max_length=64)
    fictitious: bool = False


class DepositSlipLine(SQLModel, table=True):
    """A payment on a slip, or what was deposited earlier and came back since. Once each, in one slip only.

    `tender_rank` names the cheque that came back alone (kind `impaye`); 0 where the line is of the whole payment.
    """

    __tablename__ = "deposit_slip_line"
    __table_args__ = (
        one_of("kind", SlipLineKind),
        UniqueConstraint("payment_id", "kind", "tender_rank"),
        CheckConstraint("(kind = 'impaye') = (tender_rank > 0)", name="of_one_tender"),
    )
    id: int | None = Field(default=None, primary_key=True)
    slip_id: int = Field(foreign_key="deposit_slip.id", index=True)
    payment_id: str = Field(foreign_key="payment.id", max_length=36)
    kind: str = Field(max_length=15)
    tender_rank: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class DepositSlipCash(SQLModel, table=True):
    """How many notes or coins of a value (cents) a slip deposits."""

    __tablename__ = "deposit_slip_cash"
    __table_args__ = (
        CheckConstraint("denomination_cents > 0", name="denomination_positive"),
        CheckConstraint("pieces > 0", name="pieces_positive"),
    )
    slip_id: int = Field(primary_key=True, foreign_key="deposit_slip.id")
    denomination_cents: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    pieces: int
