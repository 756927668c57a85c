"""A bug in a handler must not stop the desk. Textual ends the message loop of whoever raised: the screen would freeze.

`Guarded`, first among the bases of our application, screens and widgets, catches what their handlers raise, has it logged and said, and
lets the loop go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from textual.dom import DOMNode

    _Base = DOMNode
else:
    _Base = object


class Guarded(_Base):
    """Mixin of everything of ours that handles messages."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:  # whatever it is, the desk goes on
            if not tell(self.app, error):
                raise


def tell(app: Any, error: Exception) -> bool:
    """Log an error and say it on the screen in front; return False when there is no screen to say it on."""
    screen: Any = app.screen if app.screen_stack else None
    say = getattr(screen, "incident", None)  # our screens say their own; Textual's have nowhere to
    if say is None or not screen.is_mounted or len(app.incidents) >= MOST_INCIDENTS:
        return False
    say(error)
    return True


MOST_INCIDENTS = 50
"""Past that many bugs in one session, going on is no service to anybody."""
