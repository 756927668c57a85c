"""The rest of a public computer: how long nobody touched it, the warning of the last seconds, the page that says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil
from time import monotonic
from typing import Any

from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from screens.guard import Guarded
from tui_portail.french import plural

WARNED_SECONDS = 10
"""How long before the end it is said."""

Clock = Callable[[], float]
"""Seconds that pass, from whenever."""


class Rest:
    """Counts the rest. `seconds` 0: it never ends."""

    def __init__(self, seconds: int, clock: Clock = monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._touched_at = clock()

    def touched(self) -> None:
        """A key or the mouse: the rest begins again."""
        self._touched_at = self._clock()

    @property
    def left(self) -> int | None:
        """The whole seconds left, from 0; None when it never ends."""
        if not self.seconds:
            return None
        return max(0, ceil(self.seconds - (self._clock() - self._touched_at)))

    @property
    def is_warned(self) -> bool:
        """Whether its last seconds have begun."""
        left = self.left
        return left is not None and left <= WARNED_SECONDS


class RestWarning(Guarded, ModalScreen[None]):
    """« Vous êtes toujours là ? » : any key stays. The application closes it."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self._left = left

    def compose(self) -> Iterable[Widget]:
        """The question, the seconds, what to do."""
        with Vertical(id="rest"):
            yield Static("Vous êtes toujours là ?", id="rest-title", markup=False)
            yield Static(self._line(), id="rest-left", markup=False)
            yield Static("Appuyez sur une touche ou touchez l’écran pour continuer.", markup=False)

    def incident(self, error: Exception) -> None:
        """A bug met meanwhile is said on the page behind."""
        page: Any = self.app.screen_stack[-2]
        page.incident(error)

    def show(self, left: int) -> None:
        """Say how many seconds are left."""
        self._left = left
        if self.is_mounted:
            self.query_one("#rest-left", Static).update(Content(self._line()))

    def _line(self) -> str:
        return f"Cette page se ferme dans {plural(self._left, 'seconde')} et oublie ce que vous avez tapé."
