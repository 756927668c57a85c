"""A value of the set-up in French, as a list, a form's preview or the history says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from fractions import Fraction
from typing import Any

from tui_portail.commune_sections.forms import FieldKind, Section, SettingField
from tui_portail.commune_sections.lines import Document, lines_of
from tui_portail.french import time_text
from tui_portail.money import format_cents, parse_amount

NOTHING = "—"


def value_words(field: SettingField, value: Any, names: Mapping[str, Mapping[str, str]]) -> str:
    """Return a value in words; `names` are those of the codes of each section (`names_in`)."""
    if value is None or (isinstance(value, str | list) and not value):
        return field.none or NOTHING
    words = _WORDS.get(field.kind)
    text = words(value) if words else _plain(field, value, names)
    return f"{text} {field.unit}" if field.unit else text


def line_name(section: Section, line: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> str:
    """Return how a line is called: its own name, else what tells it from the others."""
    if line.get("nom") and "du" not in line:
        return str(line["nom"])
    fields = [field for field in section.fields if field.identity] or list(section.fields[:2])
    return " · ".join(value_words(field, line.get(field.key), names) for field in fields)


def names_in(document: Document, sections: Sequence[Section]) -> dict[str, dict[str, str]]:
    """Return what each code stands for, by section."""
    return {
        section.key: {str(line["code"]): str(line.get("nom") or line["code"]) for line in lines_of(document, section)}
        for section in sections
        if not section.single and section.field("code") is not None
    }


def choices_of(field: SettingField, names: Mapping[str, Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the values a field may take and their words: its own, else those of the section it names."""
    return tuple(names.get(field.of, {}).items()) if field.of else field.choices


def _plain(field: SettingField, value: Any, names: Mapping[str, Mapping[str, str]]) -> str:
    if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        known = dict(choices_of(field, names))
        chosen = value if field.kind is FieldKind.CHOICES else [value]
        return ", ".join(known.get(str(one), str(one)) for one in chosen)
    return str(value)


def factor_words(text: str) -> str:
    """Return an exact factor as one writes it, « 17/20 » as « 0,85 »; one without an end stays a fraction."""
    factor = Fraction(text.replace(",", "."))
    for digits in range(7):
        if (scaled := factor * 10**digits).denominator == 1:
            whole, rest = divmod(int(scaled), 10**digits)
            return f"{whole},{rest:0{digits}d}" if digits else str(whole)
    return str(factor)


def _amount(text: str) -> str:
    return format_cents(parse_amount(text))


def _quotient(text: str) -> str:
    return format_cents(parse_amount(text), symbol=False).removesuffix(",00")


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}"


def _month_day(text: str) -> str:
    month, _, day = text.partition("-")
    return f"{day}/{month}"


def _brackets(brackets: Sequence[Mapping[str, Any]]) -> str:
    return " ; ".join(
        f"de {_quotient(one['de'])} à {_quotient(one['moins_de'])} : {_amount(one['prix'])}"
        if one.get("moins_de") is not None
        else f"dès {_quotient(one['de'])} : {_amount(one['prix'])}"
        for one in brackets
    )


_WORDS: Mapping[FieldKind, Any] = {
    FieldKind.YES_NO: lambda value: "oui" if value else "non",
    FieldKind.TEXTS: ", ".join,
    FieldKind.AMOUNT: _amount,
    FieldKind.QUOTIENT: _quotient,
    FieldKind.FACTOR: factor_words,
    FieldKind.FACTORS: lambda factors: " ; ".join(factor_words(one) for one in factors),
    FieldKind.TIME: lambda text: time_text(time.fromisoformat(text)),
    FieldKind.DATE: _day,
    FieldKind.MONTH_DAY: _month_day,
    FieldKind.BRACKETS: _brackets,
}
