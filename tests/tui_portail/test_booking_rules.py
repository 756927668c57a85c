from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui_portail.calendars import d, leaflet_policy, paris, zone_c, zone_c_with
from tui_portail.booking_rules import AlshFacts, BookingRequest, ChildFacts, brought_by, judge_booking, removed_with
from tui_portail.decision import Decision
from tui_portail.policy import ActivityFamily, ActivityRule, RunsOn
from tui_portail.school_calendar import Closure, SchoolCalendar

POLICY = leaflet_policy()
LINA = ChildFacts("Lina", dict.fromkeys(POLICY.activities, "HARMONIE"), AlshFacts(frozenset({2026})))
NOW = paris("2026-12-01T10:30:00")


def judge(
    activity: str,
    day: str,
    now: datetime = NOW,
    child: ChildFacts = LINA,
    calendar: SchoolCalendar | None = None,
    *,
    derogation: bool = False,
) -> Decision:
    return judge_booking(BookingRequest(activity, d(day), derogation), child, POLICY, calendar or zone_c(), now)


def test_a_monday_can_be_booked_until_friday_noon() -> None:
    assert judge("RESTAURATION", "2026-11-30", paris("2026-11-27T11:59:59"))
    assert judge("RESTAURATION", "2026-11-30", paris("2026-11-27T12:00:00")).code == "LIMITE_PASSEE"


def test_the_instant_is_judged_whatever_the_zone_it_is_told_in() -> None:
    assert judge("RESTAURATION", "2026-11-30", datetime(2026, 11, 27, 10, 59, 59, tzinfo=UTC))
    assert not judge("RESTAURATION", "2026-11-30", datetime(2026, 11, 27, 11, 0, tzinfo=UTC))


def test_a_late_refusal_is_a_sentence_to_read_out_with_the_next_day() -> None:
    refusal = judge("ALP_MATIN", "2026-12-01")
    assert refusal.sentence == (
        "« ALP matin » du mardi 1er décembre 2026 devait être réservé avant le lundi 30 novembre 2026 à 12 h. "
        "Le prochain jour encore possible est le jeudi 3 décembre 2026."
    )
    assert refusal.next_day == d("2026-12-03")
    assert refusal.source.startswith("Dépliant du Portail Famille")


def test_the_next_day_of_a_long_past_one_is_in_the_future() -> None:
    assert judge("ALP_MATIN", "2025-09-02").next_day == d("2026-12-03")


def test_the_next_day_is_none_when_the_coverage_ends() -> None:
    refusal = judge("ALP_MATIN", "2028-07-03", paris("2028-07-01T09:00:00"))
    assert (refusal.code, refusal.next_day) == ("LIMITE_PASSEE", None)
    assert "s’arrête au lundi 3 juillet 2028" in refusal.sentence


def test_the_last_covered_day_can_be_booked_and_the_one_after_never() -> None:
    assert judge("ALP_MATIN", "2028-07-03")
    assert judge("ALP_MATIN", "2028-07-04", derogation=True).code == "HORS_CALENDRIER"


def test_the_next_day_steps_over_a_closure_of_the_childs_site() -> None:
    closure = Closure(d("2026-12-03"), d("2026-12-03"), "travaux", mairie=False, activities=True, site="HARMONIE")
    assert judge("ALP_MATIN", "2026-12-01", calendar=zone_c_with(closure)).next_day == d("2026-12-04")


def test_the_calendar_is_explained_before_the_site_the_dossier_and_the_limit() -> None:
    nothing = ChildFacts("Noé")
    assert judge("ALSH_MERCREDI", "2028-09-06", child=nothing).code == "HORS_CALENDRIER"
    assert judge("ALSH_MERCREDI", "2026-11-24", child=nothing).code == "PAS_CE_JOUR"
    assert judge("ALSH_MERCREDI", "2026-11-25", child=nothing).code == "SITE_NON_PROPOSE"
    offered = replace(nothing, sites={"ALSH_MERCREDI": "ADOS"})
    assert judge("ALSH_MERCREDI", "2026-11-25", child=offered).code == "DOSSIER_ALSH"
    current = replace(offered, alsh=AlshFacts(frozenset(), frozenset({2026})))
    assert judge("ALSH_MERCREDI", "2026-11-25", child=current).code == "LIMITE_PASSEE"


def test_the_alsh_dossier_is_that_of_the_days_year_not_of_the_gestures() -> None:
    attended_2025 = replace(LINA, alsh=AlshFacts(frozenset({2025})))
    assert judge("ALSH_MERCREDI", "2026-12-09", child=attended_2025)
    assert judge("ALSH_MERCREDI", "2027-01-06", child=attended_2025).code == "DOSSIER_ALSH"


def test_alp_does_not_ask_for_the_alsh_dossier() -> None:
    assert judge("ALP_MATIN", "2026-12-03", child=replace(LINA, alsh=AlshFacts()))


def test_a_derogation_lifts_the_limit_and_says_so() -> None:
    decision = judge("ALP_MATIN", "2026-12-01", derogation=True)
    assert decision
    assert decision.facts["derogation_used"] is True
    assert decision.facts["limit"] == paris("2026-11-30T12:00:00")


def test_a_derogation_that_was_not_needed_is_not_recorded_as_used() -> None:
    assert judge("ALP_MATIN", "2026-12-03", derogation=True).facts["derogation_used"] is False


@pytest.mark.parametrize(
    ("activity", "day", "child", "code"),
    [
        ("ALP_MATIN", "2026-12-05", LINA, "WEEK_END"),
        ("ALP_MATIN", "2026-11-11", LINA, "JOUR_FERIE"),
        ("ALP_MATIN", "2026-12-01", ChildFacts("Noé"), "SITE_NON_PROPOSE"),
        ("ALSH_MERCREDI", "2026-12-02", replace(LINA, alsh=AlshFacts()), "DOSSIER_ALSH"),
    ],
)
def test_a_derogation_lifts_nothing_else(activity: str, day: str, child: ChildFacts, code: str) -> None:
    assert judge(activity, day, child=child, derogation=True).code == code


@settings(max_examples=100)
@given(
    st.sampled_from(sorted(POLICY.activities)),
    st.dates(date(2026, 10, 1), date(2027, 3, 31)),
    st.datetimes(datetime(2026, 10, 1), datetime(2026, 12, 31)),
)
def test_the_next_day_offered_is_accepted_and_none_before_it_is(activity: str, day: date, wall: datetime) -> None:
    now = wall.replace(tzinfo=UTC)
    everything = replace(LINA, alsh=AlshFacts(frozenset({2026, 2027})))

    def accepted(on: date) -> bool:
        return bool(judge(activity, on.isoformat(), now, everything))

    refusal = judge(activity, day.isoformat(), now, everything)
    if refusal.code == "LIMITE_PASSEE" and refusal.next_day:
        assert accepted(refusal.next_day)
        between = [day + timedelta(days=n) for n in range(1, (refusal.next_day - day).days)]
        assert not any(map(accepted, between))


def test_the_meal_brings_the_midday_break() -> None:
    assert brought_by(["RESTAURATION"], POLICY) == ("PAUSE_MERIDIENNE", "RESTAURATION")
    assert brought_by(["PAUSE_MERIDIENNE"], POLICY) == ("PAUSE_MERIDIENNE",)
    assert brought_by(["ALP_SOIR", "RESTAURATION"], POLICY) == ("PAUSE_MERIDIENNE", "RESTAURATION", "ALP_SOIR")


def test_removing_the_break_removes_the_meal() -> None:
    assert removed_with(["PAUSE_MERIDIENNE"], POLICY) == ("PAUSE_MERIDIENNE", "RESTAURATION")


def test_removing_the_meal_removes_the_break_unless_the_agent_keeps_it() -> None:
    assert removed_with(["RESTAURATION"], POLICY) == ("PAUSE_MERIDIENNE", "RESTAURATION")
    assert removed_with(["RESTAURATION"], POLICY, keep_brought=True) == ("RESTAURATION",)


def test_only_what_is_booked_leaves_with_it() -> None:
    assert removed_with(["PAUSE_MERIDIENNE"], POLICY, booked=["PAUSE_MERIDIENNE", "ALP_SOIR"]) == ("PAUSE_MERIDIENNE",)


def test_the_break_stays_while_another_activity_brings_it() -> None:
    chess = ActivityRule(
        "ECHECS", "échecs", ActivityFamily.ALP, RunsOn.SCHOOL_DAYS, brings=("PAUSE_MERIDIENNE",), order=9
    )
    policy = replace(POLICY, activities={**POLICY.activities, "ECHECS": chess})
    booked = ["PAUSE_MERIDIENNE", "RESTAURATION", "ECHECS"]
    assert removed_with(["RESTAURATION"], policy, booked=booked) == ("RESTAURATION",)
    assert removed_with(["PAUSE_MERIDIENNE"], policy, booked=booked) == ("PAUSE_MERIDIENNE", "RESTAURATION", "ECHECS")


@pytest.mark.parametrize("size", [1, 2, 3])
def test_what_stays_booked_is_always_complete(size: int) -> None:
    everything = set(POLICY.activities)
    for removed in combinations(sorted(everything), size):
        for keep in (False, True):
            left = everything - set(removed_with(removed, POLICY, keep_brought=keep))
            assert set(brought_by(left, POLICY)) == left


AGED = replace(
    POLICY,
    activities={
        **POLICY.activities,
        "ALP_SOIR": replace(POLICY.activity("ALP_SOIR"), from_age=6, under_age=12),
    },
)


def judge_evening(day: str, born: str, now: datetime = NOW, *, derogation: bool = False) -> Decision:
    child = replace(LINA, birth_on=d(born))
    return judge_booking(BookingRequest("ALP_SOIR", d(day), derogation), child, AGED, zone_c(), now)


def test_a_child_too_young_is_told_the_day_from_which_it_may_come() -> None:
    refusal = judge_evening("2026-12-10", "2020-12-12", derogation=True)
    assert refusal.code == "AGE_NON_RECU"
    assert refusal.sentence == (
        "« ALP soir » reçoit les 6 à 11 ans : Lina peut venir à partir du samedi 12 décembre 2026, le jour de ses 6 ans. "
        "Le prochain jour encore possible est le lundi 14 décembre 2026."
    )
    assert (refusal.next_day, refusal.facts["from_on"]) == (d("2026-12-14"), d("2026-12-12"))


def test_the_age_that_counts_is_that_of_the_day_booked() -> None:
    assert judge_evening("2026-12-14", "2020-12-14"), "six that very day"
    assert not judge_evening("2026-12-14", "2020-12-15")
    assert judge_evening("2026-12-11", "2014-12-12"), "still eleven"
    assert not judge_evening("2026-12-14", "2014-12-14")
    assert judge_evening("2027-03-01", "2021-02-28")
    assert not judge_evening("2026-12-14", "2021-02-28")


def test_a_child_too_old_is_proposed_no_other_day() -> None:
    refusal = judge_evening("2026-12-14", "2014-12-14")
    assert (refusal.code, refusal.next_day) == ("AGE_NON_RECU", None)
    assert refusal.sentence == (
        "« ALP soir » reçoit les 6 à 11 ans : Lina aura 12 ans le lundi 14 décembre 2026. Proposez une activité de son âge."
    )


def test_a_refusal_for_another_reason_proposes_no_day_the_age_forbids() -> None:
    assert judge_evening("2026-12-01", "2014-12-04").next_day == d("2026-12-03")
    assert judge_evening("2026-12-01", "2014-12-03").next_day is None
