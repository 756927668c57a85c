"""An XLSX workbook read as a table: its first sheet, cells as an agent sees them. openpyxl is loaded by the first one."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from zipfile import ZipFile

from tui_portail.imports.files import (
    MOST_BYTES,
    WORKBOOK,
    FileNotUnderstood,
    FileRecord,
    SourceFile,
    fitted,
    kept,
    read_delimited,
    rejected_lines,
)
from tui_portail.spreadsheets import Column, Table, write_xlsx

TOO_LARGE = "Le classeur est trop gros pour être importé : gardez-en la feuille utile."
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
MOST_COLUMNS = 500
MOST_UNPACKED = 5 * MOST_BYTES
"""Bytes that the parts of a workbook may hold once unpacked: a few kilobytes of archive can hold gigabytes."""


def read_table(name: str, content: bytes) -> SourceFile:
    """Return the table of a file, delimited or XLSX, by what it holds and not by its name. Raises FileNotUnderstood."""
    if content.startswith(_OLD_EXCEL):
        raise FileNotUnderstood("C’est un ancien fichier Excel (.xls) : enregistrez-le en .xlsx ou en CSV.")
    return _read_workbook(name, content) if content.startswith(_ZIP) else read_delimited(name, content)


def rejected_file(source: SourceFile, lines: Collection[int]) -> bytes:
    """Return the file's header and these records only, in the file's own format."""
    if source.encoding != WORKBOOK:
        return rejected_lines(source, lines)
    rows = ([*record.cells] for record in source.records if record.line in lines)
    buffer = io.BytesIO()
    write_xlsx(Table("À corriger", tuple(Column(title) for title in source.header), rows), buffer)
    return buffer.getvalue()


def _read_workbook(name: str, content: bytes) -> SourceFile:
    from openpyxl import load_workbook  # noqa: PLC0415  slow to load, for this format only

    if len(content) > MOST_BYTES:
        raise FileNotUnderstood(TOO_LARGE)
    try:
        if sum(part.file_size for part in ZipFile(io.BytesIO(content)).infolist()) > MOST_UNPACKED:
            raise FileNotUnderstood(TOO_LARGE)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = ((place, [_text(cell) for cell in row]) for place, row in _rows(book.worksheets[0]))
        header_line, header = next(rows)
        while len(header) > 1 and not header[-1].strip():
            header.pop()
        records = kept(_records(rows, len(header)))
        book.close()
    except FileNotUnderstood:
        raise
    except StopIteration:
        raise FileNotUnderstood("La première feuille du classeur est vide.") from None
    except Exception as error:  # a damaged archive fails in as many ways as it has parts
        raise FileNotUnderstood(
            "Le classeur ne se lit pas : ouvrez-le dans un tableur, enregistrez-le de nouveau, puis recommencez."
        ) from error
    sha256 = hashlib.sha256(content).hexdigest()
    return SourceFile(name, sha256, WORKBOOK, "", "", ("",) * header_line, tuple(header), records)


def _rows(sheet: object) -> Iterator[tuple[int, Sequence[object]]]:
    rows = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)  # type: ignore[attr-defined]
    for place, row in enumerate(rows, start=1):
        if any(cell is not None and str(cell).strip() for cell in row):
            yield place, row


def _records(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[FileRecord]:
    for place, row in rows:
        cells, problem = fitted(row, width)
        yield FileRecord(place, cells or tuple(row[:width]), "", problem)


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "oui" if cell else "non"
        case datetime() | date():
            return f"{cell:%d/%m/}{cell.year:04d}"
        case float() if cell.is_integer():
            return str(int(cell))
        case float():
            return str(cell).replace(".", ",")
        case _:
            return str(cell)
