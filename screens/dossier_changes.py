"""What changed in a dossier: when, who, about whom, which field, before and after; the latest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import OptionList

from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import TextDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.change_words import SUBJECTS
from tui_portail.french import long_date, time_text
from tui_portail.instants import in_paris
from tui_portail.services.dossier_changes import ChangeLine, ChangesPage, dossier_changes

COLUMNS = (
    Column("Quand", 14),
    Column("Qui", 12, share=1, from_width=100),
    Column("De qui, de quoi", 18, share=1),
    Column("Avant → après", 24, share=3),
)


PERSONS = tuple(SUBJECTS[table] for table in ("guardian", "child", "contact_person"))


class DossierChangesScreen(ReadForAgent):
    """The history of one dossier."""

    AREA = "changes"
    TITLE = "Historique"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("changes")
    HELP = "Chaque champ changé, le plus récent d’abord. Les paiements sont dans les opérations du dossier et les quittances."

    def __init__(self, dossier_id: int) -> None:
        super().__init__()
        self._dossier_id = dossier_id
        self._page: ChangesPage | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The lines."""
        yield RecordsList(COLUMNS, id="changes", empty="Rien n’a changé depuis l’ouverture du dossier.")

    def on_mount(self) -> None:
        """Let the arrows move."""
        self.query_one(RecordsList).lines.focus()

    def read(self) -> None:
        """Read the latest changes."""
        self.read_changes(None)

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._page = None
        self.query_one(RecordsList).show(())

    def action_reload(self) -> None:
        """Read from the latest again."""
        self.read_changes(None)

    def action_older(self) -> None:
        """Read the changes before those shown."""
        if self._page is not None and self._page.older_than is not None:
            self.read_changes(self._page.older_than)
        else:
            self.message("il n’y a pas de changement plus ancien.")

    @gesture(group="changes", exclusive=True)
    async def read_changes(self, older_than: int | None) -> None:
        """Read a page and show it."""
        page = await self.ask(dossier_changes, self.desk, self._dossier_id, older_than)
        self._page = page
        self.title = f"Historique {page.label}"
        self.portail.show_header()
        self.query_one(RecordsList).show([Record(line.change_id, _texts(line)) for line in page.lines])
        more = "" if page.older_than is None else f"{len(page.lines)} changements affichés. s : plus anciens."
        self.message(more)

    @on(OptionList.OptionSelected)
    @gesture(group="whole")
    async def action_whole(self) -> None:
        """Read one change in full."""
        chosen = self.query_one(RecordsList).chosen
        line = next((one for one in self._page.lines if one.change_id == chosen), None) if self._page else None
        if line is None:
            return
        at = in_paris(line.at)
        rows = [
            f"{long_date(at.date())}, {time_text(at)}",
            f"Par : {line.agent or 'le programme'}",
            f"{line.subject} : {line.who}" if line.who else line.subject,
            f"Champ : {line.field}",
            f"Avant : {line.before or '—'}",
            f"Après : {line.after or '—'}",
        ]
        await self.app.push_screen_wait(TextDialog("Changement", plain("\n".join(rows))))


def _texts(line: ChangeLine) -> tuple[str, ...]:
    at = in_paris(line.at)
    when = f"{at:%d/%m/%y} {time_text(at).replace(' ', '')}"
    change = f"{line.field} : {line.before or '—'} → {line.after or '—'}" if line.before or line.after else line.field
    itself = not line.who or line.subject in PERSONS
    return when, line.agent, line.who or line.subject, change if itself else f"{line.subject.lower()}, {change}"
