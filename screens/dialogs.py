"""Questions an agent answers with one key: yes or no, a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.bars import Kind
from screens.desk_screen import DeskDialog
from screens.plain_text import content, plain


class ConfirmDialog(DeskDialog[bool]):
    """Says what will happen, and asks. Enter: yes; Escape: no."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "yes", "Confirmer", id="dialog.yes")]

    def __init__(self, title: str, lines: Sequence[str], *, yes: str = "Confirmer", no: str = "Annuler") -> None:
        super().__init__()
        self.title = title
        self._lines = tuple(lines)
        self._yes, self._no = yes, no

    def compose_body(self) -> Iterable[Widget]:
        """One line a fact."""
        with VerticalScroll(id="dialog-text", can_focus=False):
            yield Static(content("\n".join(self._lines)))

    def keys_line(self) -> str:
        """Name both answers."""
        return f"Entrée : {self._yes.lower()} · Échap : {self._no.lower()}"

    def action_yes(self) -> None:
        """Answer yes."""
        self.dismiss(True)

    def action_cancel(self) -> None:
        """Answer no."""
        self.dismiss(False)


class ReasonDialog(DeskDialog[str | None]):
    """Asks for a reason that is kept in the audit trail; an empty one is not accepted. Returns None when given up."""

    def __init__(self, title: str, explanation: str, choices: Sequence[str] = ()) -> None:
        super().__init__()
        self.title = title
        self._explanation = explanation
        self._choices = tuple(choices)

    def compose_body(self) -> Iterable[Widget]:
        """Either the list of the commune's reasons, or a line to write one."""
        yield Static(content(self._explanation), id="dialog-text")
        if self._choices:
            yield OptionList(*(Option(content(choice)) for choice in self._choices), id="reasons")
        else:
            yield Input(placeholder="Motif", max_length=200, id="reason")

    def keys_line(self) -> str:
        """Say that the reason is kept."""
        return "Entrée : valider le motif, qui sera conservé · Échap : annuler"

    @on(Input.Submitted, "#reason")
    def _written(self, event: Input.Submitted) -> None:
        reason = " ".join(plain(event.value).split())
        if reason:
            self.dismiss(reason)
        else:
            self.message("écrivez un motif : il est conservé avec votre nom.", Kind.REFUSED)

    @on(OptionList.OptionSelected, "#reasons")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index])


class TextDialog(DeskDialog[bool | None]):
    """A text to read, which scrolls."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "cancel", "Fermer", id="document.close")]
    DEFAULT_CSS = "TextDialog #document { height: auto; max-height: 17; scrollbar-size-vertical: 1; }"

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.title = title
        self._text = text

    def compose_body(self) -> Iterable[Widget]:
        """The text."""
        with VerticalScroll(id="document"):
            yield Static(content(self._text))

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#document").focus()

    def keys_line(self) -> str:
        """Name the ways out."""
        return "↑ ↓ : défiler · Échap : fermer"


class ChoiceDialog(DeskDialog[int | None]):
    """Asks for one of a few lines; returns its place, None when given up."""

    def __init__(self, title: str, explanation: str, choices: Sequence[str]) -> None:
        super().__init__()
        self.title = title
        self._explanation = explanation
        self._choices = tuple(choices)

    def compose_body(self) -> Iterable[Widget]:
        """The explanation and the lines."""
        yield Static(content(self._explanation), id="dialog-text")
        yield OptionList(*(Option(content(choice)) for choice in self._choices), id="choices")

    @on(OptionList.OptionSelected, "#choices")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)
