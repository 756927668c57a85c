"""The smallest application that can be served: it says what reaches it. Run as `python -m tests.tiny_kiosk`."""

from __future__ import annotations

import os
import sys
import threading

from textual.app import App, ComposeResult
from textual.events import Resize
from textual.widgets import Button, Input, Static

from tui_portail.cli.hang_up import on_hang_up


class TinyKiosk(App[None]):
    """One field, two buttons. « deaf » as an argument: it refuses to leave; « mute »: it ends before it shows anything."""

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        yield Static(f"processus {os.getpid()}", id="pid")
        yield Input(placeholder="Votre nom", id="name")
        yield Static("rien", id="said", markup=False)
        yield Button("Bonjour", id="hello")
        yield Button("Partir", id="leave")
        yield Static("taille", id="size")

    def on_resize(self, resized: Resize) -> None:
        """Say the terminal's size."""
        self.query_one("#size", Static).update(f"taille {resized.size.width}x{resized.size.height}")

    def on_input_changed(self, changed: Input.Changed) -> None:
        """Say what was typed."""
        self.query_one("#said", Static).update(f"tapé {changed.value}")

    def on_button_pressed(self, pressed: Button.Pressed) -> None:
        """Say which button, or leave."""
        if pressed.button.id == "leave":
            self.exit()
        else:
            self.query_one("#said", Static).update("bouton touché")


def main() -> None:
    """Run the application, and leave with whoever serves it."""
    if "mute" in sys.argv:
        sys.exit(3)
    if "deaf" in sys.argv:
        os.write(1, b"__GANGLION__\n")
        os.write(1, b"D" + len(READY).to_bytes(4, "big") + READY)
        threading.Event().wait()  # until it is killed
    on_hang_up(sys.stdin.fileno(), lambda: os._exit(129))
    TinyKiosk().run()


READY = b"pret, sourd et muet"


if __name__ == "__main__":
    main()
