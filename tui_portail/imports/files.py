"""A delimited file, as schools and other programs write them: encoding, delimiter and quotes found out, each line kept as it was read.

A quote left open spoils its own line only: a field goes on over the next lines only where that gives as many cells as the header has.
What is refused is written back in the file's own encoding, delimiter and header, to be mended and imported again.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tui_portail.errors import InvalidInput

DELIMITERS = (";", "\t", ",")
MOST_LINES = 200_000
MOST_BYTES = 100_000_000
LONGEST_RECORD = 6  # physical lines of one record: an address written on several
WORKBOOK = "xlsx"
_LINE_END = re.compile(r"\r\n|\n|\r")
_SEPARATOR_LINE = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class FileNotUnderstood(InvalidInput):
    """A file that holds no table, or not one that can be read."""

    code = "FICHIER_ILLISIBLE"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One record: its first physical line (the file's first is 1), its cells, its text as read; `problem` says why it has no cells."""

    line: int
    cells: tuple[str, ...]
    raw: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A table read. `encoding` is « xlsx » for a workbook, whose records have no raw text."""

    name: str
    sha256: str
    encoding: str
    delimiter: str
    line_end: str
    head: tuple[str, ...]  # raw lines up to the header, itself included
    header: tuple[str, ...]
    records: tuple[FileRecord, ...]


def read_delimited(name: str, content: bytes) -> SourceFile:
    """Return the table of a delimited file. Raises FileNotUnderstood."""
    if len(content) > MOST_BYTES:
        raise FileNotUnderstood(f"Le fichier dépasse {MOST_BYTES // 1_000_000} Mo : découpez-le avant de l’importer.")
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise FileNotUnderstood(
            "L’encodage du fichier n’est pas reconnu : enregistrez-le en « CSV UTF-8 », puis recommencez."
        ) from None
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    found = _LINE_END.search(text)
    told, place = "", 0
    while place < len(lines):
        if (separator := _SEPARATOR_LINE.fullmatch(lines[place])) is not None:
            told = separator[1]
        elif lines[place].strip():
            break
        place += 1
    if place == len(lines):
        raise FileNotUnderstood("Le fichier est vide : il n’a pas même une ligne de titres.")
    delimiter = told or _delimiter(lines[place])
    try:
        header = _cells(lines[place], delimiter)
    except csv.Error:
        raise FileNotUnderstood(
            f"La ligne de titres (ligne {place + 1}) a un guillemet qui ne se ferme pas : corrigez-la dans le fichier."
        ) from None
    while len(header) > 1 and not header[-1].strip():
        header = header[:-1]
    return SourceFile(
        name,
        hashlib.sha256(content).hexdigest(),
        encoding,
        delimiter,
        found[0] if found else "\r\n",
        tuple(lines[: place + 1]),
        header,
        kept(_records(lines, place + 1, delimiter, len(header))),
    )


def rejected_lines(source: SourceFile, lines: Collection[int]) -> bytes:
    """Return the file's header and the records of these lines only, as they were, in the file's own encoding."""
    wanted = [record.raw for record in source.records if record.line in lines]
    text = source.line_end.join((*source.head, *wanted, ""))
    return text.encode(source.encoding)


def kept(records: Iterator[FileRecord]) -> tuple[FileRecord, ...]:
    """Gather a file's records. Raises FileNotUnderstood beyond what is imported at once."""
    gathered = []
    for record in records:
        gathered.append(record)
        if len(gathered) > MOST_LINES:
            raise FileNotUnderstood(f"Le fichier dépasse {MOST_LINES} lignes : découpez-le avant de l’importer.")
    return tuple(gathered)


def fitted(cells: Sequence[str], width: int) -> tuple[tuple[str, ...], str]:
    """Return cells as wide as the header, and what is wrong when more are filled than it has."""
    if any(cell.strip() for cell in cells[width:]):
        return (), f"{len(cells)} cellules pour {width} titres : un séparateur est de trop dans la ligne."
    return (*cells[:width], *[""] * (width - len(cells))), ""


def _records(lines: list[str], start: int, delimiter: str, width: int) -> Iterator[FileRecord]:
    place = start
    while place < len(lines):
        taken, raw = 1, lines[place]
        if raw.strip(f"{delimiter} \t\"'\x1a"):
            cells, problem, taken = _record(lines, place, delimiter, width)
            raw = "\n".join(lines[place : place + taken])
            yield FileRecord(place + 1, cells, raw, problem)
        place += taken


def _record(lines: list[str], place: int, delimiter: str, width: int) -> tuple[tuple[str, ...], str, int]:
    """Return the cells that begin at a line, what is wrong with them, and how many lines they take."""
    for taken in range(1, LONGEST_RECORD + 1):
        text = "\n".join(lines[place : place + taken])
        try:
            cells = _cells(text, delimiter)
        except csv.Error as error:
            if "unexpected end" in str(error) and place + taken < len(lines):
                continue  # a quote is open: the field may go on
            break
        if taken == 1 or len(cells) in {width, width + 1}:
            cells, problem = fitted(cells, width)
            return cells, problem, taken
        break
    return (), "un guillemet s’ouvre et ne se ferme pas, ou se ferme trop tôt : corrigez la ligne.", 1


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    return tuple(next(csv.reader([line], delimiter=delimiter, strict=True), []))


def _encoding(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"


def _delimiter(header: str) -> str:
    bare = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=bare.count)
