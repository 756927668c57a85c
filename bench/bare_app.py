"""The barest Textual application, to compare a first frame and a key with: what they take is the machine's and Textual's own share."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class BareApp(App[None]):
    """One line of text, which counts the keys pressed."""

    keys = 0

    def compose(self) -> ComposeResult:
        """Show that it is there."""
        yield Static("prêt à servir")

    def on_key(self, _event: events.Key) -> None:
        """Write the line again, without laying it out."""
        self.keys += 1
        self.query_one(Static).update(f"{self.keys} touches", layout=False)


if __name__ == "__main__":
    BareApp().run()
