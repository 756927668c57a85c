"""Driving the application in a test: a scene at a desk, keys pressed, what the screen says read back.

async def act(scene: Scene) -> None:
    await scene.press("W", "v")
    assert "À payer" in scene.text()

play(act, desk)
"""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual._xterm_parser import XTermParser
from textual.pilot import Pilot
from textual.screen import Screen

from screens.app import PortailApp
from tests.screens.idle import exact_waits
from tests.screens.painting import paint, painted_when_settled
from tui_portail.services.desk import Desk
from tui_portail.unanswered import UnansweredNotes

SMALL, LARGE = (80, 24), (132, 43)
SIZES_AND_ENGINES = pytest.mark.parametrize(
    ("database_url", "size"),
    [
        pytest.param("sqlite", SMALL, id="sqlite-80x24"),
        pytest.param("postgresql", LARGE, id="postgresql-132x43", marks=pytest.mark.postgresql),
    ],
    indirect=["database_url"],
)
"""A scene at the smallest size and at a large one, each on its own engine: neither changes anything to the other."""
A_CALL = 0.002
"""Seconds between two looks at a call that a thread answers."""
SNAPSHOTS = Path(__file__).parent / "snapshots"


class Scene:
    """An application running without a terminal."""

    def __init__(self, app: PortailApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.keys = 0

    @property
    def screen(self) -> Screen[object]:
        return self.app.screen

    async def settle(self) -> None:
        """Wait until nothing is asked of the database any more and the screen is painted."""
        quiet = 0
        while quiet < 2:
            await self.pilot.pause()
            if self.app.calls_under_way or self.app.typed.is_waiting:
                quiet = 0
                await asyncio.sleep(A_CALL)
            elif quiet == 1 and paint(self.screen):
                quiet = 0
            else:
                quiet += 1

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what a timer or another task shows; too long fails the test."""
        async with asyncio.timeout(20):
            while not condition():
                await self.pilot.pause()
                await asyncio.sleep(A_CALL)
        paint(self.screen)

    async def press(self, *keys: str) -> None:
        """Press keys one by one, as an agent does: each is answered before the next."""
        for key in keys:
            self.keys += 1
            await self.pilot.press(key)
            await self.settle()

    async def burst(self, sent: str) -> None:
        """Send at once what a slow terminal or a bar-code reader sends: « \\r » is Enter, « \\t » Tab, « \\x05 » Ctrl+E."""
        self.send(sent)
        await self.settle()

    def send(self, sent: str) -> None:
        """Send the same and wait for nothing."""
        for event in XTermParser().feed(sent):
            self.app.post_message(event)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*text)

    async def open(self, place: str, *arguments: object) -> None:
        """Go to a place of the application."""
        self.app.open(place, *arguments)
        await self.settle()

    def lines(self) -> list[str]:
        """The screen as text, line by line."""
        strips = self.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def text(self) -> str:
        """The screen as one text, no-break spaces made plain."""
        return "\n".join(self.lines()).replace("\u00a0", " ").replace("\u202f", " ")

    def flat(self) -> str:
        """The screen as one line, so that a sentence is found wherever it wraps."""
        return " ".join(re.sub(r"[│╭╮╰╯─▂▃▄▅▆▇█]", " ", self.text()).split())


def play(
    act: Callable[[Scene], Awaitable[None]],
    desk: Desk | Callable[[], Desk],
    *,
    size: tuple[int, int] = SMALL,
    log_folder: Path | None = None,
    bugs_expected: bool = False,
    idle_minutes: int = 0,
    keymap: dict[str, str] | None = None,
    pause: Callable[[float], Awaitable[None]] | None = None,
    notes: Path | None = None,
) -> PortailApp:
    """Run the application at a desk and play a scene, `pause` being its pauses between two tries.

    `notes`: the folder where gestures without an answer are noted, left to the next application at the end.

    An unexpected error in the application fails the test."""
    opener = desk if callable(desk) else lambda: desk
    app = PortailApp(opener, idle_minutes=idle_minutes, log_folder=log_folder, keymap=keymap)
    if pause is not None:
        app.outage.pause = pause
    if notes is not None:
        app.fates.notes = UnansweredNotes(notes)

    async def run() -> None:
        with exact_waits(), painted_when_settled():
            async with app.run_test(size=size) as pilot:
                scene = Scene(app, pilot)
                await scene.settle()
                await act(scene)

    asyncio.run(run())
    if app.fates.notes is not None:
        app.fates.notes.leave()
    if not bugs_expected and app.incidents:
        raise app.incidents[0]
    return app


def check_screen(scene: Scene, name: str) -> None:
    """Assert that the screen is the one kept in `snapshots/` for this size; UPDATE_SCREENS=1 writes it again."""
    width, height = scene.app.size
    kept = SNAPSHOTS / f"{name}-{width}x{height}.txt"
    shown = steady("\n".join(scene.lines()) + "\n")
    if os.environ.get("UPDATE_SCREENS"):
        kept.write_text(shown, encoding="utf-8")
    assert shown == kept.read_text(encoding="utf-8")


def steady(text: str) -> str:
    """A screen without what differs from one run to the next: dossier numbers, hashes, seconds that pass, temporary folders."""
    text = re.sub(r"\b\d{9}\b", "012345678", text)
    text = re.sub(r"\b\d{3}(\s)\d{3}\1\d{3}\b", r"012\g<1>345\g<1>678", text)
    text = re.sub(r"\b[0-9a-f]{16}\b", "0123456789abcdef", text)
    text = re.sub(r"\b1[45]:\d\d\b", "14:59", text)
    return re.sub(r"(se trouve ici :)\s+\S+\.pdf\n", r"\1 (dossier des documents)\n", text)
