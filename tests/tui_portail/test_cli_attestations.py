"""`tui-portail attestations` from a shell: a year's certificates in one PDF; what is refused, in a sentence, and nothing left behind."""

import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from models.engine import Database
from tests.databases import SqliteTemplate
from tests.factories import a_child, a_desk, a_family
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, THURSDAY, add, book_and_pay
from tui_portail.cli import app
from tui_portail.cli import attestations as attestations_module


@pytest.fixture
def sqlite_database(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A base of the engine whose files stand on this machine, in a folder of its own."""
    opened = Database.open(sqlite_template.fresh(tmp_path_factory.mktemp("base")))
    yield opened
    opened.close()


@pytest.fixture
def two_families(database: Database) -> Database:
    """Two families that each paid two evenings of a young child in 2026."""
    desk = a_desk(database)
    for last_name in ("Martin", "Dupont"):
        young = a_child(
            "Léo", last_name, birth_on=date(2021, 5, 4), school_code="MATERNELLE", class_name="Grande section"
        )
        family = a_family(desk, last_name=last_name, children=[young])
        book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
    return database


def certify(database: Database, file: Path | str, year: object = 2026, *more: str) -> Result:
    words = ["attestations", "--annee", str(year), "--sortie", str(file), "--base", database.url, *more]
    return CliRunner().invoke(app, words)


def test_the_certificates_of_a_year_are_in_one_pdf_by_name(two_families: Database, tmp_path: Path) -> None:
    file = tmp_path / "attestations.pdf"
    answer = certify(two_families, file)
    assert answer.exit_code == 0, answer.output
    assert f"Année 2026 : 2 attestations dans {file}" in answer.output
    first, second = (page.extract_text() for page in PdfReader(file).pages)
    assert "Dupont" in first
    assert "Martin" in second
    assert "3,90" in first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_is_replaced_only_when_asked(two_families: Database, tmp_path: Path) -> None:
    file = tmp_path / "attestations.pdf"
    file.write_text("tapé à la main", encoding="utf-8")
    answer = certify(two_families, file)
    assert answer.exit_code == 1
    assert "existe déjà" in answer.output
    assert file.read_text(encoding="utf-8") == "tapé à la main"
    assert certify(two_families, file, 2026, "--remplacer").exit_code == 0
    assert file.read_bytes().startswith(b"%PDF")


def test_a_year_with_nothing_to_certify_leaves_no_file(two_families: Database, tmp_path: Path) -> None:
    folder = tmp_path / "sorties"
    folder.mkdir()
    answer = certify(two_families, folder / "attestations.pdf", 2025)
    assert answer.exit_code == 1
    assert "aucune attestation à établir" in " ".join(answer.output.split())
    assert list(folder.iterdir()) == []


def test_progress_shows_on_a_terminal_only(
    two_families: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "sur 2…" not in certify(two_families, tmp_path / "1.pdf").output
    monkeypatch.setattr(attestations_module, "on_a_terminal", lambda: True)
    monkeypatch.setattr(attestations_module, "CERTIFICATES_A_SIGN", 1)
    shown = certify(two_families, tmp_path / "2.pdf").output
    assert "\r1 attestations sur 2…\r2 attestations sur 2…\r" in shown


@pytest.mark.parametrize("year", ["1850", "20262", "deux mille", "²026", ""])
def test_a_year_that_is_none_is_refused_in_french(sqlite_database: Database, tmp_path: Path, year: str) -> None:
    a_desk(sqlite_database)
    answer = certify(sqlite_database, tmp_path / "x.pdf", year)
    assert answer.exit_code == 2
    assert f"« {year} » n’est pas une année : tapez quatre chiffres" in answer.output
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_file_or_the_base_itself_is_refused(two_families: Database, tmp_path: Path) -> None:
    assert "attestations-2026.pdf" in certify(two_families, "").output
    absent = certify(two_families, tmp_path / "absent" / "x.pdf")
    assert absent.exit_code == 1
    assert "n’existe pas" in absent.output
    base = two_families.address.path
    if base is not None:
        assert "celui de la base" in certify(two_families, base, 2026, "--remplacer").output


def test_its_help_is_in_french(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["attestations", "--aide"]).output
    assert "--annee" in shown
    assert "une par payeur" in shown
