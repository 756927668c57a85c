"""Where in the sections a place of the document is: what is wrong is said by section, line and field, not by the keys of a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui_portail.commune_sections.forms import Section, SettingField
from tui_portail.commune_sections.lines import Document, identity_of, lines_of, places_of
from tui_portail.commune_sections.table import SECTIONS
from tui_portail.commune_sections.words import line_name, names_in

Place = Sequence[str | int]
_CODE = re.compile(r"« ([A-Z][A-Z0-9_]*) »")


@dataclass(frozen=True, slots=True)
class Spot:
    """A section, the line (its place among those shown) and the field; None where the place says no more."""

    section: Section
    line: int | None = None
    field: SettingField | None = None


def spot_of(document: Document, place: Place) -> Spot | None:
    """Return where a place of the document is shown, None for one that no section shows."""
    found: list[tuple[int, Spot]] = []
    for section in SECTIONS:
        depth = len(section.path)
        if tuple(place[:depth]) != section.path:
            continue
        spot = _in_single(section, place[depth:]) if section.single else _in_lines(document, section, place[depth:])
        found.append((2 * depth + bool(spot.field), spot))
    found = [(rank, spot) for rank, spot in found if spot.section.path or spot.field]
    return max(found, key=lambda one: one[0])[1] if found else None


def mistake_words(document: Document, spot: Spot | None, expected: str) -> str:
    """Return what is wrong in the words of the screen: « Activités, ALP soir, Fin : attendu : une heure après celle du début. »"""
    names = names_in(document, SECTIONS)
    where = []
    if spot is not None:
        where.append(spot.section.title)
        if spot.line is not None:
            where.append(line_name(spot.section, lines_of(document, spot.section)[spot.line], names))
        if spot.field is not None:
            where.append(spot.field.label)
    return f"{', '.join(where)} : {named(expected, names)}." if where else f"{named(expected, names)}."


def named(sentence: str, names: Mapping[str, Mapping[str, str]]) -> str:
    """Return a sentence with the names of activities, sites and schools in place of their codes."""
    known = {code: name for key in ("ecoles", "sites", "activites") for code, name in names.get(key, {}).items()}
    return _CODE.sub(lambda found: f"« {known.get(found[1], found[1])} »", sentence)


def _in_single(section: Section, rest: Place) -> Spot:
    return Spot(section, None, _field(section, rest))


def _in_lines(document: Document, section: Section, rest: Place) -> Spot:
    if not rest:
        return Spot(section)
    lines = lines_of(document, section)
    if section.keyed:
        keys = tuple(str(part) for part in rest[: section.keyed])
        line = next((at for at, one in enumerate(lines) if identity_of(section, one)[: len(keys)] == keys), None)
        left: Place = rest[section.keyed :]
        field = section.fields[-1] if not left and len(keys) == section.keyed else _field(section, left)
        return Spot(section, line, field)
    values: Any = document
    for step in section.path:
        values = values[step]
    if not isinstance(rest[0], int) or rest[0] >= len(lines):
        return Spot(section)
    line = rest[0] if section.is_scalar else places_of(values, section).index(rest[0])
    return Spot(section, line, _field(section, rest[1:]))


def _field(section: Section, rest: Place) -> SettingField | None:
    """Return the field whose key begins the rest of a place."""
    for field in section.fields:
        way = field.key.split(".")
        if [str(part) for part in rest[: len(way)]] == way or (rest and list(rest) == way[: len(rest)]):
            return field
    return None
