"""A draft of the commune's set-up: the changes an agent gathers before they are recorded as one version, checked at every step.

No widget here, and nothing is written: `commune_settings.change_commune` records the draft's document. Codes already recorded are
`kept`: rows point to them, and they never change.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui_portail.commune import Commune
from tui_portail.commune_files import DocumentMistake, from_document, new_commune
from tui_portail.commune_sections import SECTIONS, Change, Line, Section, differences, lines_of, with_lines
from tui_portail.commune_sections.lines import identity_of
from tui_portail.commune_sections.spots import Spot, mistake_words, spot_of
from tui_portail.commune_sections.words import names_in
from tui_portail.errors import InvalidInput
from tui_portail.services.commune_settings import CommuneSettings

ON_SCREEN = "saisi à l’écran"
"""Where a version typed on the screens comes from, as kept with it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a draft from being recorded, in the words of the screen: the whole `sentence`, and what is `expected` at its spot."""

    sentence: str
    expected: str
    spot: Spot | None


class Draft:
    """A document being edited, beside the one it was read from; `source` and `reason` are what its record would say."""

    def __init__(self, settings: CommuneSettings) -> None:
        self.read = settings
        self.document: dict[str, Any] = copy.deepcopy(settings.document)
        self.source = ON_SCREEN
        self.reason = ""

    @property
    def is_touched(self) -> bool:
        """Whether the draft says something else than what was read."""
        return bool(self.differences())

    def lines(self, section: Section) -> list[Line]:
        """Return a section's lines as the draft has them."""
        return lines_of(self.document, section)

    def names(self) -> dict[str, dict[str, str]]:
        """Return what each code of the draft stands for, by section."""
        return names_in(self.document, SECTIONS)

    def differences(self) -> tuple[Change, ...]:
        """Return what the draft would change."""
        return differences(self.read.document, self.document)

    def touched(self) -> frozenset[str]:
        """Return the keys of the sections the draft changes."""
        return frozenset(change.section.key for change in self.differences())

    def is_kept(self, section: Section, line: Mapping[str, Any]) -> bool:
        """Whether a line's code is recorded already: it changes no more."""
        recorded = {identity_of(section, known) for known in lines_of(self.read.document, section)}
        return section.field("code") is not None and (section.single or identity_of(section, line) in recorded)

    def with_lines(self, section: Section, lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the document with other lines in a section. Raises InvalidInput for two lines that are the same one."""
        if section.keyed:
            seen = [identity_of(section, line) for line in lines]
            if len(set(seen)) < len(seen):
                raise InvalidInput(f"{section.title} : cette ligne y est déjà ; modifiez-la.")
        return with_lines(self.document, section, lines)

    def fault(self, document: Mapping[str, Any] | None = None) -> Fault | None:
        """Return the first thing wrong in the draft, or in another document; None when it can be recorded."""
        judged = self.document if document is None else document
        try:
            new_commune(judged)
        except DocumentMistake as mistake:
            spot = spot_of(judged, mistake.place)
            expected = mistake_words(judged, None, mistake.expected)
            return Fault(mistake_words(judged, spot, mistake.expected), expected[0].upper() + expected[1:], spot)
        return None

    def commune(self) -> Commune:
        """Return the commune as the draft makes it, holes between its prices or not. Raises InvalidInput when it makes none."""
        return from_document(self.document)

    def restart(self, settings: CommuneSettings) -> None:
        """Begin again from what is in force."""
        self.read = settings
        self.document = copy.deepcopy(settings.document)
        self.source, self.reason = ON_SCREEN, ""

    def follow(self, latest: CommuneSettings) -> tuple[tuple[Change, ...], tuple[Section, ...]]:
        """Bring the draft onto a version recorded meanwhile; return what it changed, and the sections changed on both sides.

        What the draft changes in other sections is laid over it; a section changed on both sides keeps the draft's lines, until the
        agent chooses (`take_theirs`).
        """
        theirs = differences(self.read.document, latest.document)
        mine = self.touched()
        both = {change.section.key for change in theirs} & mine
        document: dict[str, Any] = copy.deepcopy(latest.document)
        for section in SECTIONS:
            if section.key in mine:
                document = with_lines(document, section, lines_of(self.document, section))
        self.read, self.document = latest, document
        return theirs, tuple(section for section in SECTIONS if section.key in both)

    def take_theirs(self, sections: Sequence[Section]) -> None:
        """Give sections back the lines of what is in force."""
        for section in sections:
            self.document = with_lines(self.document, section, lines_of(self.read.document, section))
