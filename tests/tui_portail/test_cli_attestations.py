"""`tui-portail attestations`: one PDF for a year, never over another file, refusals in French."""

from datetime import date
from pathlib import Path

from pypdf import PdfReader
from typer.testing import CliRunner

from models.engine import Database
from tests.factories import a_child, a_desk, a_family
from tests.tui_portail.services.desk_acts import EVENING, add, book_and_pay
from tui_portail.cli import app


def test_the_certificates_of_a_year_are_one_pdf(database_url: str, tmp_path: Path) -> None:
    database = Database.open(database_url)
    desk = a_desk(database)
    child = a_child(birth_on=date(2021, 5, 4), school_code="MATERNELLE", class_name="Grande section")
    family = a_family(desk, children=[child])
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 10)))
    database.close()
    path = tmp_path / "attestations.pdf"
    command = ["attestations", "--annee", "2026", "--sortie", str(path), "--base", database_url]

    done = CliRunner().invoke(app, command)

    assert done.exit_code == 0, done.output
    assert "1 attestation dans" in done.output
    assert "Marie Dupont" in PdfReader(path).pages[0].extract_text()
    again = CliRunner().invoke(app, command)
    assert again.exit_code != 0
    assert "existe déjà" in again.output
    assert CliRunner().invoke(app, [*command, "--remplacer"]).exit_code == 0


def test_a_year_without_anything_to_certify_is_said(database_url: str, tmp_path: Path) -> None:
    database = Database.open(database_url)
    a_desk(database)
    database.close()
    path = tmp_path / "rien.pdf"

    done = CliRunner().invoke(app, ["attestations", "--annee", "2026", "--sortie", str(path), "--base", database_url])

    assert done.exit_code != 0
    assert "aucune attestation" in done.output
    assert not path.exists()
