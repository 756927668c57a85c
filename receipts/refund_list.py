"""The list of avoirs « à rembourser par mandat », for the ordonnateur: a régie de recettes gives no cash back."""

from __future__ import annotations

from receipts.documents import Paper
from receipts.family_documents import RefundLine, RefundList
from receipts.letterhead import sentence_row
from receipts.regie_papers import Columns, Head, signatures
from receipts.rows import Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_sheet
from receipts.wording import amount_in_words, recipient_lines
from tui_portail.french import plural
from tui_portail.money import format_cents

_TITLE = "Avoirs à rembourser par mandat"


def draw_refund_list(refunds: RefundList, paper: Paper = "A4") -> bytes:
    """Return the list as a PDF, addresses in full; the same list gives the same bytes."""
    measures = MEASURES[paper]
    head = Head(refunds.issuer, _TITLE, refunds.period, refunds.issued_at, refunds.fictitious)
    why = (
        "Une régie de recettes ne rembourse pas en espèces\u00a0: les avoirs ci-dessous, devenus sans emploi, sont à payer aux familles "
        "par mandat de l’ordonnateur."
    )
    drawn = Sheet(
        title=f"{_TITLE}, {refunds.period}",
        author=refunds.issuer.commune,
        issued_at=refunds.issued_at,
        heading=head.first_page(measures, sentence_row(measures, why), Row([], above=measures.size)),
        reminder=head.next_pages(measures),
        tables=[_table(refunds, measures)],
        foot="",
        fictitious=refunds.fictitious,
    )
    return draw_sheet(drawn, paper)


def _table(refunds: RefundList, measures: Measures) -> Table:
    columns = Columns(
        measures,
        ("Numéro", "Demandé le", "Payeur et adresse", "Motif", "Montant"),
        (0.16, 0.14, 0.34, 0.21, 0.15),
        frozenset({4}),
    )
    body = [(_line(columns, line), line.amount_cents) for line in refunds.lines]
    words = f"Total en lettres\u00a0: {amount_in_words(refunds.total_cents)}."
    count = plural(len(body), "remboursement")
    closing = [
        columns.total("", "", count if body else "Aucun remboursement", "Total", format_cents(refunds.total_cents)),
        sentence_row(measures, words, above=measures.size),
        sentence_row(measures, f"Liste établie par {refunds.agent}."),
        signatures(measures, "Le régisseur", "L’ordonnateur"),
    ]
    return Table([columns.names()], body, columns.carry(4), closing)


def _line(columns: Columns, line: RefundLine) -> Row:
    who = ", ".join(recipient_lines(line.payer))
    return columns.line(line.number, f"{line.requested_on:%d/%m/%Y}", who, line.reason, format_cents(line.amount_cents))
