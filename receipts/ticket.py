"""The quittance as a ticket: 80 mm wide, as long as what it says, for the counter's printer."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from reportlab.lib.units import mm

from receipts.day_runs import split_long_lines
from receipts.documents import QuittanceDocument
from receipts.quittance import closing_sentences
from receipts.rows import Cell, Line, Row, draw_rows, height_of
from receipts.sheet import new_canvas
from receipts.wording import (
    CANCELLED,
    FICTITIOUS,
    FICTITIOUS_NOTICE,
    amount_in_words,
    child_text,
    clock_date,
    days_text,
    duplicate_text,
    hash_text,
    quantity_text,
    recipient_lines,
    tender_text,
)
from tui_portail.money import format_cents

WIDTH = 80 * mm
LONGEST = 14_000.0
"""The height in points past which readers refuse a page (their limit is 14 400): a longer ticket takes several."""

_MARGIN = 4 * mm
_INNER = WIDTH - 2 * _MARGIN
_SIZE = 8.0
_AMOUNT = 0.36  # share of the width


def draw_ticket(document: QuittanceDocument) -> bytes:
    """Return the quittance as a PDF ticket 80 mm wide; the same document gives the same bytes."""
    pages = _break([*_head(document), *_lines(document), *_closing(document)])
    buffer = BytesIO()
    first = _page_size(pages[0])
    title = f"Quittance {document.number}"
    canvas = new_canvas(buffer, first, title, document.issuer.commune, document.issued_at)
    for rows in pages:
        width, height = _page_size(rows)
        canvas.setPageSize((width, height))
        draw_rows(canvas, rows, _MARGIN, height - _MARGIN)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _page_size(rows: Sequence[Row]) -> tuple[float, float]:
    return WIDTH, max(height_of(rows) + 2 * _MARGIN, WIDTH)


def _break(rows: Sequence[Row]) -> list[list[Row]]:
    pages: list[list[Row]] = [[]]
    height = 0.0
    for row in rows:
        if pages[-1] and height + row.height > LONGEST:
            pages.append([])
            height = 0.0
        pages[-1].append(row)
        height += row.height
    return pages


def _head(document: QuittanceDocument) -> list[Row]:
    issuer = document.issuer
    rows = [_centred(issuer.commune, _SIZE * 1.3, bold=True)]
    rows.extend(_centred(line) for line in (*issuer.address[:5], issuer.regie, issuer.contact) if line)
    rows.append(_centred("QUITTANCE", _SIZE * 1.6, bold=True, above=6))
    rows.append(_centred(f"n°\u00a0{document.number}", _SIZE * 1.25, bold=True))
    rows.append(_centred(f"le {clock_date(document.issued_at)}"))
    if document.reversed_on:
        rows.append(_centred(CANCELLED, _SIZE * 1.8, bold=True, above=2))
    if duplicate := duplicate_text(document.duplicate_no):
        rows.append(_centred(duplicate, _SIZE * 1.5, bold=True, above=2))
    if document.fictitious:
        rows.append(_centred(FICTITIOUS, _SIZE * 1.8, bold=True, above=2))
    who = recipient_lines(document.payer)
    payer = (Line(f"Payeur\u00a0: {who[0]}", _SIZE, bold=True), *(Line(line, _SIZE) for line in who[1:]))
    rows.append(Row([Cell(0, _INNER, payer)], above=6, below=4))
    return rows


def _lines(document: QuittanceDocument) -> list[Row]:
    rows: list[Row] = []
    for line in split_long_lines(document.lines):
        child = child_text(line, document.payer)
        said = [Line(child, _SIZE, bold=True)] if child else []
        said.append(Line(line.activity, _SIZE))
        if line.days:
            said.append(Line(days_text(line), _SIZE, limit=2_000))
        rows.append(Row([Cell(0, _INNER, tuple(said))], above=3, rule=_INNER))
        rows.append(_amount(quantity_text(line), line.total_cents))
    return rows


def _closing(document: QuittanceDocument) -> list[Row]:
    rows = [_amount("Total", document.total_cents, bold=True, rule=True)]
    if document.avoir_used_cents:
        rows.append(_amount("Avoir utilisé", -document.avoir_used_cents))
    rows.extend(_amount(tender_text(tender), tender.amount_cents) for tender in document.tenders)
    rows.append(_amount("Somme reçue", document.received_cents, bold=True))
    rows.append(_said(f"Soit {amount_in_words(document.received_cents)}.", above=4))
    rows.extend(_said(sentence) for sentence in closing_sentences(document))
    rows.append(_said(f"Empreinte du journal\u00a0: {hash_text(document.head_hash)}", above=4, size=_SIZE * 0.8))
    if document.fictitious:
        rows.append(_centred(FICTITIOUS_NOTICE, _SIZE * 0.85, bold=True, above=4))
    return rows


def _centred(text: str, size: float = _SIZE, *, bold: bool = False, above: float = 0) -> Row:
    return Row([Cell(0, _INNER, (Line(text, size, bold=bold, align="center"),))], above=above)


def _said(text: str, *, above: float = 1, size: float = _SIZE) -> Row:
    return Row([Cell(0, _INNER, (Line(text, size, limit=400),))], above=above)


def _amount(label: str, cents: int, *, bold: bool = False, rule: bool = False) -> Row:
    split = _INNER * (1 - _AMOUNT)
    size = _SIZE * (1.2 if bold else 1)
    cells = (
        Cell(0, split - 2, (Line(label, size, bold=bold, limit=160),)),
        Cell(split, _INNER - split, (Line(format_cents(cents), size, bold=bold, align="right"),)),
    )
    return Row(cells, above=3 if rule else 1, below=2, rule=_INNER if rule else 0)
