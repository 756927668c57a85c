"""Menus and news through their keys: typed, imported, read by another agent."""

from pathlib import Path

import pytest

from models.engine import Database
from tests.factories import a_desk, an_agent
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tui_portail.services.demo_published import publish_demo
from tui_portail.services.menus import week_menus
from tui_portail.services.news import list_news
from tui_portail.services.passwords import hash_password
from tui_portail.services.rights import Role

PASSWORD = "tilleul-soupe-jeudi"


@SIZES_AND_ENGINES
def test_a_day_is_typed_a_file_is_imported_and_the_week_read(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    desk = a_desk(database, Role.ENFANCE, documents_dir=tmp_path)
    file = tmp_path / "menus.csv"
    file.write_text("date;service;plat;allergenes\n2026-12-02;plat;[b]Pizza;lait\n2026-12-03;plat;Quiche;cacahuète\n")

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+a")
        assert "Menus" in scene.text()
        await scene.open("menus")
        await scene.press("enter")
        await scene.type("Soupe (noix)")
        await scene.press("f10")
        assert "« noix » n’est pas un des quatorze allergènes" in scene.flat()
        await scene.press("backspace", "backspace", "backspace", "backspace", "backspace")
        await scene.type("lait)")
        await scene.press("f10")
        await scene.press("i")
        await scene.type(str(file))
        await scene.press("enter")
        assert "Ligne 3 laissée" in scene.flat()
        await scene.press("enter")
        assert "Plat      [b]Pizza (lait)" in scene.text()
        assert "Entrée    Soupe (lait)" in scene.text()
        check_screen(scene, "menus_week")
        await scene.press("semicolon")
        assert "Semaine du lundi 7 décembre 2026" in scene.text()

    play(act, desk, size=size)
    assert len([menu for menu in week_menus(desk, desk.now().date()).days if menu.dishes]) == 2


@SIZES_AND_ENGINES
def test_news_is_published_changed_withdrawn_and_another_agent_reads_it(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    desk = a_desk(database, Role.ENFANCE, documents_dir=tmp_path)
    publish_demo(desk)

    async def act(scene: Scene) -> None:
        await scene.open("news")
        await scene.press("n")
        await scene.press("f10")
        assert "Donnez un titre" in scene.flat()
        await scene.type("Fermeture [i]du soir")
        await scene.press("enter", "enter", "enter", "enter")
        await scene.type("Ferme à 18 h.")
        await scene.press("enter")
        await scene.type("Merci.")
        await scene.press("f10")
        assert "Fermeture [i]du soir" in scene.text()
        check_screen(scene, "news")
        await scene.press("down", "x", "enter")
        assert "actualité retirée" in scene.text()

    play(act, desk, size=size)
    assert len(list_news(desk, past=True)) == len(list_news(desk)) + 1
    reader = a_desk(database, Role.SITE, documents_dir=tmp_path)

    async def read(scene: Scene) -> None:
        await scene.open("news")
        await scene.press("enter")
        assert "Les réservations ouvrent" in scene.flat()

    play(read, reader, size=size)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_agent_of_a_site_begins_with_the_life_of_the_activities_and_sees_no_money(
    database: Database, tmp_path: Path
) -> None:
    desk = a_desk(database, Role.SITE, documents_dir=tmp_path)

    async def act(scene: Scene) -> None:
        assert "Vie des activités" in scene.text()
        for word in ("Caisse", "Chercher", "Chiffres", "Réglages de la commune"):
            assert word not in scene.text()

    play(act, desk)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_places_are_those_of_the_agent_who_sits_down(database: Database, tmp_path: Path) -> None:
    desk = a_desk(database, Role.SITE, documents_dir=tmp_path)
    an_agent(database, Role.ADMINISTRATEUR, username="maxime", password_hash=hash_password(PASSWORD))

    async def act(scene: Scene) -> None:
        assert "Pointage" in scene.text()
        assert "Réglages de la commune" not in scene.text()
        await scene.press("ctrl+g")
        await scene.type("maxime")
        await scene.press("enter")
        await scene.type(PASSWORD)
        await scene.press("enter")
        assert "Pointage" not in scene.text()
        assert "Réglages de la commune" in scene.text()

    play(act, desk)
