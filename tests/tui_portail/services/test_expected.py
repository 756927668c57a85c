"""The children expected: by site, activity and day, by age, those on hold apart, the adults it takes; lists with neutral words."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from models.engine import Database
from tests.factories import a_child, a_desk, a_family, a_guardian, paris
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    MEAL,
    THURSDAY,
    WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    book_and_pay,
    clock_of,
    finish,
    hold,
    remove,
    set_time,
)
from tui_portail.services.desk import Desk
from tui_portail.services.expected import ExpectedSlot, different_children, load_expected, same_children_words
from tui_portail.services.expected_papers import print_expected, write_expected
from tui_portail.staffing import AgeCount


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, documents_dir=tmp_path)


def by_activity(desk: Desk, first: date, last: date) -> dict[tuple[str, str], ExpectedSlot]:
    return {(one.site_code, one.activity_code): one for one in load_expected(desk, first, last)}


def test_children_are_counted_by_age_on_the_day_with_their_adults_and_those_on_hold_apart(desk: Desk) -> None:
    small = a_child("Éole", birth_on=date(2020, 12, 3), school_code="MATERNELLE", class_name="")  # six on Thursday
    ill = a_child("Maïa", birth_on=date(2017, 5, 5), diet="sans_porc", pai=True, meal_supplied=False)
    one = a_family(desk, children=[a_child(renew_alsh_years=(2026,)), small, ill])
    other = a_family(desk, last_name="Abel", guardians=[a_guardian("Abel")], children=[a_child("Zoé", "Abel")])
    first, young, last = one.child_ids
    booked = [*add(first, MEAL, THURSDAY), *add(last, MEAL, THURSDAY), *add(young, EVENING, THURSDAY)]
    book_and_pay(desk, one.dossier_id, [*booked, *add(first, WEDNESDAY_ALSH, WEDNESDAY)])
    hold(desk, other.dossier_id, add(other.child_id, MEAL, THURSDAY))

    found = by_activity(desk, WEDNESDAY, THURSDAY)
    assert list(found) == [
        ("HARMONIE", WEDNESDAY_ALSH),
        ("MELODIE", EVENING),
        ("HARMONIE", BREAK),
        ("HARMONIE", MEAL),
    ]
    meal = found["HARMONIE", MEAL]
    assert (meal.ages, meal.adults) == (AgeCount(0, 2), 1)
    same = "Ne pas additionner restaurant scolaire et garderie de la pause méridienne : mêmes enfants, mêmes adultes."
    assert same_children_words(list(found.values())) == same
    assert same_children_words([meal]) == ""
    assert [child.words for child in meal.children] == [
        "Dupont Inès, 7 ans, CE1",
        "Dupont Maïa, 9 ans, CE1 (accueil sans repas fourni, consigne d’accueil)",
    ]
    assert [child.words for child in meal.on_hold] == ["Abel Zoé, 7 ans, CE1"]
    assert found["MELODIE", EVENING].ages == AgeCount(0, 1), "the sixth birthday counts"
    assert different_children(found.values()) == 3

    clock_of(desk).advance(minutes=15)
    assert by_activity(desk, WEDNESDAY, THURSDAY)["HARMONIE", MEAL].on_hold == ()
    set_time(desk, paris("2026-12-02 18:00"))
    finish(desk, one.dossier_id, remove(first, MEAL, THURSDAY))
    assert [child.name for child in by_activity(desk, THURSDAY, THURSDAY)["HARMONIE", MEAL].children] == ["Dupont Maïa"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_numbers_are_printed_with_a_day_s_lists_and_written_without_names(desk: Desk) -> None:
    family = a_family(desk, children=[a_child(diet="sans_porc", pai=True)])
    book_and_pay(desk, family.dossier_id, add(family.child_id, MEAL, THURSDAY))
    day = " ".join(PdfReader(print_expected(desk, THURSDAY, THURSDAY).path).pages[0].extract_text().split())
    assert "Jeudi 3 décembre 2026 : 1 enfant différent" in day
    assert "Harmonie – restaurant scolaire 1 0 1 1" in day
    assert "Dupont Inès, 7 ans, CE1 (menu sans porc, consigne d’accueil)" in day
    assert "PAI" not in day
    week = PdfReader(print_expected(desk, WEDNESDAY, THURSDAY).path).pages[0].extract_text()
    assert "Dupont" not in week
    written = write_expected(desk, THURSDAY, THURSDAY, "xlsx")
    assert written.sentence.startswith("Effectifs attendus : 2 lignes dans ")
    rows = list(load_workbook(written.path).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert [row[1:] for row in rows[1:]] == [
        ("Harmonie", "garderie de la pause méridienne", 1, 0, 1, 0, 1),
        ("Harmonie", "restaurant scolaire", 1, 0, 1, 0, 1),
    ]
