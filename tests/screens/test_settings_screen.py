"""The settings of a desk: printer, paper, theme, keyboard, kept in the file; the keys as they are; the key received."""

import threading
from pathlib import Path

import pytest

from models.engine import Database
from screens.themes import DEFAULT_THEME, theme_after
from tests.factories import a_desk
from tests.screens.playing import Scene, play
from tui_portail.services.agents import hash_password, sign_in
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Role
from tui_portail.settings import change_settings, load_settings


@pytest.fixture(autouse=True)
def settings_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file of the test's own, and two printers."""
    file = tmp_path / "reglages.toml"
    monkeypatch.setenv("TUI_PORTAIL_REGLAGES", str(file))
    monkeypatch.setattr("screens.settings.list_printers", lambda: ("Accueil", "[red]x[/]"))
    return file


def test_printer_paper_theme_and_keyboard_are_kept_and_followed(database: Database, tmp_path: Path) -> None:
    desk = a_desk(database, documents_dir=tmp_path)

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+y")
        assert "aucune : ouvrir le PDF" in scene.text()
        await scene.press("right", "right")
        assert "[red]x[/]" in scene.text()
        await scene.press("left", "enter", "t", "enter", "c", "c", "enter", "n", "f10")
        assert "Fait : réglages enregistrés. Le changement de clavier vaudra au prochain démarrage." in scene.flat()
        assert scene.app.theme == "contraste"
        await scene.press("escape")
        assert "Quitter sans enregistrer" not in scene.text()

    app = play(act, desk)
    kept = load_settings()
    assert (kept.printer, kept.paper, kept.theme, kept.disable_kitty_keys) == ("Accueil", "ticket", "contraste", True)
    assert app.desk is not None
    assert (app.desk.printer, app.desk.paper) == ("Accueil", "ticket")


def test_leaving_with_a_change_not_saved_asks(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("ctrl+y", "right", "escape")
        assert "Les réglages changés ne sont pas enregistrés." in scene.flat()
        await scene.press("escape")
        assert type(scene.screen).__name__ == "SettingsScreen"

    play(act, desk)
    assert load_settings().printer is None


def test_a_file_that_cannot_be_understood_is_said_and_nothing_is_written(
    desk: Desk, settings_of_the_test: Path
) -> None:
    settings_of_the_test.write_text("papier = 12\n", encoding="utf-8")

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+y")
        assert "Refusé : " in scene.text()
        assert "reglages.toml" in scene.flat().replace(" ", "")

    play(act, desk)
    assert settings_of_the_test.read_text(encoding="utf-8") == "papier = 12\n"


def test_the_keymap_is_shown_with_what_was_changed(desk: Desk, settings_of_the_test: Path) -> None:
    settings_of_the_test.write_text('[touches]\n"app.quittances" = "f10"\n', encoding="utf-8")

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+y")
        assert "F10 *" in scene.text()
        assert "app.quittances" in scene.text()

    play(act, desk)


def test_the_key_received_is_shown_with_what_it_writes(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("ctrl+y", "f5", "at", "f4", "eacute")
        text = scene.flat()
        assert "écrit « @ »" in text
        assert "F4 : n’écrit aucun caractère" in text, "and the queue did not open"
        await scene.press("escape")
        for _ in range(20):
            await scene.press("f5", "escape")
        assert type(scene.screen).__name__ == "SettingsScreen"

    play(act, desk)


def test_an_agent_changes_their_own_password(desk: Desk) -> None:
    old, new = "tilleul-soupe-jeudi", "jardin-canoe-lundi"
    desk = a_desk(desk.database, Role.ENFANCE, username="zoe", name="Zoé Petit", documents_dir=desk.documents_dir)
    from sqlalchemy import update

    from models import tables as t

    with desk.database.write() as connection:
        connection.execute(update(t.agent).where(t.agent.c.username == "zoe").values(password_hash=hash_password(old)))

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+y", "f6")
        await scene.type(old)
        await scene.press("enter")
        await scene.type(new)
        await scene.press("enter")
        await scene.type("autre")
        await scene.press("enter")
        assert "ne sont pas les mêmes" in scene.flat()
        await scene.press("ctrl+u")
        await scene.type(new)
        await scene.press("enter")
        assert "votre mot de passe est changé" in scene.flat()

    play(act, desk)
    assert sign_in(Desk(desk.database, desk.documents_dir, desk.clock), "zoe", new).username == "zoe"


def test_a_theme_chosen_by_its_key_is_written_off_the_thread_of_the_screen(desk: Desk) -> None:
    written: list[tuple[str, int]] = []

    async def act(scene: Scene) -> None:
        scene.app._saved_theme = lambda theme: written.append((theme, threading.get_ident()))
        await scene.burst("\x14\x14")
        second = theme_after(DEFAULT_THEME)
        assert [theme for theme, _ in written] == [second, theme_after(second)]
        assert all(thread != threading.get_ident() for _, thread in written)

    play(act, desk)


def test_a_theme_that_cannot_be_written_says_so_and_stays_for_this_time(desk: Desk, settings_of_the_test: Path) -> None:
    settings_of_the_test.mkdir()

    def write(theme: str) -> None:
        change_settings(theme=theme)

    async def act(scene: Scene) -> None:
        scene.app._saved_theme = write
        await scene.press("ctrl+t")
        assert scene.app.theme == theme_after(DEFAULT_THEME)
        assert "Refusé :" in scene.flat()
        assert settings_of_the_test.name in scene.flat().replace(" ", "")  # a long path is cut anywhere

    play(act, desk)
