"""A page of choices: one large button each, by two where there is room."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Grid
from textual.widget import Widget

from screens.kiosk.buttons import BigButton
from screens.kiosk.destinations import choices
from screens.kiosk.kiosk_screen import KioskScreen


class ChoicePage(KioskScreen):
    """The choices of `destinations`: the signed parent's (`HOME`) or the first page's."""

    HOME = False

    def compose_page(self) -> Iterable[Widget]:
        """The choices."""
        with Grid(classes="choices"):
            for place, one in choices(home=self.HOME).items():
                yield BigButton(one.label, f"app.go({place!r})", key=one.key, id=f"go-{place}")
            yield from self.more_choices()

    def more_choices(self) -> Iterable[Widget]:
        """Choices that open no page."""
        return ()
