"""Taking a line out of a section, with what the other sections say of its code: nothing is left that names what is no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui_portail.commune_sections.forms import FieldKind, Section, SettingField
from tui_portail.commune_sections.lines import Document, Line, lines_of, with_lines
from tui_portail.commune_sections.table import SECTIONS


def without_line(document: Document, section: Section, at: int) -> dict[str, Any]:
    """Return a document without a line of a section.

    A line elsewhere that needs its code goes too (its places, its price); one that may do without (a school's site) stays, without it.
    """
    lines = lines_of(document, section)
    code = lines.pop(at).get("code")
    changed = with_lines(document, section, lines)
    if code is None:
        return changed
    for other in SECTIONS:
        naming = [field for field in other.fields if field.of == section.key]
        if naming and not other.single:
            kept = [left for line in lines_of(changed, other) if (left := _without(line, naming, code)) is not None]
            changed = with_lines(changed, other, kept)
    return changed


def _without(line: Mapping[str, Any], naming: list[SettingField], code: str) -> Line | None:
    """Return a line without a code in the fields that may name it, None when it cannot do without."""
    left = dict(line)
    for field in naming:
        value = left.get(field.key)
        if field.kind is FieldKind.CHOICES and value and code in value:
            left[field.key] = [one for one in value if one != code]
        elif field.kind is FieldKind.CHOICE and value == code:
            left[field.key] = None
        else:
            continue
        if not left[field.key] and not field.optional:
            return None
    return left
