"""What an agent types about a family, and what is refused before anything is written: each refusal one French sentence.

`checked` returns the same form cleaned (spaces gathered, no-break spaces and line ends of a paste taken out) or raises FormRefused, which
names the field so that the screen can put the cursor there.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from tui_portail.errors import InvalidInput
from tui_portail.french import long_date

OLDEST = date(1900, 1, 1)
MOST_GUARDIANS, MOST_PAYERS, MOST_CHILDREN = 6, 2, 15
HIGHEST_QUOTIENT_CENTS = 100_000_00
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"0[0-9]{9}|(\+|00)[1-9][0-9]{7,14}")
"""Ten digits in France, else an international number, its country first."""
_POSTCODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z \-]{1,9}")


class FormRefused(InvalidInput):
    """A field of the form cannot be kept; `field` names it, as « guardians.0.last_name »."""

    code = "FORMULAIRE_REFUSE"

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class GuardianForm:
    """A parent or another person in charge. `quotient_cents` None: none proven; its dates are then ignored."""

    last_name: str
    first_name: str
    birth_on: date | None = None
    email: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    payer: bool = False
    resident: bool = True
    quotient_cents: int | None = None
    quotient_from: date | None = None
    quotient_until: date | None = None
    quotient_source: str = ""


@dataclass(frozen=True, slots=True)
class ChildForm:
    """A child. `renew_alsh_years`: civil years the ALSH dossier is renewed for at this appointment."""

    last_name: str
    first_name: str
    birth_on: date
    school_code: str
    class_name: str = ""
    meal_supplied: bool = True
    renew_alsh_years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FamilyForm:
    """A family to register: one or two of the guardians pay."""

    guardians: tuple[GuardianForm, ...]
    children: tuple[ChildForm, ...]


def checked(form: FamilyForm, today: date) -> FamilyForm:
    """Return the family's form cleaned. Raises FormRefused."""
    payers = sum(guardian.payer for guardian in form.guardians)
    if not form.guardians:
        raise FormRefused("Inscrivez au moins un responsable : son nom et son prénom.", "guardians")
    if len(form.guardians) > MOST_GUARDIANS:
        raise FormRefused(f"Un dossier compte au plus {MOST_GUARDIANS} responsables.", "guardians")
    if payers == 0:
        raise FormRefused("Indiquez qui paie : cochez « payeur » pour un des responsables.", "guardians.0.payer")
    if payers > MOST_PAYERS:
        raise FormRefused("Un dossier a au plus deux payeurs : décochez « payeur » pour les autres.", "guardians")
    if len(form.children) > MOST_CHILDREN:
        raise FormRefused(f"Un dossier compte au plus {MOST_CHILDREN} enfants.", "children")
    return FamilyForm(
        tuple(checked_guardian(one, today, f"guardians.{place}.") for place, one in enumerate(form.guardians)),
        tuple(checked_child(one, today, f"children.{place}.") for place, one in enumerate(form.children)),
    )


def checked_guardian(form: GuardianForm, today: date, at: str = "") -> GuardianForm:
    """Return a guardian's form cleaned; `at` is put before the field's name. Raises FormRefused."""
    if form.birth_on is not None:
        _check_birth(form.birth_on, today, f"{at}birth_on")
    if form.quotient_cents is not None:
        start, end = form.quotient_from, form.quotient_until
        check_quotient(form.quotient_cents, start, end, at)
    return replace(
        form,
        last_name=_name(form.last_name, "le nom", f"{at}last_name"),
        first_name=_name(form.first_name, "le prénom", f"{at}first_name"),
        email=_email(form.email, f"{at}email"),
        phone=_phone(form.phone, f"{at}phone"),
        address=_text(form.address, 300, "l’adresse", f"{at}address"),
        postcode=_postcode(form.postcode, f"{at}postcode"),
        city=_text(form.city, 120, "la commune", f"{at}city"),
        quotient_source=_text(form.quotient_source, 120, "la pièce vue", f"{at}quotient_source"),
    )


def checked_child(form: ChildForm, today: date, at: str = "") -> ChildForm:
    """Return a child's form cleaned. Raises FormRefused; that the school exists is for the service to say."""
    _check_birth(form.birth_on, today, f"{at}birth_on")
    if today.year - form.birth_on.year > 25:
        raise FormRefused(
            f"Vérifiez la date de naissance : un enfant né le {long_date(form.birth_on)} aurait plus de 25 ans.",
            f"{at}birth_on",
        )
    return replace(
        form,
        last_name=_name(form.last_name, "le nom de l’enfant", f"{at}last_name"),
        first_name=_name(form.first_name, "le prénom de l’enfant", f"{at}first_name"),
        class_name=_text(form.class_name, 60, "la classe", f"{at}class_name"),
    )


def check_quotient(value_cents: int, valid_from: date | None, valid_until: date | None, at: str = "") -> None:
    """Refuse a quotient out of bounds or badly dated (value in cents: QF 745 is 74 500). Raises FormRefused."""
    if not 0 <= value_cents <= HIGHEST_QUOTIENT_CENTS:
        raise FormRefused("Le quotient familial va de 0 à 100 000 : tapez par exemple 745.", f"{at}quotient_cents")
    if valid_from is None or valid_until is None:
        missing = "quotient_from" if valid_from is None else "quotient_until"
        raise FormRefused("Donnez les deux dates entre lesquelles le quotient familial est valable.", f"{at}{missing}")
    if valid_until < valid_from:
        raise FormRefused(
            f"Le quotient familial ne peut pas finir avant de commencer, le {long_date(valid_from)}.",
            f"{at}quotient_until",
        )


def checked_reason(text: str, limit: int, what: str, field: str) -> str:
    """Return a short text typed by an agent, cleaned. Raises FormRefused when it is too long or not printable."""
    return _text(text, limit, what, field)


def checked_phone(text: str, field: str) -> str:
    """Return a telephone cleaned, as it was typed; none is allowed. Raises FormRefused."""
    return _phone(text, field)


def gather(text: str) -> str:
    """Return a text with every run of spaces, no-break spaces and line ends made one space, composed (NFC)."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _text(text: str, limit: int, what: str, field: str) -> str:
    clean = gather(text)
    if any(
        unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} for character in clean if character not in "\u200d"
    ):
        raise FormRefused(f"Corrigez {what} : il s’y trouve un caractère qui ne s’imprime pas.", field)
    if len(clean) > limit:
        raise FormRefused(f"Raccourcissez {what} : {limit} caractères au plus.", field)
    return clean


def _name(text: str, what: str, field: str) -> str:
    clean = _text(text, 120, what, field)
    if not any(map(str.isalpha, clean)):
        raise FormRefused(f"Donnez {what} : il est obligatoire.", field)
    return clean


def _email(text: str, field: str) -> str:
    clean = _text(text, 254, "l’adresse électronique", field)
    if clean and not _EMAIL.fullmatch(clean):
        raise FormRefused("L’adresse électronique s’écrit comme « prenom.nom@exemple.fr ».", field)
    return clean


def _phone(text: str, field: str) -> str:
    clean = _text(text, 30, "le téléphone", field)
    if clean and not _PHONE.fullmatch(re.sub(r"[ .\-/()]", "", clean)):
        raise FormRefused(
            "Le téléphone s’écrit en dix chiffres, comme « 06 12 34 56 78 », ou avec l’indicatif, « +33 6 12 34 56 78 ».",
            field,
        )
    return clean


def _postcode(text: str, field: str) -> str:
    clean = _text(text, 10, "le code postal", field)
    if clean and not _POSTCODE.fullmatch(clean):
        raise FormRefused("Le code postal s’écrit comme « 34830 ».", field)
    return clean


def _check_birth(birth_on: date, today: date, field: str) -> None:
    if birth_on > today:
        raise FormRefused(f"La date de naissance, {long_date(birth_on)}, n’est pas encore passée.", field)
    if birth_on < OLDEST:
        raise FormRefused("La date de naissance est trop ancienne : vérifiez l’année.", field)
