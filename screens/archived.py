"""The dossiers archived, the latest first: read one, reopen one."""

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
from screens.dialogs import ReasonDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.instants import in_paris
from tui_portail.services.archiving import ArchivedDossier, archived_dossiers, reopen_dossier

_COLUMNS = (
    Column("Dossier", 11),
    Column("Famille", 18, share=2),
    Column("Archivé le", 10),
    Column("Motif", 16, share=2),
    Column("Par", 14, from_width=112),
)


class ArchivedScreen(ReadForAgent):
    """What was archived, why and by whom."""

    AREA = "archived"
    TITLE = "Dossiers archivés"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("archived")
    HELP = (
        "Un dossier archivé ne réserve plus rien ; il garde tout ce qu’il contient, et la recherche le trouve en dernier.\n"
        "Un dossier s’archive depuis son écran (x)."
    )

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[ArchivedDossier, ...] = ()

    def compose_body(self) -> Iterable[Widget]:
        """The list."""
        yield RecordsList(_COLUMNS, id="archived", empty="Aucun dossier n’est archivé.")

    def read(self) -> None:
        """Read the list."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._rows = ()
        self.query_one(RecordsList).show([])

    @gesture(group="archived", exclusive=True)
    async def read_list(self) -> None:
        """Read the list."""
        self._rows = await self.ask(archived_dossiers, self.desk)
        records = self.query_one(RecordsList)
        records.show([_record(row) for row in self._rows])
        if self.focused is None:
            records.lines.focus()
        self.refresh_bindings()

    def _chosen(self) -> ArchivedDossier | None:
        chosen = self.query_one(RecordsList).chosen
        return next((row for row in self._rows if row.dossier_id == chosen), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There must be one to act on."""
        if action in {"open_dossier", "reopen"} and not self._rows:
            return False
        return super().check_action(action, parameters)

    @on(OptionList.OptionSelected)
    def action_open_dossier(self) -> None:
        """Open the dossier chosen."""
        if row := self._chosen():
            self.portail.open("dossier", row.dossier_id)

    @gesture(group="reopen")
    async def action_reopen(self) -> None:
        """Reopen the dossier chosen, with a reason."""
        row, desk = self._chosen(), self.desk
        if row is None:
            return
        explanation = f"{plain(row.label)} : ses enfants pourront de nouveau être réservés."
        reason = await self.app.push_screen_wait(ReasonDialog("Rouvrir ce dossier", explanation))
        if reason is None:
            return
        await self.send(
            f"reopen-{row.dossier_id}", lambda operation: reopen_dossier(desk, row.dossier_id, reason, operation)
        )
        self.message(f"le dossier de {plain(row.label)} est rouvert.", Kind.DONE)
        self.read()


def _record(row: ArchivedDossier) -> Record:
    texts = (row.number, row.label, f"{in_paris(row.archived_at):%d/%m/%Y}", row.reason, row.agent_name)
    return Record(row.dossier_id, texts)
