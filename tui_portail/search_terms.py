"""What an agent types to find a family, understood: names in any order, a number, a telephone, a date of birth, each as ranges of words.

A `Term` must be met by one of the dossier's words; all the terms of a reading must. A text may have several readings (« de la Tour » may be
recorded « Delatour », « 12032019 » may be a date or the beginning of a number): they are tried in order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tui_portail.dossier_number import LENGTH, compact, display, is_number
from tui_portail.folding import PARTICLES, fold, words_of

LONGEST_TEXT, MOST_WORDS = 200, 8
_MONTHS = ("janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec")
_NUMERIC_DATE = re.compile(
    r"(?<![\d/.\-])(?:(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})|(\d{1,2}) (\d{1,2}) (\d{4}))(?![/.\-]?\d)"
)
_ISO_DATE = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_WORD_DATE = re.compile(
    r"\b(\d{1,2})(?:er)? (janv|fevr|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec)[a-z]*\.? (\d{4})\b"
)
_DIGITS = re.compile(r"\+?\d(?:[ .\-/]?\d)*")
_COMPACT_DATE = re.compile(r"(\d{2})(\d{2})(\d{4})")
_SHORT_DATE = re.compile(r"(\d{2})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that begin with one of `prefixes` or are one of `exact`."""

    prefixes: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()

    def meets(self, word: str) -> bool:
        """Say whether a word meets the term."""
        return word in self.exact or word.startswith(self.prefixes)


Reading = tuple[Term, ...]


def readings(text: str, today: date) -> tuple[Reading, ...]:
    """Return the ways to understand a text, the most literal first; none for an empty text. `today` dates two-digit years."""
    rest, fixed = _dates_and_digits(fold(" ".join(text[:LONGEST_TEXT].split())), today)
    words = words_of(rest)[:MOST_WORDS]
    ways = _name_readings(words)
    if not ways:
        return (tuple(fixed),) if fixed else ()
    return tuple(dict.fromkeys((*fixed, *(Term((word,)) for word in way)) for way in ways))


def why_nothing(text: str, today: date) -> str:
    """Return why a text can find no dossier at all: a number whose key is wrong, a date that is not in the calendar; « » otherwise."""
    typed = " ".join(text[:LONGEST_TEXT].split())
    number = compact(typed)
    if len(number) == LENGTH and number.isascii() and number.isdecimal() and number[0] != "0" and not is_number(number):
        return f"Le numéro {display(number)} est mal tapé : un chiffre est faux. Relisez-le sur la lettre."
    if (found := _NUMERIC_DATE.fullmatch(typed)) is not None:
        first, month, year = (found[1], found[3], found[4]) if found[1] else (found[5], found[6], found[7])
        day = _day(_full_year(year, today), int(month), int(first))
    elif (found := _ISO_DATE.fullmatch(typed)) is not None:
        day = _day(*map(int, found.groups()))
    elif (found := _COMPACT_DATE.fullmatch(typed)) is not None:
        day = _day(int(found[3]), int(found[2]), int(found[1]))
    else:
        return ""
    return "" if day else f"La date {typed} n’existe pas dans le calendrier : vérifiez le jour et le mois."


def is_name(term: Term) -> bool:
    """Say whether a term is a name or its beginning, not a number, a telephone or a date."""
    return len(term.prefixes) == 1 and not term.exact and not any(map(str.isdecimal, term.prefixes[0]))


def name_of(term: Term) -> str | None:
    """Return the word of a term in which a typing error may be looked for: a name of four letters or more."""
    return term.prefixes[0] if is_name(term) and len(term.prefixes[0]) >= 4 else None


def without_particles(way: Reading) -> Reading:
    """Return a reading without the particles, which may not have been recorded; empty when nothing else was typed."""
    return tuple(term for term in way if not (term.prefixes and term.prefixes[0] in PARTICLES))


def _name_readings(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the ways the words of names may be cut: as typed, particles tied to what follows, all in one."""
    if not words:
        return []
    ways = [tuple(words)]
    tied: list[str] = []
    pending = ""
    for word in words:
        pending += word
        if word not in PARTICLES:
            tied.append(pending)
            pending = ""
    ways.append((*tied, pending) if pending else tuple(tied))
    if 1 < len(words) <= 4:
        ways.append(("".join(words),))
    return list(dict.fromkeys(ways))


def _dates_and_digits(text: str, today: date) -> tuple[str, list[Term]]:
    """Take dates and digits out of a folded text; return what is left and their terms."""
    terms: list[Term] = []

    def keep(exact: str | None, digits: str) -> str:
        terms.append(Term((digits,) if digits else (), (exact,) if exact else ()))
        return " "

    def iso(found: re.Match[str]) -> str:
        day = _day(*map(int, found.groups()))
        return keep(day, "") if day else found.group()

    def named(found: re.Match[str]) -> str:
        day = _day(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
        return keep(day, "") if day else found.group()

    def numeric(found: re.Match[str]) -> str:
        first, month, year = (found[1], found[3], found[4]) if found[1] else (found[5], found[6], found[7])
        day = _day(_full_year(year, today), int(month), int(first))
        return keep(day, first + month + year if found[2] in {".", "-"} else "") if day else found.group()

    def digits(found: re.Match[str]) -> str:
        typed = found.group()
        number = re.sub(r"\D", "", typed)
        if typed.startswith("+33") or number.startswith("0033"):
            number = "0" + number.removeprefix("00").removeprefix("33").lstrip("0")
        compact = _COMPACT_DATE.fullmatch(number) or _SHORT_DATE.fullmatch(typed)  # « 06 12 12 » begins a telephone
        day = _day(_full_year(compact[3], today), int(compact[2]), int(compact[1])) if compact else None
        return keep(day, number)

    text = _ISO_DATE.sub(iso, text)
    text = _WORD_DATE.sub(named, text)
    text = _NUMERIC_DATE.sub(numeric, text)
    return _DIGITS.sub(digits, text), terms


def _full_year(year: str, today: date) -> int:
    """Return the four digits of a year: two digits are the latest such year not in the future."""
    if len(year) == 4:
        return int(year)
    century = today.year // 100 * 100
    full = century + int(year)
    return full if full <= today.year else full - 100


def _day(year: int, month: int, day: int) -> str | None:
    """Return the word a date of birth is found by, None when there is no such day."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
