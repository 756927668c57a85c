"""Counting a till: what is refused, what is only explained."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.factories import paris
from tests.tui_portail.baskets import policy as a_policy
from tui_portail.policy import Means
from tui_portail.services.demo_till import pieces_of
from tui_portail.till_rules import (
    DENOMINATIONS,
    MOST_PIECES,
    CashFrom,
    Count,
    cash_cents,
    counted_values,
    gap_words,
    is_forgotten,
    judge_cash,
    judge_counts,
    judge_float,
    judge_movement,
    judge_values,
)

POLICY = a_policy()


def plainly(sentence: str) -> str:
    return sentence.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_till_is_counted_by_the_notes_and_coins_of_the_euro() -> None:
    assert cash_cents(dict.fromkeys(DENOMINATIONS, 1)) == 888_88
    assert list(DENOMINATIONS) == sorted(DENOMINATIONS, reverse=True)
    assert judge_cash({50_00: 2, 20_00: 1}, POLICY)


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ({}, "CAISSE_NON_COMPTEE"),
        ({3_00: 1}, "COUPURE_INCONNUE"),
        ({50_00: -1}, "COMPTAGE_INVRAISEMBLABLE"),
        ({1: MOST_PIECES + 1}, "COMPTAGE_INVRAISEMBLABLE"),
    ],
)
def test_a_count_that_cannot_be_is_refused_with_its_reason(pieces: dict[int, int], code: str) -> None:
    refusal = judge_cash(pieces, POLICY)
    assert (refusal.accepted, refusal.code) == (False, code)
    assert refusal.sentence.endswith(".")


def test_an_empty_drawer_is_counted_too() -> None:
    assert judge_cash({500_00: 0}, POLICY)


@given(st.dictionaries(st.sampled_from(DENOMINATIONS), st.integers(0, MOST_PIECES), min_size=1))
def test_any_count_of_notes_and_coins_is_accepted_and_fits_a_column_of_cents(pieces: dict[int, int]) -> None:
    assert judge_cash(pieces, POLICY)
    assert 0 <= cash_cents(pieces) < 2**31


@given(st.integers(0, 9_999_99))
def test_any_amount_can_be_made_of_notes_and_coins(cents: int) -> None:
    assert cash_cents(pieces_of(cents)) == cents


@given(st.integers(0, 10_000_00), st.integers(-10_000_00, 10_000_00), st.sampled_from(["", "  ", "Billet retrouvé"]))
def test_a_difference_is_accepted_if_and_only_if_it_has_a_reason(counted: int, expected: int, reason: str) -> None:
    count = Count(Means.CASH, expected, counted)
    decision = judge_counts([count], {Means.CASH: reason}, POLICY)
    assert decision.accepted == (counted == expected or bool(reason.strip()))
    assert bool(gap_words(count)) == (counted != expected)
    assert judge_float(counted, expected, reason, POLICY).accepted == decision.accepted


def test_a_difference_says_what_is_missing_or_too_much() -> None:
    refusal = judge_counts([Count(Means.CASH, 120_00, 115_00)], {}, POLICY)
    assert plainly(refusal.sentence) == (
        "Espèces : il manque 5,00 € (compté 115,00 €, attendu 120,00 €). Tapez le motif de cet écart pour clôturer."
    )
    assert (
        plainly(gap_words(Count(Means.CESU, 10_00, 12_00)))
        == "il y a 2,00 € de trop (compté 12,00 €, attendu 10,00 €)."
    )


def test_the_first_float_is_whatever_was_counted() -> None:
    assert judge_float(85_50, None, "", POLICY)
    assert judge_float(10_000_01, None, "", POLICY).code == "SAISIE_INVALIDE"
    assert judge_float(-1, None, "", POLICY).code == "SAISIE_INVALIDE"


def test_a_till_that_holds_more_than_a_float_is_opened_with_what_it_holds() -> None:
    assert judge_float(12_000_00, 12_000_00, "", POLICY)
    assert judge_float(11_995_00, 12_000_00, "", POLICY).code == "ECART_SANS_MOTIF"
    assert judge_float(1_000_000_01, 12_000_00, "Erreur", POLICY).code == "SAISIE_INVALIDE"


@given(st.dictionaries(st.sampled_from(DENOMINATIONS), st.integers(0, MOST_PIECES), min_size=1))
@example(dict.fromkeys(DENOMINATIONS, MOST_PIECES))
def test_what_a_closing_counted_is_always_a_float_the_next_opening_accepts(pieces: dict[int, int]) -> None:
    assert judge_float(cash_cents(pieces), cash_cents(pieces), "", POLICY)


def test_values_are_counted_where_the_regie_takes_them_or_its_books_still_hold_some() -> None:
    assert counted_values(POLICY, {}) == (Means.CESU, Means.ANCV)
    without = replace(POLICY, means={})
    assert counted_values(without, {}) == ()
    assert counted_values(without, {Means.ANCV: 10_00}) == (Means.ANCV,)


@pytest.mark.parametrize(
    ("counted", "code"),
    [
        ({Means.CESU: 0}, "CAISSE_NON_COMPTEE"),
        ({Means.CESU: 0, Means.ANCV: -1}, "COMPTAGE_INVRAISEMBLABLE"),
        ({Means.CESU: 0, Means.ANCV: 10**9}, "COMPTAGE_INVRAISEMBLABLE"),
        ({Means.CESU: 0, Means.ANCV: 0, Means.CARD: 5}, "COMPTAGE_INVRAISEMBLABLE"),
    ],
)
def test_values_not_counted_or_that_cannot_be_are_refused(counted: dict[Means, int], code: str) -> None:
    assert judge_values(counted, (Means.CESU, Means.ANCV), POLICY).code == code


def test_a_movement_takes_no_more_than_the_till_holds_and_says_why() -> None:
    assert judge_movement(50_00, CashFrom.TILL, 50_00, "Dépôt", POLICY)
    assert judge_movement(50_01, CashFrom.TILL, 50_00, "Dépôt", POLICY).code == "CAISSE_INSUFFISANTE"
    assert judge_movement(50_01, CashFrom.OUTSIDE, 0, "Monnaie", POLICY)
    assert judge_movement(50_00, CashFrom.TILL, 50_00, " ", POLICY).code == "MOUVEMENT_SANS_MOTIF"
    assert judge_movement(0, CashFrom.TILL, 50_00, "Dépôt", POLICY).code == "SAISIE_INVALIDE"
    assert judge_movement(12_000_00, CashFrom.TILL, 12_000_00, "Dépôt", POLICY)
    assert judge_movement(12_000_00, CashFrom.OUTSIDE, 12_000_00, "Monnaie", POLICY).code == "SAISIE_INVALIDE"


def test_a_versement_comes_back_for_no_more_than_waits_for_a_slip_and_the_refusal_says_how_much() -> None:
    assert judge_movement(50_00, CashFrom.IN_TRANSIT, 50_00, "Erreur de saisie", POLICY)
    assert judge_movement(12_000_00, CashFrom.IN_TRANSIT, 12_000_00, "Trésor fermé", POLICY)
    assert judge_movement(50_00, CashFrom.IN_TRANSIT, 50_00, "", POLICY).code == "MOUVEMENT_SANS_MOTIF"
    more = judge_movement(50_01, CashFrom.IN_TRANSIT, 50_00, "Erreur de saisie", POLICY)
    assert more.code == "RETOUR_TROP_GRAND"
    assert plainly(more.sentence) == (
        "Les espèces sorties pour versement qui attendent un bordereau font 50,00 € : "
        "vous ne pouvez pas en remettre 50,01 € en caisse."
    )
    nothing = judge_movement(5_00, CashFrom.IN_TRANSIT, 0, "Erreur de saisie", POLICY)
    assert nothing.code == "RETOUR_TROP_GRAND"
    assert "choisissez « Apport »" in plainly(nothing.sentence)


def test_a_session_is_forgotten_from_midnight_in_paris() -> None:
    opened = paris("2026-12-01 23:59")
    assert not is_forgotten(opened, opened)
    assert is_forgotten(opened, opened + timedelta(minutes=1))
    assert not is_forgotten(paris("2026-12-01 00:00"), opened)
