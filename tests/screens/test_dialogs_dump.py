"""Sign-in, a database refused, and the dialogs as text at 80×24, kept in `snapshots/`; UPDATE_SCREENS=1 writes them again."""

import os
from pathlib import Path

import pytest

from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.screens.counter_acts import StillDesk, still
from tests.screens.dialog_scenes import DIALOGS, as_opened, refused
from tests.screens.playing import SNAPSHOTS, Scene, play, steady
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session

NOBODY = Family(0, "", (), (), ())


@pytest.fixture
def counter(sqlite_database: Database, tmp_path: Path) -> StillDesk:
    """A desk of every role, its till open, its hour standing still."""
    desk = still(a_desk(sqlite_database, *Role, username="camille.roux", documents_dir=tmp_path / "docs"))
    open_session(desk, 50_00, new_operation())
    return desk


@pytest.fixture
def separated(counter: StillDesk) -> Family:
    """A family of two children whose parents pay apart."""
    return a_family(counter, children=2, two_payers=True, quotient_cents=745_00)


def looks_as_kept(name: str, scene: Scene) -> None:
    shown = steady("\n".join(scene.lines())) + "\n"
    kept = SNAPSHOTS / f"{name}-80x24.txt"
    if os.environ.get("UPDATE_SCREENS"):
        kept.write_text(shown, encoding="utf-8")
    assert shown == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_says_what_it_said(counter: StillDesk, separated: Family, name: str) -> None:
    async def act(scene: Scene) -> None:
        await DIALOGS[name](scene, separated)
        looks_as_kept(name, scene)

    play(act, counter)


def test_sign_in_says_what_it_said(counter: StillDesk) -> None:
    counter.sign_out()

    async def act(scene: Scene) -> None:
        await as_opened(scene, NOBODY)
        looks_as_kept("sign_in", scene)

    play(act, counter)


def test_a_refused_database_says_what_it_said() -> None:
    async def act(scene: Scene) -> None:
        looks_as_kept("refused_database", scene)
        await scene.press("q")

    def opener() -> Desk:
        return refused()

    play(act, opener)
