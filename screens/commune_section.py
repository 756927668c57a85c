"""One section of the commune's settings as a list of its lines: added, edited, copied, moved, taken out, in the draft."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog
from screens.draft_screen import DraftScreen
from screens.gestures import gesture
from screens.records_list import Record, RecordsList
from screens.setting_form import SettingForm
from tui_portail.commune_sections import FieldKind, Section, SettingField, differences, without_line
from tui_portail.commune_sections.words import line_name, value_words
from tui_portail.services.settings_draft import Draft

_WIDE = frozenset({FieldKind.TEXT, FieldKind.CODE, FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.TEXTS})


class CommuneSectionScreen(DraftScreen):
    """The lines of a section, in the draft of the screen it was opened from."""

    AREA = "commune_section"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("commune_section")
    DEFAULT_CSS = "CommuneSectionScreen #section-hint { height: auto; padding: 0 1; color: $secondary; }"
    HELP = "Les changements s’ajoutent à ceux des autres rubriques ; F10 les enregistre tous ensemble."

    def __init__(self, draft: Draft, section: Section) -> None:
        super().__init__(draft)
        self.section = section
        self.title = section.title

    def compose_body(self) -> Iterable[Widget]:
        """What the section is for, its lines, the state of the draft."""
        if self.section.hint:
            yield Static(Content(self.section.hint), id="section-hint")
        yield RecordsList(_columns(self.section), id="lines", empty=f"Aucune ligne. n : ajouter {self.section.one}.")
        yield self.state_line()

    def show_draft(self) -> None:
        """Show the lines."""
        if self.draft is None:
            return
        names, section = self.draft.names(), self.section
        shown = [field for key in section.columns if (field := section.field(key)) is not None]
        records = self.query_one(RecordsList)
        records.show(
            [
                Record(place, tuple(value_words(field, line.get(field.key), names) for field in shown))
                for place, line in enumerate(self.draft.lines(section))
            ]
        )
        if self.focused is None:
            records.lines.focus()

    @property
    def _chosen(self) -> int | None:
        return self.query_one(RecordsList).chosen

    @on(OptionList.OptionSelected)
    @gesture(group="line")
    async def action_edit(self) -> None:
        """Edit the line under the cursor."""
        if self.draft is not None and (at := self._chosen) is not None:
            line = self.draft.lines(self.section)[at]
            await self._edit(self.draft, line, at, line_name(self.section, line, self.draft.names()))

    @gesture(group="line")
    async def action_add(self) -> None:
        """Type a new line."""
        if self.draft is not None:
            line = {field.key: copy.copy(field.start) for field in self.section.fields}
            await self._edit(self.draft, line, None, f"{self.section.title} : ajouter {self.section.one}")

    @gesture(group="line")
    async def action_copy(self) -> None:
        """Type a new line that begins as the one under the cursor; its code is its own."""
        if self.draft is not None and (at := self._chosen) is not None:
            line = self.draft.lines(self.section)[at]
            if "code" in line:
                line["code"] = ""
            await self._edit(self.draft, line, None, f"{self.section.title} : ajouter {self.section.one}")

    async def _edit(self, draft: Draft, line: Mapping[str, Any], at: int | None, title: str) -> None:
        document = await self.ask_form(SettingForm(draft, self.section, line, at, title))
        if document is not None:
            self.take(document)
            self.query_one(RecordsList).choose(len(draft.lines(self.section)) - 1 if at is None else at)

    @gesture(group="line")
    async def action_remove(self) -> None:
        """Take the line under the cursor out of the draft; what names its code elsewhere goes with it, after asking."""
        draft, at = self.draft, self._chosen
        if draft is None or at is None:
            return
        name = line_name(self.section, draft.lines(self.section)[at], draft.names())
        document = without_line(draft.document, self.section, at)
        along = [change.sentence for change in differences(draft.document, document) if change.section != self.section]
        if along:
            asked = ConfirmDialog(f"Enlever « {name} » ?", ["Avec :", *(f"• {one}" for one in along)], yes="Enlever")
            if not await self.app.push_screen_wait(asked):
                return
        self.take(document)
        self.message(f"« {name} » est enlevé du brouillon ; F10 l’enregistre.", Kind.INFO)

    def action_move_line(self, step: int) -> None:
        """Move the line under the cursor up or down."""
        draft, at = self.draft, self._chosen
        if draft is None or at is None:
            return
        if self.section.keyed:
            self.message("ces lignes suivent l’ordre des sites et des activités.", Kind.INFO)
            return
        lines = draft.lines(self.section)
        if 0 <= at + step < len(lines):
            lines.insert(at + step, lines.pop(at))
            self.take(draft.with_lines(self.section, lines))
            self.query_one(RecordsList).choose(at + step)


def _columns(section: Section) -> tuple[Column, ...]:
    shown = [field for key in section.columns if (field := section.field(key)) is not None]
    return tuple(_column(field) for field in shown)


def _column(field: SettingField) -> Column:
    """A column as wide as what it says: what is one of a few words takes the longest, names share the room left."""
    longest = max((len(words) for _, words in field.choices), default=0)
    if field.kind is FieldKind.CHOICE and 0 < longest <= 16:
        return Column(field.label, max(longest, len(field.label)))
    share = 2 if field.key == "nom" else 1 if field.kind in _WIDE else 0
    return Column(field.label, max(9, len(field.label)), share=share)
