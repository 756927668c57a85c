"""Choosing the lines to take out of a basket: Space ticks, what would be left is said, Enter takes out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.bars import Kind
from screens.desk_screen import DeskDialog
from screens.plain_text import content, plain
from tui_portail.french import plural, short_date
from tui_portail.money import format_cents
from tui_portail.policy import Policy
from tui_portail.services.baskets import BasketLine, BasketView, load_basket
from tui_portail.services.desk import Desk
from tui_portail.services.lines_out import LinesTaken, lines_taken


class LinesDialog(DeskDialog[tuple[int, ...] | None]):
    """Returns the bookings chosen, None when given up."""

    TITLE = "Retirer des lignes du panier"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", "Cocher", priority=True, id="lines.tick"),
        Binding("enter", "remove", "Retirer", priority=True, id="lines.remove"),
    ]
    DEFAULT_CSS = """
    LinesDialog #lines { height: auto; max-height: 11; border: none; }
    LinesDialog #lines-left { height: auto; margin-top: 1; text-style: bold; }
    """

    def __init__(self, view: BasketView, policy: Policy) -> None:
        super().__init__()
        self._view = view
        self._policy = policy
        self._ticked: set[int] = set()

    def compose_body(self) -> Iterable[Widget]:
        """One line a day, then what would be left."""
        yield Static(content(f"Panier de {self._view.payer_name}. La pause part avec son repas."), id="dialog-text")
        yield OptionList(*(Option(text) for text in self._texts()), id="lines")
        yield Static(content(self._words()), id="lines-left")

    def on_mount(self) -> None:
        """Begin at the first line."""
        lines = self.query_one("#lines", OptionList)
        lines.highlighted = 0 if self._view.lines else None
        lines.focus()

    def _taken(self) -> LinesTaken:
        return lines_taken(self._view, self._ticked, self._policy)

    def _texts(self) -> list[Content]:
        gone = self._taken().booking_ids
        return [self._text(line, line.booking_id in gone) for line in self._view.lines]

    def _text(self, line: BasketLine, gone: bool) -> Content:
        box = "[x]" if line.booking_id in self._ticked else "[+]" if gone else "[ ]"
        words = f"{box} {short_date(line.day)}  {line.child} · {line.label}  {format_cents(line.price_cents)}"
        return Content(plain(words))

    def _words(self) -> str:
        """Say how many lines leave and what stays to pay."""
        taken = self._taken()
        if not taken.booking_ids:
            return f"Aucune ligne cochée : à payer {format_cents(self._view.due_cents)}."
        count = len(taken.booking_ids)
        along = count - len(self._ticked)
        words = plural(count, "ligne") + (" retirées" if count > 1 else " retirée")
        if along:
            words += f" (dont {along} [+] qui part{'ent' if along > 1 else ''} avec)"
        if count == len(self._view.lines):
            return f"{words} : le panier sera vide, il n’y aura plus rien à payer."
        if taken.due_cents == 0:
            return f"{words} : les avoirs paient le reste, le panier sera réglé aussitôt."
        return f"{words}, restera {format_cents(taken.due_cents)} à payer."

    def keys_line(self) -> str:
        """Tick, then take out."""
        return "Espace : cocher · Entrée : retirer les lignes cochées · Échap : annuler"

    @on(OptionList.OptionSelected, "#lines")
    def action_tick(self) -> None:
        """Tick the line under the cursor, or untick it."""
        lines = self.query_one("#lines", OptionList)
        if lines.highlighted is None:
            return
        self._ticked ^= {self._view.lines[lines.highlighted].booking_id}
        for place, text in enumerate(self._texts()):
            lines.replace_option_prompt_at_index(place, text)
        self.query_one("#lines-left", Static).update(content(self._words()))
        self.message("")

    def action_remove(self) -> None:
        """Return what is ticked."""
        if self._ticked:
            self.dismiss(tuple(sorted(self._ticked)))
        else:
            self.message("cochez par Espace les lignes à retirer.", Kind.REFUSED)


def basket_and_policy(desk: Desk, basket_id: int) -> tuple[BasketView, Policy]:
    """Return a basket with the rules its lines leave by. Raises BasketUnknown, NotAllowed."""
    return load_basket(desk, basket_id), desk.commune().policy
