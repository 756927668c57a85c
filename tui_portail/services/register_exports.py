"""A register written to a file: as a spreadsheet, or the whole journal as a book that beancount or hledger checks.

The file takes its name once whole. Screens call it in books opened with the right, the command in its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, TypeVar

from tui_portail.beancount_book import beancount_lines
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.files import reason, whole_file
from tui_portail.french import plural
from tui_portail.hledger_book import hledger_lines
from tui_portail.revenue import Grain
from tui_portail.services.registers import WHOLE, Books, Period
from tui_portail.services.registers_entries import book_balances, book_entries
from tui_portail.services.registers_tables import avoirs_table, journal_table, ledger_table, revenue_table
from tui_portail.spreadsheets import Table, write_csv, write_xlsx

T = TypeVar("T")


class RegisterName(StrEnum):
    """A register, by the word the command takes."""

    JOURNAL = "journal"
    LEDGER = "grand-livre"
    AVOIRS = "avoirs"
    REVENUE = "recettes"


class FileFormat(StrEnum):
    """How a register is written."""

    CSV = "csv"
    XLSX = "xlsx"
    BEANCOUNT = "beancount"
    HLEDGER = "hledger"


_BOOKS = {FileFormat.BEANCOUNT: beancount_lines, FileFormat.HLEDGER: hledger_lines}


class ExportNotWritten(PortailError):
    """The file could not be written: no right, no place, or it exists and is not to be replaced."""

    code = "EXPORT_NON_ECRIT"


@dataclass(frozen=True, slots=True)
class Export:
    """What is asked: a register, how it is written, over which days. Raises InvalidInput for what does not go together."""

    register: RegisterName
    format: FileFormat
    period: Period = WHOLE
    grain: Grain | None = None

    def __post_init__(self) -> None:
        if self.format in _BOOKS and self.register is not RegisterName.JOURNAL:
            raise InvalidInput(
                f"Le format {self.format} tient le journal en entier : demandez « journal », "
                f"ou exportez « {self.register} » en csv ou en xlsx."
            )
        if self.format in _BOOKS and self.period != WHOLE:
            raise InvalidInput(
                f"Le format {self.format} tient le journal en entier, pour que ses soldes se vérifient : ne donnez ni --du ni --au."
            )
        if self.register is RegisterName.AVOIRS and self.period.from_on is not None:
            raise InvalidInput("L’état des avoirs est celui d’un jour : donnez seulement ce jour, par --au.")
        if self.register is not RegisterName.REVENUE and self.grain is not None:
            raise InvalidInput("Seules les recettes se totalisent par jour, mois ou année : ne donnez pas --par.")


@dataclass(frozen=True, slots=True)
class Exported:
    """A register written: its title, how many rows or entries, and where."""

    title: str
    counted: str
    path: Path

    @property
    def sentence(self) -> str:
        """What was done, for the agent."""
        return f"{self.title} : {self.counted} dans {self.path}"


def export_register(
    books: Books, export: Export, path: Path, *, replace: bool, progress: Callable[[int], None] | None = None
) -> Exported:
    """Write a register to a file and say what was written; `progress` is told how many rows are.

    Raises ExportNotWritten, InvalidInput for more rows than an XLSX holds.
    """
    with file_to_write(path, replace=replace) as file:
        title, counted = _write(books, export, file, progress)
    return Exported(title, counted, path)


@contextmanager
def file_to_write(path: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """Give the file an agent named, which takes its name once whole. Raises ExportNotWritten, at once if it may not be replaced."""
    if path.exists() and not path.is_file():
        raise ExportNotWritten(f"{path} n’est pas un fichier : donnez le nom d’un fichier à écrire.")
    if not replace and path.exists():
        raise ExportNotWritten(_EXISTS.format(path))
    try:
        with whole_file(path, replace=replace) as file:
            yield file
    except FileExistsError:
        raise ExportNotWritten(_EXISTS.format(path)) from None
    except OSError as error:
        raise ExportNotWritten(
            f"Le fichier {path} n’a pas pu être écrit ({reason(error)}). Choisissez un autre emplacement."
        ) from error


_EXISTS = "Le fichier {} existe déjà : donnez un autre nom, ou demandez à le remplacer."


def _write(books: Books, export: Export, file: BinaryIO, progress: Callable[[int], None] | None) -> tuple[str, str]:
    if export.format in _BOOKS:
        title = f"Journal de la régie « {books.commune.regie.name} »"
        entries = _Counted(book_entries(books), progress)
        for line in _BOOKS[export.format](title, entries, book_balances(books)):
            file.write(f"{line}\n".encode())
        return title, plural(entries.count, "écriture")
    table = _table(books, export)
    rows = _Counted(table.rows, progress)
    write = write_csv if export.format is FileFormat.CSV else write_xlsx
    return table.title, plural(write(Table(table.title, table.columns, rows), file), "ligne")


def _table(books: Books, export: Export) -> Table:
    match export.register:
        case RegisterName.JOURNAL:
            return journal_table(books, export.period)
        case RegisterName.LEDGER:
            return ledger_table(books, export.period)
        case RegisterName.AVOIRS:
            return avoirs_table(books, export.period.until_on)
        case RegisterName.REVENUE:
            return revenue_table(books, export.period, export.grain or Grain.MONTH)


class _Counted(Iterable[T]):
    """Values counted as they are read."""

    def __init__(self, values: Iterable[T], progress: Callable[[int], None] | None) -> None:
        self._values, self._progress, self.count = values, progress, 0

    def __iter__(self) -> Iterator[T]:
        for value in self._values:
            yield value
            self.count += 1
            if self._progress is not None:
                self._progress(self.count)
