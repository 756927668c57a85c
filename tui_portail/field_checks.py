"""What is refused in one field, whatever the form: names, telephones, e-mails, postal codes, INSEE codes, dates of birth, bank accounts.

Each check returns the text cleaned (spaces gathered, no-break spaces and line ends of a paste taken out) or raises FormRefused with one
French sentence.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from tui_portail.errors import InvalidInput
from tui_portail.french import long_date

OLDEST = date(1900, 1, 1)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"0[0-9]{9}|(\+|00)[1-9][0-9]{7,14}")
"""Ten digits in France, else an international number, its country first."""
_ABROAD = re.compile(r"(?=.*[A-Za-z])[0-9A-Za-z][0-9A-Za-z \-]{1,9}")
_INSEE = re.compile(r"(?!00)([0-9]{2}|2[AB])[0-9]{3}")
_ALLOWANCE = re.compile(r"[0-9A-Z]{5,15}")
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}(?:[ .\-]?[0-9A-Za-z]){11,30}")
_SHORTEST_IBAN, _LONGEST_IBAN = 15, 34


class FormRefused(InvalidInput):
    """A field of the form cannot be kept; `field` names it, as « guardians.0.last_name »."""

    code = "FORMULAIRE_REFUSE"

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


def gather(text: str) -> str:
    """Return a text with every run of spaces, no-break spaces and line ends made one space, composed (NFC)."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def checked_text(text: str, limit: int, what: str, field: str) -> str:
    """Return a text cleaned. Raises FormRefused when it is too long, not printable, or holds a bank account."""
    clean = gather(text)
    if any(
        unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} for character in clean if character not in "\u200d"
    ):
        raise FormRefused(f"Corrigez {what} : il s’y trouve un caractère qui ne s’imprime pas.", field)
    if holds_iban(clean):
        raise FormRefused("Un RIB ou un IBAN ne s’enregistre jamais ici : effacez-le de ce champ.", field)
    if len(clean) > limit:
        raise FormRefused(f"Raccourcissez {what} : {limit} caractères au plus.", field)
    return clean


def checked_name(text: str, what: str, field: str) -> str:
    """Return a name that must be given, cleaned."""
    clean = checked_text(text, 120, what, field)
    if not any(map(str.isalpha, clean)):
        raise FormRefused(f"Donnez {what} : il est obligatoire.", field)
    return clean


def checked_email(text: str, field: str) -> str:
    """Return an e-mail address, empty when none is given."""
    clean = checked_text(text, 254, "l’adresse électronique", field)
    if clean and not _EMAIL.fullmatch(clean):
        raise FormRefused("L’adresse électronique s’écrit comme « prenom.nom@exemple.fr ».", field)
    return clean


def checked_phone(text: str, field: str) -> str:
    """Return a telephone as it was typed, empty when none is given."""
    clean = checked_text(text, 30, "le téléphone", field)
    if clean and not _PHONE.fullmatch(re.sub(r"[ .\-/()]", "", clean)):
        raise FormRefused(
            "Le téléphone s’écrit en dix chiffres, comme « 06 12 34 56 78 », ou avec l’indicatif, « +33 6 12 34 56 78 ».",
            field,
        )
    return clean


def checked_postcode(text: str, field: str) -> str:
    """Return a postal code: five digits in France, with the letters of its country or its own elsewhere (« B-1000 »)."""
    clean = checked_text(text, 10, "le code postal", field)
    digits = clean.replace(" ", "")
    if digits.isascii() and digits.isdecimal() and len(digits) == 5:
        return digits
    if clean and not _ABROAD.fullmatch(clean):
        raise FormRefused(
            "Le code postal s’écrit en cinq chiffres, comme « 34830 » ; à l’étranger, avec les lettres du pays, « B-1000 ».",
            field,
        )
    return clean


def checked_insee(text: str, field: str) -> str:
    """Return the INSEE code of a place of birth: the commune's, or the country's from 99100 on."""
    clean = checked_text(text, 10, "le code INSEE", field).replace(" ", "").upper()
    if clean and not _INSEE.fullmatch(clean):
        raise FormRefused(
            "Le code INSEE de naissance a cinq caractères, comme « 34172 » ou « 2A004 » ; à l’étranger, 99 et le pays, « 99350 ».",
            field,
        )
    return clean


def checked_allowance(text: str, field: str) -> str:
    """Return an allocataire's number at the CAF or the MSA: five to fifteen figures or letters."""
    clean = re.sub(r"[ .\-]", "", checked_text(text, 30, "le numéro d’allocataire", field)).upper()
    if clean and not _ALLOWANCE.fullmatch(clean):
        raise FormRefused("Le numéro d’allocataire a de cinq à quinze chiffres ou lettres, comme « 1234567 A ».", field)
    return clean


def check_birth(birth_on: date, today: date, field: str) -> None:
    """Refuse a date of birth to come, or too old to be one."""
    if birth_on > today:
        raise FormRefused(f"La date de naissance, {long_date(birth_on)}, n’est pas encore passée.", field)
    if birth_on < OLDEST:
        raise FormRefused("La date de naissance est trop ancienne : vérifiez l’année.", field)


def check_past(day: date, today: date, what: str, field: str) -> None:
    """Refuse a day to come for what has been done or seen."""
    if day > today:
        raise FormRefused(f"{what}, {long_date(day)}, n’est pas encore passé : vérifiez la date.", field)
    if day < OLDEST:
        raise FormRefused(f"{what} est trop ancien : vérifiez l’année.", field)


def holds_iban(text: str) -> bool:
    """Say whether a bank account is written in a text: a country, check digits that are right modulo 97 (ISO 13616), in groups or not."""
    for found in _IBAN.finditer(text):
        characters = re.sub(r"[ .\-]", "", found[0]).upper()
        ends = range(_SHORTEST_IBAN, min(len(characters), _LONGEST_IBAN) + 1)  # what follows may be another word
        if any(_is_right(characters[:end]) for end in ends if end == len(characters) or _ends_a_group(found[0], end)):
            return True
    return False


def _ends_a_group(written: str, length: int) -> bool:
    """Say whether the first `length` characters that count are followed by a separator."""
    counted = 0
    for place, character in enumerate(written):
        counted += character.isalnum()
        if counted == length:
            return place + 1 < len(written) and not written[place + 1].isalnum()
    return False


def _is_right(account: str) -> bool:
    turned = account[4:] + account[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1
