"""Which means of a corrected payment went to the Trésor with the old one."""

from tui_portail.corrected_tenders import WrittenTender, already_deposited
from tui_portail.policy import Means


def written(*tenders: tuple[Means, int] | tuple[Means, int, str]) -> list[WrittenTender]:
    return [
        WrittenTender(rank, means, cents, "Banque", *number) for rank, (means, cents, *number) in enumerate(tenders, 1)
    ]


def test_a_cheque_written_again_went_whole_whatever_its_amount() -> None:
    assert already_deposited(written((Means.CHEQUE, 40_00, "1")), written((Means.CHEQUE, 42_00, "2"))) == {1: 42_00}


def test_of_two_cheques_the_one_of_the_same_number_went_then_the_one_of_the_same_amount() -> None:
    old = written((Means.CHEQUE, 20_00, "1"), (Means.CARD, 5_00))
    assert already_deposited(old, written((Means.CHEQUE, 20_00, "2"), (Means.CHEQUE, 5_00, "1"))) == {2: 5_00}
    assert already_deposited(old, written((Means.CHEQUE, 5_00, "3"), (Means.CHEQUE, 20_00, "2"))) == {2: 20_00}


def test_no_more_of_a_value_went_than_was_deposited() -> None:
    old = written((Means.CESU, 40_00), (Means.CASH, 10_00))
    assert already_deposited(old, written((Means.CESU, 30_00), (Means.CESU, 20_00))) == {1: 30_00, 2: 10_00}
    assert already_deposited(old, written((Means.CESU, 25_00), (Means.ANCV, 25_00))) == {1: 25_00}


def test_cash_is_left_to_the_counts() -> None:
    assert already_deposited(written((Means.CASH, 40_00)), written((Means.CASH, 40_00))) == {}
