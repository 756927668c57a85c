"""The family's form without any widget: what follows from what is typed, and two agents on one dossier."""

from dataclasses import replace
from datetime import date

import pytest

from screens.family_catch_up import catch_up
from screens.family_fields import FORBIDDEN, SetUp
from screens.family_form_state import FamilyFormState, Kind
from tests.factories import a_child, a_guardian
from tests.families import a_contact
from tui_portail.family_forms import ConsentForm, FamilyForm
from tui_portail.services.dossiers import SchoolView

SCHOOLS = (
    SchoolView("ELEMENTAIRE", "École élémentaire", ("CP", "CE1"), ("CP", "CE1")),
    SchoolView("PRIVEE", "École privée"),
)
SET_UP = SetUp(date(2026, 12, 1), SCHOOLS)
FAMILY = FamilyForm(
    (a_guardian(quotient_cents=745_00, guardian_id=1, payer_rank=1),),
    (a_child(child_id=7, level="CE1", consents=(ConsentForm("image", True, date(2026, 9, 1)),)),),
    (a_contact(contact_id=5, child=0),),
)


@pytest.fixture
def state() -> FamilyFormState:
    return FamilyFormState(SET_UP, FAMILY)


def test_a_form_opened_and_not_touched_gives_back_what_was_read(state: FamilyFormState) -> None:
    assert state.form() == FAMILY
    assert not state.is_touched
    assert state.check() is None


def test_a_new_quotient_counts_from_today_and_the_one_typed_back_keeps_its_dates(state: FamilyFormState) -> None:
    guardian = state.of(Kind.GUARDIAN)[0]
    state.typed(guardian, "quotient_cents", "820")
    assert (guardian.held["quotient_from"], guardian.held["quotient_until"]) == ("01/12/2026", "31/12/2027")
    state.typed(guardian, "quotient_cents", "745")
    assert not state.is_touched
    state.typed(guardian, "quotient_cents", "")
    assert state.check() is guardian
    assert "n’est pas effacé" in guardian.wrong["quotient_cents"]


def test_a_consent_changed_is_said_today_and_the_child_keeps_the_rest(state: FamilyFormState) -> None:
    [consents] = state.of(Kind.CONSENTS)
    state.typed(consents, "image:child-7", False)
    [child] = state.form().children
    assert child == replace(FAMILY.children[0], consents=(ConsentForm("image", False, date(2026, 12, 1)),))
    assert state.place_of("children.0.image_on") == (consents, "image:child-7_on")


def test_a_class_typed_where_the_school_lists_none_gives_its_level(state: FamilyFormState) -> None:
    [child] = state.of(Kind.CHILD)
    state.typed(child, "school_code", "PRIVEE")
    state.typed(child, "class_name", "Grande section")
    [form] = state.form().children
    assert (form.class_name, form.level) == ("Grande section", "GS")


def test_what_another_desk_took_out_leaves_unless_something_was_typed_there(state: FamilyFormState) -> None:
    other = FamilyFormState(SET_UP, FAMILY)
    gone = replace(FAMILY, contacts=())
    assert catch_up(state, gone) == ["Odile Morel n’est plus dans le dossier."]
    assert state.form() == gone

    other.typed(other.of(Kind.CONTACT)[0], "role", FORBIDDEN)
    [said] = catch_up(other, gone)
    assert "l’ajoutera de nouveau" in said
    [contact] = other.form().contacts
    assert (contact.contact_id, contact.forbidden, contact.child) == (None, True, 0)


def test_somebody_taken_out_here_stays_out_whatever_another_desk_saved(state: FamilyFormState) -> None:
    state.remove(state.of(Kind.CONTACT)[0])
    newer = replace(FAMILY, guardians=(replace(FAMILY.guardians[0], phone="07 00 00 00 00"),))
    [said] = catch_up(state, newer)
    assert said == "Marie Dupont, Téléphone : « 06 12 34 56 78 » est devenu « 07 00 00 00 00 »."
    assert state.form() == replace(newer, contacts=())
