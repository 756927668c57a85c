"""The family as the mairie knows it: dossier, guardians, children, payers, custody, quotients, ALSH years, snapshots."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import AlshOrigin, SnapshotKind


class Dossier(SQLModel, table=True):
    """A family's file. `number` is random with a check digit and printed on the family's letter; `version` counts saves."""

    __tablename__ = "dossier"
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=12, unique=True)
    label: str = Field(max_length=200)
    created_at: datetime = Field(sa_column=instant())
    archived_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    version: int = 1


class Guardian(SQLModel, table=True):
    """A parent or another person in charge, with how to reach them. `snapshot_id` names them as they are today."""

    __tablename__ = "guardian"
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    last_name: str = Field(max_length=120)
    first_name: str = Field(max_length=120)
    birth_on: date | None = None
    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=30)
    address: str = Field(default="", max_length=300)
    postcode: str = Field(default="", max_length=10)
    city: str = Field(default="", max_length=120)
    snapshot_id: int = Field(foreign_key="identity_snapshot.id")


class Payer(SQLModel, table=True):
    """A guardian's paying account. Payments and avoirs belong to a payer, never to a dossier."""

    __tablename__ = "payer"
    __table_args__ = (UniqueConstraint("guardian_id"), CheckConstraint("rank IN (1, 2)", name="rank_known"))
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    guardian_id: int = Field(foreign_key="guardian.id")
    rank: int = 1
    resident: bool = True


class QuotientFamilial(SQLModel, table=True):
    """A proven quotient familial of a payer, in cents of QF, valid on `[valid_from_on, valid_until_on]`."""

    __tablename__ = "quotient_familial"
    __table_args__ = (
        CheckConstraint("value_cents >= 0", name="value_positive"),
        CheckConstraint("valid_until_on >= valid_from_on", name="validity_ordered"),
    )
    id: int | None = Field(default=None, primary_key=True)
    payer_id: int = Field(foreign_key="payer.id", index=True)
    value_cents: int
    valid_from_on: date
    valid_until_on: date
    source: str = Field(default="", max_length=120)
    recorded_at: datetime = Field(sa_column=instant())


class Child(SQLModel, table=True):
    """A child of a dossier. `meal_supplied` is false for an « accueil sans repas fourni »: the reason is recorded nowhere here."""

    __tablename__ = "child"
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    last_name: str = Field(max_length=120)
    first_name: str = Field(max_length=120)
    birth_on: date
    meal_supplied: bool = True
    snapshot_id: int = Field(foreign_key="identity_snapshot.id")
    archived_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class Schooling(SQLModel, table=True):
    """A child's school and class from a date on; the latest not after a day is the one that counts on that day."""

    __tablename__ = "schooling"
    __table_args__ = (UniqueConstraint("child_id", "from_on"),)
    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="child.id")
    school_code: str = Field(foreign_key="school.code")
    class_name: str = Field(default="", max_length=60)
    from_on: date


class CustodyPattern(SQLModel, table=True):
    """Weeks that alternate between two payers from an anchor date (never by ISO parity), from `from_on` on."""

    __tablename__ = "custody_pattern"
    __table_args__ = (
        UniqueConstraint("child_id", "from_on"),
        CheckConstraint("first_payer_id <> second_payer_id", name="two_payers"),
        CheckConstraint("period_days > 0", name="period_positive"),
    )
    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="child.id")
    from_on: date
    anchor_on: date
    first_payer_id: int = Field(foreign_key="payer.id")
    second_payer_id: int = Field(foreign_key="payer.id")
    period_days: int = 7


class AlshEnrolment(SQLModel, table=True):
    """A child's right to the ALSH for a civil year, by renewal at an appointment or by imported attendance."""

    __tablename__ = "alsh_enrolment"
    __table_args__ = (UniqueConstraint("child_id", "year", "origin"), one_of("origin", AlshOrigin))
    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="child.id")
    year: int
    origin: str = Field(max_length=12)
    recorded_at: datetime = Field(sa_column=instant())
    agent_id: int | None = Field(default=None, foreign_key="agent.id")


class IdentitySnapshot(SQLModel, table=True):
    """A name as it stood on the day of a payment. Immutable rows point here and hold no name; erasing a family blanks it."""

    __tablename__ = "identity_snapshot"
    __table_args__ = (one_of("kind", SnapshotKind), Index("ix_identity_snapshot_person", "kind", "person_id"))
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=12)
    person_id: int | None = None
    name: str = Field(max_length=250)
    address: str = Field(default="", max_length=450)
    taken_at: datetime = Field(sa_column=instant())
    erased_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


def _folded_word(*, unique: bool = False) -> Any:
    """Return a column of folded words, ordered by their bytes on both engines so that a prefix is a range of its index."""
    word = String(120).with_variant(String(120, collation="C"), "postgresql")
    return Column(word, nullable=False, unique=unique)


class SearchToken(SQLModel, table=True):
    """One folded word (no accent, lower case) by which a dossier is found: a name, a phone, a birth date, the number."""

    __tablename__ = "search_token"
    __table_args__ = (
        Index("ix_search_token_word", "word", "dossier_id"),
        Index("ix_search_token_dossier", "dossier_id", "word"),
    )
    id: int | None = Field(default=None, primary_key=True)
    word: str = Field(sa_column=_folded_word())
    dossier_id: int = Field(foreign_key="dossier.id")


class SearchWord(SQLModel, table=True):
    """The vocabulary of names: each folded word once, so that a typing error is looked for among words, not dossiers."""

    __tablename__ = "search_word"
    id: int | None = Field(default=None, primary_key=True)
    word: str = Field(sa_column=_folded_word(unique=True))
