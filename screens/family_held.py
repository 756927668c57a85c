"""From the forms of a family to what the fields hold, and back where the two are not the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING

from screens.entries import held_of
from screens.family_fields import BOTH, CALLED, FETCHES, FORBIDDEN, day_key
from screens.form_fields import date_text, quotient_text
from tui_portail.services.quotients import QUOTIENT_PROOFS

if TYPE_CHECKING:
    from tui_portail.family_forms import ChildForm, ConsentForm, ContactForm, FamilyForm, GuardianForm

_APART = {"guardian_id", "payer_rank", "child_id", "contact_id", "consents"}
_FLAGS = ("may_collect", "emergency", "forbidden")
_OF_ROLE = {
    BOTH: (True, True, False),
    FETCHES: (True, False, False),
    CALLED: (False, True, False),
    FORBIDDEN: (False, False, True),
}


def held_of_guardian(form: GuardianForm) -> dict[str, object]:
    """Return what the fields of a guardian hold; without a quotient proven, the dates proposed for one are not known yet."""
    held = _plain(form)
    held["quotient_cents"] = "" if form.quotient_cents is None else quotient_text(form.quotient_cents)
    return held


def held_of_child(form: ChildForm) -> dict[str, object]:
    """Return what the fields of a child hold."""
    return _plain(form) | {"renewed": form.renew_alsh_years}


def held_of_contact(form: ContactForm, children: Sequence[str]) -> dict[str, object]:
    """Return what the fields of a person hold; `children` are the keys of the children's sections."""
    flags = tuple(getattr(form, flag) for flag in _FLAGS)
    held = {key: value for key, value in _plain(form).items() if key not in _FLAGS}
    held["role"] = next(role for role, known in _OF_ROLE.items() if known == flags)
    held["child"] = None if form.child is None else children[form.child]
    return held


def held_of_consents(form: FamilyForm, children: Sequence[str]) -> dict[str, object]:
    """Return what the fields of the consents hold."""
    held = _consents(form.consents, "")
    for uid, child in zip(children, form.children, strict=True):
        held |= _consents(child.consents, f":{uid}")
    return held


def roles(role: object) -> dict[str, bool]:
    """Return what a person's role means: may fetch, is called, must not."""
    return dict(zip(_FLAGS, _OF_ROLE[str(role)], strict=True))


def new_held(kind: str, today: date) -> dict[str, object]:
    """Return what the fields of somebody new hold; a quotient proven is proposed from today until a 31 December."""
    if kind == "guardians":
        until = date(today.year + (today.month > 9), 12, 31)
        return {
            "payer": False,
            "resident": True,
            "basis": "",
            "basis_seen_on": date_text(today),
            "quotient_from": date_text(today),
            "quotient_until": date_text(until),
            "quotient_source": QUOTIENT_PROOFS[0],
        }
    if kind == "children":
        return {"meal_supplied": True, "pai": False, "renew_alsh_years": (), "last_name": "", "school_code": ""}
    return {"role": BOTH, "child": None}


def _plain(form: GuardianForm | ChildForm | ContactForm) -> dict[str, object]:
    return {one.name: held_of(getattr(form, one.name)) for one in fields(form) if one.name not in _APART}


def _consents(consents: Sequence[ConsentForm], suffix: str) -> dict[str, object]:
    held: dict[str, object] = {}
    for consent in consents:
        key = f"{consent.kind}{suffix}"
        held |= {key: consent.given, day_key(key): held_of(consent.given_on)}
    return held
