"""A quittance as plain lines on the screen: the same words and amounts as on the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.columns import fit
from tui_portail.french import date_time_text, run_of_days
from tui_portail.money import format_cents
from tui_portail.services.desk import Desk
from tui_portail.services.quittances import quittance_document

if TYPE_CHECKING:
    from receipts.documents import QuittanceDocument, QuittanceLine

WIDTH = 70
_AMOUNT = 12


def read_quittance(desk: Desk, quittance_id: int) -> str:
    """Read a quittance and return its text. Blocks: called in a thread. Raises QuittanceUnknown."""
    return quittance_text(quittance_document(desk, quittance_id))


def quittance_text(document: QuittanceDocument) -> str:
    """Return the text of a quittance, one fact a line, `WIDTH` cells wide."""
    from receipts.wording import amount_in_words, avoir_left_text, cash_text, recipient_lines, tender_text  # noqa: PLC0415

    lines = [f"{document.issuer.commune} — {document.issuer.regie}"]
    if document.fictitious:
        lines.append("FICTIF : exemple sans valeur")
    lines += [f"Le {date_time_text(document.issued_at)}, par {document.agent}", ""]
    lines += [f"Payeur : {' · '.join(recipient_lines(document.payer))}", ""]
    for line in document.lines:
        lines += _charged(line, document)
    lines += ["", _sum("Total", document.total_cents), f"  {amount_in_words(document.total_cents)}"]
    if document.avoir_used_cents:
        lines.append(_sum("Avoirs utilisés", -document.avoir_used_cents))
    lines += [_sum(tender_text(tender), tender.amount_cents) for tender in document.tenders]
    if cash := cash_text(document):
        lines.append(cash)
    lines += [avoir_left_text(document.avoir_left_cents), "", f"Empreinte {document.head_hash[:16]}…"]
    return "\n".join(lines)


def _charged(line: QuittanceLine, document: QuittanceDocument) -> list[str]:
    from receipts.wording import child_text, quantity_text  # noqa: PLC0415

    return [
        _sum(f"{child_text(line, document.payer)}, {line.activity} ({quantity_text(line)})", line.total_cents),
        *([f"  {run_of_days(line.days)}"] if line.days else []),
    ]


def _sum(words: str, cents: int) -> str:
    return fit(words, WIDTH - _AMOUNT) + fit(format_cents(cents), _AMOUNT, right=True)
