"""Saving all that an agent typed in a family's form in one gesture: each person kept, changed or added, the history followed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

from tui_portail.errors import InvalidInput
from tui_portail.family_forms import FamilyForm, checked
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_gesture import About, change_dossier
from tui_portail.services.dossiers import DossierView
from tui_portail.services.family_reading import read_family
from tui_portail.services.family_records import today_of
from tui_portail.services.family_writing import write_family
from tui_portail.services.gesture import Gesture
from tui_portail.services.rights import Right


def save_family(desk: Desk, dossier_id: int, form: FamilyForm, version: int, operation: str) -> DossierView:
    """Save the form of a dossier opened at `version`: persons with an id are changed, those without are added.

    Guardians and children left out stay as they are; a contact left out is taken out; a consent changed is one more row.
    Raises DossierChanged, FormRefused, RenewalRefused, InvalidInput, NotAllowed.
    """

    def change(gesture: Gesture) -> About:
        gesture.agent.require(Right.SEE_DIET)
        known = read_family(gesture.connection, dossier_id, today_of(gesture))
        family = checked(form, today_of(gesture), known)
        _check_people(family, known)
        write_family(gesture, dossier_id, family, known)
        return About("dossier", dossier_id)

    return change_dossier(desk, "modifier_dossier", dossier_id, version, operation, asdict(form), change)


def _check_people(family: FamilyForm, known: FamilyForm) -> None:
    """Refuse an id that is not of this dossier, or that comes twice. Raises InvalidInput."""
    for given, there in (
        ([one.guardian_id for one in family.guardians], {one.guardian_id for one in known.guardians}),
        ([one.child_id for one in family.children], {one.child_id for one in known.children}),
        ([one.contact_id for one in family.contacts], {one.contact_id for one in known.contacts}),
    ):
        _check_ids([person_id for person_id in given if person_id is not None], there)


def _check_ids(given: list[int], there: Collection[int | None]) -> None:
    if len(set(given)) < len(given) or not set(given) <= set(there):
        raise InvalidInput("Cette personne n’est plus dans le dossier. Rouvrez-le, puis recommencez.")
