"""`tui-portail effectifs` and `tui-portail repas` from a shell: spreadsheets of numbers, without a name; what is refused, in a sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from models.engine import Database
from tests.databases import SqliteTemplate
from tests.factories import a_child, a_desk, a_family
from tests.tui_portail.services.desk_acts import MEAL, THURSDAY, add, book_and_pay, row_counts
from tui_portail.cli import app


@pytest.fixture
def database(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = Database.open(sqlite_template.fresh(tmp_path_factory.mktemp("base")))
    desk = a_desk(opened)
    family = a_family(desk, children=[a_child(diet="sans_porc")])
    book_and_pay(desk, family.dossier_id, add(family.child_id, MEAL, THURSDAY))
    yield opened
    opened.close()


def asked(database: Database, command: str, file: Path, first: str = "2026-11-30", last: str = "2026-12-04") -> Result:
    words = [command, "--du", first, "--au", last, "--sortie", str(file), "--base", database.url]
    return CliRunner().invoke(app, words)


def test_the_meals_and_the_children_expected_are_written_by_a_command_that_only_reads(
    database: Database, tmp_path: Path
) -> None:
    before = row_counts(database)
    meals = asked(database, "repas", tmp_path / "repas.xlsx")
    assert (meals.exit_code, "1 ligne dans" in meals.output) == (0, True)
    [_, row] = load_workbook(tmp_path / "repas.xlsx").active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert row[1:5] == ("Harmonie", "restaurant scolaire", "sans porc", "6 ans et plus")
    assert row[7] == 1
    expected = asked(database, "effectifs", tmp_path / "effectifs.csv")
    assert expected.exit_code == 0
    written = (tmp_path / "effectifs.csv").read_text("utf-8")
    assert "03/12/2026;Harmonie;restaurant scolaire;1;0;1;0;1" in written
    assert "Dupont" not in written
    assert row_counts(database) == before


@pytest.mark.parametrize(
    ("name", "first", "why"),
    [("repas.pdf", "2026-11-30", ".csv ou .xlsx"), ("repas.csv", "2026-12-31", "avant le premier")],
)
def test_another_kind_of_file_or_days_in_disorder_are_refused_in_a_sentence(
    database: Database, tmp_path: Path, name: str, first: str, why: str
) -> None:
    answer = asked(database, "repas", tmp_path / name, first)
    assert answer.exit_code == 2
    assert why in " ".join(answer.output.split())
    assert not (tmp_path / name).exists()
