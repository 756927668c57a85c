"""What changed from one set-up to another, in French: the section, the line, the field, before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui_portail.commune_sections.forms import Section
from tui_portail.commune_sections.lines import Document, Line, identity_of, lines_of
from tui_portail.commune_sections.table import SECTIONS
from tui_portail.commune_sections.words import NOTHING, line_name, names_in, value_words

Names = Mapping[str, Mapping[str, str]]
Identity = tuple[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `line` is empty for a section of one line; `field` empty for a line added (`before` empty), taken out, or moved."""

    section: Section
    line: str
    field: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """The change on one line: « Sites, Mélodie — Nom : Mélodie → La Mélodie »."""
        where = f"{self.section.title}, {self.line}" if self.line else self.section.title
        if self.field:
            return f"{where} — {self.field} : {self.before} → {self.after}"
        if not self.before:
            return f"{where} — ajouté : {self.after}"
        return f"{where} — {'enlevé' if not self.after else self.before + ' → ' + self.after}"


def differences(before: Document, after: Document) -> tuple[Change, ...]:
    """Return what changed, section by section in their order; nothing for two documents that say the same."""
    had, has = names_in(before, SECTIONS), names_in(after, SECTIONS)
    return tuple(change for section in SECTIONS for change in _in_section(section, before, after, had, has))


def _in_section(section: Section, before: Document, after: Document, had: Names, has: Names) -> list[Change]:
    olds, news = lines_of(before, section), lines_of(after, section)
    if section.single:
        return _in_line(section, "", olds[0], news[0], had, has)
    old, new = _by_identity(section, olds), _by_identity(section, news)
    changes: list[Change] = []
    for key, line in old.items():
        name = line_name(section, line, had)
        if key not in new:
            changes.append(Change(section, name, "", _summary(section, line, had), ""))
        else:
            changes += _in_line(section, name, line, new[key], had, has)
    for key, line in new.items():
        if key not in old:
            changes.append(Change(section, line_name(section, line, has), "", "", _summary(section, line, has)))
    return changes + _moved(section, old, new, has)


def _moved(section: Section, old: Mapping[Identity, Line], new: Mapping[Identity, Line], has: Names) -> list[Change]:
    """Return the change of order of the lines kept, where the order is the commune's choice."""
    if section.keyed:
        return []
    kept = [key for key in old if key in new]
    now = [key for key in new if key in old]
    if kept == now:
        return []
    orders = (", ".join(line_name(section, new[key], has) for key in keys) for keys in (kept, now))
    return [Change(section, "", "Ordre", *orders)]


def _in_line(section: Section, name: str, old: Line, new: Line, had: Names, has: Names) -> list[Change]:
    return [
        Change(
            section,
            name,
            field.label,
            value_words(field, old.get(field.key), had),
            value_words(field, new.get(field.key), has),
        )
        for field in section.fields
        if old.get(field.key) != new.get(field.key)
    ]


def _summary(section: Section, line: Line, names: Names) -> str:
    said = ((field.label, value_words(field, line.get(field.key), names)) for field in section.fields)
    return ", ".join(f"{label} {words}" for label, words in said if words not in (NOTHING, "non"))


def _by_identity(section: Section, lines: Sequence[Mapping[str, Any]]) -> dict[Identity, Line]:
    """Return lines by what tells them apart; two alike are numbered."""
    seen: Counter[tuple[str, ...]] = Counter()
    found: dict[Identity, Line] = {}
    for line in lines:
        identity = identity_of(section, line)
        found[identity, seen[identity]] = dict(line)
        seen[identity] += 1
    return found
