"""« Avoir »: used first, oldest first, on the lines that accept the fewest other means, then the earliest days."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui_portail.baskets import MONDAY, avoir, avoirs, baskets, line, policy
from tui_portail.payment_rules import AvoirBalance, AvoirUse, DueLine, use_avoirs


def test_an_avoir_is_used_by_itself_and_what_it_leaves_is_due() -> None:
    plan = use_avoirs([line(1, cents=300)], [avoir(7, 120)], policy())
    assert plan.uses == (AvoirUse(7, 1, 120),)
    assert (plan.used_cents, plan.rest_cents, dict(plan.rest_due)) == (120, 180, {1: 180})


def test_the_oldest_avoir_is_used_first_whatever_the_order_given() -> None:
    plan = use_avoirs([line(1, cents=150)], [avoir(2, 100, days_ago=1), avoir(9, 100, days_ago=30)], policy())
    assert plan.uses == (AvoirUse(9, 1, 100), AvoirUse(2, 1, 50))


def test_avoirs_of_the_same_instant_are_used_in_the_order_of_their_number() -> None:
    plan = use_avoirs([line(1, cents=150)], [avoir(5, 100), avoir(4, 100)], policy())
    assert [use.avoir_id for use in plan.uses] == [4, 5]


def test_the_lines_that_accept_the_fewest_other_means_are_paid_first() -> None:
    evening, meal = line(1, "ALP_SOIR"), line(2, "RESTAURATION", day=MONDAY + timedelta(days=9))
    plan = use_avoirs([evening, meal], [avoir(1, 100)], policy())
    assert dict(plan.rest_due) == {1: 100, 2: 0}


def test_an_alsh_day_of_an_older_child_is_scarcer_than_that_of_a_younger_one() -> None:
    young, old = line(1, "ALSH_MERCREDI", age=5), line(2, "ALSH_MERCREDI", age=6)
    assert dict(use_avoirs([young, old], [avoir(1, 100)], policy()).rest_due) == {1: 100, 2: 0}


def test_among_equal_lines_the_earliest_day_is_paid_first_then_the_key() -> None:
    later, first, twin = line(1, day=MONDAY + timedelta(days=1)), line(3), line(2)
    plan = use_avoirs([later, first, twin], [avoir(1, 150)], policy())
    assert plan.uses == (AvoirUse(1, 2, 100), AvoirUse(1, 3, 50))


def test_an_avoir_large_enough_leaves_nothing_due_and_keeps_its_rest() -> None:
    plan = use_avoirs([line(1), line(2)], [avoir(1, 1000)], policy())
    assert (plan.used_cents, plan.rest_cents) == (200, 0)


def test_an_empty_avoir_and_a_free_line_leave_no_trace() -> None:
    plan = use_avoirs([line(1, cents=0), line(2)], [avoir(1, 0), avoir(2, 30)], policy())
    assert plan.uses == (AvoirUse(2, 2, 30),)
    assert dict(plan.rest_due) == {1: 0, 2: 70}


def test_two_lines_never_share_a_key() -> None:
    with pytest.raises(ValueError, match="share a key"):
        use_avoirs([line(1), line(1)], [], policy())


@settings(max_examples=100)
@given(baskets(), avoirs())
def test_uses_are_exact_to_the_cent_and_never_exceed_an_avoir_or_a_line(
    lines: list[DueLine], balances: list[AvoirBalance]
) -> None:
    plan = use_avoirs(lines, balances, policy())
    due, held = sum(one.price_cents for one in lines), sum(one.remaining_cents for one in balances)
    assert plan.used_cents == min(due, held)
    assert plan.used_cents + plan.rest_cents == due
    assert all(use.amount_cents > 0 for use in plan.uses)
    for balance in balances:
        spent = sum(use.amount_cents for use in plan.uses if use.avoir_id == balance.avoir_id)
        assert 0 <= spent <= balance.remaining_cents
    for one in lines:
        paid = sum(use.amount_cents for use in plan.uses if use.line_key == one.key)
        assert plan.rest_due[one.key] == one.price_cents - paid >= 0


@settings(max_examples=100)
@given(baskets(), avoirs(), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_avoirs_changes_nothing(
    lines: list[DueLine], balances: list[AvoirBalance], chance: random.Random
) -> None:
    shuffled_lines, shuffled_avoirs = lines[:], balances[:]
    chance.shuffle(shuffled_lines)
    chance.shuffle(shuffled_avoirs)
    expected = use_avoirs(lines, balances, policy())
    plan = use_avoirs(shuffled_lines, shuffled_avoirs, policy())
    assert plan.uses == expected.uses
    assert dict(plan.rest_due) == dict(expected.rest_due)


@settings(max_examples=100)
@given(baskets(), avoirs())
def test_a_younger_avoir_is_touched_only_when_the_older_ones_are_spent(
    lines: list[DueLine], balances: list[AvoirBalance]
) -> None:
    plan = use_avoirs(lines, balances, policy())
    spent = {
        balance.avoir_id: sum(use.amount_cents for use in plan.uses if use.avoir_id == balance.avoir_id)
        for balance in balances
    }
    by_age = sorted(balances, key=lambda balance: (balance.issued_at, balance.avoir_id))
    for place, balance in enumerate(by_age):
        if spent[balance.avoir_id]:
            assert all(spent[older.avoir_id] == older.remaining_cents for older in by_age[:place])
