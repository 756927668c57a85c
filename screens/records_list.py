"""A list of records under its titles: one line each, the cursor kept on its record when the list is read again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.columns import Column, lay_out
from screens.guard import Guarded
from screens.inputs import PlainInput


@dataclass(frozen=True, slots=True)
class Record:
    """One line: the id it is known by, its texts under the columns, a style (a theme variable) that never says more than they do."""

    key: int
    texts: tuple[str, ...]
    style: str = ""


class FilterField(PlainInput):
    """The field above a list: up and down move in the list, so that the hands stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.move(-1)", "Ligne précédente", show=False, id="filter.up"),
        Binding("down", "screen.move(1)", "Ligne suivante", show=False, id="filter.down"),
        Binding("pageup", "screen.move(-10)", "Page précédente", show=False, id="filter.page_up"),
        Binding("pagedown", "screen.move(10)", "Page suivante", show=False, id="filter.page_down"),
        Binding("ctrl+a", "app.open('activities')", "Activités", show=False, id="filter.activities"),
    ]


class RecordsList(Guarded, Vertical):
    """The titles and the lines. `OptionList.OptionSelected` comes from it on Enter and on a click; `chosen` is the record's id."""

    DEFAULT_CSS = """
    RecordsList { height: 1fr; }
    RecordsList > .records-titles { height: 1; background: $panel; text-wrap: nowrap; }
    RecordsList > OptionList { height: 1fr; scrollbar-size-vertical: 1; }
    RecordsList > .records-empty { height: auto; padding: 1 1; display: none; }
    RecordsList.-empty > .records-empty { display: block; }
    RecordsList.-empty > OptionList { height: 0; }
    """

    def __init__(self, columns: Sequence[Column], *, id: str, empty: str = "") -> None:
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._records: tuple[Record, ...] = ()
        self._empty = empty
        self._width = 0

    def compose(self) -> Iterable[Widget]:
        """Titles, lines, and what is said when there is none."""
        yield Static("", classes="records-titles", markup=False)
        yield Static(Content(self._empty), classes="records-empty")
        yield OptionList()

    def on_resize(self, event: Resize) -> None:
        """Lay the columns out for the new width."""
        if event.size.width != self._width:
            self._width = event.size.width
            self._lay_out()

    @property
    def lines(self) -> OptionList:
        """The lines, for the focus."""
        return self.query_one(OptionList)

    @property
    def chosen(self) -> int | None:
        """The id of the record under the cursor."""
        place = self.lines.highlighted
        return self._records[place].key if place is not None and place < len(self._records) else None

    def show(
        self, records: Sequence[Record], empty: str | None = None, columns: Sequence[Column] | None = None
    ) -> None:
        """Show records; the cursor stays on its record, else goes to the first. `empty` is said when there is none.

        `columns` take the place of those there were.
        """
        kept = self.chosen
        if columns is not None and tuple(columns) != self._columns:
            self._columns, kept = tuple(columns), None
        self._records = tuple(records)
        if empty is not None:
            self.query_one(".records-empty", Static).update(Content(empty))
        self.set_class(not self._records, "-empty")
        self._lay_out(kept)

    def choose(self, key: int) -> None:
        """Put the cursor on a record, if it is shown."""
        places = [place for place, one in enumerate(self._records) if one.key == key]
        if places:
            self.lines.highlighted = places[0]

    def change(self, record: Record) -> None:
        """Write one line again, the others untouched: a long list is not drawn anew for each of its lines."""
        for place, one in enumerate(self._records):
            if one.key == record.key:
                self._records = (*self._records[:place], record, *self._records[place + 1 :])
                self.lines.replace_option_prompt_at_index(place, self._prompt(record))

    def move(self, step: int) -> None:
        """Move the cursor without taking the focus."""
        if self._records:
            self.lines.highlighted = max(0, min(len(self._records) - 1, (self.lines.highlighted or 0) + step))

    def _lay_out(self, kept: int | None = None) -> None:
        titles = lay_out(self._columns, [column.title for column in self._columns], self._room)
        self.query_one(".records-titles", Static).update(Content.styled(f" {titles}", "bold"), layout=False)
        kept = self.chosen if kept is None else kept
        self.lines.set_options(Option(self._prompt(one)) for one in self._records)
        places = [place for place, one in enumerate(self._records) if one.key == kept]
        self.lines.highlighted = (places[0] if places else 0) if self._records else None

    @property
    def _room(self) -> int:
        """The cells of a line."""
        return max(20, (self.size.width or self._width) - 3)

    def _prompt(self, record: Record) -> Content:
        return Content.styled(f" {lay_out(self._columns, record.texts, self._room)}", record.style)
