"""A whole family as an agent types it, and what is refused before anything is written: each refusal one French sentence.

`checked` returns the same form cleaned or raises FormRefused, which names the field so that the screen can put the cursor there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from tui_portail.child_form import ChildForm, ConsentForm, checked_child, checked_consents
from tui_portail.contact_form import ContactForm, checked_contact
from tui_portail.family_words import FAMILY_CONSENTS
from tui_portail.field_checks import FormRefused, checked_phone, checked_text, gather
from tui_portail.guardian_form import GuardianForm, check_basis, check_quotient, checked_guardian, is_second_payer

__all__ = [
    "ChildForm",
    "ConsentForm",
    "ContactForm",
    "FamilyForm",
    "FormRefused",
    "GuardianForm",
    "check_quotient",
    "checked",
    "checked_child",
    "checked_contact",
    "checked_guardian",
    "checked_phone",
    "checked_reason",
    "gather",
]

MOST_GUARDIANS, MOST_PAYERS, MOST_CHILDREN, MOST_CONTACTS = 6, 2, 15, 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FamilyForm:
    """A family: one or two of the guardians pay; persons to call or to keep away; what the family consented to."""

    guardians: tuple[GuardianForm, ...]
    children: tuple[ChildForm, ...]
    contacts: tuple[ContactForm, ...] = ()
    consents: tuple[ConsentForm, ...] = ()


def checked(form: FamilyForm, today: date, known: FamilyForm | None = None) -> FamilyForm:
    """Return the family's form cleaned. Raises FormRefused.

    Persons who stand as they were `known` are not judged again: what was recorded before a rule, or has grown old, blocks no other change.
    """
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
    if len(form.contacts) > MOST_CONTACTS:
        raise FormRefused(f"Un dossier compte au plus {MOST_CONTACTS} personnes à appeler ou interdites.", "contacts")
    known = known or FamilyForm((), ())
    cleaned = FamilyForm(
        _each("guardians", form.guardians, known.guardians, lambda one, at: checked_guardian(one, today, at)),
        _each("children", form.children, known.children, lambda one, at: checked_child(one, today, at)),
        _each("contacts", form.contacts, known.contacts, checked_contact),
        form.consents
        if form.consents == known.consents
        else checked_consents(form.consents, FAMILY_CONSENTS, today, "consents."),
    )
    for place, guardian in enumerate(form.guardians):
        opens = not guardian.payer_rank or guardian.basis  # an account opened before a basis was asked goes on without
        if opens and is_second_payer(form.guardians, place) and guardian not in known.guardians:
            check_basis(guardian, today, f"guardians.{place}.")
    return cleaned


def checked_reason(text: str, limit: int, what: str, field: str) -> str:
    """Return a reason typed by an agent, cleaned. Raises FormRefused when it is too long, not printable, or holds a bank account."""
    return checked_text(text, limit, what, field)


def _each(kind: str, people: tuple[T, ...], known: tuple[T, ...], check: Callable[[T, str], T]) -> tuple[T, ...]:
    return tuple(one if one in known else check(one, f"{kind}.{place}.") for place, one in enumerate(people))
