"""The diagnostic on screen: the same lines as `tui-portail diagnostic`, each in full, and the report in a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import OptionList

from screens.bars import Kind
from screens.choice_field import YesNoField
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import TextDialog
from screens.form_fields import Field, TextField
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.diagnosis import Diagnosis, Finding, State
from tui_portail.services.diagnostic import diagnose_desk, write_diagnosis

_COLUMNS = (Column("État", 10), Column("Objet", 24), Column("Constat", 30, share=1))
_FIRST = {State.ERREUR: 0, State.ATTENTION: 1, State.UNKNOWN: 2}
"""What is to be looked at comes first on the screen; the report keeps its order."""
_STYLES = {State.ERREUR: "$text-error", State.ATTENTION: "$text-warning"}


class DiagnosticScreen(ReadForAgent):
    """Every line found; those in error or to be watched say so in words."""

    AREA = "diagnostic"
    TITLE = "Diagnostic"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("diagnostic")
    HELP = (
        "Ce poste, ses réglages et la base, tels qu’ils sont maintenant. Rien n’est changé.\n"
        "F10 écrit le rapport dans un fichier : il n’a ni mot de passe ni donnée de famille et peut être envoyé."
    )

    def __init__(self) -> None:
        super().__init__()
        self._found: Diagnosis | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The list."""
        yield RecordsList(_COLUMNS, id="findings")

    def read(self) -> None:
        """Look, the first time: coming back from a dialog changes nothing."""
        if self._found is None:
            self.look()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._found = None
        self.query_one(RecordsList).show([])

    @gesture(group="diagnostic", exclusive=True)
    async def look(self) -> None:
        """Look at everything, in a thread: a server that is slow holds no key."""
        self.message("le poste et la base sont examinés…", Kind.WAIT)
        size = (self.app.size.width, self.app.size.height)
        self._found = await self.ask(diagnose_desk, self.desk, terminal=size, log_folder=self.portail.log_folder)
        records = self.query_one(RecordsList)
        order = sorted(enumerate(self._found.findings), key=lambda one: _FIRST.get(one[1].state, len(_FIRST)))
        records.show([_record(number, one) for number, one in order])
        self.message(self._found.conclusion, Kind.INFO)
        if self.focused is None:
            records.lines.focus()

    def action_again(self) -> None:
        """Look again."""
        self.look()

    @on(OptionList.OptionSelected)
    @gesture(group="finding")
    async def action_read(self) -> None:
        """Show a line in full, and what to do."""
        key = self.query_one(RecordsList).chosen
        if self._found is None or key is None:
            return
        one = self._found.findings[key]
        lines = [f"{one.state} · {one.section}", "", one.seen]
        if one.advice:
            lines += ["", one.advice]
        await self.app.push_screen_wait(TextDialog(one.what, "\n".join(lines)))

    @gesture(group="write")
    async def action_write(self) -> None:
        """Write the report shown in a file."""
        if self._found is not None:
            said = await self.app.push_screen_wait(WriteDialog(self._found))
            if said:
                self.message(said, Kind.DONE)


class WriteDialog(FormDialog[str | None]):
    """Asks for the file the report is written in; returns what to say once it is."""

    TITLE = "Écrire le diagnostic dans un fichier"
    WIDE_LABELS = True

    def __init__(self, found: Diagnosis) -> None:
        super().__init__()
        self._diagnosis = found

    def form_fields(self) -> Iterable[Field]:
        """The path, and whether a file there may be replaced."""
        return [
            TextField("path", "Fichier à écrire", placeholder="ex. ~/diagnostic.txt"),
            YesNoField("replace", "S’il existe", words=("le remplacer", "le garder")),
        ]

    async def save(self, values: dict[str, object]) -> str:
        """Write the file."""
        path = await self.ask(write_diagnosis, self._diagnosis, str(values["path"]), replace=bool(values["replace"]))
        return f"rapport écrit dans {path}"


def _record(number: int, one: Finding) -> Record:
    return Record(number, (one.state.value, one.what, one.seen), _STYLES.get(one.state, ""))
