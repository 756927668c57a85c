"""The sessions closed, the latest first: each one's sheet read on the screen, printed again as often as asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.bars import Kind
from screens.closing_text import sheet_text
from screens.columns import Column
from screens.commands import bindings_of
from screens.desk_screen import DeskDialog
from screens.gestures import gesture
from screens.plain_text import content
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from screens.till_words import signed
from tui_portail.french import time_text
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.closing_sheets import ClosedSession, closing_sheet, list_sessions, print_closing_sheet

_COLUMNS = (
    Column("N°", 5, right=True),
    Column("Ouverte", 16, from_width=100),
    Column("Close", 16),
    Column("Par", 14, share=1),
    Column("Fonds", 11, right=True),
    Column("Compté", 11, right=True),
    Column("Écart", 10, right=True),
)


class SheetDialog(DeskDialog[bool | None]):
    """A closing sheet as text. Returns True when it is to be printed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p,f5", "print", "Imprimer", id="sheet.print"),
        Binding("enter", "cancel", "Fermer", id="sheet.close"),
    ]
    DEFAULT_CSS = "SheetDialog #sheet { height: auto; max-height: 17; scrollbar-size-vertical: 1; }"

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.title = title
        self._text = text

    def compose_body(self) -> Iterable[Widget]:
        """The text, which scrolls."""
        with VerticalScroll(id="sheet"):
            yield Static(content(self._text))

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#sheet").focus()

    def keys_line(self) -> str:
        """Name both ways out."""
        return "↑ ↓ : défiler · p : imprimer · Échap : fermer"

    def action_print(self) -> None:
        """Ask for the paper."""
        self.dismiss(True)


class TillSessionsScreen(ReadForAgent):
    """The closed sessions of the till."""

    AREA = "sessions"
    TITLE = "Sessions de caisse"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("sessions")
    HELP = "Une session close ne change plus : sa feuille de caisse se relit et se réimprime telle qu’elle était."

    def __init__(self) -> None:
        super().__init__()
        self._sessions: dict[int, ClosedSession] = {}

    def compose_body(self) -> Iterable[Widget]:
        """The list."""
        yield RecordsList(_COLUMNS, id="sessions", empty="Aucune caisse n’a encore été clôturée.")

    def read(self) -> None:
        """Read the list."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._sessions = {}
        self.query_one(RecordsList).show([])

    @gesture(group="sessions", exclusive=True)
    async def read_list(self) -> None:
        """Read the closed sessions."""
        sessions = await self.ask(list_sessions, self.desk)
        self._sessions = {one.session_id: one for one in sessions}
        records = self.query_one(RecordsList)
        records.show([_record(one) for one in sessions])
        records.lines.focus()

    @property
    def chosen(self) -> ClosedSession | None:
        """The session under the cursor."""
        key = self.query_one(RecordsList).chosen
        return None if key is None else self._sessions.get(key)

    @on(OptionList.OptionSelected)
    @gesture(group="sheet")
    async def action_open_sheet(self) -> None:
        """Show the sheet of the session chosen."""
        if (session := self.chosen) is None:
            return
        sheet = await self.ask(closing_sheet, self.desk, session.session_id)
        dialog = SheetDialog(f"Feuille de caisse, session n° {session.number}", sheet_text(sheet))
        if await self.app.push_screen_wait(dialog):
            await self._print(session)

    @gesture(group="sheet")
    async def action_print_sheet(self) -> None:
        """Print the sheet of the session chosen."""
        if session := self.chosen:
            await self._print(session)

    async def _print(self, session: ClosedSession) -> None:
        printed = await self.ask(print_closing_sheet, self.desk, session.session_id)
        self.message(f"feuille de caisse n° {session.number}. {printed.sentence}", Kind.DONE)


def _record(session: ClosedSession) -> Record:
    opened, closed = in_paris(session.opened_at), in_paris(session.closed_at)
    return Record(
        session.session_id,
        (
            str(session.number),
            f"{opened:%d/%m/%Y} {time_text(opened).replace(' ', '')}",
            f"{closed:%d/%m/%Y} {time_text(closed).replace(' ', '')}",
            session.closed_by,
            format_cents(session.float_cents),
            format_cents(session.cash_cents),
            signed(session.difference_cents) if session.difference_cents else "aucun",
        ),
        "$warning" if session.difference_cents else "",
    )
