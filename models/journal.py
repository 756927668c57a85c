"""The régie's journal: double entry, each entry sums to zero, chained by SHA-256 under a locked head; and the numbers without gap."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import EntryKind, SeriesKind

_OF_A_TILL = text("till_session_id IS NOT NULL")


class JournalHead(SQLModel, table=True):
    """The one row a régie's entries are chained under: locked and read before, moved on by the trigger of each new entry."""

    __tablename__ = "journal_head"
    regie_id: int = Field(primary_key=True, foreign_key="regie.id")
    last_seq: int = 0
    head_hash: str = Field(max_length=64)


class JournalEntry(SQLModel, table=True):
    """One entry of the chain. `document` is the canonical JSON that was hashed after `previous_hash`; it names no person."""

    __tablename__ = "journal_entry"
    __table_args__ = (one_of("kind", EntryKind), CheckConstraint("seq > 0", name="seq_positive"))
    regie_id: int = Field(primary_key=True, foreign_key="regie.id")
    seq: int = Field(primary_key=True)
    format_version: int = 1
    kind: str = Field(max_length=15)
    entered_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    operation_id: str = Field(max_length=36, index=True)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64, unique=True)
    document: str = Field(sa_column=Column(Text, nullable=False))


class Posting(SQLModel, table=True):
    """One movement on one account: debit positive, credit negative, in cents. Written before the entry that seals it."""

    __tablename__ = "posting"
    __table_args__ = (
        ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint("amount_cents <> 0", name="amount_not_zero"),
        Index("ix_posting_account", "account", "payer_id"),
        Index("ix_posting_entry", "regie_id", "entry_seq"),
        Index(
            "ix_posting_till_session_id",
            "till_session_id",
            sqlite_where=_OF_A_TILL,
            postgresql_where=_OF_A_TILL,
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int
    entry_seq: int
    rank: int
    account: str = Field(max_length=40)
    payer_id: int | None = Field(default=None, foreign_key="payer.id")
    till_session_id: int | None = Field(default=None, foreign_key="till_session.id")
    amount_cents: int


class NumberSeries(SQLModel, table=True):
    """The last number given, by régie, year and kind. Moved in the transaction that uses the number: no gap, no double."""

    __tablename__ = "number_series"
    __table_args__ = (one_of("kind", SeriesKind),)
    regie_id: int = Field(primary_key=True, foreign_key="regie.id")
    year: int = Field(primary_key=True)
    kind: str = Field(primary_key=True, max_length=15)
    last_number: int = 0
