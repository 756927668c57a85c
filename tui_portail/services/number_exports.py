"""Numbers written as a spreadsheet: CSV or XLSX, by the name of the file."""

from __future__ import annotations

from pathlib import Path

from tui_portail.errors import InvalidInput
from tui_portail.french import plural
from tui_portail.services.register_exports import Exported, file_to_write
from tui_portail.spreadsheets import Table, write_csv, write_xlsx

WRITERS = {".csv": write_csv, ".xlsx": write_xlsx}


def write_table(table: Table, path: Path, *, replace: bool) -> Exported:
    """Write a table in a file and say what was written. Raises InvalidInput for another kind of file, ExportNotWritten."""
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise InvalidInput(f"« {path.name} » : donnez un nom de fichier qui finit par .csv ou .xlsx.")
    with file_to_write(path, replace=replace) as file:
        return Exported(table.title, plural(write(table, file), "ligne"), path)
