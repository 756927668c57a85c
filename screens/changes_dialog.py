"""What is about to be recorded in the set-up, line by line, and the reason it is kept with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.bars import Kind
from screens.desk_screen import DeskDialog
from screens.inputs import PlainInput
from screens.plain_text import content, plain
from tui_portail.commune_sections import Change
from tui_portail.french import plural
from tui_portail.services.commune_settings import LONGEST_REASON


class RecordChangesDialog(DeskDialog[str | None]):
    """Shows the changes and asks for their reason; returns it, None when given up. What was typed for it before is proposed again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_lines(-1)", "Lignes d’avant", show=False, id="changes.up"),
        Binding("down", "scroll_lines(1)", "Lignes d’après", show=False, id="changes.down"),
        Binding("pageup", "scroll_lines(-8)", "Page d’avant", show=False, id="changes.page_up"),
        Binding("pagedown", "scroll_lines(8)", "Page d’après", show=False, id="changes.page_down"),
        Binding("f10", "accept", "Enregistrer", show=False, id="changes.accept"),
    ]
    DEFAULT_CSS = """
    RecordChangesDialog #changes { height: auto; max-height: 12; margin-bottom: 1; scrollbar-size-vertical: 1; }
    """

    def __init__(self, changes: Sequence[Change], reason: str = "") -> None:
        super().__init__()
        self.title = f"Enregistrer {plural(len(changes), 'changement')} ?"
        self._changes = tuple(changes)
        self._reason = reason

    def compose_body(self) -> Iterable[Widget]:
        """The changes, then the reason."""
        with VerticalScroll(id="changes", can_focus=False):
            yield Static(content("\n".join(f"• {change.sentence}" for change in self._changes)))
        yield Static(content("Motif, gardé dans l’historique (délibération, demande…)"), classes="field-label")
        yield PlainInput(self._reason, max_length=LONGEST_REASON, id="reason")

    def on_mount(self) -> None:
        """Begin at the reason."""
        self.query_one("#reason", Input).focus()

    def keys_line(self) -> str:
        """Say how to answer."""
        return "↑ ↓ : lire · Entrée : enregistrer · Échap : revenir aux réglages"

    def action_scroll_lines(self, step: int) -> None:
        """Scroll the changes while typing."""
        self.query_one("#changes", VerticalScroll).scroll_relative(y=step, animate=False)

    @on(Input.Submitted, "#reason")
    def action_accept(self) -> None:
        """Answer the reason, which must say something."""
        reason = " ".join(plain(self.query_one("#reason", Input).value).split())
        if reason:
            self.dismiss(reason)
        else:
            self.message("écrivez un motif : il est conservé avec votre nom.", Kind.REFUSED)
