"""`tui-portail initialiser` from a shell: an empty base, its first administrateur, and nothing more when run again."""

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from models import tables as t
from models.engine import Database
from models.states import DatabaseKind
from tests.databases import PostgresqlServer
from tests.old_base import make_old_base
from tui_portail.cli import app
from tui_portail.services.commune import commune_of_base

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
    assert again.exit_code == 0 and "elles n’ont pas changé" in again.output
    assert _usernames(empty_url) == ["mairie"]


def test_a_mistaken_answer_makes_nobody_and_asks_again_at_the_next_run(empty_url: str) -> None:
    for answers, sentence in (
        ("Mairie\nDominique Roux\ncourt\ncourt\n", "au moins 10"),
        ("Mairie\nDominique Roux\nClapiers2026\nClapiers2026\n", "nom de la commune"),
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
    assert "--commune FICHIER" in answer.output and "--vide" in answer.output
    assert ("est vide" if empty_url.startswith("postgresql") else "n’existe pas encore") in answer.output
    assert COMMUNE in answer.output


def test_an_empty_base_begins_by_a_few_questions_and_no_file(tmp_path: Path) -> None:
    url = str(tmp_path / "aniane.sqlite")
    command = ["initialiser", "--base", url, "--vide"]

    refused = CliRunner().invoke(app, [*command, "--zone", "D", "--annee", "2026"], input=f"Aniane\n\n{ANSWERS}")
    assert refused.exit_code == 2 and "zone scolaire : donnez A, B ou C" in " ".join(refused.output.split())
    assert not Path(url).exists()

    answer = CliRunner().invoke(app, command, input=f"Aniane\nenfance\nB\n2027\n{ANSWERS}")
    assert answer.exit_code == 0, answer.output
    assert "Base créée" in answer.output and "« Réglages de la commune »" in answer.output
    commune = commune_of_base(url)
    assert (commune.identity.name, commune.regie.code, commune.sites) == ("Mairie d’Aniane", "ENFANCE", ())
    assert (commune.policy.effective_on, commune.policy.fictitious) == (date(2027, 9, 2), False)
    assert commune.calendar.last_covered == date(2028, 1, 31), "the winter holidays of zone B are not known"

    again = CliRunner().invoke(app, [*command, "--nom", "Ailleurs"])
    assert again.exit_code == 0 and "elles n’ont pas changé" in again.output
    both = CliRunner().invoke(app, [*command, "--commune", COMMUNE])
    assert both.exit_code == 2 and "ne vont pas ensemble" in both.output


@pytest.mark.parametrize("more", [[], ["--commune", COMMUNE]])
def test_a_base_a_server_does_not_have_is_to_be_made_there_first(
    postgresql_server: PostgresqlServer, more: list[str]
) -> None:
    url = postgresql_server.address("absente")
    answer = CliRunner().invoke(app, ["initialiser", "--base", url, *more], input=ANSWERS)

    assert answer.exit_code == 1
    assert "createdb absente" in answer.output
    assert "vide" not in answer.output


@pytest.mark.postgresql
@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_the_command_to_open_the_base_is_told_without_its_password(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = empty_url + ("&" if "?" in empty_url else "?") + "password=secret-de-la-base"
    monkeypatch.setenv("TUI_PORTAIL_BASE", url)
    answer = CliRunner().invoke(app, ["initialiser", "--commune", COMMUNE], input=ANSWERS)

    assert answer.exit_code == 0, answer.output
    assert "tui-portail ouvrir" in answer.output
    assert "secret" not in answer.output and "***" not in answer.output


def test_ctrl_c_at_a_question_is_answered_by_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui_portail.cli.initialiser.ask", interrupted)
    answer = CliRunner().invoke(app, ["initialiser", "--base", str(tmp_path / "m.sqlite"), "--commune", COMMUNE])

    assert answer.exit_code == 130
    assert answer.stderr.splitlines()[-1] == "Interrompu avant la fin : relancez la même commande."


def test_a_base_of_the_version_before_is_upgraded_without_the_communes_file(empty_url: str) -> None:
    make_old_base(empty_url, DatabaseKind.REAL)
    refused = CliRunner().invoke(app, ["verifier", "--base", empty_url])
    assert refused.exit_code == 1
    assert "tui-portail initialiser" in " ".join(refused.output.split())

    answer = CliRunner().invoke(app, ["initialiser", "--base", empty_url], input=ANSWERS)

    assert answer.exit_code == 0, answer.output
    assert "Base mise à jour" in answer.output
    assert "Vérification avant la mise à jour… 71 écritures" in answer.output and "Tout concorde, en" in answer.output
    on_server = empty_url.startswith("postgresql")
    assert ("« tui-portail sauvegarder »" in answer.output, "Pour revenir en arrière" in answer.output) == (
        on_server,
        not on_server,
    )
    sound = CliRunner().invoke(app, ["verifier", "--base", empty_url])
    assert (sound.exit_code, "Tout concorde." in sound.output) == (0, True)
