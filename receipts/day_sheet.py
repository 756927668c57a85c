"""The day sheet of Enfance/Jeunesse: who comes, when, for what, with room to note what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from receipts.documents import Issuer, Paper
from receipts.figures import require_aware
from receipts.letterhead import sentence_row
from receipts.regie_papers import Columns, Head
from receipts.rows import Line, Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_sheet
from tui_portail.french import long_date, plural

_TITLE = "Rendez-vous"
_SHARES = (0.16, 0.29, 0.26, 0.29)
_ROOM = 1.6  # times the size of text, left under each line to write by hand


@dataclass(frozen=True, slots=True)
class DayLine:
    """One appointment: its hours and place in words, whose, how to reach them, for what, what was noted, what became of it."""

    hours: str
    who: str
    phone: str
    kind: str
    note: str = ""
    state: str = ""
    dossier: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class DaySheet:
    """The appointments of a day in order. `openings` says when the service receives, or why it does not."""

    issuer: Issuer
    day: date
    issued_at: datetime
    openings: str
    lines: tuple[DayLine, ...]
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("issued_at", self.issued_at)


def draw_day_sheet(sheet: DaySheet, paper: Paper = "A4") -> bytes:
    """Return the sheet as a PDF; the same sheet gives the same bytes."""
    measures = MEASURES[paper]
    day = long_date(sheet.day)
    head = Head(sheet.issuer, _TITLE, day, sheet.issued_at, sheet.fictitious)
    count = plural(len(sheet.lines), "rendez-vous") if sheet.lines else "Aucun rendez-vous"
    said = sentence_row(measures, f"{count}. {sheet.openings}")
    return draw_sheet(
        Sheet(
            title=f"{_TITLE}, {day}",
            author=sheet.issuer.commune,
            issued_at=sheet.issued_at,
            heading=head.first_page(measures, said, Row([], above=measures.size)),
            reminder=head.next_pages(measures),
            tables=[_table(sheet, measures)] if sheet.lines else [],
            foot="Document de travail : à détruire en fin de journée.",
            fictitious=sheet.fictitious,
        ),
        paper,
    )


def _table(sheet: DaySheet, measures: Measures) -> Table:
    columns = Columns(measures, ("Heure", "Famille", "Motif", "Notes"), _SHARES)
    return Table([columns.names()], [(_row(columns, line), 0) for line in sheet.lines])


def _row(columns: Columns, line: DayLine) -> Row:
    size = columns.measures.size
    texts = (
        (Line(line.hours, size, bold=True), *_small(line.place, size)),
        (Line(line.who, size, bold=True), *_small(line.phone, size, grey=0.0), *_small(line.dossier, size)),
        (Line(line.kind, size), *_small(line.state, size)),
        (Line(line.note, size, limit=300),),
    )
    return columns.with_room(_ROOM, *texts)


def _small(text: str, size: float, grey: float = 0.3) -> tuple[Line, ...]:
    return (Line(text, size * 0.9, grey=grey),) if text else ()
