"""`tui-portail exporter` from a shell: files that spreadsheets, bean-check and hledger read to the cent; what is refused, in a sentence."""

import csv
import stat
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from models import tables as t
from models.engine import Database
from tests.databases import SqliteTemplate
from tests.factories import a_desk
from tests.tui_portail.plain_text_books import (
    bean_check,
    beancount_balances,
    hledger_balances,
    hledger_check,
    needs_hledger,
)
from tests.tui_portail.services.regie_story import HOSTILE, Story
from tui_portail.book_entries import account_path
from tui_portail.cli import app
from tui_portail.cli import exporter as exporter_module

NAMES = ("Marie", "Dupont", "Inès", "Noé", "cmd", "Camille", "Banque")
REGISTERS = ("journal", "grand-livre", "avoirs", "recettes")


@pytest.fixture
def sqlite_database(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A base of the engine whose files stand on this machine, in a folder of its own."""
    opened = Database.open(sqlite_template.fresh(tmp_path_factory.mktemp("base")))
    yield opened
    opened.close()


def export(database: Database, file: Path, register: str, file_format: str, *more: str) -> Result:
    words = ["exporter", register, "--format", file_format, "--sortie", str(file), "--base", database.url, *more]
    return CliRunner().invoke(app, words)


def exported(database: Database, tmp_path: Path, register: str, file_format: str, *more: str) -> Path:
    file = tmp_path / f"{register}.{file_format}"
    answer = export(database, file, register, file_format, *more)
    assert answer.exit_code == 0, answer.output
    assert str(file) in answer.output
    return file


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text, delimiter=";"))


def cents(text: str) -> int:
    return int(Decimal(text.replace(",", ".") or "0") * 100)


def balances_of(database: Database) -> dict[str, int]:
    """Return the journal's balances, in cents, by the account's name in both programs; those at 0 left out."""
    posting = t.posting.c
    summed = select(posting.account, posting.payer_id, func.sum(posting.amount_cents).label("cents"))
    with database.read() as connection:
        rows = connection.execute(summed.group_by(posting.account, posting.payer_id)).all()
    return {account_path(row.account, row.payer_id): int(row.cents) for row in rows if row.cents}


def test_bean_check_accepts_the_journal_and_finds_our_balances(story: Story, tmp_path: Path) -> None:
    database = story.desk.database
    file = exported(database, tmp_path, "journal", "beancount")
    assert bean_check(file) == ""
    assert beancount_balances(file) == balances_of(database)
    assert not [name for name in NAMES if name in file.read_text(encoding="utf-8")]


@needs_hledger
def test_hledger_accepts_the_journal_and_finds_our_balances(story: Story, tmp_path: Path) -> None:
    database = story.desk.database
    file = exported(database, tmp_path, "journal", "hledger")
    assert hledger_check(file) == ""
    assert hledger_balances(file) == balances_of(database)
    assert not [name for name in NAMES if name in file.read_text(encoding="utf-8")]


def test_every_entry_is_in_the_book_with_its_hash(story: Story, tmp_path: Path) -> None:
    database = story.desk.database
    text = exported(database, tmp_path, "journal", "beancount").read_text(encoding="utf-8")
    with database.read() as connection:
        entries = connection.execute(select(t.journal_entry.c.seq, t.journal_entry.c.hash)).all()
    assert text.count("\n  ecriture: ") == len(entries) > 15
    for entry in entries:
        assert f"  ecriture: {entry.seq}\n" in text
        assert f'  empreinte: "{entry.hash}"' in text


def test_the_journal_a_souches_is_read_back_from_csv_and_xlsx(story: Story, tmp_path: Path) -> None:
    database = story.desk.database
    rows = rows_of(exported(database, tmp_path, "journal", "csv"))
    assert [row["Quittance"] for row in rows] == story.numbers
    assert [cents(row["Total"]) for row in rows] == [cashed.total_cents for cashed in story.payments]
    assert rows[1]["Payeur"] == "'" + HOSTILE
    assert rows[1]["État"] == "contre-passée le mar. 01/12/2026, remplacée par la quittance 2026-000006"
    assert rows[5]["État"] == "remplace la quittance 2026-000002"
    assert rows[7]["Délivrée le"] == "31/12/2026 23:59:00"
    sheet = load_workbook(exported(database, tmp_path, "journal", "xlsx")).active
    assert sheet is not None
    titles, *lines = sheet.iter_rows(values_only=True)
    assert list(titles) == list(rows[0])
    assert [round(Decimal(str(line[5])) * 100) for line in lines] == [cents(row["Total"]) for row in rows]


def test_the_grand_livre_closes_on_the_balances_of_the_books(story: Story, tmp_path: Path) -> None:
    database = story.desk.database
    rows = rows_of(exported(database, tmp_path, "grand-livre", "csv"))
    closing = {
        account_path(row["Compte"], int(row["Code payeur"][1:]) if row["Code payeur"] else None): cents(row["Solde"])
        for row in rows
        if row["Opération"] == "Totaux et solde de clôture"
    }
    assert {account: held for account, held in closing.items() if held} == balances_of(database)
    assert rows[0]["Opération"] == "Solde d’ouverture"
    dupont = [row for row in rows if row["Compte"] == "creances" and row["Payeur"] == "Marie Dupont"]
    assert [row["Opération"] for row in dupont][1:-1] == [
        "Contre-passation de la quittance 2026-000004",
        "Paiement, quittance 2026-000007",
    ]


def test_the_state_of_avoirs_is_that_of_a_day(story: Story, tmp_path: Path) -> None:
    database = story.desk.database

    def left(*more: str) -> list[int]:
        return [
            cents(row["Reste"]) for row in rows_of(exported(database, tmp_path, "avoirs", "csv", "--remplacer", *more))
        ]

    assert left("--au", "2026-12-02")[:2] == [1_95, 0]
    assert left()[0] == 0
    assert left("--au", "30/11/2026") == []


def test_revenue_of_a_period_is_exported_by_day_month_or_year(story: Story, tmp_path: Path) -> None:
    database = story.desk.database

    def net(*more: str) -> Counter[str]:
        found: Counter[str] = Counter()
        for row in rows_of(exported(database, tmp_path, "recettes", "csv", "--remplacer", *more)):
            found[next(iter(row.values()))] += cents(row["Net"])
            assert cents(row["Net"]) == cents(row["Encaissé"]) - cents(row["Contre-passé"]) - cents(
                row["Rendu en avoir"]
            )
        return found

    revenue = -sum(held for account, held in balances_of(database).items() if account.startswith("Income"))
    assert sum(net().values()) == sum(net("--par", "jour").values()) == sum(net("--par", "annee").values()) == revenue
    assert set(net()) == {"01/12/2026", "01/01/2027"}
    assert net("--du", "2027-01-01", "--par", "jour") == {"01/01/2027": 1_95}


@pytest.mark.parametrize("register", REGISTERS)
def test_a_name_that_looks_like_a_formula_is_a_text(story: Story, tmp_path: Path, register: str) -> None:
    database = story.desk.database
    named = register != "recettes"
    cells = [cell for row in rows_of(exported(database, tmp_path, register, "csv")) for cell in row.values()]
    assert (f"'{HOSTILE}" in cells) is named
    assert HOSTILE not in cells
    sheet = load_workbook(exported(database, tmp_path, register, "xlsx")).active
    assert sheet is not None
    types = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert types.get(HOSTILE) == ("s" if named else None)
    assert set(types.values()) <= {"s", "n", "d"}


@pytest.mark.parametrize("register", REGISTERS)
def test_an_empty_base_gives_a_table_with_its_titles_alone(database: Database, tmp_path: Path, register: str) -> None:
    a_desk(database)
    for file_format in ("csv", "xlsx"):
        answer = export(database, tmp_path / f"x.{file_format}", register, file_format)
        assert answer.exit_code == 0, answer.output
        assert "0 ligne dans" in answer.output
    assert len((tmp_path / "x.csv").read_text(encoding="utf-8-sig").splitlines()) == 1


def test_an_empty_base_gives_books_that_both_programs_accept(database: Database, tmp_path: Path) -> None:
    a_desk(database)
    assert bean_check(exported(database, tmp_path, "journal", "beancount")) == ""
    exported(database, tmp_path, "journal", "hledger")


def test_a_file_is_its_owners_alone_and_is_replaced_only_when_asked(database: Database, tmp_path: Path) -> None:
    a_desk(database)
    file = exported(database, tmp_path, "journal", "csv")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("tapé à la main", encoding="utf-8")
    answer = export(database, file, "journal", "csv")
    assert answer.exit_code == 1
    assert "existe déjà" in answer.output
    assert file.read_text(encoding="utf-8") == "tapé à la main"
    assert export(database, file, "journal", "csv", "--remplacer").exit_code == 0
    assert file.read_text(encoding="utf-8-sig").startswith("Quittance;")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_nothing_half_written_stays(story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = story.desk.database

    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui_portail.services.register_exports._Counted.__iter__", fails)
    folder = tmp_path / "sorties"
    folder.mkdir()
    for file_format in ("csv", "xlsx", "beancount", "hledger"):
        assert export(database, folder / f"essai.{file_format}", "journal", file_format).exit_code != 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("caisse", "csv"), "registre connu"),
        (("journal", "pdf"), "csv, xlsx, beancount, hledger"),
        (("grand-livre", "beancount"), "journal en entier"),
        (("recettes", "hledger"), "journal en entier"),
        (("journal", "beancount", "--du", "2026-12-01"), "ni --du ni --au"),
        (("avoirs", "csv", "--du", "2026-12-01"), "par --au"),
        (("journal", "csv", "--par", "jour"), "Seules les recettes"),
        (("recettes", "csv", "--par", "semaine"), "pas connu"),
        (("journal", "csv", "--du", "2026-02-30"), "n’est pas un jour"),
        (("journal", "csv", "--du", "2026-12-02", "--au", "2026-12-01"), "finit avant de commencer"),
        (("journal", "csv", "--au", "9999-12-31"), "entre 1970 et 2999"),
    ],
)
def test_what_does_not_go_together_is_refused_with_a_sentence(
    sqlite_database: Database, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    a_desk(sqlite_database)
    answer = export(sqlite_database, tmp_path / "essai", words[0], words[1], *words[2:])
    assert answer.exit_code == 2
    assert said in answer.output
    assert not (tmp_path / "essai").exists()


def test_a_place_that_cannot_be_written_is_told(sqlite_database: Database, tmp_path: Path) -> None:
    a_desk(sqlite_database)
    for place, said in (
        (tmp_path / "absent" / "x.csv", "n’existe pas"),
        (tmp_path, "n’est pas un fichier"),
        (Path("/dev/null"), "n’est pas un fichier"),
    ):
        answer = export(sqlite_database, place, "journal", "csv", "--remplacer")
        assert answer.exit_code == 1
        assert said in answer.output
        assert "Traceback" not in answer.output
    answer = CliRunner().invoke(
        app, ["exporter", "journal", "--format", "csv", "--sortie", "", "--base", sqlite_database.url]
    )
    assert answer.exit_code == 2
    assert "journal-2026.csv" in answer.output


def test_the_base_is_never_replaced_by_its_export(sqlite_database: Database) -> None:
    a_desk(sqlite_database)
    path = sqlite_database.address.path
    assert path is not None
    (path.parent / "lien.csv").symlink_to(path)
    for file in (path, path.with_name(path.name + "-wal"), path.parent / "lien.csv"):
        answer = export(sqlite_database, file, "journal", "csv", "--remplacer")
        assert answer.exit_code == 2
        assert "celui de la base" in answer.output
    assert CliRunner().invoke(app, ["verifier", "--base", sqlite_database.url]).exit_code == 0


def test_a_missing_base_is_a_sentence(tmp_path: Path) -> None:
    words = [
        "exporter",
        "journal",
        "--format",
        "csv",
        "--sortie",
        str(tmp_path / "x"),
        "--base",
        str(tmp_path / "absente"),
    ]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 1
    assert "n’existe pas" in answer.output.replace("'", "’")


def test_a_long_export_shows_where_it_is_on_a_terminal_only(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = story.desk.database
    monkeypatch.setattr(exporter_module, "LINES_A_SIGN", 4)
    assert "lignes…" not in export(database, tmp_path / "1.csv", "journal", "csv").output
    monkeypatch.setattr(exporter_module, "on_a_terminal", lambda: True)
    shown = export(database, tmp_path / "2.csv", "journal", "csv").output
    assert "\r4 lignes…\r8 lignes…\r" in shown
    assert shown.rstrip().endswith(f"9 lignes dans {tmp_path / '2.csv'}")
