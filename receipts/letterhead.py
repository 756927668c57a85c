"""What quittances and avoir notes share on a sheet: the commune and its régie, the number, the payer, the table of days."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from receipts.day_runs import split_long_lines
from receipts.documents import AvoirNote, Issuer, QuittanceDocument
from receipts.rows import Cell, Line, Row
from receipts.sheet import Measures
from receipts.wording import (
    CANCELLED,
    FICTITIOUS,
    child_text,
    clock_date,
    days_text,
    duplicate_text,
    hash_text,
    quantity_text,
    recipient_lines,
)
from tui_portail.money import format_cents

Document = QuittanceDocument | AvoirNote

_WHO, _DAYS, _QUANTITY = 0.26, 0.41, 0.18  # shares of the width; the amount takes the rest
_LABEL = 0.77  # leaves room for « −9 999 999,99 € » in bold
GUTTER = 6


def giver(issuer: Issuer, size: float) -> tuple[Line, ...]:
    """Return who gives a document: the commune, its address, its régie and how to reach it."""
    return (
        Line(issuer.commune, size * 1.3, bold=True),
        *(Line(line, size) for line in issuer.address[:5]),
        Line(issuer.regie, size, bold=True),
        *((Line(issuer.contact, size),) if issuer.contact else ()),
    )


def heading(document: Document, title: str, measures: Measures) -> list[Row]:
    """Return the head of the first page: who gives the document, which it is, to whom."""
    size, half = measures.size, measures.inner / 2
    given = [
        Line(title, size * 1.9, bold=True, align="right"),
        Line(f"n°\u00a0{document.number}", size * 1.3, bold=True, align="right"),
        Line(f"le {clock_date(document.issued_at)}", size, align="right"),
    ]
    stamps = _stamps(document)
    if stamps:
        given.append(Line(stamps, size * 1.4, bold=True, align="right"))
    who = recipient_lines(document.payer)
    payer = (
        Line("Payeur", size * 0.85, grey=0.3),
        Line(who[0], size * 1.15, bold=True),
        *(Line(line, size) for line in who[1:]),
    )
    return [
        Row([Cell(0, half - GUTTER, giver(document.issuer, size)), Cell(half, half, tuple(given))], below=size),
        Row([Cell(half, half, payer)], below=size * 1.6),
    ]


def reminder(document: Document, title: str, measures: Measures) -> list[Row]:
    """Return the head of the pages that follow: enough to know to which document they belong."""
    size, half = measures.size, measures.inner / 2
    name = f"{title.capitalize()} n°\u00a0{document.number} (suite)"
    given = [Line(name, size, bold=True, align="right")]
    stamps = _stamps(document)
    if stamps:
        given.append(Line(stamps, size, bold=True, align="right"))
    left = (Line(document.issuer.commune, size, bold=True), Line(recipient_lines(document.payer)[0], size))
    return [Row([Cell(0, half - GUTTER, left), Cell(half, half, tuple(given))], below=size)]


def columns(measures: Measures, who: str, days: str, quantity: str) -> Row:
    """Return the head of the table of days."""
    bold = measures.size * 0.95
    cells = _cells(
        measures,
        (Line(who, bold, bold=True),),
        (Line(days, bold, bold=True),),
        Line(quantity, bold, bold=True, align="right"),
        Line("Montant", bold, bold=True, align="right"),
    )
    return Row(cells, above=3, below=4, shade=(0.9, measures.inner))


def table(document: Document, measures: Measures) -> list[tuple[Row, int]]:
    """Return the rows of the table of days, each with its amount in cents."""
    rows: list[tuple[Row, int]] = []
    size = measures.size
    for line in split_long_lines(document.lines):
        child = child_text(line, document.payer)
        cells = _cells(
            measures,
            ((Line(child, size, bold=True),) if child else ()) + (Line(line.activity, size),),
            (Line(days_text(line), size, limit=2_000),),
            Line(quantity_text(line), size, align="right"),
            Line(format_cents(line.total_cents), size, align="right"),
        )
        rows.append((Row(cells, above=3, below=3, rule=measures.inner), line.total_cents))
    return rows


def carry(measures: Measures) -> Callable[[str, int], Row]:
    """Return what writes « À reporter » and « Report » with a total in cents."""

    def row(label: str, cents: int) -> Row:
        return amount_row(measures, label, cents, rule=measures.inner)

    return row


def amount_row(measures: Measures, label: str, cents: int, *, bold: bool = False, rule: float = 0) -> Row:
    """Return a label and its amount in cents, both set right, under the column of amounts."""
    label_width = measures.inner * _LABEL
    size = measures.size * (1.15 if bold else 1)
    return Row(
        [
            Cell(0, label_width, (Line(label, size, bold=bold, align="right", limit=160),)),
            Cell(
                label_width,
                measures.inner - label_width - 3,
                (Line(format_cents(cents), size, bold=bold, align="right"),),
            ),
        ],
        above=3,
        below=2,
        rule=rule,
    )


def sentence_row(measures: Measures, text: str, *, bold: bool = False, above: float = 2) -> Row:
    """Return a sentence over the whole width."""
    return Row([Cell(0, measures.inner, (Line(text, measures.size, bold=bold, limit=400),))], above=above, below=1)


def foot(document: Document) -> str:
    """Return the journal's hash as printed at the foot of each page."""
    return f"Empreinte du journal\u00a0: {hash_text(document.head_hash)}"


def _stamps(document: Document) -> str:
    duplicate = duplicate_text(document.duplicate_no)
    cancelled = CANCELLED if isinstance(document, QuittanceDocument) and document.reversed_on else ""
    return " – ".join(
        stamp for stamp in (cancelled, duplicate or "", FICTITIOUS if document.fictitious else "") if stamp
    )


def _cells(
    measures: Measures, who: Sequence[Line], days: Sequence[Line], quantity: Line, amount: Line
) -> tuple[Cell, ...]:
    first, second, third = (measures.inner * share for share in (_WHO, _DAYS, _QUANTITY))
    return (
        Cell(3, first - 2 * GUTTER, tuple(who)),
        Cell(first, second - GUTTER, tuple(days)),
        Cell(first + second - GUTTER, third, (quantity,)),
        Cell(first + second + third - GUTTER, measures.inner - first - second - third + GUTTER - 3, (amount,)),
    )
