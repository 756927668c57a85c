"""The table of brackets of a grid, typed by keyboard: from, below, price. Enter goes on; after a price, to the next bracket.

A new bracket begins where the one before ends; the one without « moins de » is the last. A line emptied is no bracket.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.form_fields import Field
from screens.inputs import PlainInput
from tui_portail.tariff_form import TypedBracket

_TITLES = ("À partir de", "Moins de", "Prix")
_LAST = len(_TITLES) - 1


class BracketRow(Horizontal):
    """The three inputs of a bracket."""

    def __init__(self, bracket: TypedBracket) -> None:
        super().__init__()
        self.inputs = tuple(
            PlainInput(text, max_length=12, select_on_focus=True)
            for text in (bracket.starts, bracket.below, bracket.price)
        )

    def compose(self) -> Iterable[Widget]:
        """From, below, price."""
        yield from self.inputs

    @property
    def bracket(self) -> TypedBracket:
        """What is typed."""
        return TypedBracket(*(one.value for one in self.inputs))


class BracketsField(Field):
    """The brackets. Its value is what is typed, judged with the whole grid."""

    DEFAULT_CSS = """
    BracketsField > .editor { height: auto; }
    BracketsField .bracket-titles { height: 1; color: $secondary; }
    BracketsField BracketRow { height: 1; }
    BracketsField BracketRow > Input { width: 14; margin-right: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move_row(1)", "Tranche suivante", show=False, id="brackets.down"),
        Binding("up", "move_row(-1)", "Tranche précédente", show=False, id="brackets.up"),
    ]

    def __init__(self, key: str, label: str, brackets: Sequence[TypedBracket]) -> None:
        super().__init__(key, label, full=True)
        self._body = Vertical(classes="editor")
        self._first = tuple(brackets) or (TypedBracket("0", "", ""),)

    def editor(self) -> Widget:
        """Return the table."""
        return self._body

    async def on_mount(self) -> None:
        """Fill the table."""
        titles = Content("".join(f" {title:<14}" for title in _TITLES))
        await self._body.mount(Static(titles, classes="bracket-titles"), *(BracketRow(one) for one in self._first))

    @property
    def rows(self) -> list[BracketRow]:
        """The lines."""
        return list(self._body.query(BracketRow))

    @property
    def value(self) -> tuple[TypedBracket, ...]:
        """The brackets, as typed."""
        return tuple(row.bracket for row in self.rows) or self._first

    @property
    def text(self) -> str:
        """All that is typed."""
        return "\n".join(f"{one.starts};{one.below};{one.price}" for one in self.value)

    def focus_field(self) -> None:
        """Go to the first bracket."""
        if self.rows:
            self.rows[0].inputs[0].focus()

    def _here(self) -> tuple[int, int]:
        for at, row in enumerate(self.rows):
            for column, one in enumerate(row.inputs):
                if one.has_focus:
                    return at, column
        return 0, 0

    def action_move_row(self, step: int) -> None:
        """Go to the bracket before or after, else to the field before or after."""
        at, column = self._here()
        if not 0 <= at + step < len(self.rows):
            raise SkipAction
        self.rows[at + step].inputs[column].focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.say_wrong("")
        self.post_message(self.Changed(self))

    @on(Input.Submitted)
    async def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        at, column = self._here()
        rows = self.rows
        if column < _LAST:
            rows[at].inputs[column + 1].focus()
        elif at + 1 < len(rows):
            rows[at + 1].inputs[0].focus()
        elif below := rows[at].bracket.below.strip():
            row = BracketRow(TypedBracket(below, "", ""))
            await self._body.mount(row)
            row.inputs[1].focus()
        else:
            self.post_message(self.Done(self))

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
