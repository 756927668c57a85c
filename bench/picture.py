"""The README's picture of the planning, drawn from the demo by the real application: `python -m bench.picture`."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from models.engine import Database
from screens.app import PortailApp
from tui_portail.commune_files import shipped_commune
from tui_portail.services.clock import DEMO_START, FixedClock
from tui_portail.services.demo import create_demo, demo_agent
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_search import search

PICTURE = Path(__file__).parents[1] / "docs" / "planning.svg"
SIZE = (112, 26)
FAMILY = "Ben Youssef"
WEB_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # a picture asks no other site for its letters


async def draw(folder: Path) -> str:
    """Return the SVG of a family's planning with a week ticked, as an agent sees it."""
    path = folder / "demonstration.sqlite3"
    create_demo(path, shipped_commune())

    def open_desk() -> Desk:
        database = Database.open(str(path))
        desk = Desk(database, folder, FixedClock(database, DEMO_START))
        desk.sign(demo_agent(desk))
        return desk

    app = PortailApp(open_desk, log_folder=folder)
    async with app.run_test(size=SIZE) as pilot:
        await _settled(app, pilot)
        assert app.desk is not None
        app.open("planning", search(app.desk, FAMILY)[0].dossier_id)
        await _settled(app, pilot)
        for key in ("semicolon", "W", "down", "right", "space", "v", "escape"):
            await pilot.press(key)
            await _settled(app, pilot)
        picture = app.export_screenshot(title="tui-portail, planning d’une famille (démonstration)")
        app.desk.close()
    return WEB_FONT.sub("", picture)


async def _settled(app: PortailApp, pilot: object) -> None:
    """Wait until nothing is asked of the database any more."""
    quiet = 0
    while quiet < 3:
        await pilot.pause()  # type: ignore[attr-defined]
        quiet = quiet + 1 if app.calls_under_way == 0 and app.desk is not None else 0


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        PICTURE.write_text(asyncio.run(draw(Path(folder))), encoding="utf-8")
    print(PICTURE, file=sys.stderr)


if __name__ == "__main__":
    main()
