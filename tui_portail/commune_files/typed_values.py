"""The values of a commune's document: how each is written, what it may hold, and the sentence that refuses it.

Documents are JSON: dates are ISO texts, amounts and factors are French decimals between quotes (« 12,50 »), never floats.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from tui_portail.errors import InvalidInput
from tui_portail.money import parse_amount
from tui_portail.pricing import exact_factor
from tui_portail.school_levels import CODES

T = TypeVar("T")

SENTENCE_ERROR = "phrase"
"""The type of a pydantic error whose context already holds the French sentence."""

REFERENCES = {
    "banque": "bank",
    "numero": "number",
    "tireur": "drawer",
    "reference": "reference",
    "terminal": "terminal",
}
"""What an agent may have to record with a means: the commune's word, then the one services use."""


def wrong(sentence: str) -> PydanticCustomError:
    """Return the error that carries a French sentence through pydantic."""
    return PydanticCustomError(SENTENCE_ERROR, "{sentence}", {"sentence": sentence})


def text_read_by(reader: Callable[[str], T], example: str) -> Callable[[object], T]:
    """Return what reads a value written between quotes by a reader of texts; `example` is told where it is anything else."""

    def read(value: object) -> T:
        if not isinstance(value, str):
            raise wrong(f"écrivez la valeur entre guillemets, par exemple {example}")
        try:
            return reader(value)
        except InvalidInput as fault:
            raise wrong(fault.sentence) from fault

    return read


def _quotient_cents(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value * 100
    return text_read_by(parse_amount, '"745" ou "745,50"')(value)


def _month_and_day(text: str) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2027-{text}")
    except ValueError:
        raise InvalidInput('attendu : le mois et le jour, par exemple "10-01" pour le 1er octobre') from None
    return day.month, day.day


def _level(text: str) -> str:
    if text not in CODES:
        raise InvalidInput(f"attendu : un niveau parmi {', '.join(CODES)}")
    return text


def _reference(text: str) -> str:
    if text not in REFERENCES:
        raise InvalidInput(f"attendu : {', '.join(REFERENCES)}")
    return REFERENCES[text]


Cents = Annotated[int, BeforeValidator(text_read_by(parse_amount, '"12,50"'))]
Factor = Annotated[Fraction, BeforeValidator(text_read_by(exact_factor, '"0,85"')), Field(strict=False)]
QuotientCents = Annotated[int, BeforeValidator(_quotient_cents)]
MonthAndDay = Annotated[tuple[int, int], BeforeValidator(text_read_by(_month_and_day, '"10-01"'))]
Reference = Annotated[str, BeforeValidator(text_read_by(_reference, '"banque"'))]
Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,29}$")]
Label = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
Level = Annotated[str, BeforeValidator(text_read_by(_level, '"CE1"'))]
SourceKey = Literal["limite", "paiement"]
Reasons = Annotated[tuple[Label, ...], Field(min_length=1)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Minutes = Annotated[int, Field(ge=1, le=1440)]
Age = Annotated[int, Field(ge=0, le=25)]
Weekday = Literal["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]


class Form(BaseModel):
    """A table of the document: strict types, and no key that is not known."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=True)
