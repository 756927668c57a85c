"""What a set of ticked days would do: additions, removals, refusals and bills, for each payer, at one instant."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import paris, the_commune
from tests.tui_portail.plannings import (
    BREAK,
    EVENING,
    MEAL,
    MONDAY,
    MORNING,
    NOW,
    WEDNESDAYS,
    alternating,
    booked,
    child,
    payer,
    snapshot,
)
from tui_portail.booking_rules import ChildFacts
from tui_portail.cancellation_rules import CancellationOutcome
from tui_portail.custody import Custody, CustodyPattern
from tui_portail.payment_rules import AvoirBalance, DueLine
from tui_portail.planning import CellKey, Change, Changes, LiveBasket, PlanningSnapshot, Tick
from tui_portail.planning_judgement import due_line, judge_changes, payer_of
from tui_portail.policy import ActivityFamily

THURSDAY, FRIDAY, NEXT_THURSDAY = date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 10)


def adds(*cells: tuple[str, date], child_id: int = 1) -> Changes:
    keys = [CellKey(child_id, activity, day) for activity, day in cells]
    return {key: Change(key, Tick.ADD) for key in keys}


def removes(*cells: tuple[str, date]) -> Changes:
    keys = [CellKey(1, activity, day) for activity, day in cells]
    return {key: Change(key, Tick.REMOVE) for key in keys}


def test_a_meal_sent_alone_brings_its_break_and_both_are_charged() -> None:
    judgement = judge_changes(snapshot(), adds((MEAL, THURSDAY)), NOW)
    assert {addition.change.key.activity for addition in judgement.additions} == {MEAL, BREAK}
    [bill] = judgement.bills
    assert bill.total_cents == sum(addition.price.total_cents for addition in judgement.additions)


def test_a_meal_is_refused_when_its_break_is_full() -> None:
    planning = snapshot(places={("HARMONIE", BREAK, THURSDAY): 0})
    judgement = judge_changes(planning, adds((MEAL, THURSDAY)), NOW)
    assert judgement.additions == ()
    assert {refusal.code for refusal in judgement.refusals.values()} == {"COMPLET"}


def test_removing_the_break_removes_the_meal_even_when_only_the_break_is_sent() -> None:
    planning = snapshot(booked(MEAL, FRIDAY), booked(BREAK, FRIDAY))
    judgement = judge_changes(planning, removes((BREAK, FRIDAY)), NOW)
    assert {removal.booking.key.activity for removal in judgement.removals} == {MEAL, BREAK}


def test_the_last_place_goes_to_the_first_ticked_child_only() -> None:
    planning = snapshot(places={("HARMONIE", EVENING, THURSDAY): 1})
    both = adds((EVENING, THURSDAY)) | adds((EVENING, THURSDAY), child_id=2)
    judgement = judge_changes(planning, both, NOW)
    assert [addition.change.key.child_id for addition in judgement.additions] == [1]
    assert [key.child_id for key in judgement.refusals] == [2]


def test_a_place_given_up_in_the_same_gesture_can_be_taken_by_a_sibling() -> None:
    planning = snapshot(booked(EVENING, FRIDAY), places={("HARMONIE", EVENING, FRIDAY): 0})
    changes = removes((EVENING, FRIDAY)) | adds((EVENING, FRIDAY), child_id=2)
    judgement = judge_changes(planning, changes, NOW)
    assert len(judgement.additions) == len(judgement.removals) == 1
    assert not judgement.refusals


def test_an_avoir_of_the_same_gesture_serves_the_same_basket() -> None:
    planning = snapshot(booked(EVENING, FRIDAY))
    judgement = judge_changes(planning, removes((EVENING, FRIDAY)) | adds((MORNING, NEXT_THURSDAY)), NOW)
    [bill] = judgement.bills
    assert judgement.avoir_given_cents == {1: 3_00}
    assert bill.avoir_cents == min(3_00, bill.total_cents)
    assert bill.avoir_left_cents == 3_00 - bill.avoir_cents


def test_a_late_alsh_day_waits_for_its_proof_and_gives_nothing_yet() -> None:
    wednesday = date(2026, 12, 2)
    planning = snapshot(booked(WEDNESDAYS, wednesday))
    late = NOW.replace(hour=14)
    judgement = judge_changes(planning, removes((WEDNESDAYS, wednesday)), late)
    [removal] = judgement.removals
    assert removal.outcome.kind is CancellationOutcome.AWAITING_PROOF
    assert judgement.avoir_given_cents == {}
    assert removal.outcome.refund_cents == 3_00


def test_the_lines_on_hold_stay_in_the_bill_and_keep_their_price_and_expiry() -> None:
    held = DueLine(77, EVENING, ActivityFamily.ALP, FRIDAY, 7, 9_99, 9_99, 0)
    until = NOW + timedelta(minutes=4)
    planning = snapshot(payers=(payer(basket=LiveBasket(9, until, 0, (held,))),))
    [bill] = judge_changes(planning, adds((MORNING, NEXT_THURSDAY)), NOW).bills
    assert bill.lines[0].price_cents == 9_99
    assert bill.expires_at == until
    [later] = judge_changes(planning, adds((MORNING, NEXT_THURSDAY)), until).bills
    assert len(later.lines) == 1, "an expired basket's lines are gone"


def test_each_parent_pays_for_their_weeks_of_custody() -> None:
    shared = child(1, 1, custody=alternating())
    planning = snapshot(children=(shared,), payers=(payer(1), payer(2, quotients=())))
    judgement = judge_changes(planning, adds((EVENING, THURSDAY), (EVENING, NEXT_THURSDAY)), NOW)
    assert [(bill.payer_id, len(bill.lines)) for bill in judgement.bills] == [(1, 1), (2, 1)]
    first, second = judgement.bills
    assert first.total_cents <= second.total_cents, "no quotient proven: the highest bracket"
    assert payer_of(planning, CellKey(1, EVENING, THURSDAY)) == 1
    assert payer_of(planning, CellKey(1, EVENING, NEXT_THURSDAY)) == 2


def test_a_day_of_next_school_year_is_booked_where_the_child_will_be() -> None:
    moved = date(2026, 12, 9)
    nursery = ChildFacts("Petit", the_commune().sites_for("MATERNELLE"), child().facts.alsh)
    growing = child(1, 1, facts=nursery, later=((moved, child().facts),))
    judgement = judge_changes(snapshot(children=(growing,)), adds((EVENING, FRIDAY), (EVENING, NEXT_THURSDAY)), NOW)
    assert [addition.site for addition in judgement.additions] == ["MELODIE", "HARMONIE"]


def test_a_derogation_never_books_a_day_that_is_over() -> None:
    key = CellKey(1, EVENING, MONDAY)
    judgement = judge_changes(snapshot(), {key: Change(key, Tick.ADD, derogation="oubli")}, NOW)
    assert [refusal.code for refusal in judgement.refusals.values()] == ["JOUR_PASSE"]


def test_avoirs_of_one_parent_never_pay_for_the_other() -> None:
    rich = payer(2, avoirs=(AvoirBalance(5, NOW, 500_00),))
    planning = snapshot(payers=(payer(1), rich))
    [bill] = judge_changes(planning, adds((EVENING, THURSDAY)), NOW).bills
    assert (bill.payer_id, bill.avoir_cents) == (1, 0)


def test_an_archived_dossier_books_nothing() -> None:
    judgement = judge_changes(snapshot(blocked="Ce dossier est archivé."), adds((EVENING, THURSDAY)), NOW)
    assert [refusal.code for refusal in judgement.refusals.values()] == ["DOSSIER_BLOQUE"]


def test_a_debt_past_its_limit_is_cashed_before_it_is_cancelled() -> None:
    planning = snapshot(booked(EVENING, THURSDAY, "due"))
    late = NOW.replace(day=2, hour=15)
    judgement = judge_changes(planning, removes((EVENING, THURSDAY)), late)
    assert judgement.removals == ()
    assert [refusal.code for refusal in judgement.refusals.values()] == ["DETTE_A_REGLER"]


CELLS = st.tuples(
    st.sampled_from([MORNING, BREAK, MEAL, EVENING, WEDNESDAYS]),
    st.dates(MONDAY, date(2026, 12, 19)),
    st.sampled_from([1, 2]),
    st.sampled_from([Tick.ADD, Tick.REMOVE]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, max_size=25), st.integers(0, 3), st.integers(0, 40_00))
def test_whatever_is_ticked_each_cell_has_one_fate_and_sums_are_exact(
    ticked: list[tuple[str, date, int, Tick]], places: int, avoir_cents: int
) -> None:
    avoirs = (AvoirBalance(5, NOW, avoir_cents),) if avoir_cents else ()
    bookings = [booked(MEAL, FRIDAY), booked(BREAK, FRIDAY), booked(WEDNESDAYS, date(2026, 12, 9), child_id=2)]
    full = {("HARMONIE", activity, date(2026, 12, day)): places for activity in (EVENING, MEAL) for day in range(1, 19)}
    planning = snapshot(*bookings, payers=(payer(avoirs=avoirs),), places=full)
    changes = {
        CellKey(who, activity, day): Change(CellKey(who, activity, day), tick) for activity, day, who, tick in ticked
    }
    judgement = judge_changes(planning, changes, NOW)
    fates = [
        *(addition.change.key for addition in judgement.additions),
        *(removal.booking.key for removal in judgement.removals),
        *judgement.refusals,
    ]
    assert len(fates) == len(set(fates))
    assert set(changes) <= set(fates)
    for bill in judgement.bills:
        given_back = sum(judgement.avoir_given_cents.values())
        assert bill.total_cents == sum(line.price_cents for line in bill.lines)
        assert bill.due_cents == bill.total_cents - bill.avoir_cents == bill.uses.rest_cents
        assert bill.avoir_cents + bill.avoir_left_cents == avoir_cents + given_back
        assert bill.avoir_cents == min(bill.total_cents, avoir_cents + given_back), "avoirs are always used first"
    for addition in judgement.additions:
        line = due_line(planning, -1, addition)
        assert line.price_cents == line.care_cents + line.meal_cents
    for slot, left in full.items():
        taken = sum((a.site, a.change.key.activity, a.change.key.day) == slot for a in judgement.additions)
        freed = sum((r.booking.site, r.booking.key.activity, r.booking.key.day) == slot for r in judgement.removals)
        assert taken - freed <= max(left, 0)


def derogating(activity: str, day: date) -> Changes:
    key = CellKey(1, activity, day)
    return {key: Change(key, Tick.ADD, derogation="Urgence")}


def codes(planning: PlanningSnapshot, changes: Changes, now: datetime = NOW) -> set[str]:
    return {refusal.code for refusal in judge_changes(planning, changes, now).refusals.values()}


def test_a_derogation_can_book_the_day_itself() -> None:
    judgement = judge_changes(snapshot(), derogating(EVENING, NOW.date()), NOW)
    [addition] = judgement.additions
    assert (addition.change.derogation, judgement.refusals) == ("Urgence", {})


def test_a_derogation_that_was_not_needed_is_not_kept() -> None:
    [addition] = judge_changes(snapshot(), derogating(EVENING, FRIDAY), NOW).additions
    assert addition.change.derogation == ""


@pytest.mark.parametrize(("past_freeze", "refused"), [(0, set()), (1, {"REPAS_PANIER_PROLONGE"})])
def test_a_meal_joins_an_extended_basket_that_ends_when_the_kitchen_freezes_and_not_a_second_later(
    past_freeze: int, refused: set[str]
) -> None:
    expires_at = paris("2026-12-02 12:15") + timedelta(seconds=past_freeze)
    planning = snapshot(payers=(payer(basket=LiveBasket(9, expires_at, 1, ())),))
    assert codes(planning, adds((MEAL, THURSDAY)), paris("2026-12-02 11:55")) == refused


def test_a_refusal_never_proposes_a_day_known_to_be_full_or_taken() -> None:
    today = adds((EVENING, NOW.date()))
    monday = date(2026, 12, 7)
    full = {("HARMONIE", EVENING, THURSDAY): 0}
    for planning, proposed in (
        (snapshot(), THURSDAY),
        (snapshot(places=full), FRIDAY),
        (snapshot(booked(EVENING, FRIDAY), places=full), monday),
    ):
        [refusal] = judge_changes(planning, today, NOW).refusals.values()
        assert refusal.next_day == proposed


def test_a_meal_is_refused_while_its_break_waits_unpaid_in_the_other_payers_basket() -> None:
    until = NOW + timedelta(minutes=10)
    custody = {"custody": alternating(1, 1)}
    planning = snapshot(
        booked(BREAK, THURSDAY, "held", payer_id=2, until=until),
        children=(child(1, 1, **custody),),
        payers=(payer(1), payer(2)),
    )
    assert codes(planning, adds((MEAL, THURSDAY))) == {"ACCOMPAGNEMENT_NON_PAYE"}
    own = snapshot(booked(BREAK, THURSDAY, "held", until=until))
    assert codes(own, adds((MEAL, THURSDAY))) == set()


def test_formulas_that_exclude_each_other_are_not_booked_the_same_day_whichever_says_so() -> None:
    commune = the_commune()
    activities = dict(commune.policy.activities)
    activities[EVENING] = replace(activities[EVENING], excludes=(MORNING,))
    policy = replace(commune.policy, activities=activities)
    planning = snapshot(booked(MORNING, THURSDAY), commune=replace(commune, policy=policy))
    assert codes(planning, adds((EVENING, THURSDAY))) == {"FORMULE_INCOMPATIBLE"}
    assert codes(planning, adds((MORNING, FRIDAY), (EVENING, FRIDAY))) == {"FORMULE_INCOMPATIBLE"}
    assert codes(planning, adds((EVENING, FRIDAY))) == set()
    swap = {**removes((MORNING, THURSDAY)), **adds((EVENING, THURSDAY))}
    assert codes(planning, swap) == set()


def test_a_swap_on_an_overfull_slot_gives_no_place_back() -> None:
    planning = snapshot(booked(EVENING, FRIDAY), places={("HARMONIE", EVENING, FRIDAY): -1})
    swap = {**removes((EVENING, FRIDAY)), **adds((EVENING, FRIDAY), child_id=2)}
    assert codes(planning, swap) == {"COMPLET"}


def test_the_payer_of_a_day_is_that_of_the_custody_agreed_by_then() -> None:
    first, second = CustodyPattern(MONDAY, 1, 1), CustodyPattern(MONDAY, 2, 2, from_on=FRIDAY)
    planning = snapshot(children=(child(custody=Custody(3, (replace(first, from_on=date(2026, 12, 2)), second))),))
    days = (date(2026, 12, 1), THURSDAY, FRIDAY, NEXT_THURSDAY)
    assert [payer_of(planning, CellKey(1, EVENING, day)) for day in days] == [3, 1, 2, 2]


def test_on_the_day_custody_changes_each_activity_is_paid_by_the_parent_who_has_the_child_at_its_hour() -> None:
    switches = CustodyPattern(THURSDAY, 1, 2, switch_at=time(16, 30))
    planning = with_hours(snapshot(children=(child(custody=Custody(1, (switches,))),), payers=(payer(1), payer(2))))
    judgement = judge_changes(planning, adds((MORNING, THURSDAY), (MEAL, THURSDAY), (EVENING, THURSDAY)), NOW)
    paid = {one.change.key.activity: one.payer_id for one in judgement.additions}
    assert paid == {MORNING: 2, MEAL: 2, BREAK: 2, EVENING: 1}, "the meal, without an hour, is at noon"


def with_hours(planning: PlanningSnapshot) -> PlanningSnapshot:
    policy = planning.commune.policy
    hours = {MORNING: time(7, 30), EVENING: time(16, 30)}
    activities = {code: replace(rule, begins_at=hours.get(code)) for code, rule in policy.activities.items()}
    return replace(planning, commune=replace(planning.commune, policy=replace(policy, activities=activities)))
