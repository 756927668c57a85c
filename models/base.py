"""What every class of table shares: the metadata with stable constraint names, instants, enumerations stored by value."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, String
from sqlmodel import SQLModel

from models.instants import UtcDateTime

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# Services write plain Core statements: the validators of forty classes would be built for nobody.
SQLModel.model_config["defer_build"] = True
metadata = SQLModel.metadata


def instant(*, nullable: bool = False, index: bool = False) -> Any:
    """Return a column for a UTC instant."""
    return Column(UtcDateTime(), nullable=nullable, index=index)


def deferred_key(target: str, *, nullable: bool = False) -> Any:
    """Return a text foreign key checked at commit, so that details can be written before the row that seals them."""
    return Column(String(36), ForeignKey(target, deferrable=True, initially="DEFERRED"), nullable=nullable, index=True)


def one_of(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """Return the CHECK that keeps `column` within the values of `enum`."""
    values = ", ".join(f"'{member.value}'" for member in enum)
    return CheckConstraint(f"{column} IN ({values})", name=f"{column}_known")


def entry_key() -> ForeignKeyConstraint:
    """Return the reference of a row to the journal entry that carries it."""
    return ForeignKeyConstraint(["regie_id", "entry_seq"], ["journal_entry.regie_id", "journal_entry.seq"])
