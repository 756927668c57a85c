"""What every table shares: the metadata with stable constraint names, UTC instants, enumerations stored by value."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, String, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# Services write plain Core statements: the validators of forty classes would be built at each start for nobody.
SQLModel.model_config["defer_build"] = True
metadata = SQLModel.metadata


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC on both engines. Naive values are refused: they are a bug in waiting."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC (SQLite stores it without offset)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive instant was given to the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give an aware UTC instant back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


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
