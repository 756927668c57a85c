"""The rest of the public computer: warned, stayed by any key, then everything forgotten; « Quitter » does the same at once."""

import asyncio
import gc
import threading
from unittest.mock import patch

import pytest
from textual import events
from textual.widgets import Input

from screens.kiosk.frame import Notice
from screens.kiosk.kiosk_screen import KioskScreen
from screens.kiosk.rest import Rest
from tests.factories import Family
from tests.screens.kiosk.playing import Visit, visit
from tests.tui_portail.services.portal_acts import PASSWORD, an_active_account
from tui_portail.services import portal_sign_in
from tui_portail.services.portal import Portal, SignedAccount

WORD = "zanzibarquetzal"
"""A text that nobody else types."""


@pytest.fixture
def active(portal: Portal, family: Family) -> Portal:
    an_active_account(portal, family)
    portal.forget()
    return portal


def test_the_rest_counts_from_the_last_touch() -> None:
    now = [100.0]
    rest = Rest(60, lambda: now[0])
    now[0] += 49.5
    assert (rest.left, rest.is_warned) == (11, False)
    now[0] += 1
    assert (rest.left, rest.is_warned) == (10, True)
    rest.touched()
    assert rest.left == 60
    assert Rest(0, lambda: now[0]).left is None


def test_the_last_ten_seconds_are_said_and_any_key_stays_and_does_nothing_else(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("i")
        await scene.rest(49)
        assert scene.page == "SignInPage"
        await scene.rest(1)
        assert "Vous êtes toujours là ?" in scene.flat()
        assert "10 secondes" in scene.flat()
        await scene.rest(9)
        assert "dans 1 seconde " in scene.flat()
        await scene.press("x")
        assert scene.page == "SignInPage"
        assert scene.screen.query(Input).first().value == "", "the key that stays types nothing"
        await scene.rest(49)
        assert scene.page == "SignInPage"

    visit(act, portal)


def test_the_mouse_stays_too(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("i")
        await scene.rest(55)
        scene.app.post_message(events.MouseMove(None, 3, 3, 1, 0, 0, False, False, False))
        await scene.settle()
        assert scene.page == "SignInPage"

    visit(act, portal)


def test_after_the_rest_nobody_is_signed_in_any_more(active: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.sign_in()
        before = scene.app.portal
        await scene.press("m")
        await scene.rest(60)
        assert scene.page == "FirstPage"
        assert not scene.app.is_signed
        assert before.account is None

    visit(act, active)


def test_the_rest_leaves_no_typed_text_in_any_widget_nor_anywhere_in_memory(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("c")
        await scene.fill(WORD + "nom", "Marie", f"{WORD}@exemple.fr", WORD, f"{WORD} mot de passe", f"{WORD} autre")
        await scene.press("enter")
        scene.app.copy_to_clipboard(f"{WORD} copié")
        assert typed_still_held() > 5, "the search itself finds what is there"
        await scene.rest(60)
        assert scene.page == "FirstPage"
        assert scene.app.clipboard == ""
        await scene.press("h", "escape")
        assert typed_still_held() == 0
        pages = [one for one in gc.get_objects() if isinstance(one, KioskScreen) and one.is_attached]
        assert [type(page).__name__ for page in pages] == ["FirstPage"]

    visit(act, portal)


def typed_still_held() -> int:
    """How many objects of the whole process hold a text made of the word typed, which is itself in this file."""
    gc.unfreeze()  # the opening froze what it had loaded
    gc.collect()
    return sum(
        any(type(held) is str and WORD in held and held is not WORD for held in gc.get_referents(one))
        for one in gc.get_objects()
    )


def test_the_first_page_alone_rests_for_ever(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.rest(200)
        assert scene.page == "FirstPage"
        await scene.press("i")
        await scene.rest(49)
        assert scene.page == "SignInPage", "the rest counts from the page's opening"

    visit(act, portal)


def test_quitting_is_a_button_of_every_page_and_forgets_the_same(active: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.sign_in()
        for key in "mnh":
            await scene.press(key)
            assert await scene.pilot.click("#quit")
            await scene.settle()
            assert scene.page == "FirstPage"
            assert not scene.app.is_signed
            await scene.sign_in()

    visit(act, active)


@pytest.mark.parametrize("leads", ["p", "pm", "a", "q"], ids=["planning", "planning changed", "avoirs", "quittances"])
def test_leaving_from_a_page_above_home_says_nothing_false(active: Portal, leads: str) -> None:
    async def act(scene: Visit) -> None:
        await scene.sign_in()
        await scene.press(*leads)
        assert await scene.pilot.click("#quit")
        await scene.settle()
        assert (scene.page, scene.screen.query_one(Notice).sentence) == ("FirstPage", "")
        await scene.sign_in()
        await scene.press(*leads, "ctrl+q")
        assert (scene.page, scene.screen.query_one(Notice).sentence) == ("StaffExitPage", "")
        assert not scene.app.is_signed
        await scene.press("escape")
        await scene.sign_in()
        await scene.press(*leads)
        await scene.rest(60)
        assert (scene.page, scene.screen.query_one(Notice).sentence) == ("FirstPage", "")

    visit(act, active)


def test_one_escape_too_many_ends_no_session(active: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.sign_in()
        await scene.press("p", "escape", "escape")
        assert scene.page == "FamilyHome"
        assert "Appuyez encore sur Échap pour vous déconnecter" in scene.flat()
        await scene.press("m", "escape")
        assert "Appuyez encore" not in scene.flat()
        await scene.press("escape", "escape")
        assert scene.page == "FirstPage"
        assert not scene.app.is_signed

    visit(act, active)


def test_an_answer_that_comes_after_the_parent_left_signs_nobody_in(active: Portal) -> None:
    real, may_answer = portal_sign_in.sign_in_parent, threading.Event()

    def late(portal: Portal, username: str, password: str) -> SignedAccount:
        assert may_answer.wait(20)
        return real(portal, username, password)

    async def act(scene: Visit) -> None:
        await scene.press("i")
        await scene.fill("mariedupont", PASSWORD)
        scene.send("\r")
        await scene.until(lambda: scene.app.calls_under_way > 0)
        scene.app.leave_everything()
        may_answer.set()
        await scene.until(lambda: scene.app.calls_under_way == 0)
        await asyncio.sleep(0)
        await scene.settle()
        assert scene.page == "FirstPage"
        assert not scene.app.is_signed

    with patch.object(portal_sign_in, "sign_in_parent", late):
        visit(act, active)
