"""Notes and coins counted down a column, the largest first: how many of each, what they make. Enter and the arrows go to the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.guard import Guarded
from screens.inputs import PlainInput
from tui_portail.money import format_cents
from tui_portail.till_rules import DENOMINATIONS, MOST_PIECES, cash_cents


class PiecesField(Guarded, Horizontal):
    """One denomination: how many pieces of it."""

    DEFAULT_CSS = """
    PiecesField { height: 1; width: 100%; }
    PiecesField .value { width: 7; height: 1; text-align: right; }
    PiecesField Input { width: 7; margin: 0 1; }
    PiecesField .amount { width: 12; height: 1; text-align: right; color: $secondary; }
    """

    def __init__(self, denomination: int) -> None:
        super().__init__(id=f"pieces-{denomination}")
        self.denomination = denomination

    def compose(self) -> Iterable[Widget]:
        """What it is worth, how many there are, what they make."""
        euros, cents = divmod(self.denomination, 100)
        yield Static(Content(f"{euros}\u00a0€" if euros else f"{cents}\u00a0c"), classes="value")
        yield PlainInput(restrict="[0-9]*", max_length=len(str(MOST_PIECES)))
        yield Static("", classes="amount", markup=False)

    @property
    def field(self) -> Input:
        """Where the number is typed."""
        return self.query_one(Input)

    @property
    def pieces(self) -> int | None:
        """How many were typed, None when nothing was."""
        typed = self.field.value
        return int(typed) if typed.isascii() and typed.isdigit() else None

    def show_amount(self) -> None:
        """Write what the pieces make."""
        made = "" if self.pieces is None else format_cents(self.denomination * self.pieces)
        self.query_one(".amount", Static).update(Content(made), layout=False)


class CashCount(Guarded, VerticalScroll, can_focus=False):
    """All denominations, one a line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "Coupure suivante", show=False, id="cash_count.next"),
        Binding("up", "step(-1)", "Coupure précédente", show=False, id="cash_count.previous"),
    ]

    class Changed(Message):
        """A number was typed."""

    class Done(Message):
        """Enter was pressed on the last denomination."""

    def compose(self) -> Iterable[Widget]:
        """The largest first."""
        yield from map(PiecesField, DENOMINATIONS)

    @property
    def pieces(self) -> dict[int, int]:
        """How many of each denomination (cents): empty while nothing is typed, else 0 for those left empty."""
        typed = {field.denomination: field.pieces for field in self.query(PiecesField)}
        if all(pieces is None for pieces in typed.values()):
            return {}
        return {denomination: pieces or 0 for denomination, pieces in typed.items()}

    @property
    def cents(self) -> int | None:
        """What they make, in cents; None while nothing is typed."""
        pieces = self.pieces
        return cash_cents(pieces) if pieces else None

    def focus_first(self) -> None:
        """Put the cursor on the largest note."""
        self.query(PiecesField).first().field.focus()

    def action_step(self, step: int) -> None:
        """Go to the next denomination, or the one before."""
        fields = list(self.query(PiecesField))
        here = next((place for place, one in enumerate(fields) if one.has_focus_within), 0)
        if 0 <= here + step < len(fields):
            fields[here + step].field.focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if isinstance(field := event.input.parent, PiecesField):
            field.show_amount()
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        field = event.input.parent
        if isinstance(field, PiecesField) and field.denomination == DENOMINATIONS[-1]:
            self.post_message(self.Done())
        else:
            self.action_step(1)
