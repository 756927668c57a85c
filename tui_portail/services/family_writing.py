"""Writing a family's form, within a gesture: what is not as it was known. No right is checked here."""

from __future__ import annotations

from sqlalchemy import select

from models import tables as t
from tui_portail.family_forms import ChildForm, FamilyForm, FormRefused, GuardianForm
from tui_portail.services.contact_records import write_consents, write_contacts
from tui_portail.services.family_records import rewrite_child, rewrite_guardian, write_child, write_guardian
from tui_portail.services.gesture import Gesture
from tui_portail.services.identities import person_name
from tui_portail.services.payer_records import rewrite_payer, write_payer


def write_family(gesture: Gesture, dossier_id: int, family: FamilyForm, known: FamilyForm) -> None:
    """Write a checked form where it differs from what is `known`. Raises FormRefused, RenewalRefused, InvalidInput."""
    for place, guardian in enumerate(family.guardians):
        if guardian not in known.guardians:
            _save_guardian(gesture, dossier_id, guardian, f"guardians.{place}.")
    child_ids = [
        _save_child(gesture, dossier_id, child, known, f"children.{place}.")
        for place, child in enumerate(family.children)
    ]
    if family.contacts != known.contacts:
        write_contacts(gesture, dossier_id, family.contacts, known.contacts, child_ids)
    write_consents(gesture, dossier_id, None, family.consents, known.consents)


def _save_guardian(gesture: Gesture, dossier_id: int, form: GuardianForm, at: str) -> None:
    guardian_id = form.guardian_id
    if guardian_id is None:
        guardian_id = write_guardian(gesture, dossier_id, form)
    else:
        rewrite_guardian(gesture, guardian_id, form)
    payer = gesture.connection.execute(select(t.payer).where(t.payer.c.guardian_id == guardian_id)).first()
    if payer is not None and not form.payer:
        raise FormRefused(
            f"{person_name(form.first_name, form.last_name)} est payeur : ses réservations et ses avoirs lui appartiennent, "
            "son compte ne peut pas être retiré.",
            f"{at}payer",
        )
    if payer is not None:
        rewrite_payer(gesture, payer, form)
    elif form.payer:
        write_payer(gesture, dossier_id, guardian_id, form, at)


def _save_child(gesture: Gesture, dossier_id: int, form: ChildForm, known: FamilyForm, at: str) -> int:
    before = next((child for child in known.children if child.child_id == form.child_id), None)
    if form.child_id is None:
        child_id = write_child(gesture, dossier_id, form, at)
    else:
        child_id = form.child_id
        if form != before:
            rewrite_child(gesture, child_id, form, at)
    write_consents(gesture, dossier_id, child_id, form.consents, before.consents if before else ())
    return child_id
