"""Files imported: which, by whom, with what result; and the column maps kept for the next time."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import ImportKind


class ImportRun(SQLModel, table=True):
    """A file whose lines were written, with how many were what. `file_sha256` tells the same file given again."""

    __tablename__ = "import_run"
    __table_args__ = (one_of("kind", ImportKind),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    file_name: str = Field(max_length=200)
    file_sha256: str = Field(max_length=64, index=True)
    created: int
    matched: int
    ambiguous: int
    rejected: int
    imported_at: datetime = Field(sa_column=instant())
    agent_id: int | None = Field(default=None, foreign_key="agent.id")


class ImportMap(SQLModel, table=True):
    """Which column of a file is what, under a name, as JSON."""

    __tablename__ = "import_map"
    name: str = Field(primary_key=True, max_length=60)
    document: str = Field(sa_column=Column(Text, nullable=False))
    recorded_at: datetime = Field(sa_column=instant())
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
