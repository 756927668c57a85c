"""Who may fetch a child and whom to call; what the family consented to; which papers were seen. No paper is ever kept."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import ConsentKind


class ContactPerson(SQLModel, table=True):
    """A person who may fetch a child, who must not, or who is called in an emergency; of all the children when `child_id` is none."""

    __tablename__ = "contact_person"
    __table_args__ = (
        CheckConstraint("NOT (forbidden AND may_collect)", name="forbidden_collects_not"),
        CheckConstraint("may_collect OR emergency OR forbidden", name="known_for_something"),
    )
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    child_id: int | None = Field(default=None, foreign_key="child.id", index=True)
    rank: int = 0  # the order in which they are called
    last_name: str = Field(max_length=120)
    first_name: str = Field(default="", max_length=120)
    relation: str = Field(default="", max_length=60)
    phone: str = Field(default="", max_length=30)
    phone_2: str = Field(default="", max_length=30)
    may_collect: bool = False
    emergency: bool = False
    forbidden: bool = False
    note: str = Field(default="", max_length=200)  # what it rests on, « jugement vu le … »


class Consent(SQLModel, table=True):
    """A consent given or refused on a day, for the family or one child; the latest recorded counts, none is deleted."""

    __tablename__ = "consent"
    __table_args__ = (one_of("kind", ConsentKind),)
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    child_id: int | None = Field(default=None, foreign_key="child.id", index=True)
    kind: str = Field(max_length=20)
    given: bool
    given_on: date
    recorded_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")


class SupportingDocument(SQLModel, table=True):
    """A paper seen at the desk, « vu le … par … », and until when it is valid. `kind_code` is one of the commune's kinds."""

    __tablename__ = "supporting_document"
    __table_args__ = (
        CheckConstraint("valid_until_on IS NULL OR valid_from_on <= valid_until_on", name="validity_ordered"),
        CheckConstraint("child_id IS NULL OR guardian_id IS NULL", name="of_one_person"),
    )
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    child_id: int | None = Field(default=None, foreign_key="child.id", index=True)
    guardian_id: int | None = Field(default=None, foreign_key="guardian.id", index=True)
    kind_code: str = Field(max_length=30)
    valid_from_on: date
    valid_until_on: date | None = None
    seen_on: date
    seen_by: int = Field(foreign_key="agent.id")
    recorded_at: datetime = Field(sa_column=instant())
    withdrawn_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))  # recorded by mistake
