"""What a parent cannot do at the public computer: leave the program, open a palette, take a picture, reach another's clipboard."""

import pytest

from tests.factories import an_agent
from tests.screens.kiosk.playing import Visit, visit
from tui_portail.services.agents import hash_password
from tui_portail.services.desk import Desk
from tui_portail.services.portal import PORTAL_USERNAME, Portal
from tui_portail.services.rights import Role

PASSWORD = "tilleul-soupe-jeudi"


@pytest.fixture
def agent(desk: Desk) -> None:
    an_agent(desk.database, Role.SITE, username="zoe", name="Zoé Blanc", password_hash=hash_password(PASSWORD))


@pytest.mark.usefixtures("agent")
def test_the_kiosk_is_closed_by_an_agent_alone(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("ctrl+q")
        assert scene.page == "StaffExitPage"
        for name in ("personne", PORTAL_USERNAME):
            await scene.fill(name, "faux")
            await scene.press("enter")
            assert scene.app.is_running
            assert "n’est pas le bon" in scene.flat()
            await scene.press("escape", "ctrl+q")
        await scene.fill("zoe", PASSWORD)
        scene.send("\r")
        await scene.until(lambda: scene.app._exit)

    app = visit(act, portal)
    assert app.return_code == 0


@pytest.mark.usefixtures("agent")
def test_asking_to_close_forgets_the_parent_who_was_there(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("i")
        await scene.fill("mariedupont")
        await scene.press("ctrl+q", "escape")
        assert scene.page == "FirstPage"
        await scene.press("ctrl+q")
        await scene.rest(60)
        assert scene.page == "FirstPage"

    visit(act, portal)


def test_in_a_browser_leaving_asks_nothing(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        scene.send("\x11")
        await scene.until(lambda: scene.app._exit)

    assert visit(act, portal, guarded=False).return_code == 0


def test_no_palette_no_picture_no_other_program(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        for key in ("ctrl+c", "ctrl+p", "ctrl+s", "ctrl+z", "ctrl+backslash", "f2", "f12", "ctrl+d", "ctrl+shift+p"):
            await scene.press(key)
            assert scene.page == "FirstPage", key
            assert scene.app.is_running

    visit(act, portal)


def test_help_says_what_to_do_on_each_page(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("f1")
        assert "choisissez « Créer mon compte »" in scene.flat()
        await scene.press("escape", "i", "f1")
        assert "Tapez votre nom d’utilisateur" in scene.flat()
        await scene.press("f1", "escape")
        assert scene.page == "SignInPage"

    visit(act, portal)
