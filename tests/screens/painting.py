"""One frame painted each time a scene settles, not one at each layout that leads to it.

Textual lays a screen out in steps and paints each step for a terminal that these tests have not: a third of their time, and which steps
were painted depended on how quick the machine was. What a scene shows once settled is painted, whole, and fails the test if it cannot.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from textual.screen import Screen

_paint = Screen._compositor_refresh
_waiting: set[Screen[Any]] = set()


def paint(screen: Screen[Any]) -> bool:
    """Paint what changed of the screen since it was last painted; False when nothing did."""
    if screen not in _waiting:
        return False
    _waiting.clear()
    _paint(screen)
    return True


@contextmanager
def painted_when_settled() -> Iterator[None]:
    """Let the screen on top keep what is to be painted until `paint`; those behind hand theirs to it, as ever."""

    def keep(screen: Screen[Any]) -> None:
        if screen.app.is_inline or screen is not screen.app.screen:
            _paint(screen)
            return
        _waiting.add(screen)
        screen._dirty_widgets.clear()  # their regions are kept, to be painted

    with patch.object(Screen, "_compositor_refresh", keep):
        yield
    _waiting.clear()
