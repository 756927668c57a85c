"""« Means of payment »: the régie's matrix, change from cash only, and several means on one basket."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.tui_portail.baskets import MONDAY, avoir, avoirs, baskets, line, policy, tender
from tests.tui_portail.calendars import paris
from tui_portail.payment_means import birthday
from tui_portail.payment_rules import (
    AvoirBalance,
    DueLine,
    Tender,
    TenderDecision,
    TenderShare,
    age_on,
    cash_tender,
    judge_tenders,
    largest_amount_for,
    largest_amount_sentence,
    may_pay,
    means_refusals,
    needs_till,
    unreserved,
    use_avoirs,
)
from tui_portail.policy import BasketKind, Means, MeansRule, Policy


def judge(
    lines: Sequence[DueLine],
    tenders: Sequence[Tender],
    kind: BasketKind = BasketKind.RESERVATION,
    balances: Sequence[AvoirBalance] = (),
    rules: Policy | None = None,
) -> TenderDecision:
    rules = rules or policy()
    return judge_tenders(lines, use_avoirs(lines, balances, rules), tenders, kind, rules)


def codes(decision: TenderDecision) -> list[str]:
    return [refusal.code for refusal in decision.refusals]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_exact_cash_pays_the_basket_and_each_line_in_full() -> None:
    decision = judge([line(1, cents=300), line(2, "RESTAURATION", 410)], [tender(Means.CASH, 710)])
    assert decision
    assert decision.change_cents == 0
    assert decision.allocation == (TenderShare(0, 1, 300), TenderShare(0, 2, 410))


def test_change_is_given_on_cash() -> None:
    decision = judge([line(1, cents=1650)], [cash_tender(2000, 1650)])
    assert decision.accepted
    assert decision.change_cents == 350
    assert decision.allocation == (TenderShare(0, 1, 1650),)


def test_cash_under_the_due_pays_what_it_is() -> None:
    assert cash_tender(500, 1650) == Tender(Means.CASH, 500, 500)


@pytest.mark.parametrize("means", [Means.CHEQUE, Means.CARD, Means.CESU, Means.ANCV])
def test_change_is_given_from_cash_only(means: Means) -> None:
    decision = judge([line(1, cents=1650)], [tender(means, 1650, received=2000)])
    assert codes(decision) == ["SANS_MONNAIE"]
    assert "la monnaie" in decision.refusals[0].sentence


def test_cash_handed_over_below_its_amount_is_refused() -> None:
    decision = judge([line(1, cents=1650)], [tender(Means.CASH, 1650, received=1600)])
    assert codes(decision) == ["RECU_INSUFFISANT"]
    assert "0,50" in decision.refusals[0].sentence


@pytest.mark.parametrize(("cents", "accepted"), [(30000, True), (30001, False)])
def test_cash_is_refused_above_300_euros_of_one_payment(cents: int, accepted: bool) -> None:
    decision = judge([line(1, cents=cents)], [tender(Means.CASH, cents)])
    assert decision.accepted is accepted
    assert codes(decision) == ([] if accepted else ["PLAFOND_DEPASSE"])


def test_the_300_euros_are_net_of_change_and_of_all_the_cash_of_the_payment() -> None:
    lines = [line(1, cents=30000), line(2, cents=20000)]
    assert judge(lines[:1], [tender(Means.CASH, 30000, received=50000)]).change_cents == 20000
    split = judge(lines, [tender(Means.CASH, 20000), tender(Means.CASH, 20000), tender(Means.CHEQUE, 10000)])
    assert codes(split) == ["PLAFOND_DEPASSE"]
    assert plain(split.refusals[0].sentence) == (
        "Espèces : 300,00 € au plus par paiement ; 100,00 € sont à payer autrement."
    )
    assert split.refusals[0].source == "Acte constitutif de la régie"


@pytest.mark.parametrize("activity", ["RESTAURATION", "PAUSE_MERIDIENNE"])
def test_the_cesu_never_pays_the_restaurant_nor_the_midday_break(activity: str) -> None:
    lines = [line(1, activity, 400, age=4)]
    assert codes(judge(lines, [tender(Means.CESU, 400)])) == ["MOYEN_AU_DELA"]
    refusal = means_refusals(Means.CESU, lines, policy())[1]
    assert refusal.code == "MOYEN_ACTIVITE_EXCLUE"
    assert refusal.sentence.startswith("Le CESU ne peut pas payer « ")
    assert refusal.sentence.endswith("du lundi 30 novembre 2026.")


@pytest.mark.parametrize(("age", "accepted"), [(5, True), (6, False), (9, False)])
def test_the_cesu_pays_an_alsh_day_only_under_six_on_the_day_booked(age: int, accepted: bool) -> None:
    lines = [line(1, "ALSH_MERCREDI", 1400, age=age)]
    assert judge(lines, [tender(Means.CESU, 1400)]).accepted is accepted
    assert [one.code for one in means_refusals(Means.CESU, lines, policy()).values()] == (
        [] if accepted else ["MOYEN_AGE"]
    )


def test_the_cesu_pays_alp_care_at_any_age() -> None:
    assert judge([line(1, "ALP_MATIN", 150, age=10)], [tender(Means.CESU, 150)])


def test_the_age_is_that_of_the_day_booked() -> None:
    born = date(2020, 12, 2)
    assert [age_on(born, date(2026, 12, day)) for day in (1, 2)] == [5, 6]
    assert [age_on(date(2020, 2, 29), day) for day in (date(2026, 2, 28), date(2026, 3, 1))] == [5, 6]


@given(st.dates(date(2010, 1, 1), date(2026, 12, 31)), st.integers(0, 18))
@example(date(2020, 2, 29), 6)
def test_a_child_reaches_an_age_on_its_birthday_and_not_the_eve(born: date, years: int) -> None:
    day = birthday(born, years)
    assert age_on(born, day) == years
    assert age_on(born, day - timedelta(days=1)) == years - 1


@pytest.mark.parametrize("means", [Means.CESU, Means.ANCV])
def test_titles_never_pay_above_the_due(means: Means) -> None:
    decision = judge([line(1, cents=1650)], [tender(means, 2000)])
    assert codes(decision) == ["MOYEN_AU_DELA"]
    assert decision.refusals[0].facts["max_cents"] == 1650


def test_titles_never_pay_above_what_avoirs_leave_on_their_lines() -> None:
    lines = [line(1, "ALP_SOIR", 1000), line(2, "RESTAURATION", 400)]
    decision = judge(lines, [tender(Means.CESU, 1000)], balances=[avoir(1, 900)])
    assert codes(decision) == ["MOYEN_AU_DELA"]
    assert plain(decision.refusals[0].sentence) == "CESU : 5,00 € au plus sur ce panier ; 10,00 € présentés."
    assert judge(lines, [tender(Means.CESU, 500)], balances=[avoir(1, 900)])


def test_a_transfer_pays_a_regularisation_only() -> None:
    lines, by_transfer = [line(1)], [tender(Means.TRANSFER, 100)]
    assert codes(judge(lines, by_transfer)) == ["MOYEN_NATURE_PANIER"]
    assert judge(lines, by_transfer).refusals[0].sentence == "Le virement ne peut pas payer une réservation."
    assert judge(lines, by_transfer, BasketKind.REGULARISATION)


def test_a_cheque_needs_its_bank_number_and_drawer() -> None:
    missing = Tender(Means.CHEQUE, 100, references={"bank": "CA", "number": " "})
    decision = judge([line(1)], [missing])
    assert codes(decision) == ["REFERENCE_MANQUANTE"]
    assert decision.refusals[0].sentence == "Le chèque : indiquez le numéro et le nom du tireur."
    assert judge([line(1)], [tender(Means.CHEQUE, 100)])


def test_a_card_needs_the_reference_of_the_terminal() -> None:
    assert codes(judge([line(1)], [Tender(Means.CARD, 100)])) == ["REFERENCE_MANQUANTE"]
    assert judge([line(1)], [tender(Means.CARD, 100)])


def test_a_means_the_commune_does_not_take_is_refused() -> None:
    assert codes(judge([line(1)], [tender(Means.PAYFIP, 100)])) == ["MOYEN_NON_ADMIS"]
    without = policy()
    unknown = Policy(without.commune, without.activities, {Means.CASH: without.means[Means.CASH]})
    assert codes(judge([line(1)], [tender(Means.CARD, 100)], rules=unknown)) == ["MOYEN_NON_ADMIS"]


@pytest.mark.parametrize("cents", [0, -100])
def test_a_tender_of_nothing_or_less_is_refused(cents: int) -> None:
    assert codes(judge([line(1)], [tender(Means.CASH, cents)])) == ["MONTANT_NUL"]


def test_a_negative_tender_never_makes_up_for_another() -> None:
    assert codes(judge([line(1)], [tender(Means.CASH, 150), tender(Means.CHEQUE, -50)])) == ["MONTANT_NUL"]


def test_a_basket_is_paid_in_full_or_not_at_all() -> None:
    short = judge([line(1, cents=1000)], [tender(Means.CASH, 700)])
    assert codes(short) == ["MONTANT_INSUFFISANT"]
    assert short.refusals[0].facts["missing_cents"] == 300
    over = judge([line(1, cents=1000)], [tender(Means.CASH, 700), tender(Means.CHEQUE, 400)])
    assert codes(over) == ["MONTANT_EXCESSIF"]
    assert codes(judge([line(1)], [])) == ["MONTANT_INSUFFISANT"]


def test_nothing_due_is_settled_without_a_tender() -> None:
    for lines, balances in (([line(1, cents=0)], []), ([line(1)], [avoir(1, 100)]), ([], [])):
        decision = judge(lines, [], balances=balances)
        assert decision.accepted
        assert decision.allocation == ()
    assert not judge([line(1)], [tender(Means.CASH, 100)], balances=[avoir(1, 100)])


def test_several_means_find_an_allocation_whatever_their_order() -> None:
    lines = [line(1, "ALP_SOIR", 500), line(2, "RESTAURATION", 400)]
    for tenders in (
        [tender(Means.CASH, 400), tender(Means.CESU, 500)],
        [tender(Means.CESU, 500), tender(Means.CASH, 400)],
    ):
        decision = judge(lines, tenders)
        shares = {(tenders[one.tender_index].means, one.line_key, one.amount_cents) for one in decision.allocation}
        assert shares == {(Means.CASH, 2, 400), (Means.CESU, 1, 500)}


def test_two_restricted_means_that_want_the_same_lines_are_refused_with_what_they_may_pay_together() -> None:
    ancv = MeansRule(Means.ANCV, "Chèques-vacances", excluded_activities=frozenset({"RESTAURATION"}))
    lines = [line(1, "ALP_SOIR", 2400), line(2, "RESTAURATION", 600)]
    tenders = [tender(Means.CESU, 2000), tender(Means.ANCV, 1000)]
    decision = judge(lines, tenders, rules=policy(ANCV=ancv))
    assert codes(decision) == ["MOYENS_INCOMPATIBLES"]
    assert plain(decision.refusals[0].sentence).startswith(
        "CESU et Chèques-vacances ensemble : 24,00 € au plus sur ce panier ; 30,00 € présentés"
    )


def test_all_the_faults_of_the_tenders_are_said_together_and_once() -> None:
    bare = Tender(Means.CHEQUE, 50)
    decision = judge([line(1)], [bare, bare, tender(Means.TRANSFER, 10)])
    assert codes(decision) == ["REFERENCE_MANQUANTE", "MOYEN_NATURE_PANIER"]


def test_the_largest_amount_of_a_means_is_what_a_screen_can_prefill() -> None:
    lines = [line(1, "ALP_SOIR", 2400), line(2, "RESTAURATION", 600)]
    rules = policy()
    plan = use_avoirs(lines, [], rules)
    assert largest_amount_for(Means.CESU, lines, plan, [], rules) == 2400
    assert largest_amount_for(Means.CESU, lines, plan, [tender(Means.ANCV, 1000)], rules) == 2000
    assert largest_amount_for(Means.CASH, lines, plan, [tender(Means.CESU, 2400)], rules) == 600
    assert largest_amount_for(Means.TRANSFER, lines, plan, [], rules) == 0
    assert largest_amount_for(Means.TRANSFER, lines, plan, [], rules, basket_kind=BasketKind.REGULARISATION) == 3000
    assert largest_amount_for(Means.PAYFIP, lines, plan, [], rules) == 0
    assert plain(largest_amount_sentence(Means.CESU, 2400, rules)) == "CESU : 24,00 € au plus sur ce panier"
    assert largest_amount_sentence(Means.CESU, 0, rules) == "CESU : rien à payer par ce moyen sur ce panier"


def test_the_largest_cash_is_bounded_by_what_the_payment_already_holds() -> None:
    lines = [line(1, cents=50000)]
    plan = use_avoirs(lines, [], policy())
    assert largest_amount_for(Means.CASH, lines, plan, [], policy()) == 30000
    assert largest_amount_for(Means.CASH, lines, plan, [tender(Means.CASH, 25000)], policy()) == 5000


def test_lines_a_means_may_pay_have_no_refusal_and_an_unusable_means_refuses_them_all() -> None:
    lines = [line(1, "ALP_SOIR"), line(2, "RESTAURATION")]
    assert set(means_refusals(Means.CESU, lines, policy())) == {2}
    assert means_refusals(Means.CASH, lines, policy()) == {}
    assert {one.code for one in means_refusals(Means.PAYFIP, lines, policy()).values()} == {"MOYEN_NON_ADMIS"}
    assert set(means_refusals(Means.TRANSFER, lines, policy())) == {1, 2}
    assert means_refusals(Means.TRANSFER, lines, policy(), BasketKind.REGULARISATION) == {}


def test_a_payment_needs_a_till_when_one_of_its_means_does() -> None:
    assert needs_till([tender(Means.TRANSFER, 10), tender(Means.CASH, 10)], policy())
    assert not needs_till([tender(Means.TRANSFER, 10)], policy())
    assert not needs_till([], policy())


def test_cash_needs_an_open_till_whatever_the_commune_wrote() -> None:
    cash = MeansRule(Means.CASH, "Espèces", needs_open_till=False)
    assert needs_till([tender(Means.CASH, 10)], replace(policy(), means={Means.CASH: cash}))


USABLE = [Means.CASH, Means.CHEQUE, Means.CESU, Means.ANCV]
NO_ANCV = MeansRule(Means.ANCV, "Chèques-vacances", excluded_activities=frozenset({"ALP_MATIN", "RESTAURATION"}))
NO_CASH = MeansRule(Means.CASH, "Espèces", gives_change=True, excluded_activities=frozenset({"ALP_SOIR"}))
RESTRICTED = policy(ANCV=NO_ANCV, CASH=NO_CASH)


@st.composite
def paid_baskets(draw: st.DrawFn) -> tuple[list[DueLine], list[AvoirBalance], list[Tender]]:
    """Draw a basket and tenders that make exactly what avoirs leave due, by means drawn at random."""
    lines, balances = draw(baskets(max_size=4)), draw(avoirs())
    due = use_avoirs(lines, balances, RESTRICTED).rest_cents
    cuts = sorted(draw(st.sets(st.integers(1, max(1, due - 1)), max_size=2))) if due > 1 else []
    amounts = [high - low for low, high in zip([0, *cuts], [*cuts, due], strict=True)] if due else []
    return lines, balances, [tender(draw(st.sampled_from(USABLE)), amount) for amount in amounts]


def can_be_allocated(lines: Sequence[DueLine], rest: dict[int, int], tenders: Sequence[Tender]) -> bool:
    """Pay cent by cent with every choice tried: the plain search the flow must agree with."""
    tried: set[tuple[tuple[int, ...], int]] = set()

    def search(left: tuple[int, ...], tender_index: int, line_index: int) -> bool:
        if tender_index == len(tenders):
            return not any(left)
        if line_index == len(lines):
            return False
        key = (left, tender_index * 100 + line_index)
        if key in tried:
            return False
        tried.add(key)
        amount = tenders[tender_index].amount_cents - spent[tender_index]
        admitted = may_pay(RESTRICTED.means[tenders[tender_index].means], lines[line_index])
        for paid in range(min(amount, left[line_index]) if admitted else 0, -1, -1):
            remaining = (*left[:line_index], left[line_index] - paid, *left[line_index + 1 :])
            spent[tender_index] += paid
            done = paid == amount
            found = search(remaining, tender_index + 1, 0) if done else search(remaining, tender_index, line_index + 1)
            spent[tender_index] -= paid
            if found:
                return True
        return False

    spent = [0] * len(tenders)
    return search(tuple(rest[one.key] for one in lines), 0, 0)


@settings(max_examples=100)
@given(paid_baskets())
def test_tenders_are_accepted_exactly_when_some_allocation_exists(
    case: tuple[list[DueLine], list[AvoirBalance], list[Tender]],
) -> None:
    lines, balances, tenders = case
    rest = dict(use_avoirs(lines, balances, RESTRICTED).rest_due)
    assert judge(lines, tenders, balances=balances, rules=RESTRICTED).accepted is can_be_allocated(lines, rest, tenders)


@settings(max_examples=100)
@given(paid_baskets())
def test_an_accepted_allocation_pays_each_line_exactly_with_means_it_admits(
    case: tuple[list[DueLine], list[AvoirBalance], list[Tender]],
) -> None:
    lines, balances, tenders = case
    decision = judge(lines, tenders, balances=balances, rules=RESTRICTED)
    assume(decision.accepted)
    plan = use_avoirs(lines, balances, RESTRICTED)
    by_key = {one.key: one for one in lines}
    for share in decision.allocation:
        assert share.amount_cents > 0
        assert may_pay(RESTRICTED.means[tenders[share.tender_index].means], by_key[share.line_key])
    for one in lines:
        assert plan.rest_due[one.key] == sum(s.amount_cents for s in decision.allocation if s.line_key == one.key)
    for index, given_tender in enumerate(tenders):
        placed = sum(share.amount_cents for share in decision.allocation if share.tender_index == index)
        assert placed == given_tender.amount_cents


@settings(max_examples=100)
@given(paid_baskets(), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_neither_the_answer_nor_the_allocation(
    case: tuple[list[DueLine], list[AvoirBalance], list[Tender]], chance: random.Random
) -> None:
    lines, balances, tenders = case
    shuffled = lines[:]
    chance.shuffle(shuffled)
    expected = judge(lines, tenders, balances=balances, rules=RESTRICTED)
    decision = judge(shuffled, tenders, balances=balances, rules=RESTRICTED)
    assert decision.allocation == expected.allocation
    assert codes(decision) == codes(expected)


@settings(max_examples=100)
@given(baskets(), avoirs(), st.sampled_from(USABLE), st.integers(0, 20))
def test_the_largest_amount_is_payable_and_one_cent_more_is_not(
    lines: list[DueLine], balances: list[AvoirBalance], means: Means, cesu: int
) -> None:
    plan = use_avoirs(lines, balances, RESTRICTED)
    payable = sum(plan.rest_due[one.key] for one in lines if may_pay(RESTRICTED.means[Means.CESU], one))
    others = [tender(Means.CESU, min(cesu, payable))] if min(cesu, payable) else []
    most = largest_amount_for(means, lines, plan, others, RESTRICTED)

    def payable_with(cents: int) -> bool:
        """Say whether the others, the means at that amount and a cheque for what remains pay the basket."""
        remains = plan.rest_cents - cents - sum(one.amount_cents for one in others)
        parts = [*others, tender(means, cents), tender(Means.CHEQUE, remains)]
        tenders = [part for part in parts if part.amount_cents]
        return judge_tenders(lines, plan, tenders, BasketKind.RESERVATION, RESTRICTED).accepted

    assert payable_with(most)
    assert not payable_with(most + 1)


def test_a_basket_of_two_hundred_lines_is_allocated() -> None:
    lines = [
        line(key, "RESTAURATION" if key % 2 else "ALP_SOIR", 137, MONDAY + timedelta(days=key)) for key in range(200)
    ]
    half = 100 * 137
    decision = judge(lines, [tender(Means.CHEQUE, half), tender(Means.CESU, half)])
    assert decision.accepted
    assert sum(share.amount_cents for share in decision.allocation) == 2 * half


@given(st.lists(st.integers(1, 5_000), max_size=6), st.integers(0, 20_000))
def test_what_a_basket_has_reserved_is_taken_from_the_oldest_avoirs_and_no_more(
    cents: list[int], reserved: int
) -> None:
    avoirs = [
        AvoirBalance(number, paris(f"2026-11-{number:02d}T10:00:00"), left) for number, left in enumerate(cents, 1)
    ]
    free = unreserved(reversed(avoirs), reserved)
    assert sum(avoir.remaining_cents for avoir in free) == max(0, sum(cents) - reserved)
    ids = [avoir.avoir_id for avoir in free]
    assert ids == list(range(len(cents) - len(ids) + 1, len(cents) + 1)), "the youngest are left, oldest first"
    assert all(avoir == avoirs[avoir.avoir_id - 1] for avoir in free[1:]), "one at most is begun"
