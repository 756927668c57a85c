from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui_portail.calendars import d, leaflet_policy, paris, zone_c, zone_c_with
from tui_portail.cancellation_rules import (
    Cancellation,
    CancellationLine,
    LineState,
    group_absences,
    judge_cancellation,
    judge_cancellations,
    judge_proof,
    proof_deadline,
)
from tui_portail.cancellation_rules import CancellationOutcome as Outcome
from tui_portail.instants import day_begins
from tui_portail.school_calendar import Closure

POLICY = leaflet_policy()
ALP = ("ALP_MATIN", "PAUSE_MERIDIENNE", "RESTAURATION", "ALP_SOIR")


def line(
    activity: str, day: str, state: LineState = LineState.CONFIRMED, paid_cents: int = 450, child_id: int = 1
) -> CancellationLine:
    return CancellationLine(child_id, activity, d(day), state, paid_cents)


def judge(booked: CancellationLine, now: str) -> Cancellation:
    return judge_cancellation(booked, POLICY, zone_c(), paris(now))


@pytest.mark.parametrize("activity", [*ALP, "ALSH_MERCREDI"])
@pytest.mark.parametrize("now", ["2026-11-20T10:00:00", "2026-12-02T09:00:00", "2027-02-01T10:00:00"])
def test_an_unpaid_hold_is_released_and_nothing_is_due(activity: str, now: str) -> None:
    outcome = judge(line(activity, "2026-12-02", LineState.HELD, 0), now)
    assert (outcome.kind, outcome.refund_cents) == (Outcome.RELEASED, 0)


@pytest.mark.parametrize(
    ("activity", "day"), [*[(code, "2026-12-03") for code in ALP], ("ALSH_MERCREDI", "2026-12-02")]
)
def test_before_the_limit_an_avoir_of_what_was_paid_is_given(activity: str, day: str) -> None:
    outcome = judge(line(activity, day, paid_cents=1234), "2026-12-01T11:59:59")
    assert (outcome.kind, outcome.refund_cents) == (Outcome.AVOIR, 1234)
    assert "12,34\u00a0€" in outcome.sentence


@pytest.mark.parametrize("activity", ALP)
def test_alp_after_the_limit_is_cancelled_without_refund(activity: str) -> None:
    outcome = judge(line(activity, "2026-12-03"), "2026-12-02T12:00:00")
    assert (outcome.kind, outcome.refund_cents, outcome.proof_until) == (Outcome.NO_REFUND, 0, None)
    assert outcome.possible


def test_alp_can_be_cancelled_until_the_day_begins() -> None:
    assert judge(line("ALP_MATIN", "2026-12-03"), "2026-12-02T23:59:59").kind is Outcome.NO_REFUND
    begun = judge(line("ALP_MATIN", "2026-12-03"), "2026-12-03T00:00:00")
    assert begun.kind is Outcome.IMPOSSIBLE
    assert not begun.possible
    assert begun.sentence == "« ALP matin » du jeudi 3 décembre 2026 ne peut plus être annulé : la journée a commencé."


def test_alsh_after_the_limit_waits_for_a_justificatif() -> None:
    outcome = judge(line("ALSH_MERCREDI", "2026-12-02", paid_cents=1800), "2026-12-01T12:00:00")
    assert (outcome.kind, outcome.refund_cents) == (Outcome.AWAITING_PROOF, 1800)
    assert outcome.proof_until == paris("2026-12-05T00:00:00")
    assert outcome.sentence == (
        "« ALSH mercredi » du mercredi 2 décembre 2026 : annulation après la limite (mardi 1er décembre 2026 à 12 h). Si un "
        "justificatif nous parvient au plus tard le vendredi 4 décembre 2026 inclus et qu’il est accepté, un avoir de "
        "18,00\u00a0€ sera accordé ; sinon, aucun remboursement n’est possible."
    )


def test_alsh_can_be_cancelled_after_the_day_until_its_48_hours_have_run_out() -> None:
    sick = line("ALSH_MERCREDI", "2026-12-02")
    assert judge(sick, "2026-12-04T23:59:59").kind is Outcome.AWAITING_PROOF
    assert judge(sick, "2026-12-05T00:00:00").kind is Outcome.IMPOSSIBLE


def test_nothing_paid_before_the_limit_gives_no_avoir() -> None:
    outcome = judge(line("ALP_MATIN", "2026-12-03", paid_cents=0), "2026-12-01T10:00:00")
    assert (outcome.kind, outcome.refund_cents) == (Outcome.NOTHING_PAID, 0)


def test_nothing_paid_after_the_limit_needs_no_justificatif() -> None:
    assert judge(line("ALSH_MERCREDI", "2026-12-02", paid_cents=0), "2026-12-01T15:00:00").kind is Outcome.NO_REFUND


def test_a_debt_is_lifted_before_the_limit_and_stays_after() -> None:
    due = line("ALP_MATIN", "2026-12-03", LineState.DUE, 0)
    assert judge(due, "2026-12-02T11:59:59").kind is Outcome.NOTHING_PAID
    late = judge(due, "2026-12-02T12:00:00")
    assert (late.kind, late.stays_due) == (Outcome.NO_REFUND, True)
    assert "la somme reste due" in late.sentence


def test_an_alsh_debt_is_lifted_by_an_accepted_justificatif() -> None:
    late = judge(line("ALSH_MERCREDI", "2026-12-02", LineState.DUE, 0), "2026-12-02T12:00:00")
    assert (late.kind, late.refund_cents, late.stays_due) == (Outcome.AWAITING_PROOF, 0, True)
    assert "la somme ne sera plus due" in late.sentence


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [
        ("2026-12-02", "2026-12-04"),
        ("2026-10-22", "2026-10-26"),
        ("2026-10-23", "2026-10-26"),
        ("2026-12-30", "2027-01-04"),
    ],
)
def test_the_48_hours_end_with_the_second_day_after_carried_to_an_open_weekday(first_day: str, last_day: str) -> None:
    deadline = proof_deadline(d(first_day), zone_c(), POLICY)
    assert deadline == day_begins(d(last_day) + timedelta(days=1))
    assert judge_proof(d(last_day), deadline, d("2027-06-01"))
    assert judge_proof(d(last_day) + timedelta(days=1), deadline, d("2027-06-01")).code == "JUSTIFICATIF_TARDIF"


def test_the_end_of_the_48_hours_is_a_paris_midnight_after_a_change_of_clock() -> None:
    assert proof_deadline(d("2026-10-22"), zone_c(), POLICY).astimezone(UTC) == datetime(2026, 10, 26, 23, tzinfo=UTC)
    assert proof_deadline(d("2026-10-20"), zone_c(), POLICY).astimezone(UTC) == datetime(2026, 10, 22, 22, tzinfo=UTC)


def test_a_closed_mairie_carries_the_48_hours_too() -> None:
    calendar = zone_c_with(Closure(d("2026-12-04"), d("2026-12-04"), "journée du personnel"))
    assert proof_deadline(d("2026-12-02"), calendar, POLICY) == paris("2026-12-08T00:00:00")


def test_a_justificatif_received_before_the_absence_is_in_time() -> None:
    assert judge_proof(d("2026-11-20"), proof_deadline(d("2026-12-02"), zone_c(), POLICY), d("2026-12-01"))


def test_the_reception_date_counts_not_the_day_it_is_recorded() -> None:
    deadline = proof_deadline(d("2026-12-02"), zone_c(), POLICY)
    assert judge_proof(d("2026-12-04"), deadline, today=d("2026-12-10"))


def test_a_reception_date_to_come_is_a_slip() -> None:
    deadline = proof_deadline(d("2026-12-02"), zone_c(), POLICY)
    assert judge_proof(d("2026-12-04"), deadline, today=d("2026-12-03")).code == "JUSTIFICATIF_DATE_FUTURE"


def test_a_late_justificatif_is_refused_with_its_date_in_words() -> None:
    refusal = judge_proof(d("2026-12-07"), proof_deadline(d("2026-12-02"), zone_c(), POLICY), d("2026-12-07"))
    assert "au plus tard le vendredi 4 décembre 2026 inclus" in refusal.sentence


def absences(*lines: CancellationLine) -> list[tuple[int, str, list[str]]]:
    grouped = group_absences(lines, POLICY, zone_c())
    return [(one.child_id, one.activity, [day.isoformat() for day in one.days]) for one in grouped]


def test_friday_and_the_next_monday_of_the_same_holidays_are_one_absence() -> None:
    assert absences(line("ALSH_VACANCES", "2026-10-26"), line("ALSH_VACANCES", "2026-10-23")) == [
        (1, "ALSH_VACANCES", ["2026-10-23", "2026-10-26"])
    ]


def test_a_public_holiday_between_does_not_cut_an_absence() -> None:
    assert len(absences(line("ALSH_VACANCES", "2026-12-24"), line("ALSH_VACANCES", "2026-12-28"))) == 1


def test_two_wednesdays_in_a_row_are_one_absence_and_a_missed_one_cuts_it() -> None:
    assert len(absences(line("ALSH_MERCREDI", "2026-12-02"), line("ALSH_MERCREDI", "2026-12-09"))) == 1
    assert len(absences(line("ALSH_MERCREDI", "2026-12-02"), line("ALSH_MERCREDI", "2026-12-16"))) == 2


def test_a_running_day_between_cuts_an_absence() -> None:
    assert absences(line("ALSH_VACANCES", "2026-10-20"), line("ALSH_VACANCES", "2026-10-22")) == [
        (1, "ALSH_VACANCES", ["2026-10-20"]),
        (1, "ALSH_VACANCES", ["2026-10-22"]),
    ]


def test_two_holidays_are_two_absences() -> None:
    assert len(absences(line("ALSH_VACANCES", "2026-10-30"), line("ALSH_VACANCES", "2026-12-21"))) == 2


def test_each_child_and_each_activity_has_its_own_absence() -> None:
    lines = [
        line("ALP_MATIN", "2026-12-03"),
        line("ALP_SOIR", "2026-12-03"),
        line("ALP_MATIN", "2026-12-03", child_id=2),
    ]
    assert [(child, code) for child, code, _ in absences(*lines)] == [
        (1, "ALP_MATIN"),
        (1, "ALP_SOIR"),
        (2, "ALP_MATIN"),
    ]


def test_the_48_hours_of_a_gesture_count_from_the_first_day_of_the_absence() -> None:
    lines = [line("ALSH_VACANCES", day) for day in ("2026-10-19", "2026-10-20", "2026-10-21")]
    outcomes = judge_cancellations(lines, POLICY, zone_c(), paris("2026-10-20T12:30:00"))
    assert [outcome.kind for outcome in outcomes.values()] == [Outcome.AWAITING_PROOF] * 3
    assert {outcome.proof_until for outcome in outcomes.values()} == {paris("2026-10-22T00:00:00")}


def test_once_the_48_hours_are_over_a_day_to_come_is_cancelled_without_refund() -> None:
    lines = [
        line("ALSH_VACANCES", day) for day in ("2026-10-19", "2026-10-20", "2026-10-21", "2026-10-22", "2026-10-23")
    ]
    outcomes = judge_cancellations(lines, POLICY, zone_c(), paris("2026-10-22T12:30:00"))
    assert [outcome.kind for outcome in outcomes.values()] == [*[Outcome.IMPOSSIBLE] * 4, Outcome.NO_REFUND]


def test_the_days_still_in_time_of_the_same_gesture_give_an_avoir() -> None:
    lines = [line("ALSH_VACANCES", day) for day in ("2026-10-20", "2026-10-21", "2026-10-22")]
    outcomes = judge_cancellations(lines, POLICY, zone_c(), paris("2026-10-20T08:00:00"))
    assert [outcome.kind for outcome in outcomes.values()] == [Outcome.AWAITING_PROOF, Outcome.AVOIR, Outcome.AVOIR]


@settings(max_examples=100)
@given(
    st.sampled_from(sorted(POLICY.activities)),
    st.dates(date(2026, 9, 1), date(2027, 7, 1)),
    st.sampled_from(LineState),
    st.integers(0, 5000),
    st.lists(st.integers(-15 * 24 * 60, 8 * 24 * 60), min_size=2, max_size=2).map(sorted),
)
def test_waiting_never_gives_more(
    activity: str, day: date, state: LineState, paid_cents: int, minutes: list[int]
) -> None:
    booked = CancellationLine(1, activity, day, state, paid_cents)
    start = datetime.combine(day, time(12), UTC)
    earlier, later = (
        judge_cancellation(booked, POLICY, zone_c(), start + timedelta(minutes=offset)) for offset in minutes
    )
    order = [
        Outcome.RELEASED,
        Outcome.NOTHING_PAID,
        Outcome.AVOIR,
        Outcome.AWAITING_PROOF,
        Outcome.NO_REFUND,
        Outcome.IMPOSSIBLE,
    ]
    assert order.index(earlier.kind) <= order.index(later.kind)
    assert later.refund_cents <= earlier.refund_cents <= paid_cents


@settings(max_examples=100)
@given(st.dates(date(2025, 9, 1), date(2028, 7, 3)), st.integers(1, 15))
def test_a_proof_is_never_due_on_a_closed_day_nor_earlier_for_a_later_absence(day: date, later: int) -> None:
    deadline = proof_deadline(day, zone_c(), POLICY)
    last_day = deadline.date() - timedelta(days=1)
    assert deadline.time() == time(0)
    assert last_day.weekday() < 5
    assert last_day not in zone_c().public_holidays
    assert last_day >= day + timedelta(days=2)
    assert deadline <= proof_deadline(day + timedelta(days=later), zone_c(), POLICY)


def test_a_day_on_hold_does_not_shorten_the_48_hours_of_the_absence_that_follows_it() -> None:
    held, paid = line("ALSH_VACANCES", "2026-12-21", LineState.HELD, 0), line("ALSH_VACANCES", "2026-12-22")
    outcomes = judge_cancellations([held, paid], POLICY, zone_c(), paris("2026-12-23T09:00:00"))
    assert outcomes[held].kind is Outcome.RELEASED
    assert outcomes[paid].proof_until == proof_deadline(d("2026-12-22"), zone_c(), POLICY)
