"""When an application driven by a test has nothing left to do: asked of its event loop, not guessed from the processor's time.

Textual's own wait sleeps 20 ms, then as long as the process works: a key cost a tenth of a second, and a busy machine could look idle.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from textual.pilot import Pilot

AT_MOST = 1.0


async def until_idle(_at_least: float = 0, at_most: float = AT_MOST) -> None:
    """Return when no callback is left to run, so many seconds later at most. Threads and timers are not waited for."""
    loop: Any = asyncio.get_running_loop()
    end = loop.time() + at_most
    await asyncio.sleep(0)
    while loop._ready and loop.time() < end:
        await asyncio.sleep(0)


@contextmanager
def exact_waits() -> Iterator[None]:
    """Let Textual's pilot wait that way, and not by a message to each widget of the screen."""
    with (
        patch("textual.app.wait_for_idle", until_idle),
        patch("textual.pilot.wait_for_idle", until_idle),
        patch.object(Pilot, "_wait_for_screen", _no_message),
    ):
        yield


async def _no_message(_pilot: Pilot[object], _timeout: float = 30) -> bool:
    await until_idle()
    return True
