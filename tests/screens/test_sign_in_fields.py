"""The two fields of the sign-in, and what a demonstration says of its agents."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from models.engine import Database
from models.identity import DatabaseKind
from tests.factories import the_commune
from tests.screens.playing import Scene, play
from tui_portail.services.desk import Desk
from tui_portail.services.setup import initialise


@pytest.fixture
def demonstration(tmp_path: Path) -> Iterator[Database]:
    url = str(tmp_path / "demonstration.sqlite3")
    initialise(url, the_commune(), "essai", DatabaseKind.DEMO)
    opened = Database.open(url)
    yield opened
    opened.close()


def typed(scene: Scene) -> tuple[str, str]:
    return scene.screen.query_one("#username", Input).value, scene.screen.query_one("#password", Input).value


def test_enter_on_an_empty_name_stays_there_and_says_so(desk: Desk) -> None:
    desk.sign_out()

    async def act(scene: Scene) -> None:
        await scene.press("enter")
        assert "tapez d’abord votre identifiant" in scene.flat()
        await scene.type("zoe")
        assert typed(scene) == ("zoe", ""), "the name is never typed in the hidden field"

    play(act, desk)


def test_a_password_without_a_name_goes_back_to_the_name(desk: Desk) -> None:
    desk.sign_out()

    async def act(scene: Scene) -> None:
        await scene.press("tab")
        await scene.type("secret")
        await scene.press("enter")
        assert "tapez d’abord votre identifiant" in scene.flat()
        assert scene.screen.focused is scene.screen.query_one("#username")

    play(act, desk)


def test_escape_empties_both_fields_and_goes_back_to_the_first(desk: Desk) -> None:
    desk.sign_out()

    async def act(scene: Scene) -> None:
        await scene.type("zoe")
        await scene.press("enter")
        await scene.type("secret")
        await scene.press("escape")
        assert typed(scene) == ("", "")
        assert scene.screen.focused is scene.screen.query_one("#username")

    play(act, desk)


def test_only_a_demonstration_names_its_agents_and_their_password(desk: Desk, demonstration: Database) -> None:
    async def shown(scene: Scene) -> None:
        assert "accueil" in scene.flat() and "demo-clapiers" in scene.flat()

    async def silent(scene: Scene) -> None:
        assert "accueil" not in scene.flat() and "demo-clapiers" not in scene.flat()

    play(shown, Desk(demonstration, desk.documents_dir))
    desk.sign_out()
    play(silent, desk)
