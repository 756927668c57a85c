"""A child's usual weeks: kept, replaced, put aside; in the dossier's history, moved by a merge, refused to who may not book."""

from datetime import date

import pytest
from sqlalchemy import update

from models import tables as t
from models.engine import Database
from tests.factories import a_child, a_desk, a_family
from tests.tui_portail.services.desk_acts import EVENING, MEAL, row_counts
from tui_portail.errors import InvalidInput
from tui_portail.field_checks import FormRefused
from tui_portail.period_ticks import tick_over_period, week_keys_between
from tui_portail.planning import Change
from tui_portail.services.booking import finish_changes
from tui_portail.services.desk import new_operation
from tui_portail.services.dossier_changes import dossier_changes
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.gesture import OperationReused
from tui_portail.services.merge_reading import Pairing
from tui_portail.services.merging import merge_dossiers
from tui_portail.services.planning import load_planning
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.week_patterns import keep_week, put_week_aside, usual_weeks

WEEK = ((0, EVENING), (0, MEAL), (3, MEAL))


def test_a_week_is_kept_replaced_by_another_of_its_name_and_put_aside_each_in_the_history(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=2)
    operation = new_operation()
    [kept] = keep_week(desk, family.dossier_id, family.child_id, "  Semaine  d’école ", WEEK, operation)
    assert (kept.name, kept.days, kept.child_id, kept.agent) == (
        "Semaine d’école",
        WEEK,
        family.child_id,
        "Camille Roux",
    )
    assert keep_week(desk, family.dossier_id, family.child_id, "Semaine d’école", WEEK, operation) == (kept,)
    with pytest.raises(OperationReused):
        keep_week(desk, family.dossier_id, family.child_id, "Autre", WEEK, operation)

    keep_week(desk, family.dossier_id, family.child_ids[1], "Semaine d’école", WEEK[:1], new_operation())
    weeks = keep_week(desk, family.dossier_id, family.child_id, "SEMAINE D’ÉCOLE", WEEK[1:], new_operation())
    assert sorted(week.days for week in weeks) == sorted([WEEK[:1], WEEK[1:]])

    mine = next(week for week in weeks if week.child_id == family.child_id)
    [other] = put_week_aside(desk, family.dossier_id, mine.pattern_id, new_operation())
    assert other.child_id == family.child_ids[1]
    with pytest.raises(InvalidInput):
        put_week_aside(desk, family.dossier_id, mine.pattern_id, new_operation())

    told = {(line.subject, line.field, line.after) for line in dossier_changes(desk, family.dossier_id).lines}
    assert (
        "Semaine habituelle",
        "jours",
        "lundi : restaurant scolaire, ALP soir ; jeudi : restaurant scolaire",
    ) in told
    labels = [line.label for line in load_dossier(desk, family.dossier_id).operations]
    assert labels.count("Semaine habituelle gardée") == 3
    assert "Semaine habituelle mise de côté" in labels


def test_nothing_is_kept_of_an_empty_week_a_nameless_one_or_another_familys_child(database: Database) -> None:
    desk = a_desk(database)
    family, other = a_family(desk), a_family(desk, last_name="Voisin")
    before = row_counts(database)
    for child_id, name, days, error in (
        (family.child_id, "École", (), InvalidInput),
        (family.child_id, "  ", WEEK, FormRefused),
        (family.child_id, "x" * 61, WEEK, FormRefused),
        (other.child_id, "École", WEEK, InvalidInput),
        (family.child_id, "École", ((7, EVENING),), InvalidInput),
        (family.child_id, "École", ((0, "INCONNU"),), InvalidInput),
    ):
        with pytest.raises(error):
            keep_week(desk, family.dossier_id, child_id, name, days, new_operation())
    assert row_counts(database) == before


def test_a_week_that_names_an_activity_taken_out_is_applied_without_it_and_says_so(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    keep_week(desk, family.dossier_id, family.child_id, "École", WEEK, new_operation())
    with database.write() as connection:
        connection.execute(update(t.week_pattern).values(days='[[0,"ALP_SOIR"],[1,"ATELIER"]]'))
    [week] = usual_weeks(desk, family.dossier_id)
    assert (week.days, week.gone) == (((0, EVENING),), ("ATELIER",))
    first, last = date(2026, 12, 7), date(2026, 12, 20)
    planning = load_planning(desk, family.dossier_id, first, last)
    keys = week_keys_between(week.days, family.child_ids, first, last)
    assert len(tick_over_period(planning, {}, keys, desk.now()).changes) == 2


def test_only_who_may_book_sees_and_keeps_usual_weeks(database: Database) -> None:
    enfance = a_desk(database, Role.ENFANCE)
    family = a_family(enfance)
    [kept] = keep_week(enfance, family.dossier_id, family.child_id, "École", WEEK, new_operation())
    for role in (Role.COMPTABILITE, Role.REGISSEUR, Role.ADMINISTRATEUR, Role.SITE):
        desk = a_desk(database, role)
        before = row_counts(database)
        for gesture in (
            lambda: usual_weeks(desk, family.dossier_id),  # noqa: B023
            lambda: keep_week(desk, family.dossier_id, family.child_id, "Autre", WEEK, new_operation()),  # noqa: B023
            lambda: put_week_aside(desk, family.dossier_id, kept.pattern_id, new_operation()),  # noqa: B023
        ):
            with pytest.raises(NotAllowed):
                gesture()
        assert row_counts(database) == before


def test_the_weeks_of_a_child_recorded_twice_are_those_of_the_dossier_kept(database: Database) -> None:
    desk = a_desk(database)
    kept, merged = a_family(desk, children=[a_child()]), a_family(desk, children=[a_child()])
    keep_week(desk, merged.dossier_id, merged.child_id, "École", WEEK, new_operation())
    pairing = Pairing(((merged.guardian_ids[0], kept.guardian_ids[0]),), ((merged.child_id, kept.child_id),))
    merge_dossiers(desk, kept.dossier_id, merged.dossier_id, pairing, "Inscrite deux fois", new_operation())
    [week] = usual_weeks(desk, kept.dossier_id)
    assert (week.child_id, week.days) == (kept.child_id, WEEK)


def test_a_school_year_of_two_children_is_held_in_one_gesture(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=2, quotient_cents=745_00)
    last = date(2027, 7, 2)
    planning = load_planning(desk, family.dossier_id, date(2026, 12, 1), last)
    week = tuple((weekday, code) for weekday in (0, 1, 3, 4) for code in (MEAL, EVENING))
    keys = week_keys_between(week, family.child_ids, date(2026, 12, 1), last)
    ticked = tick_over_period(planning, {}, keys, desk.now())
    changes: list[Change] = list(ticked.changes.values())
    done = finish_changes(desk, family.dossier_id, changes, new_operation())
    [basket] = done.baskets
    assert done.added == len(changes) > 500
    assert basket.total_cents == sum(one.price.total_cents for one in ticked.judgement.additions)
    assert load_planning(desk, family.dossier_id, date(2026, 12, 1), last).payers[0].basket is not None
