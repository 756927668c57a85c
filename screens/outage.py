"""The base out of reach, for the whole application: one mark in the header, one probe, and whoever waits carries on at its return.

A screen that meets a failure says so here (`lost`) and waits (`back`). However many wait, one probe asks the base from time to time,
each time later: a server that starts again is not met by every screen of every desk at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from screens.threads import in_thread
from tui_portail.errors import PortailError
from tui_portail.logs import note_incident

if TYPE_CHECKING:
    from screens.app import PortailApp

UNREACHABLE = "BASE_INJOIGNABLE"
"""The code of a base whose answer was lost, or that did not answer: what was sent to it may have been done."""
BUSY = frozenset({"BASE_OCCUPEE", "BASE_VERROUILLEE", "BASE_TROP_LENTE"})
"""Codes of a base at work for others: nothing was done."""
COULD_NOT_LOOK = frozenset(
    {
        *(
            "BASE_INDISPONIBLE",
            "BASE_ABSENTE",
            "BASE_VIDE",
            "BASE_ETRANGERE",
            "BASE_TROP_RECENTE",
            "BASE_TROP_ANCIENNE",
        ),
        *("BASE_LECTURE_SEULE", "DISQUE_PLEIN", "SERVEUR_NON_RECONNU", "COMPTE_REFUSE", "BASE_ABIMEE"),
    }
)
"""Codes of a base that refused before it looked for an operation: an earlier try of the same gesture may have been recorded (a server that
comes back as a standby, say)."""
MARK = "BASE INJOIGNABLE"
DELAYS = (1, 2, 4, 8, 15)
"""Seconds before each new try; the last one again and again."""

Pause = Callable[[float], Awaitable[None]]


def delay_before(attempt: int) -> int:
    """Return the seconds to wait before the new try of that number, from 1."""
    return DELAYS[min(attempt, len(DELAYS)) - 1]


class Outage:
    """Whether the base is away. `pause` waits some seconds; a test gives its own."""

    def __init__(self, app: PortailApp, pause: Pause = asyncio.sleep) -> None:
        self._app = app
        self.pause = pause
        self.is_away = False
        self.attempt = 0
        self._told: dict[asyncio.Future[None], Callable[[], None]] = {}

    @property
    def delay(self) -> int:
        """The seconds before the next try."""
        return delay_before(max(1, self.attempt))

    def lost(self, *, again: bool = False) -> None:
        """The base did not answer: mark it and begin to probe. `again`: it came back and failed the same call, the delays go on growing."""
        if self.is_away:
            return
        self.mark(True)
        self.attempt = self.attempt + 1 if again else 1
        self._app.run_worker(self._probe(), group="outage", exclusive=True, exit_on_error=False)

    def mark(self, away: bool) -> None:
        """Write in every header whether the base is away."""
        if self.is_away is not away:
            self.is_away = away
            self._app.show_headers()

    async def back(self, tell: Callable[[], None]) -> None:
        """Return once the base answers again; `tell` is called at each delay that grows meanwhile."""
        if not self.is_away:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._told[future] = tell
        try:
            await future
        finally:
            del self._told[future]

    async def _probe(self) -> None:
        """Ask the base what time it is until it answers; a bug met on the way is noted, once."""
        noted = False
        while True:
            await self.pause(self.delay)
            try:
                await in_thread(self._app, self._app.open_desk_now.now)
            except Exception as error:  # whatever it says, it does not answer: going on asking is all there is to do
                if not isinstance(error, PortailError) and not noted:
                    noted = True
                    note_incident(error, self._app.log_folder, where="retour de la base")
                self.attempt += 1
                for tell in list(self._told.values()):
                    tell()
            else:
                break
        self.mark(False)
        for future in list(self._told):
            if not future.done():
                future.set_result(None)
        self._app.base_is_back()
