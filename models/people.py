"""The family as the mairie knows it: dossier, guardians, payers, quotients, children, schools, ALSH years, snapshots."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import instant, one_of
from models.states import (
    AllowanceFund,
    AlshOrigin,
    Authority,
    Diet,
    GuardianRelation,
    SecondPayerBasis,
    Sex,
    SnapshotKind,
)


class Dossier(SQLModel, table=True):
    """A family's file. `number` is random with a check digit and printed on the family's letter; `version` counts saves.

    A dossier merged into another keeps its number, which leads there (`merged_into_id`); an erased one keeps no name.
    """

    __tablename__ = "dossier"
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=12, unique=True)
    label: str = Field(max_length=200)
    created_at: datetime = Field(sa_column=instant())
    archived_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    version: int = 1
    merged_into_id: int | None = Field(default=None, foreign_key="dossier.id", index=True)
    erased_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class Guardian(SQLModel, table=True):
    """A parent or another person in charge, with how to reach them. `snapshot_id` names them as they are today.

    `last_name` is the name they use, `birth_name` the one of birth where it is another. `linked_at`: since when a portal account is theirs.
    """

    __tablename__ = "guardian"
    __table_args__ = (
        one_of("relation", GuardianRelation),
        one_of("authority", Authority),
        one_of("allowance_fund", AllowanceFund),
    )
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
    birth_name: str = Field(default="", max_length=120)
    birth_place: str = Field(default="", max_length=120)
    birth_insee: str = Field(default="", max_length=5)  # the commune's or the country's code (99…)
    address_2: str = Field(default="", max_length=300)  # building, stairs, « chez … »
    phone_2: str = Field(default="", max_length=30)
    relation: str = Field(default="", max_length=15)
    authority: str = Field(default="", max_length=10)
    allowance_fund: str = Field(default="", max_length=10)
    allowance_number: str = Field(default="", max_length=20)
    linked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class Payer(SQLModel, table=True):
    """A guardian's paying account. Payments and avoirs belong to a payer, never to a dossier.

    A second payer rests on a judgment or a written agreement, seen and not kept. `joined_into_id`: another account of the same person,
    which pays since their two dossiers were merged.
    """

    __tablename__ = "payer"
    __table_args__ = (
        UniqueConstraint("guardian_id"),
        CheckConstraint("rank IN (1, 2)", name="rank_known"),
        one_of("basis", SecondPayerBasis),
    )
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    guardian_id: int = Field(foreign_key="guardian.id")
    rank: int = 1
    resident: bool = True
    basis: str = Field(default="", max_length=10)
    basis_on: date | None = None  # the document's own date
    basis_seen_on: date | None = None
    basis_seen_by: int | None = Field(default=None, foreign_key="agent.id")
    joined_into_id: int | None = Field(default=None, foreign_key="payer.id", index=True)


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
    seen_by: int | None = Field(default=None, foreign_key="agent.id")


class Child(SQLModel, table=True):
    """A child of a dossier. `meal_supplied` is false for an « accueil sans repas fourni »: the reason is recorded nowhere here.

    Of health and diet, only that a PAI exists and until when, and the meals asked for (rules, « Privacy »).
    `merged_into_id`: another record of the same child, which is the one shown since their two dossiers were merged.
    """

    __tablename__ = "child"
    __table_args__ = (one_of("sex", Sex), one_of("diet", Diet))
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    last_name: str = Field(max_length=120)
    first_name: str = Field(max_length=120)
    birth_on: date
    meal_supplied: bool = True
    snapshot_id: int = Field(foreign_key="identity_snapshot.id")
    archived_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    birth_name: str = Field(default="", max_length=120)
    sex: str = Field(default="", max_length=1)
    birth_place: str = Field(default="", max_length=120)
    birth_insee: str = Field(default="", max_length=5)
    diet: str = Field(default="", max_length=15)
    pai: bool = False
    pai_until_on: date | None = None
    doctor_name: str = Field(default="", max_length=120)
    doctor_phone: str = Field(default="", max_length=30)
    insurer: str = Field(default="", max_length=120)
    insurance_number: str = Field(default="", max_length=40)
    insurance_until_on: date | None = None
    merged_into_id: int | None = Field(default=None, foreign_key="child.id", index=True)


class Schooling(SQLModel, table=True):
    """A child's school, level and class from a date on; the latest not after a day is the one that counts on that day.

    `level` is a code of `school_levels` (« CE1 »), `class_name` what the school calls the class.
    """

    __tablename__ = "schooling"
    __table_args__ = (UniqueConstraint("child_id", "from_on"),)
    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="child.id")
    school_code: str = Field(foreign_key="school.code")
    class_name: str = Field(default="", max_length=60)
    from_on: date
    level: str = Field(default="", max_length=10)


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
