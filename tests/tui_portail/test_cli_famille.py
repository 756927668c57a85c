"""`tui-portail famille` from a shell: who signs in, a family given then erased, what is past its retention."""

import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from models.engine import Database
from tests.factories import Family, a_desk, a_family, an_agent
from tui_portail.cli import app
from tui_portail.services.passwords import hash_password
from tui_portail.services.rights import Role

PASSWORD = "un long mot de passe"


@pytest.fixture
def family(database: Database) -> Family:
    """A family of two guardians, and two agents who may sign in: `enfance`, who may give it, and `caisse`, who may not."""
    hashed = hash_password(PASSWORD)
    for name, role in (("enfance", Role.ENFANCE), ("caisse", Role.COMPTABILITE)):
        an_agent(database, role, username=name, password_hash=hashed)
    return a_family(a_desk(database), two_payers=True)


def ask(database: Database, *words: str, typed: str = f"{PASSWORD}\n") -> Result:
    return CliRunner().invoke(app, ["famille", *words, "--base", database.url], input=typed)


def test_a_family_is_given_then_erased_by_who_signs_in(database: Database, family: Family, tmp_path: Path) -> None:
    file, number = tmp_path / "famille.zip", family.number
    give = ("donnees", number, "--sortie", str(file), "--agent")
    refused = ask(database, *give, "caisse")
    assert (refused.exit_code, file.exists()) == (1, False)
    assert "Demandez à un agent Enfance/Jeunesse" in refused.output
    assert ask(database, *give, "enfance", typed="autre\n").exit_code == 1
    assert "un seul responsable du dossier" in ask(database, *give, "enfance", "--responsable", "Durand").output
    answer = ask(database, *give, "enfance", "--responsable", "benali karim")
    assert answer.exit_code == 0, answer.output
    assert b"Marie" not in zipfile.ZipFile(file).read("donnees.json")
    assert PASSWORD not in answer.output

    erase = ("effacer", number, "--agent", "enfance")
    kept = ask(database, *erase, typed=f"{PASSWORD}\n{number}\n")
    assert kept.exit_code == 1
    assert "durée de conservation de 5 ans n’est pas dépassée" in kept.output.replace("\xa0", " ")
    assert "n’est pas celui du dossier" in ask(database, *erase, "--demande", typed=f"{PASSWORD}\n\n").output
    erased = ask(database, *erase, "--demande", typed=f"{PASSWORD}\n{number}\n")
    assert erased.exit_code == 0, erased.output
    assert "données effacées" in erased.output


def test_what_is_due_is_said_without_signing_in_nor_naming_anybody(database: Database, family: Family) -> None:
    answer = ask(database, "echeances")
    assert answer.exit_code == 0
    assert "Familles : gardées 5 ans après leur dernière activité ; aucune famille à effacer." in answer.output.replace(
        "\xa0", " "
    )
