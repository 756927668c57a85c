"""« Terminer les modifications » refuses with a sentence, and a refusal writes nothing at all."""

from collections.abc import Sequence
from datetime import date

import pytest

from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, paris
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    FRIDAY,
    HOLIDAY_ALSH,
    MEAL,
    MORNING,
    NEXT_WEDNESDAY,
    THURSDAY,
    WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    alternate_weeks,
    archive,
    book_and_pay,
    clock_of,
    finish,
    hold,
    pay_by_card,
    remove,
    row_counts,
    set_capacity,
    set_time,
    states_of,
)
from tui_portail.errors import InvalidInput
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.services.booking import ChangesRefused, finish_changes
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.family_facts import DossierUnknown
from tui_portail.services.gesture import OperationReused


def codes(refused: ChangesRefused) -> dict[tuple[int, str, date], str]:
    return {(key.child_id, key.activity, key.day): why.code for key, why in refused.refusals.items()}


def refuse(desk: Desk, family: Family, changes: Sequence[Change]) -> dict[tuple[int, str, date], str]:
    """Finish changes that must be refused, check that no row of any table was written, and return the codes by cell."""
    before = row_counts(desk.database)
    with pytest.raises(ChangesRefused) as refusal:
        finish(desk, family.dossier_id, list(changes))
    assert row_counts(desk.database) == before
    assert refusal.value.sentence.startswith("Rien n’a été enregistré.")
    assert all(why.sentence for why in refusal.value.refusals.values())
    return codes(refusal.value)


def test_a_thursday_can_be_booked_one_second_before_wednesday_noon_and_not_at_noon(database: Database) -> None:
    desk = a_desk(database, at="2026-12-02 11:59:59")
    family = a_family(desk)
    assert finish(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY)).added == 1
    set_time(desk, paris("2026-12-02 12:00:00"))
    assert refuse(desk, family, add(family.child_id, MORNING, THURSDAY)) == {
        (family.child_id, MORNING, THURSDAY): "LIMITE_PASSEE"
    }


def test_the_limit_is_judged_when_days_are_finished_not_when_they_are_paid(database: Database) -> None:
    desk = a_desk(database, at="2026-12-02 11:59:59")
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    set_time(desk, paris("2026-12-02 12:14:58"))
    assert pay_by_card(desk, basket.basket_id).total_cents == basket.total_cents


def test_a_full_day_is_refused(database: Database) -> None:
    desk = a_desk(database)
    first, second = a_family(desk), a_family(desk, last_name="Martin")
    set_capacity(database, EVENING, FRIDAY, 1)
    hold(desk, first.dossier_id, add(first.child_id, EVENING, FRIDAY))
    assert refuse(desk, second, add(second.child_id, EVENING, FRIDAY)) == {
        (second.child_id, EVENING, FRIDAY): "COMPLET"
    }


def test_two_children_of_one_family_do_not_share_the_last_place(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=2)
    set_capacity(database, EVENING, FRIDAY, 1)
    younger, elder = family.child_ids
    both = add(elder, EVENING, FRIDAY) + add(younger, EVENING, FRIDAY)
    assert list(refuse(desk, family, both).values()) == ["COMPLET"]
    assert finish(desk, family.dossier_id, both[:1]).added == 1


def test_a_place_released_in_the_same_gesture_can_be_given_to_the_sister(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=2)
    set_capacity(database, EVENING, FRIDAY, 1)
    younger, elder = family.child_ids
    hold(desk, family.dossier_id, add(elder, EVENING, FRIDAY))
    basket = hold(desk, family.dossier_id, remove(elder, EVENING, FRIDAY) + add(younger, EVENING, FRIDAY))
    assert pay_by_card(desk, basket.basket_id).total_cents == basket.total_cents
    assert states_of(database, family.child_ids) == {
        (elder, EVENING, FRIDAY): ["released"],
        (younger, EVENING, FRIDAY): ["confirmed"],
    }


def test_a_child_whose_school_has_no_site_for_the_activity_is_refused(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=[a_child(school_code="COLLEGE", class_name="6e", birth_on=date(2015, 3, 12))])
    assert refuse(desk, family, add(family.child_id, EVENING, FRIDAY)) == {
        (family.child_id, EVENING, FRIDAY): "SITE_NON_PROPOSE"
    }


def test_an_alsh_day_is_refused_until_the_dossier_is_renewed_for_its_year(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    renewed = a_family(desk, last_name="Martin", renew_alsh_years=(2026,))
    cell = (family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY)
    assert refuse(desk, family, add(*cell)) == {cell: "DOSSIER_ALSH"}
    assert finish(desk, renewed.dossier_id, add(renewed.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY)).added == 1
    next_year = (renewed.child_id, WEDNESDAY_ALSH, date(2027, 1, 6))
    assert refuse(desk, renewed, add(*next_year)) == {next_year: "DOSSIER_ALSH"}


def test_a_wednesday_attended_this_year_opens_the_next_year(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, renew_alsh_years=(2026,))
    book_and_pay(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    january = add(family.child_id, WEDNESDAY_ALSH, date(2027, 1, 6))
    assert list(refuse(desk, family, january).values()) == ["DOSSIER_ALSH"], "not attended yet"
    set_time(desk, paris("2026-12-10 09:00"))
    assert finish(desk, family.dossier_id, january).added == 1


@pytest.mark.parametrize(
    ("activity", "day", "code"),
    [
        (EVENING, date(2028, 9, 4), "HORS_CALENDRIER"),
        (EVENING, date(2025, 8, 29), "HORS_CALENDRIER"),
        (EVENING, date.max, "HORS_CALENDRIER"),
        (EVENING, date.min, "HORS_CALENDRIER"),
    ],
)
def test_a_day_outside_the_known_calendar_is_refused(database: Database, activity: str, day: date, code: str) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    before = row_counts(database)
    with pytest.raises(ChangesRefused) as refusal:
        finish(desk, family.dossier_id, add(family.child_id, activity, day))
    assert row_counts(database) == before
    [decision] = refusal.value.refusals.values()
    assert "calendrier" in decision.sentence.lower()


@pytest.mark.parametrize(
    ("activity", "day"),
    [(EVENING, WEDNESDAY), (EVENING, date(2026, 12, 5)), (WEDNESDAY_ALSH, FRIDAY), (HOLIDAY_ALSH, THURSDAY)],
)
def test_an_activity_is_refused_on_a_day_it_does_not_run(database: Database, activity: str, day: date) -> None:
    desk = a_desk(database, at="2026-12-01 09:00")
    family = a_family(desk, renew_alsh_years=(2026,))
    assert set(refuse(desk, family, add(family.child_id, activity, day))) == {(family.child_id, activity, day)}


def test_an_archived_dossier_books_nothing_and_still_cancels(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    archive(database, family.dossier_id, paris("2026-12-01 10:40"))
    assert list(refuse(desk, family, add(family.child_id, MORNING, FRIDAY)).values()) == ["DOSSIER_BLOQUE"]
    assert finish(desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY)).removed == 1


def test_a_day_already_booked_is_not_booked_twice(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    assert list(refuse(desk, family, add(family.child_id, EVENING, FRIDAY)).values()) == ["DEJA_RESERVE"]


def test_a_day_already_released_is_not_released_twice(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    assert list(refuse(desk, family, remove(family.child_id, EVENING, FRIDAY)).values()) == ["RIEN_A_RETIRER"]


def test_one_refused_day_among_many_keeps_all_of_them_unwritten(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=2)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    changes = [
        *add(family.child_id, MEAL, THURSDAY, FRIDAY),
        *remove(family.child_id, EVENING, THURSDAY),
        *add(family.child_ids[1], EVENING, FRIDAY, date(2026, 12, 5)),
    ]
    assert set(refuse(desk, family, changes)) == {(family.child_ids[1], EVENING, date(2026, 12, 5))}
    assert states_of(database, family.child_ids) == {(family.child_id, EVENING, THURSDAY): ["confirmed"]}


def test_a_meal_is_refused_with_its_break_when_the_break_is_full(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    set_capacity(database, BREAK, FRIDAY, 0)
    assert refuse(desk, family, add(family.child_id, MEAL, FRIDAY)) == {
        (family.child_id, MEAL, FRIDAY): "COMPLET",
        (family.child_id, BREAK, FRIDAY): "COMPLET",
    }


def test_another_familys_child_or_payer_is_refused(database: Database) -> None:
    desk = a_desk(database)
    family, stranger = a_family(desk), a_family(desk, last_name="Martin")
    before = row_counts(database)
    for changes in (
        add(stranger.child_id, EVENING, FRIDAY),
        add(family.child_id, EVENING, FRIDAY, payer_id=stranger.payer_id, payer_reason="Accord écrit"),
        add(family.child_id, EVENING, FRIDAY, payer_id=0, payer_reason="Accord écrit"),
        add(10**9, EVENING, FRIDAY),
        add(family.child_id, "PISCINE", FRIDAY),
        [],
    ):
        with pytest.raises(InvalidInput):
            finish(desk, family.dossier_id, changes)
    with pytest.raises(DossierUnknown):
        finish(desk, 10**9, add(family.child_id, EVENING, FRIDAY))
    assert row_counts(database) == before


def test_the_same_cell_is_not_ticked_in_two_ways_at_once(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    before = row_counts(database)
    cell = CellKey(family.child_id, EVENING, FRIDAY)
    with pytest.raises(InvalidInput):
        finish(desk, family.dossier_id, [Change(cell, Tick.ADD), Change(cell, Tick.REMOVE)])
    assert row_counts(database) == before


def test_sent_twice_the_same_changes_are_finished_once_and_answer_the_same(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=2)
    operation = new_operation()
    changes = add(family.child_id, MEAL, THURSDAY, FRIDAY) + add(family.child_ids[1], EVENING, FRIDAY)
    first = finish_changes(desk, family.dossier_id, changes, operation)
    before = row_counts(database)
    clock_of(desk).advance(hours=3)
    assert finish_changes(desk, family.dossier_id, changes[::-1], operation) == first, "the order of ticks says nothing"
    with pytest.raises(OperationReused):
        finish_changes(desk, family.dossier_id, changes[:1], operation)
    with pytest.raises(OperationReused):
        finish_changes(desk, a_family(desk).dossier_id, changes, operation)
    after = row_counts(database)
    assert after["booking"] == before["booking"] == 5


def test_alternate_weeks_make_one_basket_for_each_payer_in_one_gesture(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, two_payers=True)
    mother, father = family.payer_ids
    alternate_weeks(database, family.child_id, mother, father, date(2026, 11, 30))
    days = [FRIDAY, date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 14)]
    finished = finish(desk, family.dossier_id, add(family.child_id, EVENING, *days))
    assert [(basket.payer_id, basket.total_cents) for basket in finished.baskets] == [(mother, 3_90), (father, 3_90)]
    assert len({basket.basket_id for basket in finished.baskets}) == 2
