"""Amounts are integer cents, everywhere: read from what an agent types, written the French way, rounded once.

A price is computed with exact rationals and becomes cents by `round_half_up`, a single time.
"""

from __future__ import annotations

import re
from fractions import Fraction

from tui_portail.errors import InvalidInput

MAX_CENTS = 999_999_999
"""The largest amount that can be typed: 9 999 999,99 €. Beyond, it is a slip of the keyboard."""

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"
MINUS = "\u2212"

_SPACES = f" {NO_BREAK_SPACE}{NARROW_NO_BREAK_SPACE}\u2009"
_AMOUNT = re.compile(rf"(?P<euros>[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+|[0-9]+)(?:[.,](?P<cents>[0-9]{{1,2}}))?")
_THREE_DECIMALS = re.compile(rf"[0-9{_SPACES}]+[.,][0-9]{{3,}}")
_EXAMPLE = "par exemple 12,50"


def parse_amount(text: str) -> int:
    """Return the cents meant by what was typed: « 12,5 », « 12.50 », « 1 234,00 € ».

    A comma or a point, two decimals at most, thousands apart by a space of any width, « € » at the end if wished.
    Raises `InvalidInput` with the sentence to show for anything else; an amount typed is never negative.
    """
    typed = text.strip().removesuffix("€").strip()
    if not typed:
        raise InvalidInput(f"Aucun montant n’est saisi : tapez un montant en euros, {_EXAMPLE}.")
    match = _AMOUNT.fullmatch(typed)
    if match is None:
        raise InvalidInput(_why_not_an_amount(typed))
    euros = re.sub(f"[{_SPACES}]", "", match["euros"]).lstrip("0")
    if len(euros) > len(str(MAX_CENTS // 100)):
        raise InvalidInput(f"Ce montant est trop grand : tapez au plus {format_cents(MAX_CENTS)}.")
    return int(euros or "0") * 100 + int((match["cents"] or "").ljust(2, "0"))


def _why_not_an_amount(typed: str) -> str:
    """Return the sentence that names the fault of a text that is no amount, and says what to type."""
    shown = typed if len(typed) <= 20 else typed[:20] + "…"
    if typed[0] in f"-{MINUS}–":
        return f"Un montant ne peut pas être négatif : tapez-le sans signe, {_EXAMPLE}."
    if _THREE_DECIMALS.fullmatch(typed):
        return f"« {shown} » a plus de deux chiffres après la virgule : tapez des euros et des centimes, {_EXAMPLE}."
    return f"« {shown} » n’est pas un montant : tapez des chiffres et une seule virgule, {_EXAMPLE} ou 1 234,00."


def format_cents(cents: int, symbol: bool = True) -> str:
    """Return cents the French way, with no-break spaces: « 1 234,50 € », « −12,50 € »; `symbol` adds the « € »."""
    euros, rest = divmod(abs(cents), 100)
    sign = MINUS if cents < 0 else ""
    grouped = f"{euros:,}".replace(",", NARROW_NO_BREAK_SPACE)
    return f"{sign}{grouped},{rest:02d}" + (f"{NO_BREAK_SPACE}€" if symbol else "")


def round_half_up(value: Fraction) -> int:
    """Return the nearest integer, a half going up (2,5 → 3): how a price becomes cents, once."""
    return (value + Fraction(1, 2)).__floor__()
