"""`tui-portail importer` from a shell: a simulation first, then what was asked; who does it signs in."""

from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from models.engine import Database
from tests.factories import a_desk, an_agent
from tests.tui_portail.onde_files import delimited, guardian, guardians_file, pupil, pupils_file
from tests.tui_portail.services.desk_acts import row_counts
from tui_portail.cli import app
from tui_portail.services.dossier_search import search
from tui_portail.services.passwords import hash_password
from tui_portail.services.rights import Role

PASSWORD = "tilleul-soupe-jeudi"


@cache
def hashed() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def town(database: Database) -> Database:
    a_desk(database)
    for username, role in (("enfance", Role.ENFANCE), ("regie", Role.REGISSEUR)):
        an_agent(database, role, username=username, password_hash=hashed())
    return database


def bring(town: Database, *words: object, agent: str = "enfance", password: str = PASSWORD) -> Result:
    command = ["importer", *map(str, words), "--base", town.url, "--agent", agent]
    return CliRunner().invoke(app, command, input=f"{password}\n")


def test_both_files_are_simulated_then_applied_and_what_is_refused_is_written_beside(
    town: Database, tmp_path: Path
) -> None:
    pupils, guardians, rejects = tmp_path / "élèves 1.csv", tmp_path / "responsables.csv", tmp_path / "rejets.csv"
    pupils.write_bytes(pupils_file(pupil("ROUX", "Zoé", "2019-05-04"), pupil("ROUX", "\x1b[31mMax", "2017-05-04")))
    guardians.write_bytes(
        guardians_file(guardian("ROUX", "Anne", ("ROUX", "Zoé", "CE1")), guardian("PERSONNE", "Luc", ("X", "Y", "CP")))
    )
    before = row_counts(town)
    words = ("onde-eleves", f"'{pupils}'", "--responsables", guardians, "--rejets", rejects)
    simulated = bring(town, *words)
    assert simulated.exit_code == 3, simulated.output
    assert "créées             2" in simulated.output
    assert "élèves 1.csv, ligne 3, rejetée" in simulated.output
    assert "\x1b" not in simulated.output
    assert "Simulation : rien n’a été enregistré." in simulated.output
    written = row_counts(town)
    assert {name for name, count in written.items() if count != before[name]} <= {"audit_event"}, "only the sign-in"
    assert rejects.read_bytes().count(b"\r\n") == 2
    assert (tmp_path / "rejets-responsables.csv").exists()

    again = bring(town, *words[:4], "--appliquer", "tout")
    assert again.exit_code == 1
    assert "lignes acceptées seulement" in again.output
    applied = bring(town, *words[:4], "--appliquer", "acceptees")
    assert applied.exit_code == 3
    assert "Import enregistré : 2 lignes créées" in applied.output
    assert search(a_desk(town), "roux zoe")[0].label == "ROUX"


def test_a_table_is_read_by_a_map_in_a_file(town: Database, tmp_path: Path) -> None:
    table, columns = tmp_path / "familles.csv", tmp_path / "colonnes.toml"
    table.write_bytes(delimited([["N", "P", "D", "Niv"], ["ROUX", "Zoé", "04/05/2019", "CE1"]], delimiter=","))
    columns.write_text(
        'enfant_nom = "N"\nenfant_prenom = "P"\nenfant_naissance = "D"\nniveau = "Niv"\n', encoding="utf-8"
    )
    done = bring(town, "tableau", table, "--colonnes", columns, "--appliquer", "tout")
    assert done.exit_code == 0, done.output
    assert "1 dossier ouvert" in done.output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("eleves", "x.csv"), 2, "n’est pas un fichier connu"),
        (("onde-eleves", "absent.csv"), 2, "Aucun fichier"),
        (("tableau", "x.csv"), 2, "--colonnes"),
        (("onde-responsables", "x.csv", "--responsables", "y.csv"), 2, "--responsables accompagne"),
    ],
)
def test_what_is_asked_wrong_is_told_in_a_sentence(
    town: Database, words: tuple[str, ...], code: int, told: str
) -> None:
    answer = bring(town, *words)
    assert (answer.exit_code, told in answer.output) == (code, True), answer.output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_another_role_or_another_password_imports_nothing(town: Database, tmp_path: Path) -> None:
    pupils = tmp_path / "eleves.csv"
    pupils.write_bytes(pupils_file(pupil("ROUX", "Zoé", "2019-05-04")))
    assert bring(town, "onde-eleves", pupils, agent="regie").exit_code == 1
    assert "mot de passe n’est pas le bon" in bring(town, "onde-eleves", pupils, password="autre-chose-ici").output
