"""A table written as a spreadsheet: CSV as a French Excel opens it, or XLSX with real numbers and dates.

Text from people is text (design, guarantee 9): what a spreadsheet would take for a formula is marked with an apostrophe in CSV, and kept
as a string in XLSX. Rows are read one at a time and never held: a table may be long. openpyxl is loaded by the first XLSX.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import IO, TYPE_CHECKING, Any

from tui_portail.errors import InvalidInput
from tui_portail.instants import in_paris

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

# Where lxml is there too (online payment brings it), openpyxl would read workbooks by it rather than by defusedxml, which refuses a DTD.
os.environ["OPENPYXL_LXML"] = "False"

MOST_XLSX_ROWS = 1_048_575  # a sheet has 1 048 576, the first holds the titles
LONGEST_XLSX_TEXT = 32_767
BYTE_ORDER_MARK = "\ufeff"

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")  # full-width signs too: some spreadsheets read them as the others
_OBEYED = (
    re.compile(  # not XML, or obeyed by who reads: a terminal's control characters, marks that turn the writing around
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
    )
)
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_SHEET_NAME = 31

Cell = str | int | date | datetime | None


class CellKind(Enum):
    """What a column holds. Amounts are given in integer cents and instants aware: the sheet shows euros and Paris time."""

    TEXT = "text"
    COUNT = "count"
    EUROS = "euros"
    DAY = "day"
    INSTANT = "instant"


_XLSX_FORMATS = {CellKind.EUROS: "#,##0.00", CellKind.DAY: "dd/mm/yyyy", CellKind.INSTANT: "dd/mm/yyyy hh:mm:ss"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, what it holds, its width in characters."""

    title: str
    kind: CellKind = CellKind.TEXT
    width: int = 16


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be written once: its rows are read as they come. None is an empty cell."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]]


def write_csv(table: Table, file: IO[bytes]) -> int:
    """Write a table as UTF-8 CSV, with semicolons and decimal commas, and return its number of rows."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_csv_text(column.title) for column in table.columns])
    count = 0
    for row in table.rows:
        count += 1
        writer.writerow([_csv_cell(column.kind, cell) for column, cell in zip(table.columns, row, strict=True)])
    text.detach()  # flushed, and the file left open
    return count


def write_xlsx(table: Table, file: IO[bytes]) -> int:
    """Write a table as an XLSX workbook of one sheet, and return its number of rows. Raises InvalidInput beyond what a sheet holds."""
    from openpyxl import Workbook  # noqa: PLC0415  slow to load, for this format only
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = _xml_text(table.title), "tui-portail"
    sheet: WriteOnlyWorksheet = book.create_sheet(_sheet_name(table.title))
    sheet.freeze_panes = "A2"
    for place, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    try:
        count = _fill(sheet, table)
    except BaseException:
        sheet.close()
        sheet._writer.cleanup()  # the rows already written, in a temporary file
        raise
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{count + 1}"
    book.save(file)
    return count


def _fill(sheet: WriteOnlyWorksheet, table: Table) -> int:
    cells = _XlsxCells(sheet)
    sheet.append([cells.title(column.title) for column in table.columns])
    count = 0
    for row in table.rows:
        count += 1
        if count > MOST_XLSX_ROWS:
            raise InvalidInput(
                f"Une feuille XLSX ne tient pas plus de {MOST_XLSX_ROWS} lignes : exportez une période plus courte, ou en CSV."
            )
        sheet.append([cells.cell(column.kind, cell) for column, cell in zip(table.columns, row, strict=True)])
    return count


class _XlsxCells:
    """The cells of one sheet, each with the type and format of its column."""

    def __init__(self, sheet: WriteOnlyWorksheet) -> None:
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
        from openpyxl.styles import Font  # noqa: PLC0415

        self._sheet, self._make, self._bold = sheet, WriteOnlyCell, Font(bold=True)

    def title(self, text: str) -> Any:
        made = self.cell(CellKind.TEXT, text)
        made.font = self._bold
        return made

    def cell(self, kind: CellKind, cell: Cell) -> Any:
        value = _typed(kind, cell)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            made = self._make(self._sheet, value)
            if kind in _XLSX_FORMATS:
                made.number_format = _XLSX_FORMATS[kind]
            return made
        text = _xml_text(value)[:LONGEST_XLSX_TEXT]
        made = self._make(self._sheet, text)
        made.data_type = "s"  # never a formula, nor an error such as #N/A
        if _looks_like_a_formula(text):
            made.quotePrefix = True  # stays a text when somebody edits the cell
        return made


def _typed(kind: CellKind, cell: Cell) -> str | int | Decimal | date | datetime | None:
    """Return a cell as its column holds it: euros from cents, Paris wall time from an instant."""
    if cell is None:
        return None
    if kind is CellKind.EUROS and isinstance(cell, int):
        return Decimal(cell).scaleb(-2)
    if kind is CellKind.INSTANT and isinstance(cell, datetime):
        return in_paris(cell).replace(tzinfo=None, microsecond=0)
    if kind is CellKind.TEXT:
        return str(cell)
    return cell


def _csv_cell(kind: CellKind, cell: Cell) -> str:
    match _typed(kind, cell):
        case None:
            return ""
        case str() as text:
            return _csv_text(text)
        case datetime() as instant:
            return f"{instant:%d/%m/}{instant.year:04d}{instant: %H:%M:%S}"
        case date() as day:
            return f"{day:%d/%m/}{day.year:04d}"
        case number:
            return str(number).replace(".", ",")


def _csv_text(text: str) -> str:
    clean = _xml_text(text)
    return f"'{clean}" if _looks_like_a_formula(clean) else clean


def _looks_like_a_formula(text: str) -> bool:
    """Say whether a spreadsheet may take a text for a formula, by its first sign or the first after spaces."""
    return _FORMULA.match(text) is not None


def _xml_text(text: str) -> str:
    """Return a text without the characters that no XML file can hold, nor those obeyed instead of shown."""
    return _OBEYED.sub("", text)


def _sheet_name(title: str) -> str:
    return _NOT_IN_A_SHEET_NAME.sub(" ", _xml_text(title)).strip(" '")[:_LONGEST_SHEET_NAME] or "Registre"
