"""The lines of the queue, drawn one by one so that a second that passes repaints only the countdowns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
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

from screens.countdown import time_left_text
from screens.guard import Guarded
from screens.plain_text import plain
from screens.short_labels import fit
from tui_portail.money import format_cents
from tui_portail.policy import BasketKind
from tui_portail.services.basket_origins import origin_words
from tui_portail.services.queue import QueueRow

LEFT_WIDTH = 11
_SOON = timedelta(minutes=3)


class QueueTable(Guarded, ScrollView, can_focus=True):
    """One line a basket, after a line of titles. The cursor follows its basket when the queue is read again."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "queue--head",
        "queue--row",
        "queue--soon",
        "queue--expired",
        "queue--cursor",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Monter", show=False, id="queue_table.up"),
        Binding("down", "move(1)", "Descendre", show=False, id="queue_table.down"),
        Binding("home", "move(-1000)", "Premier", show=False, id="queue_table.home"),
        Binding("end", "move(1000)", "Dernier", show=False, id="queue_table.end"),
    ]

    class Opened(Message):
        """A line was clicked twice: as Enter."""

    def __init__(self) -> None:
        super().__init__(id="queue")
        self.rows: tuple[QueueRow, ...] = ()
        self.now: datetime | None = None
        self.cursor = 0
        self._styles: dict[str, Style] = {}

    @property
    def chosen(self) -> QueueRow | None:
        """The basket under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def show(self, rows: Sequence[QueueRow], now: datetime) -> None:
        """Show the queue as it was just read."""
        kept = self.chosen.basket_id if self.chosen else None
        ids = [row.basket_id for row in rows]
        self.rows, self.now = tuple(rows), now
        self.cursor = ids.index(kept) if kept in ids else min(self.cursor, max(0, len(ids) - 1))
        self.virtual_size = Size(self.size.width, len(self.rows) + 1)
        self.refresh()

    def tick(self, now: datetime) -> None:
        """Paint the time left again, and nothing else."""
        self.now = now
        self.refresh(Region(0, 1, LEFT_WIDTH, max(0, self.size.height - 1)))

    def is_expired(self, row: QueueRow) -> bool:
        """Say whether a basket can no longer be cashed, by the clock on the screen."""
        return row.expired or (row.expires_at is not None and self.now is not None and row.expires_at <= self.now)

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        if self.rows:
            self._go(max(0, min(len(self.rows) - 1, self.cursor + step)))

    def _go(self, place: int) -> None:
        before, self.cursor = self.cursor, place
        height = max(1, self.size.height - 1)
        wanted = min(max(int(self.scroll_y), place - height + 1), place)
        if wanted != int(self.scroll_y):
            self.scroll_to(y=wanted, animate=False, immediate=True)
        for line in (before, place):
            self.refresh(Region(0, line + 1 - int(self.scroll_y), self.size.width, 1))

    def on_click(self, event: events.Click) -> None:
        """Choose the line under the mouse; twice opens it."""
        place = event.y - 1 + int(self.scroll_y)
        if event.y >= 1 and 0 <= place < len(self.rows):
            again = place == self.cursor and event.chain > 1
            self._go(place)
            if again:
                self.post_message(self.Opened())

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(f"queue--{name}")
        return self._styles[name]

    def notify_style_update(self) -> None:
        """Read the styles again when the theme changes."""
        self._styles.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw the titles or one basket."""
        width = self.size.width
        if y == 0:
            return Strip([Segment(_columns(width, _TITLES), self._style("head"))]).adjust_cell_length(
                width, self._style("head")
            )
        place = y - 1 + int(self.scroll_y)
        if place >= len(self.rows):
            return Strip.blank(width, self._style("row"))
        row = self.rows[place]
        style = self._row_style(row)
        if place == self.cursor:
            style = style + self._style("cursor")
        return Strip([Segment(_columns(width, self._texts(row)), style)]).adjust_cell_length(width, style)

    def _row_style(self, row: QueueRow) -> Style:
        if self.is_expired(row):
            return self._style("expired")
        if row.expires_at is not None and self.now is not None and row.expires_at - self.now < _SOON:
            return self._style("soon")
        return self._style("row")

    def _texts(self, row: QueueRow) -> tuple[str, ...]:
        if self.is_expired(row):
            left = "x expiré"
        elif row.expires_at is None or self.now is None:
            left = "sans délai"
        else:
            left = time_left_text(row.expires_at - self.now) + " +" * row.extensions
        made = origin_words(row.origin)
        kind = "Régul. " if row.kind is BasketKind.REGULARISATION else ""
        paying = "PayFiP en cours" if row.being_paid else ""
        return (
            left,
            format_cents(row.due_cents),
            row.payer_name,
            " · ".join(filter(None, (made.letter, paying, f"{kind}{row.lines} j", row.children))),
            row.dossier_number,
            f"{made.letter} {made.word}" if made.letter else row.booked_by,
        )


_TITLES = ("Reste", "À payer", "Payeur", "Journées, enfants", "Dossier", "Réservé par")


def _columns(width: int, texts: Sequence[str]) -> str:
    """Lay texts out in columns for a width: the last ones are left out when there is no room."""
    left, due, payer, children, dossier, agent = (plain(text).replace("\n", " ") for text in texts)
    line = f" {fit(left, LEFT_WIDTH - 1)}{due:>11}  "
    rest = width - cell_len(line)
    with_agent = rest >= 75
    payer_width = max(10, min(28, (rest - 11) // 2 if not with_agent else (rest - 30) // 2))
    children_width = max(8, rest - payer_width - 12 - (19 if with_agent else 0))
    line += f"{fit(payer, payer_width)} {fit(children, children_width)} {fit(dossier, 10)}"
    return line + (f" {fit(agent, 18)}" if with_agent else "")
