"""The letters to families: their texts, the commune's coat of arms, and which were printed for whom."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import LetterKind


class LetterTemplate(SQLModel, table=True):
    """The text of a kind of letter as the commune wrote it; the latest counts, none is deleted."""

    __tablename__ = "letter_template"
    __table_args__ = (one_of("kind", LetterKind),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20, index=True)
    text: str = Field(sa_column=Column(Text, nullable=False))
    recorded_at: datetime = Field(sa_column=instant())
    agent_id: int | None = Field(default=None, foreign_key="agent.id")


class CoatOfArms(SQLModel, table=True):
    """The commune's coat of arms, a PNG or JPEG image; the latest counts. An empty one: none any more."""

    __tablename__ = "coat_of_arms"
    id: int | None = Field(default=None, primary_key=True)
    media_type: str = Field(max_length=30)
    image: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    recorded_at: datetime = Field(sa_column=instant())
    agent_id: int | None = Field(default=None, foreign_key="agent.id")


class LetterPrinted(SQLModel, table=True):
    """A letter drawn for a guardian (none: for the whole dossier), by an agent (none: by a command of the machine)."""

    __tablename__ = "letter_printed"
    __table_args__ = (one_of("kind", LetterKind),)
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    guardian_id: int | None = Field(default=None, foreign_key="guardian.id")
    kind: str = Field(max_length=20)
    printed_at: datetime = Field(sa_column=instant())
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
