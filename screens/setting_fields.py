"""The field of a form for each kind of value of the set-up, between what is typed and what its document keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from fractions import Fraction
from typing import Any

from textual.widget import Widget
from textual.widgets import Static

from screens.choice_field import ChoiceField, YesNoField
from screens.form_fields import Field, TextField
from screens.plain_text import content
from screens.texts_field import TextsField
from screens.ticks_field import TicksField
from screens.typed_dates import parse_date
from screens.typed_times import parse_time
from tui_portail.commune_sections.forms import FieldKind, SettingField
from tui_portail.commune_sections.words import choices_of, factor_words
from tui_portail.errors import InvalidInput
from tui_portail.folding import fold
from tui_portail.money import parse_amount

Names = Mapping[str, Mapping[str, str]]
_INTEGER = re.compile(r"[0-9]{1,6}")
_FACTOR = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,6})?|[0-9]{1,6}/[1-9][0-9]{0,5}")
_DAY_MONTH = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})")
_CODE_PARTS = re.compile(r"[^A-Z0-9]+")


def widget_key(field: SettingField) -> str:
    """Return the key of a field in its form: a refusal names a field by what follows its last point."""
    return field.key.replace(".", "/")


def field_for(field: SettingField, value: Any, names: Names, today: date, *, fixed: bool = False) -> Field:
    """Return the field that edits a value; `fixed`: it is shown and not edited."""
    key = widget_key(field)
    if fixed:
        return FixedField(key, field.label, value)
    if field.kind is FieldKind.YES_NO:
        return YesNoField(key, field.label, bool(value))
    if field.kind is FieldKind.TEXTS:
        return SettingTexts(field, value or ())
    if field.kind is FieldKind.CHOICES:
        return SettingTicks(field, names, value or ())
    if field.kind is FieldKind.CHOICE:
        return SettingChoice(field, names, value)
    return SettingText(field, value, today)


def typed_text(field: SettingField, value: Any) -> str:
    """Return a value as it is typed."""
    if value is None:
        return ""
    text = str(value)
    match field.kind:
        case FieldKind.FACTOR:
            return factor_words(text)
        case FieldKind.TIME:
            return f"{time.fromisoformat(text):%H:%M}"
        case FieldKind.DATE:
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        case FieldKind.MONTH_DAY:
            month, _, day = text.partition("-")
            return f"{day}/{month}"
        case _:
            return text


def typed_value(field: SettingField, text: str, today: date) -> Any:
    """Return what a text means, as the document keeps it. Raises InvalidInput with the sentence to show."""
    typed = " ".join(text.split())
    if not typed:
        if field.optional:
            return field.blank
        raise InvalidInput("Remplissez ce champ.")
    return _READERS.get(field.kind, _text)(typed, today)


class FixedField(Field):
    """A value shown that does not change."""

    DEFAULT_CSS = "FixedField > .editor { padding: 0 1; color: $secondary; }"

    def __init__(self, key: str, label: str, value: Any) -> None:
        super().__init__(key, label)
        self._value = value

    def editor(self) -> Widget:
        """Return the value, as a text."""
        return Static(content(str(self._value)), classes="editor")

    @property
    def text(self) -> str:
        """The value."""
        return str(self._value)

    @property
    def value(self) -> object:
        """The value, as it was given."""
        return self._value

    def focus_field(self) -> None:
        """Stay where the cursor is: nothing is typed here."""


class SettingText(TextField):
    """A value typed on a line."""

    def __init__(self, field: SettingField, value: Any, today: date) -> None:
        label = f"{field.label} ({field.unit})" if field.unit else field.label
        super().__init__(widget_key(field), label, typed_text(field, value), placeholder=_EXAMPLES.get(field.kind, ""))
        self.setting, self._today, self._first = field, today, value

    @property
    def value(self) -> object:
        """What the document keeps of it; a text nobody changed means what it meant. Raises InvalidInput."""
        if self.text and self.text == typed_text(self.setting, self._first):
            return self._first
        return typed_value(self.setting, self.text, self._today)

    def written_out(self) -> str:
        """Return the value as it was understood."""
        return typed_text(self.setting, self.value)


class SettingChoice(ChoiceField):
    """One of the values the field may take, none where it may be left empty."""

    def __init__(self, field: SettingField, names: Names, value: Any) -> None:
        known: Sequence[tuple[object, str]] = choices_of(field, names)
        super().__init__(widget_key(field), field.label, [*([(None, "—")] if field.optional else []), *known], value)
        self._needed = not field.optional

    @property
    def value(self) -> object:
        """The value chosen. Raises InvalidInput where there is none to choose."""
        if self._needed and not self._choices:
            raise InvalidInput("Il n’y a encore rien à choisir : remplissez d’abord la rubrique qui porte ce nom.")
        return super().value


class SettingTicks(TicksField):
    """Several of the values the field may take."""

    def __init__(self, field: SettingField, names: Names, value: Sequence[object]) -> None:
        super().__init__(widget_key(field), field.label, choices_of(field, names), value, none=field.none)
        self._needed, self._first = not field.optional, list(value)

    @property
    def value(self) -> list[object]:
        """The values ticked. Raises InvalidInput for none where one is needed."""
        chosen = super().value
        if self._needed and not chosen:
            raise InvalidInput("Cochez au moins une case, par Espace.")
        return self._first if set(chosen) == set(self._first) else chosen  # their order says nothing


class SettingTexts(TextsField):
    """Several texts."""

    def __init__(self, field: SettingField, texts: Sequence[str]) -> None:
        super().__init__(widget_key(field), field.label, texts)
        self._setting, self._first = field, list(texts)

    @property
    def value(self) -> Any:
        """The texts. Raises InvalidInput for none where one is needed."""
        if self.text == "\n".join(self._first) and self._first:
            return self._first
        texts = super().value
        if not texts and not self._setting.optional:
            raise InvalidInput("Écrivez au moins une ligne.")
        return texts or self._setting.blank


def _text(typed: str, _: date) -> str:
    return typed


def _code(typed: str, _: date) -> str:
    return _CODE_PARTS.sub("_", fold(typed).upper()).strip("_")


def _integer(typed: str, _: date) -> int:
    if not _INTEGER.fullmatch(typed):
        raise InvalidInput(f"« {typed[:20]} » n’est pas un nombre entier : tapez des chiffres.")
    return int(typed)


def _amount(typed: str, _: date) -> str:
    cents = parse_amount(typed)
    return f"{cents // 100},{cents % 100:02d}"


def _factor(typed: str, _: date) -> str:
    if not _FACTOR.fullmatch(typed):
        raise InvalidInput(f"« {typed[:20]} » n’est pas un coefficient : tapez par exemple 0,85.")
    return str(Fraction(typed.replace(",", ".")))


def _hour(typed: str, _: date) -> str:
    return parse_time(typed).isoformat()


def _day(typed: str, today: date) -> str:
    return parse_date(typed, today).isoformat()


def _month_day(typed: str, _: date) -> str:
    found = _DAY_MONTH.fullmatch(typed)
    try:
        day = date(2027, int(found[2]), int(found[1])) if found else None
    except ValueError:
        day = None
    if day is None:
        raise InvalidInput(f"« {typed[:20]} » n’est pas un jour de l’année : tapez par exemple 01/10.")
    return f"{day:%m-%d}"


_READERS: Mapping[FieldKind, Callable[[str, date], Any]] = {
    FieldKind.CODE: _code,
    FieldKind.INTEGER: _integer,
    FieldKind.AMOUNT: _amount,
    FieldKind.FACTOR: _factor,
    FieldKind.TIME: _hour,
    FieldKind.DATE: _day,
    FieldKind.MONTH_DAY: _month_day,
}
_EXAMPLES: Mapping[FieldKind, str] = {
    FieldKind.CODE: "ex. ALSH_MERCREDI",
    FieldKind.AMOUNT: "ex. 12,50",
    FieldKind.FACTOR: "ex. 0,85",
    FieldKind.TIME: "ex. 9h30",
    FieldKind.DATE: "jj/mm/aaaa",
    FieldKind.MONTH_DAY: "jj/mm",
}
