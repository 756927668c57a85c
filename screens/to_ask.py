"""A list of what families are to be asked for: a line that sums up, a page of lines, a month ahead or not; each opens its dossier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.columns import Column
from screens.plain_text import plain
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.french import plural

PAGE = 200
AHEAD_DAYS = 30


class ToAskScreen(ReadForAgent):
    """Subclasses give `COLUMNS`, `EMPTY`, and `read_list()`, which ends by `show_page`."""

    COLUMNS: ClassVar[tuple[Column, ...]] = ()
    EMPTY: ClassVar[str] = ""
    DEFAULT_CSS = """
    ToAskScreen #ask-sum { height: auto; min-height: 2; padding: 0 1; }
    ToAskScreen #ask-detail { height: 2; padding: 0 1; color: $secondary; }
    """
    within_days: int = 0

    def __init__(self) -> None:
        super().__init__()
        self.first = 0
        self._total = 0
        self._dossiers: dict[int, int] = {}
        self._details: dict[int, str] = {}

    def compose_body(self) -> Iterable[Widget]:
        """A line that sums up, the list, the line under the cursor in full."""
        yield Static("", id="ask-sum", markup=False)
        yield RecordsList(self.COLUMNS, id="to-ask", empty=self.EMPTY)
        yield Static("", id="ask-detail", markup=False)

    def read(self) -> None:
        """Read what is shown."""
        self.read_list()

    def read_list(self) -> object:
        """Read the page shown."""
        raise NotImplementedError

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._dossiers, self._details = {}, {}
        self.query_one(RecordsList).show([])
        for shown in ("#ask-sum", "#ask-detail"):
            self.query_one(shown, Static).update("")

    def show_page(
        self, records: Sequence[Record], dossiers: Mapping[int, int], total: int, noun: str, asked: str
    ) -> None:
        """Show a page: its lines, the dossier of each, how many there are in all, and what was asked, in words."""
        self._dossiers, self._total = dict(dossiers), total
        self._details = {record.key: " · ".join(text for text in record.texts if text) for record in records}
        shown = self.query_one(RecordsList)
        shown.show(records)
        if self.focused is None:
            shown.lines.focus()
        place = f", de {self.first + 1} à {self.first + len(records)}" if total > len(records) else ""
        words = f"{plural(total, noun)}{place}. {plain(asked)}"
        self.query_one("#ask-sum", Static).update(Content(words))

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        key = self.query_one(RecordsList).chosen
        words = "" if key is None else self._details.get(key, "")
        self.query_one("#ask-detail", Static).update(Content(plain(words)), layout=False)

    @property
    def chosen_dossier(self) -> int | None:
        """The dossier of the line under the cursor."""
        key = self.query_one(RecordsList).chosen
        return None if key is None else self._dossiers.get(key)

    def ask_anew(self) -> None:
        """Read from the first page, for another question."""
        self.first = 0
        self.message("")
        self.read_list()

    def action_move_page(self, step: int) -> None:
        """Show another page."""
        first = self.first + step * PAGE
        if 0 <= first < max(self._total, 1):
            self.first = first
            self.read_list()

    def action_look_ahead(self) -> None:
        """Show what is lacking today only, or what ends within a month too."""
        self.within_days = 0 if self.within_days else AHEAD_DAYS
        self.ask_anew()

    def action_reload(self) -> None:
        """Read the list again."""
        self.read_list()

    @on(OptionList.OptionSelected)
    def action_open_dossier(self) -> None:
        """Open the dossier of the line chosen."""
        if (dossier_id := self.chosen_dossier) is not None:
            self.portail.open("dossier", dossier_id)
