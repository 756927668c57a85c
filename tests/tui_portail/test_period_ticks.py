"""A usual week over a period, a sibling's days, and refusals gathered."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.factories import the_commune
from tests.tui_portail.plannings import (
    BREAK,
    EVENING,
    HOLIDAYS,
    MEAL,
    MONDAY,
    MORNING,
    NOW,
    WEDNESDAYS,
    booked,
    child,
    snapshot,
)
from tui_portail.field_checks import FormRefused
from tui_portail.period_ticks import (
    added_by,
    days_of_sibling,
    days_words,
    gather,
    period_days,
    tick_over_period,
    until_end_of_year,
    week_keys_between,
    week_on,
)
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.planning_judgement import judge_changes
from tui_portail.school_calendar import Closure
from tui_portail.usual_weeks import week_from_text, week_to_text, week_words

SUMMER = date(2027, 7, 2)
TODAY = date(2026, 12, 1)
SCHOOL_WEEK = tuple((weekday, code) for weekday in (0, 1, 3, 4) for code in (MEAL, EVENING))


def test_the_week_of_a_child_is_what_is_booked_and_ticked_in_it_whatever_day_it_is_named_by() -> None:
    thursday = date(2026, 12, 3)
    ticked = {CellKey(1, EVENING, thursday): Change(CellKey(1, EVENING, thursday), Tick.ADD)}
    removed = booked(MORNING, date(2026, 12, 4))
    ticked[removed.key] = Change(removed.key, Tick.REMOVE)
    planning = snapshot(booked(WEDNESDAYS, date(2026, 12, 2)), removed, booked(MORNING, date(2026, 12, 8)))
    assert week_on(planning, ticked, 1, thursday, NOW) == ((2, WEDNESDAYS), (3, EVENING))
    assert week_on(planning, ticked, 2, thursday, NOW) == ()


def test_a_week_kept_as_text_is_read_back_and_said_in_words() -> None:
    days = (*SCHOOL_WEEK, (2, WEDNESDAYS))
    assert week_from_text(week_to_text(days)) == tuple(sorted(days))
    labels = {MEAL: "repas", EVENING: "soir", WEDNESDAYS: "ALSH"}
    assert week_words(days, labels) == "lundi, mardi, jeudi et vendredi : repas, soir ; mercredi : ALSH"
    assert week_words(((5, "INCONNU"),), labels) == "samedi : INCONNU"


def test_a_school_year_is_ticked_at_once_and_every_day_asked_is_ticked_refused_or_one_without_that_activity() -> None:
    children = (child(1, 1), child(2, 2), child(3, 3))
    planning = snapshot(children=children, last_day=SUMMER)
    keys = week_keys_between((*SCHOOL_WEEK, (2, WEDNESDAYS)), (1, 2, 3), TODAY, SUMMER)
    ticked = tick_over_period(planning, {}, keys, NOW)
    added = {change.key for change in added_by({}, ticked.changes)}
    calendar, policy = the_commune().calendar, the_commune().policy
    for key in keys:
        runs = next(calendar.running_days(policy.activity(key.activity), key.day, key.day), None) is not None
        if key in added:
            assert runs
        elif runs:
            assert key in ticked.refusals, key
    assert {key.activity for key in added} == {MEAL, BREAK, EVENING, WEDNESDAYS}  # the meal brings its break
    assert not judge_changes(planning, ticked.changes, NOW).refusals


def test_days_of_the_holidays_are_silent_but_a_public_holiday_or_a_closure_of_the_term_is_told() -> None:
    strike = Closure(date(2027, 1, 11), date(2027, 1, 12), "grève", activities=True)
    commune = replace(the_commune(), calendar=replace(the_commune().calendar, closures=(strike,)))
    planning = replace(snapshot(last_day=SUMMER), commune=commune)
    keys = week_keys_between(((0, EVENING), (0, HOLIDAYS)), (1,), date(2026, 12, 7), SUMMER)
    refused = tick_over_period(planning, {}, keys, NOW).refusals
    evenings = {key.day: why.code for key, why in refused.items() if key.activity == EVENING}
    assert evenings == {
        date(2027, 1, 11): "FERMETURE",
        date(2027, 3, 29): "JOUR_FERIE",
        date(2027, 5, 17): "JOUR_FERIE",
    }
    of_holidays = {
        key.day for key in refused if key.activity == HOLIDAYS
    }  # for want of a paper, or of the dossier of 2027
    assert of_holidays
    assert all(commune.calendar.holiday_on(day) for day in of_holidays)


def test_what_is_on_already_stays_and_is_not_refused() -> None:
    there = booked(EVENING, date(2026, 12, 7))
    planning = snapshot(there)
    ticked = tick_over_period(planning, {}, week_keys_between(((0, EVENING),), (1,), TODAY, date(2026, 12, 20)), NOW)
    assert set(ticked.changes) == {CellKey(1, EVENING, date(2026, 12, 14))}
    assert ticked.refusals == {}


def test_full_days_are_gathered_in_one_line_with_their_days_and_the_first_ones_sentence() -> None:
    site = the_commune().sites_for("ELEMENTAIRE")[EVENING]
    full = [date(2026, 12, 7), date(2026, 12, 14)]
    planning = snapshot(places={(site, EVENING, day): 0 for day in full})
    keys = week_keys_between(((0, EVENING), (1, EVENING)), (1,), TODAY, date(2026, 12, 18))
    ticked = tick_over_period(planning, {}, keys, NOW)
    late, closed = gather(planning, ticked.refusals)
    assert (late.days, "devait être réservé avant" in late.sentence) == ((TODAY,), True)
    assert closed.days == tuple(full)
    assert closed.who == "Enfant1 · ALP soir"
    assert "lundi 7 décembre" in closed.sentence


def test_one_sentence_for_everything_is_said_once() -> None:
    planning = snapshot(blocked="Ce dossier est archivé : rouvrez-le avant de réserver.")
    keys = week_keys_between(SCHOOL_WEEK, (1, 2), TODAY, date(2026, 12, 18))
    [only] = gather(planning, tick_over_period(planning, {}, keys, NOW).refusals)
    assert only.sentence.startswith("Ce dossier est archivé")
    assert only.who.startswith("Enfant1 et Enfant2 · ")


def test_an_activity_no_site_offers_to_a_child_is_told_not_passed_over() -> None:
    apart = child(2, 2)
    sites = {code: site for code, site in apart.facts.sites.items() if code != EVENING}
    planning = snapshot(children=(child(1, 1), replace(apart, facts=replace(apart.facts, sites=sites))))
    keys = week_keys_between(((0, EVENING),), (2,), date(2026, 12, 7), date(2026, 12, 18))
    [told] = gather(planning, tick_over_period(planning, {}, keys, NOW).refusals)
    assert "Aucun site ne propose" in told.sentence
    assert len(told.days) == 2


def test_a_siblings_days_are_those_booked_or_ticked_for_it_and_not_those_being_removed() -> None:
    gone, kept = booked(EVENING, date(2026, 12, 7)), booked(EVENING, date(2026, 12, 8))
    ticked = CellKey(1, MORNING, date(2026, 12, 10))
    changes = {ticked: Change(ticked, Tick.ADD), gone.key: Change(gone.key, Tick.REMOVE)}
    planning = snapshot(gone, kept)
    keys = days_of_sibling(planning, changes, 1, 2, MONDAY, date(2026, 12, 20), NOW)
    assert keys == (replace(kept.key, child_id=2), replace(ticked, child_id=2))


def test_a_period_begins_today_at_the_earliest_and_stays_within_the_calendar() -> None:
    calendar = the_commune().calendar
    assert period_days(calendar, MONDAY, SUMMER, TODAY) == (TODAY, SUMMER)
    for first, last, field in (
        (SUMMER, TODAY, "last"),
        (MONDAY, MONDAY, "last"),
        (TODAY, calendar.last_covered + timedelta(days=1), "last"),
        (calendar.last_covered + timedelta(days=1), calendar.last_covered + timedelta(days=2), "first"),
    ):
        with pytest.raises(FormRefused) as refused:
            period_days(calendar, first, last, TODAY)
        assert refused.value.field == field


def test_the_end_of_the_school_year_is_that_of_the_day_and_of_the_next_year_in_summer() -> None:
    calendar = the_commune().calendar
    assert until_end_of_year(calendar, TODAY) == SUMMER
    assert until_end_of_year(calendar, date(2027, 7, 20)).year == 2028
    assert until_end_of_year(calendar, calendar.last_covered) == calendar.last_covered


def test_a_long_list_of_days_is_said_by_its_count_and_its_ends() -> None:
    days = [MONDAY + timedelta(weeks=week) for week in range(20)]
    assert days_words(days[:2]) == "les lundis 30 novembre et 7 décembre 2026"
    assert days_words(days) == "20 journées, du lundi 30 novembre 2026 au lundi 12 avril 2027"
