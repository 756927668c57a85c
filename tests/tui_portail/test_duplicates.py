"""Two records of one person: what makes them alike, and what tells them apart."""

from datetime import date

import pytest

from tui_portail.duplicates import Likeness, PersonTraits, compare_children, compare_guardians, one_error_apart

BORN = date(2019, 3, 12)
INES = PersonTraits("Dupont", "Inès", BORN)
MARIE = PersonTraits("Dupont", "Marie", phones=frozenset({"0612345678"}), email="m@exemple.fr", address="1 rue du Four")


@pytest.mark.parametrize(
    ("other", "likeness"),
    [
        (PersonTraits("DUPONT", "Ines", BORN), Likeness.CERTAIN),
        (PersonTraits("Du Pont", "Inès", BORN), Likeness.CERTAIN),
        (PersonTraits("Martin", "Inès", BORN, other_name="Dupont"), Likeness.CERTAIN),
        (PersonTraits("Dupond", "Inès", BORN), Likeness.LIKELY),
        (PersonTraits("Dupont", "Inès", date(2019, 12, 3)), Likeness.POSSIBLE),
        (PersonTraits("Dupont", "Inès", date(2018, 3, 12)), Likeness.POSSIBLE),
        (PersonTraits("Dupont", "Noé", BORN), Likeness.NONE),  # a twin
        (PersonTraits("Martin", "Inès", BORN), Likeness.NONE),
        (PersonTraits("Dupont", "Inès", date(2016, 5, 1)), Likeness.NONE),
    ],
)
def test_a_child_is_known_by_names_and_birth_date(other: PersonTraits, likeness: Likeness) -> None:
    found = compare_children(INES, other)
    assert found.likeness is likeness
    assert bool(found.why) is (likeness is not Likeness.NONE)


@pytest.mark.parametrize(
    ("other", "likeness"),
    [
        (PersonTraits("Dupont", "Marie"), Likeness.NONE),  # a homonym
        (PersonTraits("Durand", "Paul", phones=MARIE.phones, address=MARIE.address), Likeness.NONE),  # the same home
        (PersonTraits("Dupont", "Marie", phones=MARIE.phones), Likeness.LIKELY),
        (PersonTraits("Dupond", "Marie", phones=MARIE.phones), Likeness.POSSIBLE),
        (PersonTraits("Dupont", "Marie", email="M@EXEMPLE.FR"), Likeness.LIKELY),
        (PersonTraits("Dupont", "Marie", address="1, Rue du Four"), Likeness.LIKELY),
        (PersonTraits("Dupond", "Marie", address="1 rue du Four"), Likeness.NONE),
    ],
)
def test_a_guardian_is_known_by_names_and_something_else(other: PersonTraits, likeness: Likeness) -> None:
    assert compare_guardians(MARIE, other).likeness is likeness


def test_two_birth_dates_tell_two_guardians_of_one_name_and_telephone_apart() -> None:
    mother, daughter = (
        PersonTraits("Dupont", "Marie", born, phones=MARIE.phones) for born in (date(1960, 1, 1), date(1990, 1, 1))
    )
    assert compare_guardians(mother, daughter).likeness is Likeness.NONE
    assert compare_guardians(mother, mother).likeness is Likeness.CERTAIN
    assert compare_guardians(mother, MARIE).likeness is Likeness.LIKELY, "one date is not known"


def test_one_error_is_a_letter_more_less_other_or_swapped() -> None:
    assert all(
        one_error_apart("martin", other) for other in ("marti", "marttin", "martyn", "matrin", "artin", "martins")
    )
    assert not any(one_error_apart("martin", other) for other in ("martin", "matrni", "mart", "martinez", "nitram"))
