"""A closing sheet as text, for the screen."""

from __future__ import annotations

from collections.abc import Iterable

from receipts.closing_document import ClosingSheet, Count, CountedCheque
from receipts.figures import Amount
from receipts.wording import recipient_lines
from screens.columns import fit
from screens.till_words import signed
from tui_portail.french import date_time_text, plural
from tui_portail.money import format_cents

_LABEL, _AMOUNT = 30, 13


def sheet_text(sheet: ClosingSheet) -> str:
    """Return what a sheet says, one fact a line."""
    lines = [
        f"Ouverte {date_time_text(sheet.opened_at)} par {sheet.opened_by}",
        f"Close {date_time_text(sheet.closed_at)} par {sheet.closed_by}",
        "",
        _row("Fonds de caisse", sheet.float_cents),
        *([f"    écart {signed(sheet.float_gap_cents)} : {sheet.float_reason}"] if sheet.float_gap_cents else []),
        "",
        fit("Comptage", _LABEL) + "".join(fit(title, _AMOUNT, right=True) for title in ("Attendu", "Compté", "Écart")),
        *(line for count in (sheet.cash, sheet.cheques, *sheet.values) for line in _count(count)),
        *(_missing(cheque) for cheque in sheet.cheque_lines if not cheque.found),
        "",
        *_amounts("Encaissé", sheet.received),
        *_amounts("Contre-passé", sheet.reversed_by_means),
        *_amounts("Imputations", sheet.imputations),
        *_amounts("Activités", sheet.activities),
        *_changes(sheet),
        _quittances(sheet),
        f"Avoirs : {sheet.avoirs.issued_count} émis pour {format_cents(sheet.avoirs.issued_cents)}, "
        f"{format_cents(sheet.avoirs.used_cents)} utilisés, {format_cents(sheet.avoirs.outstanding_cents)} restant dus",
        f"Empreinte du journal : {sheet.head_hash[:16]}…",
    ]
    if sheet.fictitious:
        lines.append("FICTIF")
    return "\n".join(lines)


def _row(label: str, *cents: int) -> str:
    return fit(label, _LABEL) + "".join(fit(format_cents(one), _AMOUNT, right=True) for one in cents)


def _count(count: Count) -> Iterable[str]:
    gap = signed(count.difference_cents) if count.difference_cents else "aucun"
    yield _row(f"  {count.label}", count.expected_cents, count.counted_cents) + fit(gap, _AMOUNT, right=True)
    if count.reason:
        yield f"    {count.reason}"


def _missing(cheque: CountedCheque) -> str:
    drawer = recipient_lines(cheque.drawer)[0]
    return f"    Chèque manquant : quittance n° {cheque.quittance}, {drawer}, {format_cents(cheque.amount_cents)}"


def _amounts(title: str, amounts: tuple[Amount, ...]) -> list[str]:
    return [title, *(_row(f"  {amount.label}", amount.cents) for amount in amounts), ""] if amounts else []


def _changes(sheet: ClosingSheet) -> list[str]:
    moves = [
        fit(f"  {change.kind}", _LABEL) + fit(signed(change.amount_cents), _AMOUNT, right=True) + f"  {change.reason}"
        for change in sheet.changes
    ]
    return ["Mouvements d’espèces", *moves, ""] if moves else []


def _quittances(sheet: ClosingSheet) -> str:
    if not sheet.quittance_count:
        return "Aucune quittance"
    return f"{plural(sheet.quittance_count, 'quittance')}, du n° {sheet.first_quittance} au n° {sheet.last_quittance}"
