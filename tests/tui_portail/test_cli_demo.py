"""`tui-portail demo`: made once, kept, opened signed in; a real base is refused. The application itself is replaced by what it opens."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from models import tables as t
from models.engine import Database
from tui_portail.cli import app
from tui_portail.commune import Commune
from tui_portail.services.clock import DEMO_START, DemoClock, ServerClock
from tui_portail.services.demo import DemoReport
from tui_portail.services.desk import Desk
from tui_portail.services.till import current_session
from tui_portail.settings import Settings


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Desk]:
    """The desks that the application was given, instead of showing it."""
    desks: list[Desk] = []

    def instead(open_with: Callable[[Settings], Desk]) -> None:
        desks.append(open_with(Settings(str(tmp_path / "x"), tmp_path, tmp_path / "documents")))

    monkeypatch.setattr("tui_portail.cli.opening.run_application", instead)
    monkeypatch.setattr("tui_portail.cli.opening.require_terminal", lambda: None)
    return desks


def facts(path: Path) -> tuple[object, ...]:
    database = Database.open(str(path))
    with database.read() as connection:
        numbers = connection.scalars(select(t.dossier.c.number).order_by(t.dossier.c.id)).all()
        heads = connection.scalars(select(t.journal_head.c.head_hash)).all()
    database.close()
    return numbers, heads


def test_the_demo_is_made_at_the_first_run_then_kept_and_the_same_when_made_again(
    opened: list[Desk], tmp_path: Path, made: DemoReport
) -> None:
    """What the service makes at the first run is the one made for all tests; what it makes again is made here."""
    path = str(tmp_path / "essai" / "demo.sqlite3")

    def the_one_made(asked: Path, _commune: Commune) -> DemoReport:
        asked.parent.mkdir()
        shutil.copyfile(made.path, asked)
        return replace(made, path=asked)

    with patch("tui_portail.services.demo.create_demo", the_one_made):
        first = CliRunner().invoke(app, ["demo", "--base", path])
    assert first.exit_code == 0, first.output
    assert "66 dossiers" in first.output and "demo-clapiers" in first.output
    desk = opened[0]
    assert desk.require().username == "accueil"
    assert isinstance(desk.clock, DemoClock)
    assert desk.now() >= DEMO_START
    session = current_session(desk)
    desk.close()

    second = CliRunner().invoke(app, ["demo", "--base", path, "--horloge-reelle"])
    assert second.exit_code == 0 and second.output == ""
    assert current_session(opened[1]) == session
    assert isinstance(opened[1].clock, ServerClock)
    opened[1].close()

    again = CliRunner().invoke(app, ["demo", "--base", path, "--recommencer"])
    assert again.exit_code == 0 and "66 dossiers" in again.output
    heads = facts(Path(path))
    opened[2].close()
    assert [file.name for file in Path(path).parent.iterdir()] == [Path(path).name]
    assert heads == facts(made.path)


def test_a_real_base_or_an_address_is_refused_in_a_sentence(opened: list[Desk], tmp_path: Path) -> None:
    path = str(tmp_path / "mairie.sqlite3")
    commune = str(files("data") / "clapiers.toml")
    answers = "mairie\nDominique Roux\ntilleul-soupe-jeudi\ntilleul-soupe-jeudi\n"
    CliRunner().invoke(app, ["initialiser", "--base", path, "--commune", commune], input=answers)
    before = Path(path).read_bytes()

    again = CliRunner().invoke(app, ["demo", "--base", path, "--recommencer"])

    assert again.exit_code == 1 and "n’est pas une base de démonstration" in again.output
    for typed in ("postgresql://serveur/base", "postgresql:/x", "sqlite:///x", ":memory:", ""):
        address = CliRunner().invoke(app, ["demo", "--base", typed])
        assert address.exit_code == 2 and "est un fichier" in address.output
    assert opened == []
    assert Path(path).read_bytes() == before


@pytest.mark.parametrize(
    ("typed", "told"),
    [("~nobodyx/x", "~nobodyx"), ("x" * 300, "trop long"), ("fichier/demo.sqlite3", "ne peut pas être créée")],
)
def test_a_place_where_no_demo_can_be_is_said_without_trace(
    opened: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fichier").touch()
    answer = CliRunner().invoke(app, ["demo", "--base", typed])
    assert answer.exit_code in {1, 2} and told in answer.output
    assert opened == []
