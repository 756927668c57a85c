"""What a form asks, described without any widget: a long form keeps what is typed as plain values and mounts only what is looked at.

What an entry holds is the text typed, or the value chosen of a few.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from screens.choice_field import ChoiceField
from screens.form_fields import DateField, Field, Judge, QuotientField, TextField, date_text, read_quotient
from screens.typed_dates import parse_date
from tui_portail.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of text. `above` is a title written over it; one not `shown` is asked only when something else is answered so."""

    key: str
    label: str
    judge: Judge | None = None
    full: bool = False
    shown: bool = True
    above: str = ""
    placeholder: str = ""
    proposed: bool = False

    def value(self, held: object) -> object:
        """Return what is meant by what is held. Raises InvalidInput."""
        return str(held or "").strip()

    def field(self, held: object) -> Field:
        """Return the widget one types in."""
        return TextField(
            self.key,
            self.label,
            str(held or ""),
            judge=self.judge,
            full=self.full,
            placeholder=self.placeholder,
            proposed=self.proposed,
        )

    def text(self, held: object) -> str:
        """Return what is held as it is read."""
        return str(held or "")

    def with_held(self, held: object) -> Entry:
        """Return the entry able to show what is held."""
        return self

    def wrong(self, held: object) -> str:
        """Return the sentence that says what is wrong, empty when what is held can be kept."""
        try:
            value = self.value(held)
            if self.judge is not None:
                self.judge(value)
        except InvalidInput as error:
            return error.sentence
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateEntry(Entry):
    """A day. `past`: a year left out is past."""

    today: date
    past: bool = False

    def value(self, held: object) -> date | None:
        """Return the day, None for an empty field."""
        text = str(held or "").strip()
        return parse_date(text, self.today, past=self.past) if text else None

    def field(self, held: object) -> Field:
        """Return the line where a day is typed."""
        return DateField(self.key, self.label, self.today, str(held or ""), past=self.past, judge=self.judge)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotientEntry(Entry):
    """A quotient familial."""

    def value(self, held: object) -> int | None:
        """Return it in cents, None for an empty field."""
        return read_quotient(str(held or ""))

    def field(self, held: object) -> Field:
        """Return the line where it is typed."""
        return QuotientField(self.key, self.label, str(held or ""), judge=self.judge)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceEntry(Entry):
    """One of a few values, each with its label."""

    choices: tuple[tuple[object, str], ...]

    def value(self, held: object) -> object:
        """Return the value chosen, the first when what is held is not one of them."""
        return next((value for value, _ in self.choices if value == held), self.choices[0][0] if self.choices else None)

    def field(self, held: object) -> Field:
        """Return the line that turns."""
        return ChoiceField(self.key, self.label, self.choices, held, full=self.full)

    def with_held(self, held: object) -> Entry:
        """Offer a value recorded before, whatever is proposed today."""
        if held in (None, "") or any(value == held for value, _ in self.choices):
            return self
        return replace(self, choices=(*self.choices, (held, str(held))))

    def text(self, held: object) -> str:
        """Return the label chosen."""
        return next((label for value, label in self.choices if value == held), "")


def held_of(value: object) -> object:
    """Return what an entry holds for a value of a form: days as they are typed, the rest as it is."""
    return date_text(value) if isinstance(value, date) else value
