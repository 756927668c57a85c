"""What an agent sees when the database cannot be opened: the sentence, and two ways out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from screens.desk_screen import DeskDialog
from screens.plain_text import content


class OpeningFailedDialog(DeskDialog[bool | None]):
    """Says why the database does not open. Returns True to try again, False to quit."""

    TITLE = "La base de données ne s’ouvre pas"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,r", "retry", "Réessayer", id="opening.retry"),
        Binding("q,escape", "give_up", "Quitter", id="opening.quit"),
    ]

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self._sentence = sentence

    def compose_body(self) -> Iterable[Widget]:
        """The sentence."""
        yield Static(content(self._sentence), id="dialog-text")

    def keys_line(self) -> str:
        """Name both ways out."""
        return "Entrée : Réessayer · q : Quitter"

    def action_retry(self) -> None:
        """Try again."""
        self.dismiss(True)

    def action_give_up(self) -> None:
        """Quit."""
        self.dismiss(False)
