"""The till: closed, opened with its float, then shown with who opened it."""

from models.engine import Database
from tests.factories import a_desk
from tests.screens.playing import Scene, play
from tui_portail.services.rights import Role
from tui_portail.services.till import current_session


def test_the_till_is_opened_with_its_float_and_says_by_whom(database: Database, tmp_path) -> None:
    desk = a_desk(database, Role.COMPTABILITE, documents_dir=tmp_path, name="Zoé [red]x[/]")

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+n")
        assert "Caisse fermée" in scene.text()
        await scene.press("enter")
        await scene.type("12,345")
        await scene.press("enter")
        assert "plus de deux chiffres" in scene.flat()
        await scene.press("ctrl+u")
        await scene.type("85,50")
        await scene.press("enter")
        assert "Caisse ouverte" in scene.text()
        assert "85,50 €" in scene.text()
        assert "par Zoé [red]x[/]" in scene.text()
        await scene.press("enter")
        assert "Ouvrir la caisse" not in scene.text(), "an open till is not opened again"

    play(act, desk)
    session = current_session(desk)
    assert session is not None
    assert session.float_cents == 85_50
