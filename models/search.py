"""The words a dossier is found by, and the vocabulary of all names."""

from typing import Any

from sqlalchemy import Column, Index, String
from sqlmodel import Field, SQLModel


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
