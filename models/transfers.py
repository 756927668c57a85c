"""Two accounts of one person, joined when their dossiers are merged: what the entry moved from the one to the other."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import entry_key, instant


class PayerTransfer(SQLModel, table=True):
    """An account emptied into another of the same person, once and for good (cents): its avoirs left and what it owed.

    Rows keep the account they were written for; from then on the journal only speaks of the one that lives.
    """

    __tablename__ = "payer_transfer"
    __table_args__ = (
        UniqueConstraint("from_payer_id"),
        UniqueConstraint("regie_id", "entry_seq"),
        entry_key(),
        CheckConstraint("from_payer_id <> into_payer_id", name="two_accounts"),
        CheckConstraint("avoir_cents >= 0 AND debt_cents >= 0", name="amounts_positive"),
    )
    id: int | None = Field(default=None, primary_key=True)
    regie_id: int = Field(foreign_key="regie.id")
    from_payer_id: int = Field(foreign_key="payer.id")
    into_payer_id: int = Field(foreign_key="payer.id", index=True)
    avoir_cents: int
    debt_cents: int
    transferred_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")
    entry_seq: int
