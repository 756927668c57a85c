"""Who works at the desks, what they did, and each gesture with its operation id."""

from datetime import datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import Role


class Agent(SQLModel, table=True):
    """A person who signs in. The password is an argon2id hash; repeated failures lock the account until `locked_until`."""

    __tablename__ = "agent"
    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(max_length=30, unique=True)  # folded to lower case
    name: str = Field(max_length=120)
    password_hash: str = Field(max_length=200)
    must_change_password: bool = False
    failures: int = 0
    locked_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    disabled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    created_at: datetime = Field(sa_column=instant())


class UnknownSignIn(SQLModel, table=True):
    """Failures under user names that nobody has, counted as an agent's own are, so that a lock tells nothing.

    `bucket` is two bytes of the name's SHA-256: a few names share one, and what was typed by mistake (a password) cannot be read back.
    """

    __tablename__ = "unknown_sign_in"
    bucket: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    failures: int = 0
    locked_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class AgentRole(SQLModel, table=True):
    """A role held by an agent."""

    __tablename__ = "agent_role"
    __table_args__ = (one_of("role", Role),)
    agent_id: int = Field(primary_key=True, foreign_key="agent.id")
    role: str = Field(primary_key=True, max_length=15)


class AuditEvent(SQLModel, table=True):
    """One gesture: who did what, when, on what and why. Insert only; a family erased leaves no `reason`, `details`, nor name in `result`.

    `operation_id` is made by the screen before sending: sent again with the same content (`fingerprint`) the gesture gives the answer
    kept in `result` (JSON: the ids it is read again from); with another content, an error. `revision` is the schema that the program of
    the desk knows (none before version 0006): the base refuses a gesture of another.
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject", "subject_id"), Index("ix_audit_event_at", "at"))
    operation_id: str = Field(primary_key=True, max_length=36)
    gesture: str = Field(max_length=40)
    fingerprint: str = Field(max_length=64)
    result: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=instant())
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    subject: str = Field(max_length=30)
    subject_id: str = Field(default="", max_length=36)
    dossier_id: int | None = Field(default=None, index=True)
    reason: str = Field(default="", max_length=300)
    details: str = Field(default="{}", sa_column=Column(Text, nullable=False))
    erased_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    revision: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
