"""Which key does the program receive? For a keyboard that does not write « @ », or a key a terminal keeps for itself."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from screens.desk_screen import DeskDialog
from screens.guard import Guarded
from screens.key_names import key_name
from screens.plain_text import plain

MOST_SHOWN = 8


class KeyCatcher(Guarded, Static, can_focus=True):
    """Takes every key the application does not keep for itself, and shows the last ones."""

    class Left(Message):
        """Escape was pressed."""

    def __init__(self) -> None:
        super().__init__("Appuyez sur une touche.", markup=False, id="key-catcher")
        self.received: list[str] = []

    def on_key(self, event: Key) -> None:
        """Show the key; Escape leaves, F1 opens the help too."""
        if event.key != "f1":
            event.stop()
            event.prevent_default()
        if event.key == "escape":
            self.post_message(self.Left())
            return
        self.received = [received_text(event), *self.received][:MOST_SHOWN]
        self.update(Content("\n".join(self.received)))


def received_text(event: Key) -> str:
    """Return a key in words: its French name, the character it writes, the name the settings file knows it by."""
    character = event.character
    written = f"écrit « {plain(character)} »" if character and character.isprintable() else "n’écrit aucun caractère"
    return f"{key_name(event.key)} : {written} (dans le fichier des réglages : {event.key})"


class KeyTestDialog(DeskDialog[None]):
    """Shows the keys received until Escape."""

    TITLE = "Essayer le clavier"
    DEFAULT_CSS = "KeyTestDialog #key-catcher { height: 9; padding: 0 1; background: $surface; }"

    def compose_body(self) -> Iterable[Widget]:
        """What to look for, then the keys."""
        words = (
            "Tapez @ : si rien n’apparaît, choisissez « non » à « Clavier étendu » dans les réglages, puis relancez. "
            "Une touche qui n’apparaît pas est gardée par le terminal, ou par l’application (Ctrl+Q, F2)."
        )
        yield Static(Content(words), id="dialog-text")
        yield KeyCatcher()

    def on_mount(self) -> None:
        """Catch keys at once."""
        self.query_one(KeyCatcher).focus()

    def keys_line(self) -> str:
        """Name the way out."""
        return "Échap : revenir aux réglages · F1 : aide"

    def on_key_catcher_left(self) -> None:
        """Go back."""
        self.dismiss(None)
