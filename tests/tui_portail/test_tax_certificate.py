"""What a payer may declare: care paid in the year for children under six on 1 January, less what was given back, never below nothing."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_portail.tax_certificate import CareSum, certify, counts_in

ONE, OTHER = 1, 2
LEO, MIA = 10, 11


@pytest.mark.parametrize(
    ("born_on", "counts"),
    [
        (date(2020, 1, 1), False),  # six on 1 January 2026
        (date(2020, 1, 2), True),
        (date(2026, 3, 1), True),
        (date(2019, 12, 31), False),
    ],
)
def test_a_child_counts_while_under_six_on_the_first_of_january(born_on: date, counts: bool) -> None:
    assert counts_in(born_on, 2026) is counts


def test_what_was_given_back_in_the_year_comes_off() -> None:
    certified = certify([CareSum(ONE, LEO, 100_00)], [CareSum(ONE, LEO, 20_00)])

    assert certified[ONE].total_cents == 80_00
    assert certified[ONE].by_child == {LEO: 80_00}


def test_what_was_given_back_for_one_child_beyond_what_was_paid_comes_off_the_other() -> None:
    certified = certify([CareSum(ONE, LEO, 50_00)], [CareSum(ONE, MIA, 20_00)])

    assert (certified[ONE].by_child, certified[ONE].deducted_cents) == ({LEO: 30_00}, 20_00)


def test_a_year_in_which_only_days_were_given_back_declares_nothing() -> None:
    assert certify([], [CareSum(ONE, LEO, 20_00)]) == {}


SUMS = st.lists(
    st.builds(CareSum, st.sampled_from([ONE, OTHER]), st.sampled_from([LEO, MIA]), st.integers(0, 500)), max_size=12
)


@given(SUMS, SUMS)
def test_a_certificate_is_what_was_paid_less_what_was_given_back_and_never_below_nothing(
    paid: list[CareSum], given_back: list[CareSum]
) -> None:
    net: Counter[int] = Counter()
    for one in paid:
        net[one.payer_id] += one.care_cents
    for one in given_back:
        net[one.payer_id] -= one.care_cents

    certified = certify(paid, given_back)

    assert {payer: one.total_cents for payer, one in certified.items()} == {
        p: cents for p, cents in net.items() if cents > 0
    }
    assert all(cents > 0 for one in certified.values() for cents in one.by_child.values())
