"""A parent signed in at the kiosk in a test, PayFiP asked when the test says so."""

import asyncio
from collections.abc import Awaitable, Callable

from textual.widgets import Static

from tests.factories import Family
from tests.screens.kiosk.playing import SMALL, Visit, visit
from tests.tui_portail.services.online_acts import FakePayFip
from tests.tui_portail.services.portal_acts import Mailbox, a_portal, an_active_account
from tui_portail.services.desk import Desk
from tui_portail.services.portal import Portal

Act = Callable[[Visit], Awaitable[None]]


def beside(scene: Visit, where: str) -> str:
    """What a widget says, on one line: text beside a grid or a code is cut into its lines on the screen."""
    said = str(scene.screen.query_one(f"#{where}", Static).content)
    return " ".join(said.replace("\u00a0", " ").replace("\u202f", " ").split())


class Pauses:
    """The pauses between two questions to PayFiP: each lasts until the test ends it."""

    def __init__(self) -> None:
        self._gate: asyncio.Future[None] | None = None

    async def __call__(self, seconds: float) -> None:
        self._gate = asyncio.get_running_loop().create_future()
        await self._gate

    async def end(self, scene: Visit) -> None:
        """End the pause under way and let PayFiP be asked once."""
        await scene.until(lambda: self._gate is not None and not self._gate.done())
        assert self._gate is not None
        self._gate.set_result(None)
        await scene.settle()


class Parent:
    """A parent who has an account, at the kiosk."""

    def __init__(self, desk: Desk, family: Family, *, payfip: FakePayFip | None = None) -> None:
        self.desk, self.family, self.mailbox, self.pauses = desk, family, Mailbox(), Pauses()
        self.portal = self._seat(payfip)
        an_active_account(self.portal, family)
        self.portal.forget()
        self.payfip = payfip

    def _seat(self, payfip: FakePayFip | None) -> Portal:
        made = a_portal(self.desk, self.mailbox)
        made.desk.online = payfip
        return made

    def visits(self, act: Act, *, size: tuple[int, int] = SMALL, guarded: bool = True) -> None:
        """Sign in by keys, then play."""

        async def signed(scene: Visit) -> None:
            await scene.sign_in()
            assert scene.page == "FamilyHome"
            await act(scene)

        visit(signed, self.portal, size=size, mailbox=self.mailbox, guarded=guarded, pause=self.pauses)


async def go_to(scene: Visit, child_id: int, activity: str, day: object) -> None:
    """Move the cursor by arrows to a cell, in its week or day."""
    grid = scene.screen.query_one("#grid")
    for _ in range(40):
        key = grid.cursor_key  # type: ignore[attr-defined]
        if key.day != day:
            await scene.press("right" if key.day < day else "left")
            continue
        places = [(row.child_id, row.activity) for row in grid.state.rows]  # type: ignore[attr-defined]
        wanted = places.index((child_id, activity))
        if wanted == grid.row:  # type: ignore[attr-defined]
            return
        await scene.press("down" if wanted > grid.row else "up")  # type: ignore[attr-defined]
    raise AssertionError("the cell was not reached")
