"""A commune's whole document as one TOML file, readable and commented, calendar and price grids inside; read back, it says the same.

The comments are the words of the screens: the sections' titles, and what each key is called there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui_portail.commune_sections import SECTIONS, Document, FieldKind, Section, lines_of
from tui_portail.commune_sections.words import factor_words
from tui_portail.toml_text import quoted

_WIDTH = 120


def commune_toml(document: Document, heading: str) -> str:
    """Return the text of the file; `heading` is said on its first lines."""
    parts = [f"# {line}".rstrip() for line in heading.splitlines()]
    tables: set[tuple[str, ...]] = set()
    for section in _in_file_order():
        parts += ["", _rule(section.title), *_comments(section)]
        parts += _single(document, section, tables) if section.single else _lines(document, section, tables)
    return "\n".join(parts) + "\n"


def _in_file_order() -> list[Section]:
    """Return the sections, those of one table together: a table is opened once in TOML, the rest after the top of the file."""
    first_of = {section.path[:1]: place for place, section in reversed(list(enumerate(SECTIONS)))}
    places = {section.key: place for place, section in enumerate(SECTIONS)}
    return sorted(SECTIONS, key=lambda one: (bool(one.path), first_of[one.path[:1]], places[one.key]))


def _rule(title: str) -> str:
    return f"# --- {title} {'-' * (_WIDTH - len(title) - 7)}"


def _comments(section: Section) -> list[str]:
    said = [f"# {section.hint}"] if section.hint else []
    for field in section.fields:
        told = (value if value == words else f"{value} : {words}" for value, words in field.choices)
        choices = f" ({', '.join(told)})" if field.choices else ""
        hint = f". {field.hint}" if field.hint else ""
        said.append(f"# {field.key} : {field.label}{choices}{hint}")
    return said


def _single(document: Document, section: Section, tables: set[tuple[str, ...]]) -> list[str]:
    [line] = lines_of(document, section)
    written = [f"{key} = {value}" for key, value in _pairs(section, line)]
    return [*_opening(section.path, tables), *written]


def _lines(document: Document, section: Section, tables: set[tuple[str, ...]]) -> list[str]:
    lines = lines_of(document, section)
    if section.keyed:
        return _keyed(section, lines)
    if section.is_scalar:
        values = ", ".join(_value(section.fields[0].kind, line[section.fields[0].key]) for line in lines)
        return [*_opening(section.path[:-1], tables), f"{section.path[-1]} = [{values}]"]
    name = ".".join(section.path)  # none: the key is left out, which says the same
    written: list[str] = []
    for line in lines:
        written += ["", f"[[{name}]]", *(f"{key} = {value}" for key, value in _pairs(section, line))]
    return written


def _keyed(section: Section, lines: list[dict[str, Any]]) -> list[str]:
    """Return the tables whose names are the first fields: one for each, or for all where the last key's value is alone."""
    keys = [field.key for field in section.fields[: section.keyed]]
    rest = section.fields[section.keyed :]
    written: list[str] = []
    opened = ""
    for line in lines:
        way = [*section.path, *(str(line[key]) for key in keys)]
        table = ".".join(_key(part) for part in (way[:-1] if section.is_scalar else way))
        if table != opened:
            written += ["", f"[{table}]"]
            opened = table
        if section.is_scalar:
            written.append(f"{_key(way[-1])} = {_value(rest[0].kind, line[rest[0].key])}")
        else:
            written += [f"{field.key} = {_value(field.kind, line[field.key])}" for field in rest]
    return written or ["", f"[{'.'.join(section.path)}]"]


def _opening(path: tuple[str, ...], tables: set[tuple[str, ...]]) -> list[str]:
    if not path or path in tables:
        return []
    tables.add(path)
    return ["", f"[{'.'.join(path)}]"]


def _pairs(section: Section, line: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the keys that say something, dotted for those of a table within the line."""
    return [
        (field.key, _value(field.kind, value)) for field in section.fields if (value := line.get(field.key)) is not None
    ]


def _value(kind: FieldKind, value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case list():
            texts = [_value(kind, one) for one in value]
            short = f"[{', '.join(texts)}]"
            return short if len(short) <= _WIDTH - 20 else "[\n    " + ",\n    ".join(texts) + ",\n]"
        case dict():
            return f"{{ {', '.join(f'{key} = {_value(kind, one)}' for key, one in value.items() if one is not None)} }}"
        case _:
            return _text(kind, str(value))


def _text(kind: FieldKind, text: str) -> str:
    match kind:
        case FieldKind.DATE:
            return text
        case FieldKind.FACTOR | FieldKind.FACTORS:
            return quoted(factor_words(text))
        case FieldKind.TIME if len(text) == len("12:00:00"):
            return quoted(text.removesuffix(":00"))
        case _:
            return quoted(text)


def _key(text: str) -> str:
    return text if text.replace("_", "").replace("-", "").isalnum() and text.isascii() else quoted(text)
