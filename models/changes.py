"""What changed in a dossier, field by field: who, when, from what, to what."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import ChangeSubject


class DossierChange(SQLModel, table=True):
    """One field of one person or thing of a dossier, before and after a gesture. Never changed, but blanked when the family is erased.

    `field` is the column's name, empty for a row added or taken out as a whole.
    """

    __tablename__ = "dossier_change"
    __table_args__ = (one_of("subject", ChangeSubject),)
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    operation_id: str = Field(max_length=36, index=True)
    changed_at: datetime = Field(sa_column=instant())
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    subject: str = Field(max_length=25)
    subject_id: int
    field: str = Field(default="", max_length=40)
    before: str = Field(default="", sa_column=Column(Text, nullable=False))
    after: str = Field(default="", sa_column=Column(Text, nullable=False))
