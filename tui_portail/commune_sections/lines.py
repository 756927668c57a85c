"""Reading and writing a section's lines in a document: whatever its shape there, a line is a flat table of its fields' keys."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from tui_portail.commune_sections.forms import Section

Document = Mapping[str, Any]
Line = dict[str, Any]


def lines_of(document: Document, section: Section) -> list[Line]:
    """Return a section's lines, in the order they are shown; a section of its own table has exactly one."""
    found = _at(document, section.path)
    if section.single:
        return [_flat(found if isinstance(found, Mapping) else {}, section)]
    if section.keyed:
        return _keyed_lines(found if isinstance(found, Mapping) else {}, section, section.keyed)
    values = found if isinstance(found, Sequence) else ()
    if section.is_scalar:
        return [{section.fields[0].key: value} for value in values]
    return [_flat(values[place], section) for place in places_of(values, section)]


def places_of(values: Sequence[Mapping[str, Any]], section: Section) -> list[int]:
    """Return where each line shown is in the document's own list."""
    places = list(range(len(values)))
    if section.ordered_by:
        ranks = [value.get(section.ordered_by) for value in values]
        places.sort(key=lambda place: (place + 1 if ranks[place] is None else ranks[place], place))
    return places


def with_lines(document: Document, section: Section, lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a copy of a document with these lines in a section; the rest is as it was."""
    changed: dict[str, Any] = copy.deepcopy(dict(document))
    inner = changed
    for step in section.path if section.single else section.path[:-1]:
        inner = inner.setdefault(step, {})
    if section.single:
        _put(inner, section, lines[0])
    elif section.keyed:
        inner[section.path[-1]] = _keyed(lines, section)
    elif section.is_scalar:
        inner[section.path[-1]] = [line[section.fields[0].key] for line in lines]
    else:
        inner[section.path[-1]] = [_table(line, section, place) for place, line in enumerate(lines)]
    return changed


def identity_of(section: Section, line: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what tells a line from the others: its code, its site and activity; all of it when it has nothing of the kind."""
    keys = [field.key for field in section.fields if field.identity] or [field.key for field in section.fields]
    return tuple(str(line.get(key)) for key in keys)


def _at(document: Document, path: Sequence[str]) -> Any:
    found: Any = document
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _flat(table: Mapping[str, Any], section: Section) -> Line:
    return {field.key: _at(table, field.key.split(".")) for field in section.fields}


def _table(line: Mapping[str, Any], section: Section, place: int) -> dict[str, Any]:
    table: dict[str, Any] = {}
    _put(table, section, line)
    if section.ordered_by:
        table[section.ordered_by] = place + 1
    return table


def _put(table: dict[str, Any], section: Section, line: Mapping[str, Any]) -> None:
    """Write a line's values into a table; one left out of an inner table (a site's contact) is not kept there at all."""
    for field in section.fields:
        *way, last = field.key.split(".")
        inner, value = table, line.get(field.key)
        for step in way:
            if not isinstance(inner.get(step), dict):
                if value is None and field.left_out:
                    break
                inner[step] = {}
            inner = inner[step]
        else:
            if value is None and field.left_out:
                inner.pop(last, None)
            else:
                inner[last] = copy.deepcopy(value)


def _keyed_lines(table: Mapping[str, Any], section: Section, levels: int) -> list[Line]:
    key = section.fields[section.keyed - levels].key
    if levels > 1:
        return [
            {key: name, **line} for name, inner in table.items() for line in _keyed_lines(inner, section, levels - 1)
        ]
    rest = section.fields[section.keyed :]
    if section.is_scalar:
        return [{key: name, rest[0].key: value} for name, value in table.items()]
    return [{key: name, **{field.key: inner.get(field.key) for field in rest}} for name, inner in table.items()]


def _keyed(lines: Sequence[Mapping[str, Any]], section: Section) -> dict[str, Any]:
    keys = [field.key for field in section.fields[: section.keyed]]
    rest = section.fields[section.keyed :]
    tables: dict[str, Any] = {}
    for line in lines:
        inner = tables
        for key in keys[:-1]:
            inner = inner.setdefault(str(line[key]), {})
        inner[str(line[keys[-1]])] = (
            line[rest[0].key] if section.is_scalar else {field.key: line.get(field.key) for field in rest}
        )
    return tables
