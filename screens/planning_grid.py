"""The grid of the planning: it draws its own lines, and paints again only the cells that changed.

Rows are child × activity, columns days. The two lines of days and the labels stay in place. A letter tells each state, a style only
helps. Arrows move, Shift+arrows choose a range; everything else is the screen's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.guard import Guarded
from screens.plain_text import plain
from screens.planning_state import PlanningState
from screens.planning_window import column_heads
from screens.short_labels import fit, short_label
from tui_portail.planning import CellKey
from tui_portail.planning_ticks import CellState

HEADER_LINES = 2
_STYLE_OF = {
    CellState.NOT_RUNNING: "off",
    CellState.FREE: "free",
    CellState.FULL: "refused",
    CellState.WAITING: "refused",
    CellState.OFFERED: "held",
    CellState.LATE: "refused",
    CellState.PAPER: "refused",
    CellState.REFUSED: "refused",
    CellState.HELD: "held",
    CellState.CONFIRMED: "confirmed",
    CellState.DUE: "held",
    CellState.CANCELLED: "off",
    CellState.ADDING: "adding",
    CellState.REMOVING: "removing",
    CellState.BLOCKED: "refused",
}
_NAMES = (*dict.fromkeys(_STYLE_OF.values()), "head", "head-now", "head-off", "label", "label-now", "cursor", "range")


class PlanningGrid(Guarded, ScrollView, can_focus=True):
    """Draws a `PlanningState`. The cursor is (row, column); `Moved` tells the screen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"grid--{name}" for name in _NAMES}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1, 0)", "Monter", show=False, id="grid.up"),
        Binding("down", "move(1, 0)", "Descendre", show=False, id="grid.down"),
        Binding("left", "move(0, -1)", "Jour d’avant", show=False, id="grid.left"),
        Binding("right", "move(0, 1)", "Jour d’après", show=False, id="grid.right"),
        Binding("shift+up", "move(-1, 0, True)", "Étendre vers le haut", show=False, id="grid.range_up"),
        Binding("shift+down", "move(1, 0, True)", "Étendre vers le bas", show=False, id="grid.range_down"),
        Binding("shift+left", "move(0, -1, True)", "Étendre aux jours d’avant", show=False, id="grid.range_left"),
        Binding("shift+right", "move(0, 1, True)", "Étendre aux jours d’après", show=False, id="grid.range_right"),
        Binding("home", "edge(-1)", "Premier jour", show=False, id="grid.home"),
        Binding("end", "edge(1)", "Dernier jour", show=False, id="grid.end"),
    ]

    class Moved(Message):
        """The cursor or the range changed."""

    class Edge(Message):
        """An arrow went past the first (-1) or last (1) day shown."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Pressed(Message):
        """A cell was clicked twice: as Space."""

    row_lines = 1
    """Lines of a row: the planning of the families' kiosk has taller ones."""

    def __init__(self, state: PlanningState) -> None:
        super().__init__(id="grid")
        self.state = state
        self.row = 0
        self.column = 0
        self._anchor: tuple[int, int] | None = None
        self._styles: dict[str, Style] = {}

    # -- where things are ------------------------------------------------------------------------------------------------

    @property
    def cell_width(self) -> int:
        """Cells of a column: two for a month, five to nine for a week."""
        if self.state.window.month:
            return 2
        return max(5, min(9, (self.size.width - 30) // len(self.state.window.days)))

    @property
    def label_width(self) -> int:
        """Cells of the frozen labels: what the columns leave."""
        columns = len(self.state.window.days) * self.cell_width
        return max(12, min(44, self.size.width - columns))

    @property
    def _name_width(self) -> int:
        longest = max((cell_len(plain(row.child_label)) for row in self.state.rows), default=0)
        return min(longest, 12, self.label_width // 3 + 1)

    @property
    def has_rows(self) -> bool:
        """Whether there is any cell."""
        return self.state.snapshot is not None and bool(self.state.rows)

    @property
    def cursor_key(self) -> CellKey:
        """The cell under the cursor."""
        return self.state.key(self.row, self.column)

    @property
    def selected_keys(self) -> tuple[CellKey, ...]:
        """The cells of the range, the one under the cursor if there is none."""
        rows, columns = self._range()
        return tuple(self.state.key(row, column) for row in rows for column in columns)

    def _range(self) -> tuple[range, range]:
        row, column = self._anchor or (self.row, self.column)
        return (
            range(min(row, self.row), max(row, self.row) + 1),
            range(min(column, self.column), max(column, self.column) + 1),
        )

    # -- what the screen asks --------------------------------------------------------------------------------------------

    def show_all(self, row: int | None = None, column: int | None = None) -> None:
        """Draw everything again, after a window or a snapshot changed."""
        self.row = min(self.row if row is None else row, max(0, len(self.state.rows) - 1))
        self.column = min(self.column if column is None else column, len(self.state.window.days) - 1)
        self._anchor = None
        self.virtual_size = Size(self.size.width, len(self.state.rows) * self.row_lines + HEADER_LINES)
        self._keep_in_sight()
        self.refresh()
        self.post_message(self.Moved())

    def show_cells(self, keys: Iterable[CellKey]) -> None:
        """Draw only some cells again."""
        places = {(line.child_id, line.activity): row for row, line in enumerate(self.state.rows)}
        first = self.state.window.first_day
        for key in keys:
            row = places.get((key.child_id, key.activity))
            column = (key.day - first).days
            if row is not None and 0 <= column < len(self.state.window.days):
                self._draw(row, column)

    def forget_range(self) -> None:
        """Keep only the cursor."""
        if self._anchor is not None:
            rows, columns = self._range()
            self._anchor = None
            self._draw_block(rows, columns)

    def go(self, row: int, column: int) -> None:
        """Put the cursor on a cell."""
        self._place(row, column, extend=False)

    # -- moving ----------------------------------------------------------------------------------------------------------

    def action_move(self, rows: int, columns: int, extend: bool = False) -> None:
        """Move the cursor by one cell; past the first or last day, ask for the window before or after."""
        if not self.has_rows:
            return
        column = self.column + columns
        if not 0 <= column < len(self.state.window.days):
            if not extend:
                self.post_message(self.Edge(columns))
            return
        row = self.row + rows
        if 0 <= row < len(self.state.rows):
            self._place(row, column, extend)

    def action_edge(self, way: int) -> None:
        """Go to the first or last day shown."""
        if self.has_rows:
            self._place(self.row, 0 if way < 0 else len(self.state.window.days) - 1, extend=False)

    def _place(self, row: int, column: int, extend: bool) -> None:
        old_rows, old_columns = self._range()
        before = (self.row, self.column)
        if extend:
            self._anchor = self._anchor or before
        else:
            self._anchor = None
        self.row, self.column = row, column
        new_rows, new_columns = self._range()
        self._draw_block(old_rows, old_columns)
        self._draw_block(new_rows, new_columns)
        if before[0] != row:
            self._draw_label(before[0])
            self._draw_label(row)
        if before[1] != column:
            self._draw_head(before[1])
            self._draw_head(column)
        self._keep_in_sight()
        self.post_message(self.Moved())

    def _keep_in_sight(self) -> None:
        height = max(1, self.size.height - HEADER_LINES)
        top, first = int(self.scroll_y), self.row * self.row_lines
        wanted = min(max(top, first + self.row_lines - height), first)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True)

    # -- painting --------------------------------------------------------------------------------------------------------

    def _draw(self, row: int, column: int) -> None:
        self._draw_block(range(row, row + 1), range(column, column + 1))

    def _draw_block(self, rows: range, columns: range) -> None:
        y = rows.start * self.row_lines + HEADER_LINES - int(self.scroll_y)
        x = self.label_width + columns.start * self.cell_width
        region = Region(x, y, len(columns) * self.cell_width, len(rows) * self.row_lines)
        self.refresh(region.intersection(Region(0, HEADER_LINES, *self.size)))

    def _draw_label(self, row: int) -> None:
        y = row * self.row_lines + HEADER_LINES - int(self.scroll_y)
        self.refresh(Region(0, y, self.label_width, self.row_lines))

    def _draw_head(self, column: int) -> None:
        self.refresh(Region(self.label_width + column * self.cell_width, 0, self.cell_width, HEADER_LINES))

    def style_of(self, state: CellState) -> Style:
        """Return how a cell in a state is painted."""
        return self.style(_STYLE_OF[state])

    def style(self, name: str) -> Style:
        """Return one of the grid's styles, read once a theme."""
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(f"grid--{name}")
        return self._styles[name]

    def notify_style_update(self) -> None:
        """Read the styles again when the theme changes."""
        self._styles.clear()
        super().notify_style_update()

    def on_resize(self) -> None:
        """Use the room there is."""
        self.virtual_size = Size(self.size.width, len(self.state.rows) * self.row_lines + HEADER_LINES)
        self._keep_in_sight()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the widget."""
        width = self.size.width
        blank = self.style("free")
        if self.state.snapshot is None:
            return Strip.blank(width, blank)
        if y < HEADER_LINES:
            segments = self._head(y)
        else:
            row, line = divmod(y - HEADER_LINES + int(self.scroll_y), self.row_lines)
            if row >= len(self.state.rows):
                return Strip.blank(width, blank)
            segments = self.line_of(row, line, top=y == HEADER_LINES)
        # neighbours of one style are sent as one: a key at the end of a month sends half as many bytes
        return Strip(segments).simplify().adjust_cell_length(width, blank).crop(0, width)

    @property
    def title_shown(self) -> str:
        """What is written above the labels: the days shown, as the room allows."""
        window = self.state.window
        return window.title if cell_len(window.title) < self.label_width else window.short_title

    def _head(self, line: int) -> list[Segment]:
        title = "" if line == 0 else f" {self.title_shown}"
        segments = [Segment(fit(title, self.label_width), self.style("head"))]
        days = self.state.window.days
        for column, heads in enumerate(column_heads(self.state.window)):
            weekend = days[column].weekday() >= 5
            style = self.style("head-now" if column == self.column else "head-off" if weekend else "head")
            segments.append(Segment(heads[line].center(self.cell_width), style))
        return segments

    def line_of(self, row: int, line_no: int, *, top: bool) -> list[Segment]:
        """Draw one of a row's lines; `top`: it is the first one in sight, where the child is named again."""
        line = self.state.rows[row]
        new_child = top or row == 0 or self.state.rows[row - 1].child_id != line.child_id
        name = fit(plain(line.child_label) if new_child else "", self._name_width)
        label = f"{name} {short_label(line.label, self.label_width - self._name_width - 2)} "
        segments = [Segment(label, self.style("label-now" if row == self.row else "label"))]
        rows, columns = self._range()
        days = self.state.window.days
        for column, day in enumerate(days):
            view = self.state.view(CellKey(line.child_id, line.activity, day))
            style = self.style_of(view.state)
            mark = self.state.mark(CellKey(line.child_id, line.activity, day))
            if row == self.row and column == self.column:
                style = style + self.style("cursor")
            elif self._anchor is not None and row in rows and column in columns:
                style = style + self.style("range")
            segments.append(
                Segment(_cell_text(mark, self.cell_width, row == self.row and column == self.column), style)
            )
        return segments

    # -- mouse -----------------------------------------------------------------------------------------------------------

    def place_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Return the row and column under a point of the widget, if any."""
        row = (y - HEADER_LINES + int(self.scroll_y)) // self.row_lines
        column = (x - self.label_width) // self.cell_width
        inside = y >= HEADER_LINES and 0 <= row < len(self.state.rows) and 0 <= column < len(self.state.window.days)
        return (row, column) if inside else None

    def on_click(self, event: events.Click) -> None:
        """Put the cursor under the mouse; a second click ticks."""
        if (place := self.place_at(event.x, event.y)) is None:
            return
        again = place == (self.row, self.column) and event.chain > 1
        self.go(*place)
        if again:
            self.post_message(self.Pressed())


def _cell_text(mark: str, width: int, cursor: bool) -> str:
    if width < 5:
        return mark.rjust(width)
    return (f"[{mark}]" if cursor else mark).center(width)
