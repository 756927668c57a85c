"""The quittance on a sheet: what was paid for each child, by which means, what the avoirs brought and what is left of them."""

from __future__ import annotations

from receipts import letterhead
from receipts.documents import Paper, QuittanceDocument
from receipts.rows import Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_sheet
from receipts.wording import amount_in_words, avoir_left_text, cash_text, reversed_text, tender_text

_TITLE = "QUITTANCE"


def draw_quittance(document: QuittanceDocument, paper: Paper = "A5") -> bytes:
    """Return the quittance as a PDF of A5 or A4 pages; the same document gives the same bytes."""
    measures = MEASURES[paper]
    sheet = Sheet(
        title=f"Quittance {document.number}",
        author=document.issuer.commune,
        issued_at=document.issued_at,
        heading=letterhead.heading(document, _TITLE, measures),
        reminder=letterhead.reminder(document, _TITLE, measures),
        tables=[
            Table(
                columns=[letterhead.columns(measures, "Enfant et activité", "Jours", "Quantité × prix")],
                body=letterhead.table(document, measures),
                carry=letterhead.carry(measures),
                closing=_closing(document, measures),
            )
        ],
        foot=letterhead.foot(document),
        fictitious=document.fictitious,
    )
    return draw_sheet(sheet, paper)


def _closing(document: QuittanceDocument, measures: Measures) -> list[Row]:
    rows = [letterhead.amount_row(measures, "Total", document.total_cents, bold=True, rule=measures.inner)]
    if document.avoir_used_cents:
        rows.append(letterhead.amount_row(measures, "Avoir utilisé", -document.avoir_used_cents))
    rows.extend(
        letterhead.amount_row(measures, tender_text(tender), tender.amount_cents) for tender in document.tenders
    )
    rows.append(letterhead.amount_row(measures, "Somme reçue", document.received_cents, bold=True))
    words = amount_in_words(document.received_cents)
    rows.append(letterhead.sentence_row(measures, f"Somme reçue en lettres\u00a0: {words}.", above=measures.size))
    for sentence in closing_sentences(document):
        rows.append(letterhead.sentence_row(measures, sentence))
    return rows


def closing_sentences(document: QuittanceDocument) -> list[str]:
    """Return what is said under the amounts, on the sheet and on the ticket alike."""
    sentences: list[str] = []
    if cash := cash_text(document):
        sentences.append(cash)
    if document.avoir_used_cents or document.avoir_left_cents:
        sentences.append(avoir_left_text(document.avoir_left_cents))
    if document.reversed_on:
        sentences.append(f"{reversed_text(document.reversed_on)} Elle ne vaut plus.")
    if document.replaces:
        sentences.append(f"Remplace la quittance n°\u00a0{document.replaces}.")
    sentences.append(f"Agent\u00a0: {document.agent}")
    return sentences
