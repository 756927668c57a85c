"""Menus, news and contacts: for everyone, at whatever hour, on both engines."""

import re
from datetime import date

import pytest

from models.engine import Database
from tests.factories import a_desk
from tests.screens.kiosk.playing import PHONE, SMALL, Visit, visit
from tests.tui_portail.services.portal_acts import a_portal
from tui_portail.menus import EVERYWHERE, Course, DayMenu, read_course
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.menus import record_menus
from tui_portail.services.news import NewsForm, publish_news
from tui_portail.services.portal import Portal


@pytest.fixture
def published(database: Database) -> Portal:
    desk = a_desk(database)
    publish(desk)
    return a_portal(desk)


def publish(desk: Desk) -> None:
    """A menu this week and the next, one of a site, two pieces of news."""
    meal = read_course(Course.MAIN, "Lasagnes (gluten, lait)")
    record_menus(desk, [DayMenu(date(2026, 12, 1), EVERYWHERE, meal)], new_operation())
    record_menus(
        desk,
        [DayMenu(date(2026, 12, 8), EVERYWHERE, read_course(Course.MAIN, "Paëlla"), "Repas d’Espagne")],
        new_operation(),
    )
    record_menus(desk, [DayMenu(date(2026, 12, 1), "HARMONIE", read_course(Course.MAIN, "Gratin"))], new_operation())
    publish_news(
        desk, NewsForm("Fermeture", "Le [b]vendredi[/] matin.\nMerci.", date(2026, 11, 30), first=True), new_operation()
    )
    publish_news(desk, NewsForm("Passée", "Ancienne.", date(2026, 10, 1), date(2026, 10, 2)), new_operation())


@pytest.mark.parametrize("size", [SMALL, PHONE])
def test_menus_are_those_of_the_week_with_their_allergens_and_one_goes_to_the_next(
    published: Portal, size: tuple[int, int]
) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("m")
        assert "Du lundi 30 novembre 2026 au vendredi 4 décembre 2026" in scene.flat()
        assert "Lasagnes (gluten, lait)" in scene.flat()
        await scene.pilot.click("#after")
        await scene.settle()
        assert "Repas d’Espagne" in scene.flat()
        await scene.pilot.click("#before")
        await scene.settle()
        assert "Lasagnes" in scene.flat()
        await scene.press("s")
        assert "Repas d’Espagne" in scene.flat()
        await scene.press("p")
        assert "Lasagnes" in scene.flat()
        for _ in range(4):
            await scene.pilot.click("#site")
            await scene.settle()
            if "Harmonie" in scene.flat():
                break
        assert "Gratin" in scene.flat()

    visit(act, published, size=size)


def test_news_are_read_whole_as_text_and_the_past_ones_are_not_there(published: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("n")
        assert "Important : Fermeture" in scene.flat()
        assert "Passée" not in scene.flat()
        await scene.press("enter")
        assert "Le [b]vendredi[/] matin." in scene.text()
        assert "Publiée le lundi 30 novembre 2026" in scene.flat()
        assert not re.search("Camille|Roux", scene.flat()), "an agent's name is no news"

    visit(act, published)


def test_without_news_it_is_said(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("n")
        assert "Aucune actualité en ce moment." in scene.flat()

    visit(act, portal)


def test_contacts_are_those_the_leaflet_prints_with_the_hours(published: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("h")
        for text in ("ALP/ALSH Mélodie : 06 24 82 28 41", "Espace Bonnier", "du lundi au vendredi, sauf de 2 h à 6 h"):
            assert text in scene.flat()

    visit(act, published)


def test_a_long_page_scrolls_by_the_arrows(portal: Portal, desk: Desk) -> None:
    body = "\n".join(f"Ligne {number}." for number in range(60))
    publish_news(desk, NewsForm("Longue", body, date(2026, 11, 30)), new_operation())

    async def act(scene: Visit) -> None:
        await scene.press("n", "enter")
        assert "Ligne 59." not in scene.flat()
        await scene.press(*["down"] * 30)
        assert "Ligne 59." in scene.flat()
        await scene.press("pageup", "pageup", "pageup", "pageup", "pageup")

    visit(act, portal)
