"""The avoir note: what was cancelled, what it gives back to the payer, and that the next payment uses it by itself."""

from __future__ import annotations

from receipts import letterhead
from receipts.documents import AvoirNote, Paper
from receipts.rows import Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_sheet
from receipts.wording import AVOIR_USE, amount_in_words
from tui_portail.money import format_cents

_TITLE = "AVOIR"


def draw_avoir_note(note: AvoirNote, paper: Paper = "A5") -> bytes:
    """Return the avoir note as a PDF of A5 or A4 pages; the same note gives the same bytes."""
    measures = MEASURES[paper]
    sheet = Sheet(
        title=f"Avoir {note.number}",
        author=note.issuer.commune,
        issued_at=note.issued_at,
        heading=letterhead.heading(note, _TITLE, measures),
        reminder=letterhead.reminder(note, _TITLE, measures),
        tables=[
            Table(
                columns=[letterhead.columns(measures, "Enfant et activité", "Jours annulés", "Quantité × prix")],
                body=letterhead.table(note, measures),
                carry=letterhead.carry(measures),
                closing=_closing(note, measures),
            )
        ],
        foot=letterhead.foot(note),
        fictitious=note.fictitious,
    )
    return draw_sheet(sheet, paper)


def _closing(note: AvoirNote, measures: Measures) -> list[Row]:
    words = f"Montant de l’avoir en lettres\u00a0: {amount_in_words(note.amount_cents)}."
    rows = [
        letterhead.amount_row(measures, "Montant de l’avoir", note.amount_cents, bold=True, rule=measures.inner),
        letterhead.sentence_row(measures, words, above=measures.size),
    ]
    if note.quittance:
        rows.append(letterhead.sentence_row(measures, f"Payé par la quittance n°\u00a0{note.quittance}."))
    if note.reason:
        rows.append(letterhead.sentence_row(measures, f"Motif\u00a0: {note.reason}"))
    balance = f"Total de vos avoirs après cette opération\u00a0: {format_cents(note.balance_cents)}."
    rows.append(letterhead.sentence_row(measures, balance))
    rows.append(letterhead.sentence_row(measures, AVOIR_USE, bold=True))
    rows.append(letterhead.sentence_row(measures, f"Agent\u00a0: {note.agent}"))
    return rows
