"""When the terminal goes — its window closed, the SSH line dropped — the program goes too: it can neither read nor paint any more."""

from __future__ import annotations

import select
import threading
from collections.abc import Callable


def on_hang_up(terminal: int, leave: Callable[[], None]) -> None:
    """Call `leave`, in a thread, once the terminal open as that file descriptor hangs up. Nothing runs meanwhile.

    The signal a closing terminal sends does not always come (a shell in between may keep it). Does nothing where the system cannot tell.
    """
    if not hasattr(select, "poll"):  # Windows ends the program itself
        return
    threading.Thread(target=_wait, args=(terminal, leave), name="terminal", daemon=True).start()


def _wait(terminal: int, leave: Callable[[], None]) -> None:
    watched = select.poll()
    watched.register(terminal, 0)  # asks for no input: only a hang-up is told
    if any(told & select.POLLHUP for _, told in watched.poll()):
        leave()
