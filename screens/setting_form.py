"""The form of one line of the set-up, made from the description of its section; what it says is judged with the whole draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from textual import on
from textual.events import DescendantFocus
from textual.widget import Widget
from textual.widgets import Static

from screens.form_fields import Field
from screens.forms import FormDialog
from screens.plain_text import content
from screens.setting_fields import FixedField, field_for, widget_key
from tui_portail.commune_sections import FieldKind, Line, Section
from tui_portail.errors import InvalidInput
from tui_portail.services.settings_draft import Draft

_HOW: Mapping[FieldKind, str] = {
    FieldKind.TEXTS: "Une par ligne ; Entrée sur une ligne vide : champ suivant.",
    FieldKind.CHOICES: "← → : choisir une case ; Espace : la cocher.",
}


class SettingForm(FormDialog[dict[str, Any] | None]):
    """Returns the document with the line as typed, None when given up. `at` None: a new line, which begins with `line`."""

    WIDE_LABELS = True
    SAVES = "garder au brouillon"
    DEFAULT_CSS = """
    SettingForm Form { max-height: 11; }
    SettingForm FieldGrid.-one .editor { margin-left: 27; }
    SettingForm #hint { height: 2; color: $secondary; padding: 0 1; margin-top: 1; }
    """

    def __init__(self, draft: Draft, section: Section, line: Mapping[str, Any], at: int | None, title: str) -> None:
        super().__init__()
        self.title = title
        self._draft, self._section, self._at = draft, section, at
        self._line = dict(line)
        self._kept = at is not None and draft.is_kept(section, line)

    def compose_body(self) -> Iterable[Widget]:
        """The fields, then what the one under the cursor is for."""
        yield from super().compose_body()
        yield Static("", id="hint", markup=False)

    def form_fields(self) -> Iterable[Field]:
        """One field a value; a code already recorded is only shown."""
        names = self._draft.names()
        return [
            field_for(
                field,
                self._line.get(field.key),
                names,
                self.today,
                fixed=field.kind is FieldKind.CODE and self._kept,
            )
            for field in self._section.fields
        ]

    def on_mount(self) -> None:
        """Begin at the first field that can be typed."""
        first = next((field for field in self.form.fields if not isinstance(field, FixedField)), None)
        if first is not None:
            first.focus_field()
        self.call_after_refresh(self.form.scroll_home, animate=False)

    @on(DescendantFocus)
    def _explain(self) -> None:
        field = next((field for field in self.form.fields if field.has_focus_within), None)
        setting = next((one for one in self._section.fields if field and widget_key(one) == field.key), None)
        words = (setting.hint, _HOW.get(setting.kind, "")) if setting else ()
        self.query_one("#hint", Static).update(content(" ".join(filter(None, words))), layout=False)

    async def save(self, values: dict[str, object]) -> dict[str, Any]:
        """Judge the line in its draft. Raises InvalidInput with the field when the line is what is wrong."""
        typed: Line = {field.key: values[widget_key(field)] for field in self._section.fields}
        lines = self._draft.lines(self._section)
        at = len(lines) if self._at is None else self._at
        lines[at : at + 1] = [typed]
        document = self._draft.with_lines(self._section, lines)
        fault = self._draft.fault(document)
        spot = fault.spot if fault else None
        if fault is None or spot is None or spot.section is not self._section or spot.line not in (None, at):
            return document
        if spot.line is None and not self._section.single:
            return document
        raise WrongLine(fault.expected, widget_key(spot.field) if spot.field else "")


class WrongLine(InvalidInput):
    """What is wrong in the line typed; `field` is the key of its field in the form."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field
