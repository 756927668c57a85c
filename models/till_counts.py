"""What a till was found to hold: movements, cash by denomination, cheques one by one, differences, the closing that seals them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import entry_key, instant, one_of
from models.states import CountAt, MovementKind
from tui_portail.policy import Means


class CashMovement(SQLModel, table=True):
    """Cash brought to a till or taken out of it, other than by a payment, with its reason."""

    __tablename__ = "cash_movement"
    __table_args__ = (
        one_of("kind", MovementKind),
        UniqueConstraint("regie_id", "entry_seq"),
        entry_key(),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    till_session_id: int = Field(foreign_key="till_session.id", index=True)
    kind: str = Field(max_length=12)
    amount_cents: int
    reason: str = Field(max_length=200)
    moved_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    entry_seq: int


class TillDifference(SQLModel, table=True):
    """What was counted of a means less what should have been there: an entry of its own, with its reason."""

    __tablename__ = "till_difference"
    __table_args__ = (
        one_of("counted_at", CountAt),
        one_of("means", Means),
        UniqueConstraint("till_session_id", "counted_at", "means"),
        UniqueConstraint("regie_id", "entry_seq"),
        entry_key(),
        CheckConstraint("counted_cents <> expected_cents", name="differs"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    till_session_id: int = Field(foreign_key="till_session.id")
    counted_at: str = Field(max_length=12)
    means: str = Field(max_length=12)
    expected_cents: int
    counted_cents: int
    reason: str = Field(max_length=200)
    noted_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    entry_seq: int


class TillCount(SQLModel, table=True):
    """One means at a closing: what the books say is there, and what was counted. Written before the closing that seals it."""

    __tablename__ = "till_count"
    __table_args__ = (one_of("means", Means), CheckConstraint("counted_cents >= 0", name="counted_positive"))
    till_session_id: int = Field(primary_key=True, foreign_key="till_session.id")
    means: str = Field(primary_key=True, max_length=12)
    expected_cents: int
    counted_cents: int


class CashCount(SQLModel, table=True):
    """How many notes or coins of a value (cents) were counted at a closing."""

    __tablename__ = "cash_count"
    __table_args__ = (
        CheckConstraint("denomination_cents > 0", name="denomination_positive"),
        CheckConstraint("pieces > 0", name="pieces_positive"),
    )
    till_session_id: int = Field(primary_key=True, foreign_key="till_session.id")
    denomination_cents: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    pieces: int


class ChequeCount(SQLModel, table=True):
    """A cheque looked for at a closing, and whether it was there."""

    __tablename__ = "cheque_count"
    __table_args__ = (ForeignKeyConstraint(["payment_id", "tender_rank"], ["tender.payment_id", "tender.rank"]),)
    till_session_id: int = Field(primary_key=True, foreign_key="till_session.id")
    payment_id: str = Field(primary_key=True, max_length=36)
    tender_rank: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    found: bool


class TillClosing(SQLModel, table=True):
    """The closing of a session: seals its counts. `head_hash` is its entry's, printed on the sheet."""

    __tablename__ = "till_closing"
    __table_args__ = (UniqueConstraint("regie_id", "entry_seq"), entry_key())
    till_session_id: int = Field(primary_key=True, foreign_key="till_session.id")
    regie_id: int = Field(foreign_key="regie.id")
    closed_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    agent_name: str = Field(max_length=120)
    entry_seq: int
    head_hash: str = Field(max_length=64)
    fictitious: bool = False
