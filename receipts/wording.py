"""The French wording shared by the documents: dates, erased identities, references, the journal's hash, amounts in words.

Every function returns plain text; none trusts what it is given, `printable_text` cleans it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from num2words import num2words

from receipts.documents import QuittanceDocument, QuittanceLine, Recipient, TenderLine
from receipts.fonts import register_fonts
from tui_portail.french import long_date, run_of_days
from tui_portail.instants import in_paris
from tui_portail.money import NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE, format_cents

FICTITIOUS = "FICTIF"
CANCELLED = "ANNULÉE"
FICTITIOUS_NOTICE = "FICTIF\u00a0: exemple sans valeur, ni prix ni famille réels"
AVOIR_USE = "Cet avoir est utilisé automatiquement au prochain paiement."

_LONGEST_TEXT = 110
_NO_GLYPH = "?"


def printable_text(text: str, limit: int = _LONGEST_TEXT) -> str:
    """Return text from people as one clean line: composed, without control or direction characters, cut with « … ».

    What the embedded font cannot draw becomes « ? », never an empty box. Narrow no-break spaces become no-break spaces,
    which is the only one of the two that the PDF library keeps unbroken.
    """
    composed = unicodedata.normalize("NFC", text).replace(NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE)
    drawable = register_fonts()
    kept: list[str] = []
    for char in composed:
        category = unicodedata.category(char)
        if char == NO_BREAK_SPACE:
            kept.append(char)
        elif category in ("Cc", "Zs", "Zl", "Zp"):
            kept.append(" ")
        elif category != "Cf":
            kept.append(char if ord(char) in drawable else _NO_GLYPH)
    line = " ".join(word for word in "".join(kept).split(" ") if word)
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def amount_in_words(cents: int) -> str:
    """Return « quarante-deux euros et cinquante centimes », « zéro euro », « un million d’euros ».

    `cents` is not negative. Raises ValueError otherwise: a family is never handed a negative amount.
    """
    if cents < 0:
        raise ValueError(f"an amount in words is never negative: {cents}")
    euros, rest = divmod(cents, 100)
    parts: list[str] = []
    if euros or not rest:
        words = str(num2words(euros, lang="fr"))
        of = " d’" if words.endswith(("million", "millions", "milliard", "milliards")) else " "
        parts.append(f"{words}{of}{'euros' if euros > 1 else 'euro'}")
    if rest:
        parts.append(f"{num2words(rest, lang='fr')} {'centimes' if rest > 1 else 'centime'}")
    return " et ".join(parts)


def signed_amount_in_words(cents: int) -> str:
    """Return an amount in words, « moins quarante-quatre euros et cinquante centimes » when it is negative."""
    return amount_in_words(cents) if cents >= 0 else f"moins {amount_in_words(-cents)}"


def clock_date(instant: datetime) -> str:
    """Return « 01/12/2026 à 10 h 30 », Paris time, with no-break spaces inside the hour."""
    wall = in_paris(instant)
    return f"{wall:%d/%m/%Y} à {wall.hour}{NO_BREAK_SPACE}h{NO_BREAK_SPACE}{wall.minute:02d}"


def erased_identity(recipient: Recipient) -> str | None:
    """Return « identité effacée le … » once the payer's identity has been erased, None before."""
    return None if recipient.erased_on is None else f"identité effacée le {long_date(recipient.erased_on)}"


def recipient_lines(recipient: Recipient) -> tuple[str, ...]:
    """Return the payer's name and address, or the erasure in their place."""
    erased = erased_identity(recipient)
    return (recipient.name, *recipient.address[:6]) if erased is None else (erased,)


def child_text(line: QuittanceLine, recipient: Recipient) -> str:
    """Return the child's name, or the erasure of the family's identity in its place."""
    return erased_identity(recipient) or line.child


def days_text(line: QuittanceLine) -> str:
    """Return the days of a line in words, each number kept with the word before it; empty for a line without days."""
    return re.sub(r" (?=\d)", NO_BREAK_SPACE, run_of_days(line.days))


def quantity_text(line: QuittanceLine) -> str:
    """Return « 4 × 3,85 € », unbroken."""
    return f"{line.quantity}{NO_BREAK_SPACE}×{NO_BREAK_SPACE}{format_cents(line.unit_cents)}"


def tender_text(tender: TenderLine) -> str:
    """Return a means of payment with its reference."""
    return f"{tender.label} ({tender.reference})" if tender.reference else tender.label


def duplicate_text(duplicate_no: int | None) -> str | None:
    """Return « DUPLICATA n° 2 », None for an original."""
    return None if duplicate_no is None else f"DUPLICATA n°{NO_BREAK_SPACE}{duplicate_no}"


def reversed_text(reversed_on: date) -> str:
    """Return « Quittance annulée : paiement contre-passé le mercredi 2 décembre 2026. »."""
    return f"Quittance annulée\u00a0: paiement contre-passé le {long_date(reversed_on)}."


def hash_text(head_hash: str) -> str:
    """Return the journal head's hash in groups of eight, so that it can be read out and compared."""
    compact = "".join(head_hash.split()).lower()
    return " ".join(compact[start : start + 8] for start in range(0, len(compact), 8))


def avoir_left_text(cents: int) -> str:
    """Return what is left of the payer's avoirs, and how it is used."""
    if not cents:
        return "Aucun avoir restant."
    return f"Avoir restant\u00a0: {format_cents(cents)}, utilisé automatiquement au prochain paiement."


def cash_text(document: QuittanceDocument) -> str | None:
    """Return what was received and given back over the counter, None without cash."""
    if not document.cash_received_cents:
        return None
    received, change = format_cents(document.cash_received_cents), format_cents(document.change_cents)
    return f"Espèces reçues\u00a0: {received}, rendu\u00a0: {change}."
