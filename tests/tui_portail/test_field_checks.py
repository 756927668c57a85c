"""One field at a time: what a French desk types is kept, a mistake is said in a sentence, a bank account never gets in."""

from dataclasses import replace
from datetime import date

import pytest

from tui_portail.contact_form import ContactForm, checked_contact
from tui_portail.family_forms import ChildForm, FamilyForm, FormRefused, GuardianForm, checked
from tui_portail.field_checks import checked_allowance, checked_insee, checked_postcode, checked_text, holds_iban

TODAY = date(2026, 12, 1)
GUARDIAN = GuardianForm("Dupont", "Marie", payer=True)
CHILD = ChildForm("Dupont", "Inès", date(2019, 3, 12), "ELEMENTAIRE")
KNOWN = {"basis": "accord", "basis_on": date(2026, 1, 5), "basis_seen_on": date(2026, 1, 12)}


@pytest.mark.parametrize(
    "text",
    [
        "FR76 3000 6000 0112 3456 7890 189",
        "rib : fr7630006000011234567890189, merci",
        "DE89370400440532013000",
        "BE68-5390-0754-7034 à garder",
    ],
)
def test_a_bank_account_is_found_however_it_is_written_and_refused(text: str) -> None:
    assert holds_iban(text)
    with pytest.raises(FormRefused, match="ne s’enregistre jamais"):
        checked_text(text, 300, "la précision", "note")


@pytest.mark.parametrize(
    "text",
    [
        "FR77 3000 6000 0112 3456 7890 189",
        "contrat AB12 3456 7890 1234",
        "12 bis rue du 8 mai 1945, bâtiment C",
        "06 12 34 56 78",
    ],
)
def test_what_only_looks_like_a_bank_account_is_kept(text: str) -> None:
    assert checked_text(text, 300, "la précision", "note") == text


@pytest.mark.parametrize(
    ("check", "kept", "refused"),
    [
        (checked_postcode, {"34830": "34830", "34 830": "34830", "B-1000": "B-1000", "": ""}, ["3483", "348300", "?"]),
        (checked_insee, {"34172": "34172", "2a004": "2A004", "99350": "99350", "": ""}, ["3417", "2C004", "00123"]),
        (checked_allowance, {"1234567 a": "1234567A", "12.345": "12345", "": ""}, ["1234", "n° 1234567"]),
    ],
)
def test_codes_are_kept_as_they_are_written_and_mistakes_are_said(check, kept, refused) -> None:
    assert {typed: check(typed, "key") for typed in kept} == kept
    for typed in refused:
        with pytest.raises(FormRefused) as said:
            check(typed, "key")
        assert said.value.field == "key"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (FamilyForm((replace(GUARDIAN, allowance_number="1234567"),), ()), "guardians.0.allowance_fund"),
        (FamilyForm((GUARDIAN, GUARDIAN), ()), "guardians.1.basis"),
        (
            FamilyForm((GUARDIAN, replace(GUARDIAN, **KNOWN | {"basis_on": date(2027, 1, 1)})), ()),
            "guardians.1.basis_on",
        ),
        (FamilyForm((GUARDIAN,), (replace(CHILD, diet="halal"),)), "children.0.diet"),
        (FamilyForm((GUARDIAN,), (CHILD,), (ContactForm("Morel"),)), "contacts.0.role"),
        (FamilyForm((GUARDIAN,), (CHILD,), (ContactForm("Morel", emergency=True),)), "contacts.0.phone"),
    ],
)
def test_a_refusal_names_its_field(form: FamilyForm, field: str) -> None:
    with pytest.raises(FormRefused) as refused:
        checked(form, TODAY)
    assert refused.value.field == field


def test_the_first_payer_needs_no_basis_and_a_birth_name_that_is_the_usual_one_is_not_kept() -> None:
    first = replace(GUARDIAN, birth_name=" Dupont ")
    family = checked(FamilyForm((first, replace(GUARDIAN, **KNOWN)), (replace(CHILD, class_name="CE1"),)), TODAY)
    assert family.guardians[0].birth_name == ""
    assert family.children[0].level == "CE1"


def test_nobody_is_both_forbidden_and_allowed() -> None:
    with pytest.raises(FormRefused, match="interdite"):
        checked_contact(ContactForm("Petit", forbidden=True, may_collect=True))
