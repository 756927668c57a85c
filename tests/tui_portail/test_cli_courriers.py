"""`tui-portail courriers` from a shell: a night's batch of number letters, recorded, and nothing left of one refused."""

import stat
from pathlib import Path

from pypdf import PdfReader
from sqlalchemy import select
from typer.testing import CliRunner, Result

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, a_family
from tests.tui_portail.services.desk_acts import audit_of
from tui_portail.cli import app


def number(database: Database, file: Path | str, *more: str) -> Result:
    return CliRunner().invoke(app, ["courriers", "numeros", "--sortie", str(file), "--base", database.url, *more])


def test_all_the_families_not_connected_are_in_one_pdf_and_recorded(database: Database, tmp_path: Path) -> None:
    desk = a_desk(database)
    families = [a_family(desk, last_name=name) for name in ("Zola", "Abadie")]
    file = tmp_path / "numeros.pdf"

    answer = number(database, file)

    assert answer.exit_code == 0, answer.output
    assert f"2 courriers pour 2 familles dans {file}" in answer.output
    assert ["Abadie" in page.extract_text() for page in PdfReader(file).pages] == [True, False]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with database.read() as connection:
        letter = t.letter_printed.c
        rows = connection.execute(select(letter.dossier_id, letter.agent_id).order_by(letter.dossier_id)).all()
    assert [tuple(row) for row in rows] == [(family.dossier_id, None) for family in families]
    assert len(audit_of(database, "ecrire_courriers")) == 1
    assert "existe déjà" in number(database, file).output
    assert number(database, file, "--remplacer").exit_code == 0


def test_nobody_to_write_to_leaves_no_file(database: Database, tmp_path: Path) -> None:
    a_desk(database)
    folder = tmp_path / "sorties"
    folder.mkdir()
    answer = number(database, folder / "numeros.pdf")
    assert answer.exit_code == 1
    assert "Aucune famille à qui écrire" in " ".join(answer.output.split())
    assert list(folder.iterdir()) == []
    assert "numeros.pdf" in number(database, "").output


def test_its_help_is_in_french() -> None:
    shown = CliRunner().invoke(app, ["courriers", "--aide"]).output
    assert "numeros" in shown
    assert "Un courrier par foyer" in CliRunner().invoke(app, ["courriers", "numeros", "--aide"]).output
