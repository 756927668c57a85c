"""Each page as it looks at 80×24 and on a telephone in portrait, 40×30."""

from dataclasses import replace
from datetime import date
from unittest.mock import patch

import pytest

from screens.kiosk.terms import TermsPage
from tests.factories import Family
from tests.screens.kiosk.playing import PHONE, SMALL, WHO, Visit, check_page, visit
from tests.tui_portail.services.portal_acts import PASSWORD, an_active_account
from tui_portail.menus import EVERYWHERE, Course, DayMenu, read_course
from tui_portail.services import portal_public
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.menus import record_menus
from tui_portail.services.news import NewsForm, publish_news
from tui_portail.services.portal import Portal

BOTH_SIZES = pytest.mark.parametrize("size", [SMALL, PHONE], ids=["80x24", "40x30"])


@BOTH_SIZES
def test_the_pages_of_an_account_look_as_they_did(portal: Portal, family: Family, size: tuple[int, int]) -> None:
    number = "012345678"

    async def act(scene: Visit) -> None:
        check_page(scene, "first")
        await scene.press("c")
        check_page(scene, "identity")
        await scene.fill("Dupont", "Marie", "marie@exemple.fr", "marie2", PASSWORD, PASSWORD)
        await scene.press("enter")
        check_page(scene, "identity_refused")
        await scene.press("escape")
        await scene.choose("c", *WHO)
        check_page(scene, "number")
        await scene.fill(number)
        await scene.press("enter")
        check_page(scene, "number_refused")
        scene.screen.field("number").input.value = family.number  # type: ignore[attr-defined]
        await scene.press("enter")
        check_page(scene, "summary")
        await scene.press("enter")
        check_page(scene, "activation")
        await scene.press("f1")
        check_page(scene, "help")

    visit(act, portal, size=size)


@BOTH_SIZES
def test_the_pages_of_a_signed_parent_look_as_they_did(portal: Portal, family: Family, size: tuple[int, int]) -> None:
    an_active_account(portal, family)
    portal.forget()
    in_force = portal.desk.commune().policy.portal.terms
    terms = replace(in_force, paragraphs=("Ce portail sert à réserver les journées de vos enfants.",) * 3)

    async def act(scene: Visit) -> None:
        await scene.press("i")
        check_page(scene, "sign_in")
        await scene.fill("mariedupont", "faux-mot-de-passe")
        await scene.press("enter")
        check_page(scene, "sign_in_refused")
        await scene.fill(PASSWORD)
        await scene.press("enter")
        check_page(scene, "home")
        await scene.rest(52)
        check_page(scene, "rest")
        await scene.press("x", "escape", "escape")
        await scene.choose("o", "mariedupont")
        check_page(scene, "new_password")
        await scene.press("escape")
        with patch.object(portal_public, "public_terms", lambda _portal: terms):
            scene.app.push_screen(TermsPage())
            await scene.settle()
            check_page(scene, "terms")

    visit(act, portal, size=size)


@BOTH_SIZES
def test_the_public_pages_look_as_they_did(portal: Portal, desk: Desk, size: tuple[int, int]) -> None:
    dishes = (
        *read_course(Course.STARTER, "Carottes râpées (moutarde)"),
        *read_course(Course.MAIN, "Lasagnes (gluten, œufs, lait)"),
        *read_course(Course.DESSERT, "Pomme"),
    )
    record_menus(desk, [DayMenu(date(2026, 11, 30), EVERYWHERE, dishes)], new_operation())
    publish_news(desk, NewsForm("Repas de Noël", "Jeudi 17 décembre.", date(2026, 11, 30)), new_operation())

    async def act(scene: Visit) -> None:
        for key, name in (("m", "menus"), ("n", "news"), ("h", "contacts")):
            await scene.press(key)
            check_page(scene, name)
            if name == "news":
                await scene.press("enter")
                check_page(scene, "news_item")
                await scene.press("escape")
            await scene.press("escape")
        await scene.press("ctrl+q")
        check_page(scene, "staff_exit")

    visit(act, portal, size=size)


@BOTH_SIZES
def test_the_first_page_closed_looks_as_it_did(portal: Portal, desk: Desk, size: tuple[int, int]) -> None:
    desk.clock.advance(days=4)  # type: ignore[attr-defined]

    async def act(scene: Visit) -> None:
        check_page(scene, "closed")

    visit(act, portal, size=size)
