"""The families' portal: their accounts, the links and codes sent to them, and the attempts that are counted."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import CodeKind, TryKind

_LINKED = text("guardian_id IS NOT NULL")


class PortalAccount(SQLModel, table=True):
    """A parent's account. `username` is folded to lower case; `password_hash` is empty until the parent chose one.

    `guardian_id` None: Enfance/Jeunesse took it off `unlinked_from_id`, whom nobody links alone now. `given_by`: the agent who gave it,
    a second identifier. `version` counts what ends the sessions under way: a new password, an unlinking. An erased family leaves no name.
    """

    __tablename__ = "portal_account"
    __table_args__ = (
        CheckConstraint("(terms_version = '') = (terms_accepted_at IS NULL)", name="terms_whole"),
        Index("uq_portal_account_guardian", "guardian_id", unique=True, sqlite_where=_LINKED, postgresql_where=_LINKED),
    )
    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(max_length=30, unique=True)
    last_name: str = Field(max_length=120)
    first_name: str = Field(max_length=120)
    email: str = Field(max_length=254)
    password_hash: str = Field(default="", max_length=200)
    guardian_id: int | None = Field(default=None, foreign_key="guardian.id")
    unlinked_from_id: int | None = Field(default=None, foreign_key="guardian.id", index=True)
    created_at: datetime = Field(sa_column=instant())
    given_by: int | None = Field(default=None, foreign_key="agent.id")
    activated_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    terms_version: str = Field(default="", max_length=20)
    terms_accepted_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    version: int = 1
    erased_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class PortalCode(SQLModel, table=True):
    """A link sent to a parent, and the code that may be typed instead: both by their SHA-256, valid once, until `expires_at`."""

    __tablename__ = "portal_code"
    __table_args__ = (one_of("kind", CodeKind), CheckConstraint("expires_at > made_at", name="expires_later"))
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="portal_account.id", index=True)
    kind: str = Field(max_length=15)
    link_hash: str = Field(max_length=64, unique=True)
    code_hash: str = Field(max_length=64)
    made_at: datetime = Field(sa_column=instant())
    expires_at: datetime = Field(sa_column=instant())
    ended_at: datetime | None = Field(
        default=None, sa_column=instant(nullable=True)
    )  # used, or replaced by a later one


class PortalTry(SQLModel, table=True):
    """Attempts of one kind since `since_at`, forgotten once one succeeds.

    `bucket` is seven bytes of a SHA-256 of what is known (an account, a name, a dossier's number), two bytes of what was only typed: a
    password typed by mistake cannot be read back, and nobody's success forgets another account's tries.
    """

    __tablename__ = "portal_try"
    __table_args__ = (one_of("kind", TryKind),)
    kind: str = Field(primary_key=True, max_length=15)
    bucket: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    failures: int = 0
    since_at: datetime = Field(sa_column=instant())


class TermsAccepted(SQLModel, table=True):
    """Which terms of use a parent accepted, and when: one row a version, never changed."""

    __tablename__ = "terms_accepted"
    account_id: int = Field(primary_key=True, foreign_key="portal_account.id")
    version: str = Field(primary_key=True, max_length=20)
    terms_on: date
    accepted_at: datetime = Field(sa_column=instant())
