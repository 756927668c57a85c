"""A field whose value is several of a few: the arrows move among them, Space ticks, a letter goes to the one it begins."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from screens.form_fields import Field
from screens.guard import Guarded
from screens.plain_text import plain
from tui_portail.folding import fold


class TicksLine(Guarded, Static, can_focus=True):
    """The boxes, one after the other, as many lines as they take."""

    DEFAULT_CSS = """
    TicksLine { padding: 0 1; background: $surface; }
    TicksLine:focus { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "move(1)", "Case suivante", show=False, id="ticks.next"),
        Binding("left", "move(-1)", "Case précédente", show=False, id="ticks.previous"),
        Binding("space", "tick", "Cocher", show=False, id="ticks.tick"),
        Binding("enter", "done", "Champ suivant", show=False, id="ticks.done"),
    ]

    class Ticked(Message):
        """A box was ticked or unticked."""

    class Entered(Message):
        """Enter was pressed."""

    def __init__(self, labels: Sequence[str], ticked: Collection[int], none: str = "") -> None:
        super().__init__("", markup=False, classes="editor")
        self.labels = tuple(labels)
        self.ticked = set(ticked)
        self.none = none  # what no box ticked means, on a line kept for it
        self.at = 0

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the boxes take."""
        return len(self._rows(width)) + bool(self.none)

    def render(self) -> Content:
        """Draw the boxes, the one under the cursor underlined while the field has the focus."""
        lines = []
        for row in self._rows(self.content_size.width):
            boxes = (Content.styled(self._box(place), self._style(place)) for place in row)
            lines.append(Content("  ").join(boxes))
        if self.none:
            lines.append(Content("" if self.ticked else f"aucun coché : {self.none}"))
        return Content("\n").join(lines) if self.labels else Content("aucun choix")

    def _box(self, place: int) -> str:
        return f"[{'x' if place in self.ticked else ' '}] {plain(self.labels[place])}"

    def _style(self, place: int) -> str:
        return "underline" if self.has_focus and place == self.at else ""

    def _rows(self, width: int) -> list[list[int]]:
        """Return the boxes of each line: a box is never cut in two."""
        rows: list[list[int]] = [[]]
        used = 0
        for place in range(len(self.labels)):
            needed = cell_len(self._box(place)) + 2
            if rows[-1] and used + needed - 2 > width:
                rows.append([])
                used = 0
            rows[-1].append(place)
            used += needed
        return rows

    def action_move(self, step: int) -> None:
        """Go to the box after, or before."""
        if self.labels:
            self.at = (self.at + step) % len(self.labels)
            self.refresh()

    def action_tick(self) -> None:
        """Tick the box under the cursor, or untick it."""
        if self.labels:
            self.ticked ^= {self.at}
            self.refresh()
            self.post_message(self.Ticked())

    def action_done(self) -> None:
        """Go to the next field."""
        self.post_message(self.Entered())

    def on_key(self, event: Key) -> None:
        """Go to the box a letter begins."""
        if event.character and event.character.isalnum():
            order = [*range(self.at + 1, len(self.labels)), *range(self.at + 1)]
            found = [place for place in order if fold(self.labels[place]).startswith(fold(event.character))]
            if found:
                self.at = found[0]
                self.refresh()
            event.stop()


class TicksField(Field):
    """Several of a few values, each with its label; kept in their own order."""

    DEFAULT_CSS = "TicksField > .editor { height: auto; text-wrap: nowrap; }"

    def __init__(
        self,
        key: str,
        label: str,
        choices: Sequence[tuple[object, str]],
        ticked: Collection[object] = (),
        *,
        none: str = "",
    ) -> None:
        super().__init__(key, label)
        self._choices = tuple(choices)
        places = [place for place, (value, _) in enumerate(self._choices) if value in ticked]
        self.line = TicksLine([label for _, label in self._choices], places, none)

    def editor(self) -> Widget:
        """Return the boxes."""
        return self.line

    @property
    def text(self) -> str:
        """The labels ticked."""
        return ", ".join(label for place, (_, label) in enumerate(self._choices) if place in self.line.ticked)

    @property
    def value(self) -> list[object]:
        """The values ticked."""
        return [value for place, (value, _) in enumerate(self._choices) if place in self.line.ticked]

    @on(TicksLine.Ticked)
    def _ticked(self, event: TicksLine.Ticked) -> None:
        event.stop()
        self.say_wrong("")
        self.post_message(self.Changed(self))

    @on(TicksLine.Entered)
    def _entered(self, event: TicksLine.Entered) -> None:
        event.stop()
        self.post_message(self.Done(self))
