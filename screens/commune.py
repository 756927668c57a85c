"""The commune's settings, one line a section: what each holds, what was changed in it; all recorded at once with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import OptionList

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.commune_history import ExportDialog
from screens.draft_screen import DraftScreen
from screens.form_fields import Field, TextField
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.records_list import Record, RecordsList
from screens.setting_form import SettingForm
from tui_portail.commune_sections import SECTIONS, Section
from tui_portail.commune_sections.words import NOTHING, line_name, value_words
from tui_portail.french import plural
from tui_portail.services.commune_exchange import CommuneFile, read_commune_file
from tui_portail.services.settings_draft import Draft

_COLUMNS = (Column("Rubrique", 26), Column("Contenu", 30, share=1), Column("", 8))
SHOWN = tuple(section for section in SECTIONS if section.screen == "commune")


class CommuneScreen(DraftScreen):
    """Every section but the calendar and the prices, which have their own screens."""

    AREA = "commune"
    TITLE = "Réglages de la commune"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("commune")
    HELP = (
        "Rien ne change avant F10 : vous voyez alors tout ce qui change, et dites pourquoi.\n"
        "Chaque enregistrement est une version datée, gardée dans l’historique avec votre nom."
    )

    def compose_body(self) -> Iterable[Widget]:
        """The sections, then the state of the draft."""
        yield RecordsList(_COLUMNS, id="sections")
        yield self.state_line()

    def show_draft(self) -> None:
        """Show the sections."""
        draft = self.draft
        if draft is None:
            return
        touched, fault = draft.touched(), draft.fault()
        wrong = fault.spot.section.key if fault and fault.spot else ""
        records = self.query_one(RecordsList)
        records.show(
            [
                Record(
                    place,
                    (section.title, summary(draft, section), _mark(section, touched, wrong)),
                    "$warning" if section.key in touched else "",
                )
                for place, section in enumerate(SHOWN)
            ]
        )
        if self.focused is None:
            records.lines.focus()

    @gesture(group="file")
    async def action_export(self) -> None:
        """Write the set-up in force in a file."""
        if self.draft is not None:
            said = await self.app.push_screen_wait(ExportDialog(self.draft.read.version))
            if said:
                self.message(said, Kind.DONE)

    @gesture(group="file")
    async def action_import(self) -> None:
        """Take a file into the draft: nothing is in force before it is recorded."""
        draft = self.draft
        if draft is None:
            return
        if draft.is_touched:
            self.message("enregistrez d’abord vos changements (F10), ou abandonnez-les (u).", Kind.REFUSED)
            return
        read = await self.ask_form(ImportDialog(draft))
        if read is not None:
            draft.source = read.source
            self.take(read.document)
            count = len(draft.differences())
            said = (
                f"{plural(count, 'changement')} à relire, puis à enregistrer (F10)"
                if count
                else "il dit la même chose que les réglages"
            )
            self.message(f"fichier lu : {said}.", Kind.DONE)

    @on(OptionList.OptionSelected)
    @gesture(group="section")
    async def action_edit(self) -> None:
        """Open the section chosen: its list, or its form when it is one line."""
        place, draft = self.query_one(RecordsList).chosen, self.draft
        if place is None or draft is None:
            return
        section = SHOWN[place]
        if not section.single:
            self.portail.open("commune_section", draft, section)
            return
        [line] = draft.lines(section)
        document = await self.ask_form(SettingForm(draft, section, line, 0, section.title))
        if document is not None:
            self.take(document)


class ImportDialog(FormDialog[CommuneFile | None]):
    """Asks for the file of a whole set-up; returns it, read and found sound."""

    TITLE = "Importer des réglages"
    WIDE_LABELS = True

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft

    def form_fields(self) -> Iterable[Field]:
        """The path."""
        return [TextField("path", "Fichier à lire", placeholder="ex. ~/commune.toml")]

    async def save(self, values: dict[str, object]) -> CommuneFile:
        """Read the file."""
        return await self.ask(read_commune_file, str(values["path"]), self._draft.read.document)


def summary(draft: Draft, section: Section) -> str:
    """Return what a section holds, on one line."""
    lines, names = draft.lines(section), draft.names()
    if not section.single:
        return (
            f"{len(lines)} : {', '.join(line_name(section, line, names) for line in lines)}"
            if lines
            else "aucune ligne"
        )
    said = ((field.label, value_words(field, lines[0].get(field.key), names)) for field in section.fields)
    return ", ".join(f"{label} : {words}" for label, words in said if words != NOTHING) or NOTHING


def _mark(section: Section, touched: frozenset[str], wrong: str) -> str:
    if section.key == wrong:
        return "corriger"
    return "modifié" if section.key in touched else ""
