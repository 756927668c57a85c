"""The application opens on a painted screen, then loads; a database that does not open is said calmly."""

import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from textual.app import App
from textual.pilot import Pilot
from typer.testing import CliRunner

from models.database_errors import DatabaseUnreachable
from models.engine import Database
from screens.app import PortailApp
from tests.factories import a_desk, a_family, an_agent
from tests.screens.outages import Pauses
from tests.screens.playing import Scene, play
from tui_portail.cli import app as cli
from tui_portail.errors import PortailError
from tui_portail.services.agents import hash_password
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Role

PASSWORD = "tilleul-soupe-jeudi"


def test_the_first_frame_needs_neither_database_nor_pdf() -> None:
    code = (
        "import sys; import screens.app; "
        "print([m for m in ('sqlalchemy', 'sqlmodel', 'reportlab', 'models', 'babel', 'psycopg', 'argon2', 'typer') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("address", "words"),
    [("absente/portail.sqlite", "portail.sqlite"), ("texte.sqlite", "texte.sqlite")],
)
def test_a_database_missing_or_not_ours_is_said_with_two_ways_out(address: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "texte.sqlite").write_text("ceci n’est pas une base " * 100, encoding="utf-8")

    def opener() -> Desk:
        return Desk(Database.open(str(tmp_path / address)), tmp_path)

    async def act(scene: Scene) -> None:
        assert "La base de données ne s’ouvre pas" in scene.text()
        assert words in scene.flat().replace(" ", "")
        assert "Réessayer" in scene.text()
        assert "Traceback" not in scene.text()
        await scene.press("q")

    app = play(act, opener)
    assert app.return_code == 0


def test_the_command_fails_when_the_base_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    async def leave(pilot: Pilot[None]) -> None:
        scene = Scene(cast("PortailApp", pilot.app), pilot)
        await scene.settle()
        shown.append(scene.text())
        await scene.press("q")

    def run(self: PortailApp) -> None:
        App.run(self, headless=True, auto_pilot=leave)

    monkeypatch.setattr("tui_portail.cli.opening.require_terminal", lambda: None)
    monkeypatch.setattr(PortailApp, "run", run)
    answer = CliRunner().invoke(cli, ["ouvrir", "--base", str(tmp_path / "absente.sqlite")])
    assert "ne s’ouvre pas" in shown[0]
    assert answer.exit_code == 1


def test_trying_again_opens_the_database_that_came_back(sqlite_database: Database) -> None:
    tries: list[int] = []

    def opener() -> Desk:
        tries.append(1)
        if len(tries) == 1:
            raise PortailError("La base de données est occupée par un autre programme.")
        return a_desk(sqlite_database)

    async def act(scene: Scene) -> None:
        assert "occupée par un autre programme" in scene.flat()
        await scene.press("enter")
        assert "Recherche" in scene.text()

    play(act, opener)
    assert len(tries) == 2


def test_a_bug_while_opening_is_logged_with_its_trace_and_said_without_it(tmp_path: Path) -> None:
    def opener() -> Desk:
        raise RuntimeError("secret de fabrication")

    async def act(scene: Scene) -> None:
        assert "secret" not in scene.text()
        assert "raison imprévue" in scene.flat()
        await scene.press("q")

    play(act, opener, log_folder=tmp_path, bugs_expected=True)
    logged = (tmp_path / "incidents.log").read_text(encoding="utf-8")
    assert "RuntimeError" in logged
    assert "opener" in logged, "where it happened is told"
    assert "secret de fabrication" not in logged.replace('raise RuntimeError("secret de fabrication")', "")


@pytest.fixture
def mairie(sqlite_database: Database, tmp_path: Path) -> Desk:
    """A desk where nobody is signed in yet; « camille » may do both desks, « ines » only cashes."""
    desk = a_desk(sqlite_database, documents_dir=tmp_path)
    hashed = hash_password(PASSWORD)
    an_agent(
        sqlite_database, Role.ENFANCE, Role.COMPTABILITE, username="camille", name="Camille Roux", password_hash=hashed
    )
    an_agent(sqlite_database, Role.COMPTABILITE, username="ines", name="Inès Leroy", password_hash=hashed)
    desk.sign_out()
    return desk


def test_an_agent_signs_in_by_the_keyboard_alone(mairie: Desk) -> None:
    async def act(scene: Scene) -> None:
        assert "Mairie de Clapiers" in scene.text()
        await scene.type("camille")
        await scene.press("enter")
        await scene.type(PASSWORD)
        assert PASSWORD not in scene.text()
        await scene.press("enter")
        assert "Recherche · Camille Roux" in scene.text()

    play(act, mairie)


def test_a_wrong_password_is_refused_and_the_name_stays(mairie: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.type("camille")
        await scene.press("enter")
        await scene.type("faux")
        await scene.press("enter")
        assert "n’est pas le bon" in scene.flat()
        assert "camille" in scene.text()

    play(act, mairie)


def test_an_agent_who_only_cashes_begins_at_the_queue(mairie: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.type("ines")
        await scene.press("enter")
        await scene.type(PASSWORD)
        await scene.press("enter")
        assert "À encaisser · Inès Leroy" in scene.text()

    play(act, mairie)


def test_another_agent_signs_in_over_the_same_screen_and_finds_what_was_typed(mairie: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.type("camille")
        await scene.press("enter")
        await scene.type(PASSWORD)
        await scene.press("enter")
        await scene.type("dup")
        await scene.press("f9")
        assert "Réservé à : Administrateur" in scene.text()
        await scene.press("ctrl+g")
        await scene.type("ines")
        await scene.press("enter")
        await scene.type(PASSWORD)
        await scene.press("enter")
        assert "Recherche · Inès Leroy" in scene.text()
        assert " dup" in scene.text()
        assert "Réservé à" not in scene.text(), "that was said to the other"
        assert not scene.app.may("BOOK")

    play(act, mairie)


def test_an_agent_without_the_right_of_the_screen_is_taken_home_and_sees_no_name_left_there(mairie: Desk) -> None:
    family = a_family(mairie)

    async def act(scene: Scene) -> None:
        await scene.type("camille")
        await scene.press("enter")
        await scene.type(PASSWORD)
        await scene.press("enter")
        await scene.open("dossier", family.dossier_id)
        await scene.open("planning", family.dossier_id)
        await scene.press("w", "ctrl+g")
        await scene.type("ines")
        await scene.press("enter")
        await scene.type(PASSWORD)
        await scene.press("enter")
        assert "À encaisser · Inès Leroy" in scene.text()
        assert "Dupont" not in scene.text()
        assert [type(screen).__name__ for screen in scene.app.screen_stack[1:]] == ["QueueScreen"]

    play(act, mairie)


def test_a_locked_desk_hides_the_screen_and_opens_no_other_door(mairie: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.type("camille")
        await scene.press("enter")
        await scene.type(PASSWORD)
        await scene.press("enter", "ctrl+l")
        assert "Poste verrouillé" in scene.text()
        assert "Recherche" not in scene.text()
        await scene.press("escape", "ctrl+f", "f2", "ctrl+p")
        assert "Poste verrouillé" in scene.text()
        await scene.type(PASSWORD)
        await scene.press("enter")
        assert "Recherche · Camille Roux" in scene.text()

    play(act, mairie)


def test_a_desk_left_alone_locks_itself(mairie: Desk) -> None:
    mairie.sign(an_agent(mairie.database, Role.ENFANCE, name="Camille Roux"))

    async def act(scene: Scene) -> None:
        scene.app._last_input -= 10_000
        scene.app._lock_if_idle()
        await scene.settle()
        assert "Poste verrouillé" in scene.text()

    play(act, mairie, idle_minutes=10)


def test_quitting_while_the_base_is_still_away_is_no_incident() -> None:
    def opener() -> Desk:
        raise DatabaseUnreachable("Le serveur de la base ne répond pas.")

    async def act(scene: Scene) -> None:
        await scene.type("camille")
        await scene.press("enter")
        await scene.type("secret")
        await scene.press("enter")
        scene.app.workers.cancel_all()
        await scene.settle()
        assert not scene.app.incidents

    play(act, opener, pause=Pauses())
