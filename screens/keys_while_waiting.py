"""While a gesture waits for the base, its screen keeps still: what was typed stays as it is, and no second gesture begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual.errors import NoWidget

from screens.bars import FooterBar
from screens.commands import command_of

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

_STOP = frozenset({"screen.back", "screen.cancel"})
_PASS = frozenset({"app.quit", "app.lock", "app.agent", "app.help"})


def keeps_still(app: App[Any], event: events.Event) -> bool:
    """Say whether a key, a paste or a click is not to be handled, the screen in front waiting; Escape stops the waiting."""
    if not isinstance(event, events.InputEvent) or event.is_forwarded or not app.screen_stack:
        return False
    screen = app.screen
    if not getattr(screen, "keys_wait", False):
        return False
    if isinstance(event, events.Key):
        return _key_keeps_still(screen, event)
    if isinstance(event, events.MouseDown | events.MouseUp):
        return not _is_on_footer(app, event)
    return isinstance(event, events.Paste)


def _key_keeps_still(screen: Screen[Any], event: events.Key) -> bool:
    active = screen.active_bindings.get(event.key)
    command = active and command_of(active.binding)
    name = command.id if command else (active.binding.id if active else "")
    if event.key == "escape" or name in _STOP:
        screen.stop_waiting()  # type: ignore[attr-defined]
        return True
    return name not in _PASS


def _is_on_footer(app: App[Any], event: events.MouseEvent) -> bool:
    try:
        widget, _ = app.get_widget_at(event.x, event.y)
    except NoWidget:
        return False
    return isinstance(widget, FooterBar)
