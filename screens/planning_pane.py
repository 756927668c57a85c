"""The pane beside the grid: the cell under the cursor, what is owed by whom, what is refused and why.

Each block is written again only when its text changed, and never laid out again: a key must stay cheap.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from textual.containers import Vertical
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from screens.guard import Guarded
from screens.plain_text import plain
from screens.planning_state import PlanningState
from screens.planning_words import cell_words, money_words, refused_lines, ticked_words
from screens.short_labels import fit
from screens.wrapping import wrapped
from tui_portail.planning import CellKey


class PaneBlock(Guarded, Widget):
    """A block of fixed size: a bold title and text. Only the lines that differ are painted again."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pane--title", "pane--text"}

    def __init__(self, name: str, more: str) -> None:
        super().__init__(id=f"pane-{name}")
        self._more = more
        self._said: tuple[str, ...] = ()
        self._lines: list[tuple[bool, str]] = []

    def say(self, title: str, *paragraphs: str) -> None:
        """Show a title and paragraphs, if they are others."""
        if (title, *paragraphs) != self._said:
            self._said = (title, *paragraphs)
            before = self._lines
            self._wrap()
            for y in range(max(len(before), len(self._lines))):
                if before[y : y + 1] != self._lines[y : y + 1]:
                    self.refresh(Region(0, y, self.size.width, 1))

    @property
    def lines_needed(self) -> int:
        """How many lines would show everything."""
        return len(self._lines)

    @property
    def text(self) -> str:
        """Everything said, wrapped or not."""
        return "\n".join(self._said)

    def _wrap(self) -> None:
        width = max(1, self.size.width)
        self._lines = [
            (place == 0, line)
            for place, paragraph in enumerate(self._said)
            for part in plain(paragraph).split("\n")
            for line in wrapped(part, width)
        ]

    def on_resize(self) -> None:
        """Wrap again for the new width."""
        self._wrap()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line; the last one of the block says when there is more."""
        bold, line = self._lines[y] if y < len(self._lines) else (False, "")
        if y == self.size.height - 1 and len(self._lines) > self.size.height:
            line = f"… {len(self._lines) - y} lignes de plus ({self._more})"
        style = self.get_component_rich_style("pane--title" if bold else "pane--text")
        return Strip([Segment(fit(line, self.size.width), style)])


class PlanningPane(Guarded, Vertical):
    """Shows a `PlanningState` in words."""

    def __init__(self, state: PlanningState) -> None:
        super().__init__(id="pane")
        self._state = state

    def compose(self) -> Iterable[Widget]:
        """Money first: it is what is read aloud."""
        yield PaneBlock("money", more="v")
        yield PaneBlock("cell", more="r")
        yield PaneBlock("refused", more="r")

    def show_cell(self, key: CellKey | None) -> None:
        """Say the cell under the cursor."""
        block = self.query_one("#pane-cell", PaneBlock)
        if key is None:
            block.say("Aucune activité ces jours-là.")
        else:
            block.say(*cell_words(self._state, key))
        self._share_room()

    def show_money(self) -> None:
        """Say what is ticked, owed and refused."""
        state = self._state
        fictitious = state.loaded.commune.policy.fictitious
        title = "À payer (tarifs FICTIFS)" if fictitious else "À payer"
        self.query_one("#pane-money", PaneBlock).say(title, money_words(state), ticked_words(state))
        lines = refused_lines(state, {**state.judgement.refusals, **state.refusals})
        refused = self.query_one("#pane-refused", PaneBlock)
        refused.say("Refusé" if lines else "", *lines)
        self._share_room()

    def on_resize(self) -> None:
        """Share the room again; the styles' own heights first."""
        for block in self._blocks:
            block.styles.clear_rule("height")
        self.call_after_refresh(self._share_room)

    @property
    def _blocks(self) -> tuple[PaneBlock, PaneBlock, PaneBlock]:
        money, cell, refused = (self.query_one(f"#pane-{name}", PaneBlock) for name in ("money", "cell", "refused"))
        return money, cell, refused

    def _share_room(self) -> None:
        """Give a block that lacks lines the ones another leaves blank: the money first, then the cell. Nothing is laid out otherwise."""
        blocks = money, cell, _refused = self._blocks
        room = self.size.height
        if self.styles.layout is None or self.styles.layout.name != "vertical" or not room:
            return
        if all(block.lines_needed <= block.size.height for block in blocks):
            return
        first = min(money.lines_needed + 1, room)
        second = min(cell.lines_needed + 1, room - first)
        for block, height in zip(blocks, (first, second, room - first - second), strict=True):
            block.styles.height = height
