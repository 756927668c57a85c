"""`tui-portail initialiser` from a shell: an empty base, its first administrateur, and nothing more when run again."""

from importlib.resources import files

from sqlalchemy import select
from typer.testing import CliRunner

from models import tables as t
from models.engine import Database
from tui_portail.cli import app

COMMUNE = str(files("data") / "clapiers.toml")
ANSWERS = "Mairie\nDominique Roux\ntilleul-soupe-jeudi\ntilleul-soupe-jeudi\n"


def _usernames(url: str) -> list[str]:
    database = Database.open(url)
    with database.read() as connection:
        found = list(connection.scalars(select(t.agent.c.username)))
    database.close()
    return found


def test_a_base_is_made_and_asks_for_its_first_administrateur(empty_url: str) -> None:
    answer = CliRunner().invoke(app, ["initialiser", "--base", empty_url, "--commune", COMMUNE], input=ANSWERS)

    assert answer.exit_code == 0, answer.output
    assert "Base créée" in answer.output and "« mairie » créé" in answer.output
    assert "tilleul" not in answer.output
    assert _usernames(empty_url) == ["mairie"]

    again = CliRunner().invoke(app, ["initialiser", "--base", empty_url])
    assert again.exit_code == 0 and "déjà à jour" in again.output
    again = CliRunner().invoke(app, ["initialiser", "--base", empty_url, "--commune", COMMUNE])
    assert again.exit_code == 0 and "n’a rien changé" in again.output
    assert _usernames(empty_url) == ["mairie"]


def test_a_mistaken_answer_makes_nobody_and_asks_again_at_the_next_run(empty_url: str) -> None:
    for answers, sentence in (
        ("Mairie\nDominique Roux\ncourt\ncourt\n", "au moins 10"),
        ("Mairie\nDominique Roux\ntilleul-soupe-jeudi\ntilleul-soupe-lundi\n", "ne sont pas les mêmes"),
        ("Mairie\n", "Il manque une réponse"),
        ("ma mairie\nDominique Roux\n", "L’identifiant"),
    ):
        answer = CliRunner().invoke(app, ["initialiser", "--base", empty_url, "--commune", COMMUNE], input=answers)
        assert answer.exit_code != 0
        assert sentence in answer.output
        assert "Traceback" not in answer.output
    assert _usernames(empty_url) == []
    answer = CliRunner().invoke(app, ["initialiser", "--base", empty_url], input=ANSWERS)
    assert answer.exit_code == 0, answer.output
    assert _usernames(empty_url) == ["mairie"]


def test_an_empty_base_is_not_made_without_the_communes_file(empty_url: str) -> None:
    answer = CliRunner().invoke(app, ["initialiser", "--base", empty_url], input=ANSWERS)

    assert answer.exit_code == 1
    assert "--commune FICHIER" in answer.output
