"""The portal's hours at the kiosk: closed, only menus, news and contacts answer; the sentence says when it opens again."""

import pytest

from screens.kiosk.buttons import BigButton
from tests.factories import Family, paris
from tests.screens.kiosk.playing import Visit, visit
from tests.tui_portail.services.portal_acts import an_active_account
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import Desk
from tui_portail.services.portal import Portal


def put_at(desk: Desk, when: str) -> None:
    clock = desk.clock
    assert isinstance(clock, FixedClock)
    clock.advance(seconds=(paris(when) - desk.now()).total_seconds())


@pytest.mark.parametrize(
    ("when", "opens"), [("2026-12-05 11:00", "lundi à 0 h"), ("2026-12-02 03:00", "aujourd’hui à 6 h")]
)
def test_closed_it_says_so_and_only_what_is_for_all_answers(portal: Portal, desk: Desk, when: str, opens: str) -> None:
    put_at(desk, when)

    async def act(scene: Visit) -> None:
        assert "Le Portail Famille est fermé." in scene.flat()
        assert opens in scene.flat()
        assert "M’identifier (fermé)" in scene.flat(), "said in words, not by a colour"
        answering = [button.id for button in scene.screen.query(BigButton) if button.key and not button.disabled]
        assert answering == ["go-menus", "go-news", "go-contacts"]
        await scene.press("i", "c", "a", "o")
        assert scene.page == "FirstPage"
        for key, page in (("m", "MenusPage"), ("n", "NewsPage"), ("h", "ContactsPage")):
            await scene.press(key)
            assert scene.page == page
            await scene.press("escape")

    visit(act, portal)


def test_it_opens_and_closes_while_the_first_page_is_shown(portal: Portal, desk: Desk) -> None:
    put_at(desk, "2026-12-02 05:59")

    async def act(scene: Visit) -> None:
        assert "(fermé)" in scene.flat()
        put_at(desk, "2026-12-02 06:00")
        scene.app.first.read()
        await scene.settle()
        assert "fermé" not in scene.flat()
        await scene.press("i")
        assert scene.page == "SignInPage"

    visit(act, portal)


def test_a_parent_signed_in_when_it_closes_is_led_out_with_the_sentence(
    portal: Portal, desk: Desk, family: Family
) -> None:
    an_active_account(portal, family)
    portal.forget()

    async def act(scene: Visit) -> None:
        await scene.sign_in()
        put_at(desk, "2026-12-02 02:00")
        await scene.press("m", "escape")
        assert scene.page == "FirstPage"
        assert "Le Portail Famille est fermé." in scene.flat()
        assert not scene.app.is_signed

    visit(act, portal)


def test_a_page_opened_before_the_close_says_it_when_sent(portal: Portal, desk: Desk) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("i")
        put_at(desk, "2026-12-02 02:00")
        await scene.fill("mariedupont", "un-mot-de-passe")
        await scene.press("enter")
        assert scene.page == "SignInPage"
        assert "Le Portail Famille est fermé." in scene.flat()

    visit(act, portal)
