"""The cash of a slip counted by note and coin, before it is validated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.cash_count import CashCount
from screens.desk_screen import DeskDialog
from screens.plain_text import content
from tui_portail.money import format_cents


class SlipCountDialog(DeskDialog[dict[int, int] | None]):
    """Returns the pieces of each value (cents), None when given up. What is counted must make the slip's cash."""

    TITLE = "Compter les espèces du bordereau"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f10,ctrl+e", "done", "Compté", id="slip_count.done")]
    DEFAULT_CSS = """
    SlipCountDialog CashCount { height: 15; max-height: 15; }
    SlipCountDialog #slip-count-sum { height: 1; }
    """

    def __init__(self, cash_cents: int) -> None:
        super().__init__()
        self._cash_cents = cash_cents

    def compose_body(self) -> Iterable[Widget]:
        """What is to be there, the denominations, what is counted."""
        yield Static(content(f"Ce bordereau verse {format_cents(self._cash_cents)} d’espèces."), id="dialog-text")
        yield CashCount()
        yield Static("", id="slip-count-sum", markup=False)

    def on_mount(self) -> None:
        """Begin at the largest note."""
        self.query_one(CashCount).focus_first()

    def keys_line(self) -> str:
        """Name the answers."""
        return "Entrée : coupure suivante · F10 : compté · Échap : annuler"

    @on(CashCount.Changed)
    def _typed(self) -> None:
        counted = self.query_one(CashCount).cents or 0
        left = self._cash_cents - counted
        words = f"Compté {format_cents(counted)} : le compte y est."
        if left:
            gap = f"reste {format_cents(left)}" if left > 0 else f"{format_cents(-left)} de trop"
            words = f"Compté {format_cents(counted)}, {gap}."
        self.query_one("#slip-count-sum", Static).update(Content(words), layout=False)

    @on(CashCount.Done)
    def action_done(self) -> None:
        """Answer, if it makes the slip's cash."""
        count = self.query_one(CashCount)
        if count.cents == self._cash_cents:
            self.dismiss({value: pieces for value, pieces in count.pieces.items() if pieces})
        else:
            self.message(
                f"les coupures font {format_cents(count.cents or 0)}, il en faut {format_cents(self._cash_cents)}.",
                Kind.REFUSED,
            )
