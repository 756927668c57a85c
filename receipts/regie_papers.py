"""What the régie's own papers share on a sheet: who gives them and which they are, tables of any columns, sentences, signatures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from receipts.documents import Issuer
from receipts.figures import CashLine
from receipts.letterhead import GUTTER, giver, sentence_row
from receipts.rows import Cell, Line, Row
from receipts.sheet import Measures, Table
from receipts.wording import FICTITIOUS, clock_date, hash_text
from tui_portail.money import format_cents

_SIGNATURE_HEIGHT = 6  # times the size of text
_GAP = 4  # points between columns
_LONGEST = 1_200  # characters over the whole width: a cell is never taller than a page


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a paper: who gives it, its title and number, when, and its stamps (« BROUILLON », « FICTIF »)."""

    issuer: Issuer
    title: str
    number: str
    issued_at: datetime
    fictitious: bool
    stamp: str = ""

    @property
    def stamps(self) -> str:
        """The stamps printed under the date, empty when there is none."""
        return " – ".join(stamp for stamp in (self.stamp, FICTITIOUS if self.fictitious else "") if stamp)

    def first_page(self, measures: Measures, *below: Row) -> list[Row]:
        """Return the head of the first page, and what comes under it."""
        size, half = measures.size, measures.inner / 2
        given = [Line(self.title.upper(), size * 1.5, bold=True, align="right")]
        if self.number:
            given.append(Line(self.number, size * 1.3, bold=True, align="right"))
        given.append(Line(f"le {clock_date(self.issued_at)}", size, align="right"))
        if self.stamps:
            given.append(Line(self.stamps, size * 1.4, bold=True, align="right"))
        cells = [Cell(0, half - GUTTER, giver(self.issuer, size)), Cell(half, half, tuple(given))]
        return [Row(cells, below=size * 1.2), *below]

    def next_pages(self, measures: Measures) -> list[Row]:
        """Return the head of the pages that follow: enough to know to which paper they belong."""
        size, half = measures.size, measures.inner / 2
        name = " ".join(part for part in (self.title, self.number, "(suite)") if part)
        given = [Line(name, size, bold=True, align="right")]
        if self.stamps:
            given.append(Line(self.stamps, size, bold=True, align="right"))
        left = (Line(self.issuer.commune, size, bold=True), Line(self.issuer.regie, size))
        return [Row([Cell(0, half - GUTTER, left), Cell(half, half, tuple(given))], below=size)]


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a table: their titles and shares of the width; those named in `right` are set at the right."""

    measures: Measures
    titles: tuple[str, ...]
    shares: tuple[float, ...]
    right: frozenset[int] = frozenset()

    def head(self, title: str) -> list[Row]:
        """Return the title of the table and the head of its columns."""
        size = self.measures.size
        named = Row([Cell(0, self.measures.inner, (Line(title, size * 1.1, bold=True),))], above=size, below=3)
        return [named, self.names()]

    def names(self) -> Row:
        """Return the head of the columns alone."""
        cells = self._cells(self.titles, self.measures.size * 0.95, bold=True)
        return Row(cells, above=3, below=3, shade=(0.9, self._width))

    def line(self, *texts: str) -> Row:
        """Return a row of the table, a text a column."""
        return Row(self._cells(texts, self.measures.size), above=2, below=2, rule=self._width)

    def with_room(self, room: float, *cells: tuple[Line, ...]) -> Row:
        """Return a row of several lines a cell, with `room` times the size of text left under it to write by hand."""
        left, set_ = 0.0, []
        for share, lines in zip(self.shares, cells, strict=True):
            width = self.measures.inner * share
            set_.append(Cell(left + _GAP, width - 2 * _GAP, lines))
            left += width
        return Row(set_, above=4, below=room * self.measures.size, rule=self._width)

    def total(self, *texts: str) -> Row:
        """Return a row of totals."""
        return Row(self._cells(texts, self.measures.size, bold=True), above=2.5, below=2.5, rule=self._width)

    def carry(self, amount: int) -> Callable[[str, int], Row]:
        """Return what writes « À reporter » and « Report », with a total in cents in the column `amount`."""

        def row(label: str, cents: int) -> Row:
            texts = [""] * len(self.titles)
            texts[amount - 1], texts[amount] = label, format_cents(cents)
            return self.total(*texts)

        return row

    @property
    def _width(self) -> float:
        return self.measures.inner * sum(self.shares)

    def _cells(self, texts: Sequence[str], size: float, *, bold: bool = False) -> list[Cell]:
        cells = []
        left = 0.0
        for place, (text, share) in enumerate(zip(texts, self.shares, strict=True)):
            width = self.measures.inner * share
            line = Line(
                text, size, bold=bold, align="right" if place in self.right else "left", limit=int(_LONGEST * share)
            )
            cells.append(Cell(left + _GAP, width - 2 * _GAP, (line,)))
            left += width
        return cells


def denominations_table(measures: Measures, lines: Sequence[CashLine], none: str) -> Table:
    """Return cash by note and coin with its total, or the sentence `none`."""
    columns = Columns(measures, ("Coupure", "Nombre", "Valeur"), (0.2, 0.16, 0.2), frozenset({0, 1, 2}))
    body = [
        (
            columns.line(format_cents(line.value_cents), str(line.pieces), format_cents(line.total_cents)),
            line.total_cents,
        )
        for line in lines
    ]
    total = columns.total("Total", "", format_cents(sum(cents for _, cents in body)))
    closing = total if body else sentence_row(measures, none)
    return Table(columns.head("Espèces par coupure"), body, columns.carry(2), [closing])


def fact_row(measures: Measures, label: str, text: str) -> Row:
    """Return a label and what it is, side by side."""
    split = measures.inner * 0.27
    return Row(
        [
            Cell(0, split - GUTTER, (Line(label, measures.size, grey=0.3),)),
            Cell(split, measures.inner - split, (Line(text, measures.size, limit=300),)),
        ],
        above=1,
        below=1,
    )


def signatures(measures: Measures, *who: str) -> Row:
    """Return who signs, side by side, with room left for each signature."""
    width = measures.inner / len(who)
    cells = [
        Cell(place * width, width - GUTTER, (Line(name, measures.size, bold=True),)) for place, name in enumerate(who)
    ]
    return Row(cells, above=measures.size * 1.5, below=measures.size * _SIGNATURE_HEIGHT)


def foot_text(head_hash: str) -> str:
    """Return the journal's hash as printed at the foot of each page, nothing without one."""
    return f"Empreinte du journal\u00a0: {hash_text(head_hash)}" if head_hash else ""
