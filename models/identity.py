"""What this database is: ours, real, demo or test, and for the last two the clock it runs on."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import DatabaseKind


class DatabaseIdentity(SQLModel, table=True):
    """The one row that says that a database is ours, and tells it from every other by `base_id`, drawn when it was made.

    A demo's clock: `clock_at` is its last instant kept, `clock_seen_at` the server's at that moment (both UTC), none once it stopped.
    """

    __tablename__ = "database_identity"
    __table_args__ = (one_of("kind", DatabaseKind),)
    id: int = Field(default=1, primary_key=True)
    program: str = Field(default="tui-portail", max_length=30)
    kind: str = Field(max_length=10)
    created_at: datetime = Field(sa_column=instant())
    base_id: str = Field(max_length=32)  # uuid4, in hexadecimal
    clock_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    clock_seen_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
