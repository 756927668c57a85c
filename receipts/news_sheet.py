"""The service's news for the wall: one block a piece of news, its dates, its text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from receipts.documents import Paper
from receipts.figures import require_aware
from receipts.rows import Cell, Line, Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_sheet
from tui_portail.french import long_date

_PAPER: Paper = "A4"
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A piece of news: title, text (its lines kept), first and last day (None: no end)."""

    title: str
    body: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class NewsSheet:
    """What is shown on the day it is drawn."""

    commune: str
    service: str
    items: tuple[NewsItem, ...]
    issued_at: datetime
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("issued_at", self.issued_at)


def draw_news_sheet(sheet: NewsSheet) -> bytes:
    """Return the sheet as a PDF; the same sheet gives the same bytes."""
    measures = MEASURES[_PAPER]
    head = [
        Row(
            [
                Cell(
                    0,
                    measures.inner,
                    (
                        Line(f"{sheet.commune} – {sheet.service}", measures.size * 1.2),
                        Line("Actualités", measures.size * 2.6, bold=True),
                    ),
                )
            ],
            below=measures.size * 2,
        )
    ]
    return draw_sheet(
        Sheet(
            title="Actualités",
            author=sheet.commune,
            issued_at=sheet.issued_at,
            heading=head,
            reminder=head,
            tables=[Table((), [(row, 0) for row in _block(item, measures)]) for item in sheet.items],
            foot=f"Affiché le {long_date(sheet.issued_at.date())}.",
            fictitious=sheet.fictitious,
        ),
        _PAPER,
    )


def _block(item: NewsItem, measures: Measures) -> list[Row]:
    size, inner = measures.size * 1.4, measures.inner
    dates = (
        f"Du {long_date(item.from_on)} au {long_date(item.until_on)}"
        if item.until_on
        else f"Depuis le {long_date(item.from_on)}"
    )
    title = Row(
        [Cell(0, inner, (Line(item.title, size * 1.4, bold=True, limit=130),))], above=size, below=2, rule=inner
    )
    dated = Row([Cell(0, inner, (Line(dates, size * 0.8, grey=0.3),))], below=size * 0.5)
    lines = [
        Row([Cell(0, inner, (Line(line or " ", size, limit=_LONGEST),))], below=2) for line in item.body.splitlines()
    ]
    return [title, dated, *lines]
