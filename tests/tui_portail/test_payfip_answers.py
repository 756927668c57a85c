"""What PayFiP's codes mean, and that an answer about another payment is never believed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from string import ascii_uppercase

import pytest

from tui_portail.payfip_answers import (
    NOT_YET,
    OUTCOMES,
    AnswerDoesNotMatch,
    AnswerNotUnderstood,
    OnlineOutcome,
    PayFipAnswer,
    PaymentAsked,
    check_answer,
    is_final,
    outcome_of,
)
from tui_portail.service_rules import PayFipMode

ASKED = PaymentAsked("PANIER000042", 1250, "090909", PayFipMode.PRODUCTION)
PAID = PayFipAnswer(OnlineOutcome.PAID, "P", "PANIER000042", 1250, date(2026, 12, 1), "090909", PayFipMode.PRODUCTION)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("P", OnlineOutcome.PAID),
        ("V", OnlineOutcome.PAID),
        ("R", OnlineOutcome.REFUSED),
        ("Z", OnlineOutcome.REFUSED),
        ("A", OnlineOutcome.ABANDONED),
    ],
)
def test_each_letter_has_its_outcome(code: str, outcome: OnlineOutcome) -> None:
    assert outcome_of(code) is outcome


def test_no_other_text_is_ever_an_outcome() -> None:
    others = ["", " ", "p", "P ", "PP", "P5", "0", "P\n", "\x1b[31m", "é"]
    others += ["".join(pair) for pair in product(ascii_uppercase, repeat=2)]
    others += [letter for letter in ascii_uppercase if letter not in OUTCOMES]
    for other in others:
        with pytest.raises(AnswerNotUnderstood, match="rien n’est enregistré comme payé"):
            outcome_of(other)


@pytest.mark.parametrize(
    ("outcome", "minutes"),
    [
        (OnlineOutcome.PAID, 0),
        (OnlineOutcome.REFUSED, 0),
        (OnlineOutcome.ABANDONED, 15),
        (OnlineOutcome.GONE, 15),
        (OnlineOutcome.PENDING, 120),
    ],
)
def test_an_outcome_is_final_when_nothing_more_can_come(outcome: OnlineOutcome, minutes: int) -> None:
    opened = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)
    assert is_final(outcome, opened, opened + timedelta(minutes=minutes))
    if minutes:
        assert not is_final(outcome, opened, opened + timedelta(minutes=minutes, seconds=-1))


def test_the_answer_to_what_was_asked_is_believed() -> None:
    check_answer(PAID, ASKED)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (replace(PAID, amount_cents=1249), "un montant 12,49\xa0€ au lieu de 12,50\xa0€"),
        (replace(PAID, amount_cents=125000), "un montant 1\u202f250,00\xa0€"),
        (replace(PAID, amount_cents=None), "un montant illisible"),
        (replace(PAID, reference="PANIER000043"), "la référence PANIER000043 au lieu de PANIER000042"),
        (replace(PAID, reference="panier000042"), "la référence panier000042"),
        (replace(PAID, reference=""), "la référence absente"),
        (replace(PAID, client_number="090908"), "le client 090908"),
        (replace(PAID, mode=PayFipMode.TEST), "le mode T au lieu de W"),
        (replace(PAID, mode=None), "le mode absent"),
    ],
)
@pytest.mark.parametrize("outcome", [OnlineOutcome.PAID, OnlineOutcome.REFUSED, OnlineOutcome.ABANDONED])
def test_an_answer_for_another_payment_is_refused_and_says_what_differs(
    other: PayFipAnswer, said: str, outcome: OnlineOutcome
) -> None:
    with pytest.raises(AnswerDoesNotMatch, match="autre paiement") as refused:
        check_answer(replace(other, outcome=outcome), ASKED)
    assert said in refused.value.sentence


@pytest.mark.parametrize(("code", "outcome"), NOT_YET.items())
def test_not_yet_and_unknown_name_no_payment_to_compare(code: str, outcome: OnlineOutcome) -> None:
    check_answer(PayFipAnswer(outcome, code), ASKED)
