"""`tui-portail commune` from a shell: the set-up in a file, the same when read back, recorded by whoever signs in."""

import re
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from models.engine import Database
from tests.factories import a_desk, an_agent, the_commune
from tui_portail.cli import app
from tui_portail.commune_files import read_commune
from tui_portail.commune_files.starting import StartingAnswers, starting_commune
from tui_portail.errors import InvalidInput
from tui_portail.services.commune import commune_of_base
from tui_portail.services.commune_history import list_versions
from tui_portail.services.passwords import hash_password
from tui_portail.services.rights import Role

PASSWORD = "tilleul-soupe-jeudi"


@cache
def hashed() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def town(database: Database) -> Database:
    a_desk(database)
    an_agent(database, Role.ADMINISTRATEUR, username="mairie", name="Dominique Roux", password_hash=hashed())
    an_agent(database, Role.ENFANCE, username="enfance", password_hash=hashed())
    return database


def commune(base: Database, *words: object, answers: str = "", agent: str = "mairie") -> Result:
    command = ["commune", *map(str, words), "--base", base.url]
    if words[0] == "importer":
        command += ["--agent", agent]
        answers = f"{PASSWORD}\n{answers}"
    return CliRunner().invoke(app, command, input=answers)


def test_the_set_up_goes_to_a_file_and_comes_back_unchanged(town: Database, tmp_path: Path) -> None:
    file = tmp_path / "commune.toml"
    written = commune(town, "exporter", file)
    assert (written.exit_code, str(file) in written.output) == (0, True), written.output
    assert read_commune(file) == the_commune()
    assert commune(town, "exporter", "-").output == file.read_text(encoding="utf-8")

    refused = commune(town, "exporter", file)
    assert refused.exit_code == 1 and "existe déjà" in refused.output
    assert commune(town, "exporter", file, "--remplacer").exit_code == 0
    same = commune(town, "importer", file)
    assert same.exit_code == 0 and "il n’y a rien à enregistrer" in " ".join(same.output.split())


def test_a_file_is_recorded_once_confirmed_with_its_reason_by_an_administrateur_only(
    town: Database, tmp_path: Path
) -> None:
    file = tmp_path / "commune.toml"
    commune(town, "exporter", file)
    text = re.sub(r"^ALP_SOIR = 80$", "ALP_SOIR = 70", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    file.write_text(text.replace('nom = "Ados"', 'nom = "\\u001b[31mAdos"'), encoding="utf-8")
    hostile = commune(town, "importer", file)
    assert hostile.exit_code == 2 and "d’une seule ligne" in hostile.output and "\x1b" not in hostile.output
    file.write_text(text, encoding="utf-8")

    answer = commune(town, "importer", file, answers="non\n")
    assert answer.exit_code == 1 and "Rien n’a été enregistré." in answer.output
    assert "Places d’un jour, Mélodie · ALP soir — Places : 80 → 70" in answer.output
    assert commune(town, "importer", file, "--oui", "--motif", "essai", agent="enfance").exit_code == 1
    assert commune_of_base(town.url) == the_commune()

    answer = commune(town, "importer", file, answers="oui\nConseil du 4 juin\n")
    assert answer.exit_code == 0 and "version 2" in answer.output, answer.output
    desk = a_desk(town, Role.ADMINISTRATEUR)
    latest = list_versions(desk)[0]
    assert (latest.who, latest.reason, latest.source) == ("Dominique Roux", "Conseil du 4 juin", "fichier commune.toml")


def test_a_base_begun_by_questions_takes_the_set_up_of_another(database: Database, tmp_path: Path) -> None:
    begun = starting_commune(StartingAnswers("Aniane", "PERISCOLAIRE", "A", 2026))
    a_desk(database, commune=begun)
    an_agent(database, Role.ADMINISTRATEUR, username="mairie", password_hash=hashed())
    shipped = Path(__file__).parents[2] / "data" / "clapiers.toml"
    answer = commune(database, "importer", shipped, "--oui", "--motif", "reprise")
    assert answer.exit_code == 0, answer.output
    assert "Sites, Mélodie — ajouté : Code MELODIE" in answer.output
    assert commune_of_base(database.url) == the_commune()
    assert commune(database, "importer", tmp_path / "absent.toml").exit_code == 2


def test_a_code_of_regie_with_an_accent_is_refused_in_a_sentence() -> None:
    with pytest.raises(InvalidInput, match="« Périscolaire » ne convient pas"):
        starting_commune(StartingAnswers("Aniane", "Périscolaire", "A", 2026))
