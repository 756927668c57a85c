"""The diagnostic on screen: the administrateur's, the same lines as the command's, and the report in a file."""

from pathlib import Path

from models.engine import Database
from tests.factories import a_desk
from tests.screens.playing import Scene, play
from tui_portail.services.rights import Role


def test_an_administrateur_reads_each_line_and_writes_the_report(sqlite_database: Database, tmp_path: Path) -> None:
    desk = a_desk(sqlite_database, Role.ADMINISTRATEUR, documents_dir=tmp_path)
    report = tmp_path / "rapport.txt"
    Path(str(sqlite_database.address)).chmod(0o600)

    async def act(scene: Scene) -> None:
        await scene.press("g")  # from the agents, an administrateur's first screen
        await scene.until(
            lambda: "chaque ligne dit ce qu’il y a à faire" in scene.flat() or "Tout va bien" in scene.flat()
        )
        assert "Bibliothèques" in scene.text()
        assert "aucune connue" in scene.lines()[2], "what is to be looked at comes first"
        await scene.press("enter")
        assert "tui-portail sauvegarder" in scene.flat(), "and says what to do"
        await scene.press("escape", "f10")
        await scene.type(str(report))
        await scene.press("f10")
        assert "rapport écrit dans" in scene.flat()

    play(act, desk, log_folder=tmp_path)
    assert "Joignable : oui" in report.read_text(encoding="utf-8")


def test_it_is_reserved_to_administrateurs(sqlite_database: Database) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("diagnostic")
        assert "Diagnostic" not in scene.lines()[0]
        await scene.open("activities")
        assert "Diagnostic" not in scene.text()

    play(act, a_desk(sqlite_database, Role.ENFANCE))
