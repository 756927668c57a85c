"""The large buttons: three lines, their key before their words where there is room, pressed by Enter, mouse or finger."""

from __future__ import annotations

from textual.content import Content
from textual.events import Resize
from textual.widgets import Button

from screens.guard import Guarded
from screens.plain_text import plain

_FRAME = 4
"""Cells of a button's border and padding."""


class BigButton(Guarded, Button):
    """A choice: `action` is done when it is pressed (« screen.back »). `key` presses it where nothing is typed; `shown` names it."""

    def __init__(
        self,
        label: str,
        action: str,
        *,
        key: str = "",
        shown: str = "",
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        self._words, self.key, self._shown = plain(label), key, shown or key.upper()
        super().__init__(self._written(0), id=id, classes=classes, disabled=disabled, action=action)
        self.active_effect_duration = 0  # Textual's own holds back a second press

    def relabel(self, label: str) -> None:
        """Take other words."""
        self._words = plain(label)
        self.label = self._written(self.size.width)

    def on_resize(self, event: Resize) -> None:
        """Name the key where it fits."""
        self.label = self._written(event.size.width)

    def _written(self, width: int) -> Content:
        words = Content(f" {self._words}" if not width or len(self._words) < width else self._words)
        if not self._shown:
            return words
        for key in (f" {self._shown} ", self._shown):  # the key is kept as long as there is room for it
            named = Content.assemble((key, "bold reverse"), " ", self._words)
            if not width or named.cell_length <= width - _FRAME // 2:
                return named
        return words
