"""Who is in a family's form: one line each, with a mark where something was typed or is wrong."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.family_form_state import FamilyFormState, Kind, Section
from screens.guard import Guarded
from screens.plain_text import plain

HEADINGS = {Kind.GUARDIAN: "Responsables", Kind.CHILD: "Enfants", Kind.CONTACT: "Personnes", Kind.CONSENTS: ""}


class SectionsList(Guarded, OptionList, can_focus=False):
    """The list, never focused: a click goes to its line, keys stay in the fields."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._written: list[tuple[Section | None, str]] = []

    def show(self, state: FamilyFormState, here: Section) -> None:
        """Write the lines again where they changed, the cursor on the section looked at."""
        lines: list[tuple[Section | None, str]] = []
        kind = None
        for section in state.sections:
            if section.kind is not kind and HEADINGS[section.kind]:
                lines.append((None, HEADINGS[section.kind]))
            kind = section.kind
            mark = "!" if section.wrong else "*" if section.touched else " "
            lines.append((section, f"{mark} {section.name or state.title(section)}"))
        if [section for section, _ in lines] != [section for section, _ in self._written]:
            self._written = lines
            self.set_options(Option(self._line(*line), disabled=line[0] is None) for line in lines)
        for place, line in enumerate(lines):
            if line != self._written[place]:
                self._written[place] = line
                self.replace_option_prompt_at_index(place, self._line(*line))
        self.highlighted = next(place for place, (section, _) in enumerate(lines) if section is here)

    def section_at(self, place: int) -> Section | None:
        """Return the section of a line."""
        return self._written[place][0]

    def _line(self, section: Section | None, text: str) -> Content:
        if section is None:
            return Content.styled(text, "bold $primary")
        return Content.styled(plain(text), "$error" if section.wrong else "")
