"""Driving the kiosk in a test: a visit at the public computer, keys pressed, what the page says read back; the rest passes when told."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from screens.kiosk.app import KioskApp
from screens.kiosk.codes_sent import UnsentMessages
from tests.screens.idle import exact_waits
from tests.screens.painting import painted_when_settled
from tests.screens.playing import Scene
from tests.tui_portail.services.portal_acts import PASSWORD, Mailbox
from tui_portail.services.portal import Portal

SMALL, PHONE = (80, 24), (40, 30)
SNAPSHOTS = Path(__file__).parent / "snapshots"
WHO = ("Dupont", "Marie", "marie@exemple.fr", "mariedupont", PASSWORD, PASSWORD)
"""What Marie Dupont types in the first step."""


class Visit(Scene):
    """A kiosk running without a terminal. `passed` is the time of its rest, in seconds."""

    app: KioskApp  # type: ignore[assignment]
    seconds: list[float]
    mailbox: Mailbox

    async def rest(self, seconds: int) -> None:
        """Let seconds pass without anybody touching anything."""
        for _ in range(seconds):
            self.seconds[0] += 1
            self.app.tick()
        await self.settle()

    async def fill(self, *texts: str) -> None:
        """Type texts in the fields one after the other, Enter after each but the last."""
        for place, text in enumerate(texts):
            if place:
                await self.press("enter")
            self.send(text)
            await self.settle()

    @property
    def page(self) -> str:
        """The name of the page's class."""
        return type(self.screen).__name__

    @property
    def codes(self) -> list[str]:
        """The codes of the messages sent, as written in them."""
        lines = (line for one in self.mailbox.messages for line in one.body.splitlines())
        return [line.strip() for line in lines if line.startswith("    ")]

    async def choose(self, key: str, *texts: str) -> None:
        """Press a choice's letter, then fill in the page it opens and go on."""
        await self.press(key)
        await self.fill(*texts)
        await self.press("enter")

    async def sign_in(self, password: str = PASSWORD, username: str = "mariedupont") -> None:
        """From the first page, sign in."""
        await self.choose("i", username, password)


def visit(
    act: Callable[[Visit], Awaitable[None]],
    portal: Portal | Callable[[], Portal],
    *,
    size: tuple[int, int] = SMALL,
    mailbox: Mailbox | None = None,
    guarded: bool = True,
    bugs_expected: bool = False,
    log_folder: Path | None = None,
    pause: Callable[[float], Awaitable[None]] | None = None,
    unsent: UnsentMessages | None = None,
) -> KioskApp:
    """Run the kiosk and play a visit. An unexpected error fails the test."""
    seconds = [0.0]
    opener = portal if callable(portal) else lambda: portal
    app = KioskApp(
        opener,
        guarded=guarded,
        clock=lambda: seconds[0],
        log_folder=log_folder,
        pause=pause or asyncio.sleep,
        unsent=unsent,
    )

    async def run() -> None:
        with exact_waits(), painted_when_settled():
            async with app.run_test(size=size) as pilot:
                scene = Visit(app, pilot)  # type: ignore[arg-type]
                scene.seconds, scene.mailbox = seconds, mailbox or Mailbox()
                await scene.settle()
                await act(scene)

    asyncio.run(run())
    if not bugs_expected and app.incidents:
        raise app.incidents[0]
    return app


def check_page(scene: Visit, name: str) -> None:
    """Assert that the page is the one kept in `snapshots/` for this size; UPDATE_SCREENS=1 writes it again."""
    width, height = scene.app.size
    kept = SNAPSHOTS / f"{name}-{width}x{height}.txt"
    shown = re.sub(r"\b\d{3}(\s)\d{3}\1\d{3}\b", r"012\g<1>345\g<1>678", "\n".join(scene.lines()) + "\n")
    shown = re.sub(r"(Temps restant : )\d+:\d\d", r"\g<1>14:59", shown)
    if os.environ.get("UPDATE_SCREENS"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(shown, encoding="utf-8")
    assert shown == kept.read_text(encoding="utf-8")
