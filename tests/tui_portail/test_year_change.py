"""The change of school year, child by child."""

from dataclasses import replace
from datetime import date

import pytest

from tests.factories import the_commune
from tui_portail.year_change import Move, PupilMove, PupilNow, plan_year_change, year_meant

YEAR = date(2027, 9, 1)
SCHOOLS = the_commune().schools
LEA = PupilNow(1, 1, "Nguyen", "Léa", "ELEMENTAIRE", "CE1", "CE1")


def move(pupil: PupilNow, schools: object = SCHOOLS) -> PupilMove:
    [one] = plan_year_change([pupil], schools, YEAR)  # type: ignore[arg-type]
    return one


@pytest.mark.parametrize(
    ("school", "level", "class_name", "after"),
    [
        ("ELEMENTAIRE", "CE1", "CE1", (Move.UP, "ELEMENTAIRE", "CE2", "CE2")),
        ("MATERNELLE", "GS", "Grande section", (Move.UP, "ELEMENTAIRE", "CP", "CP")),
        ("ELEMENTAIRE", "CM2", "CM2", (Move.UP, "COLLEGE", "6E", "6e")),
        ("MATERNELLE", "", "Petite section", (Move.UP, "MATERNELLE", "MS", "Moyenne section")),
        ("COLLEGE", "3E", "3e", (Move.LEAVES, "", "", "")),
        ("ELEMENTAIRE", "", "ULIS", (Move.UNSURE, "", "", "")),
    ],
)
def test_each_level_goes_up_and_the_school_follows(
    school: str, level: str, class_name: str, after: tuple[object, ...]
) -> None:
    made = move(replace(LEA, school_code=school, level=level, class_name=class_name))
    assert (made.move, made.school_code, made.level, made.class_name) == after


def test_a_school_recorded_for_the_coming_year_already_is_left_as_is() -> None:
    assert move(replace(LEA, next_from_on=YEAR)).move is Move.DONE
    assert move(replace(LEA, next_from_on=date(2027, 10, 4))).move is Move.DONE


def test_two_schools_that_would_do_are_for_an_agent_and_the_childs_own_comes_first() -> None:
    other = replace(SCHOOLS[1], code="AUTRE", name="Autre école")
    leaving = replace(LEA, school_code="MATERNELLE", level="GS")
    assert move(leaving, (*SCHOOLS, other)).move is Move.UNSURE
    assert move(LEA, (*SCHOOLS, other)).school_code == "ELEMENTAIRE"


def test_without_a_school_for_the_next_level_the_child_leaves_and_the_reason_says_what_holds() -> None:
    made = move(replace(LEA, level="CM2", held_by="des jours restent dus"), SCHOOLS[:2])
    assert made.move is Move.LEAVES
    assert made.reason == "aucune école n’a le niveau 6e ; des jours restent dus"


def test_from_june_on_the_coming_year_is_meant() -> None:
    assert year_meant(date(2027, 5, 31)) == date(2026, 9, 1)
    assert year_meant(date(2027, 6, 1)) == YEAR
    assert year_meant(date(2027, 12, 31)) == YEAR
