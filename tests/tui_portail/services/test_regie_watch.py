"""What the régie is warned of, read from what its till holds."""

import pytest

from models.engine import Database
from models.states import MovementKind
from tests.factories import a_desk
from tests.tui_portail.services.desk_acts import card, cash, cheque, clock_of
from tests.tui_portail.services.slip_acts import a_regie, corrected, pay, pay_all, prepared, unpaid, validated
from tests.tui_portail.services.till_acts import close_till
from tui_portail.policy import Means
from tui_portail.services.cash_movements import record_movement
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.regie_watch import regie_warnings
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.slips import NothingToDeposit


@pytest.fixture
def desk(database: Database) -> Desk:
    return a_regie(database)


def codes(desk: Desk) -> list[str]:
    return [one.code for one in regie_warnings(desk)]


def test_all_the_cash_held_counts_the_float_and_what_was_taken_out_to_be_deposited_too(desk: Desk) -> None:
    pay(desk, cash(900_00))
    assert codes(desk) == []
    record_movement(desk, MovementKind.DEPOSIT, 500_00, "Dépôt", new_operation())
    pay(desk, cash(1))
    assert codes(desk) == ["ENCAISSE_MAXIMUM"]
    validated(desk, prepared(desk))
    assert codes(desk) == []


def test_a_float_above_the_encaisse_maximum_is_lowered_by_the_movement_that_is_told(database: Database) -> None:
    desk = a_regie(database, float_cents=1_500_00)
    [warning] = regie_warnings(desk)
    assert "« Retrait »" in warning.sentence
    assert "À verser" not in warning.sentence
    with pytest.raises(NothingToDeposit):
        prepared(desk)

    record_movement(desk, MovementKind.WITHDRAWAL, 500_00, "Fonds trop grand", new_operation())
    assert codes(desk) == []


def test_a_cheque_is_told_until_it_is_deposited(desk: Desk) -> None:
    pay(desk, cheque(30_00))
    clock_of(desk).advance(days=1)
    assert codes(desk) == []
    clock_of(desk).advance(days=1)
    assert codes(desk) == ["CHEQUES_A_REMETTRE"]
    validated(desk, prepared(desk))
    assert codes(desk) == []


def test_a_cheque_that_came_back_or_is_missing_is_not_asked_for(desk: Desk) -> None:
    back, lost = pay_all(desk, cheque(30_00), cheque(20_00))
    unpaid(desk, back)
    close_till(desk, missing=(lost.payment_id,), reasons={Means.CHEQUE: "Chèque égaré"})
    clock_of(desk).advance(days=3)
    assert codes(desk) == []
    clock_of(desk).advance(days=40)
    assert codes(desk) == [], "no slip would take it"


def test_a_cheque_corrected_after_its_deposit_is_not_asked_for(desk: Desk) -> None:
    paid = pay(desk, cheque(30_00))
    validated(desk, prepared(desk))
    corrected(desk, paid, cheque(30_00, number="0000999"))
    clock_of(desk).advance(days=3)
    assert codes(desk) == []
    clock_of(desk).advance(days=40)
    assert codes(desk) == []


def test_a_month_without_deposit_is_told_whatever_the_means(desk: Desk) -> None:
    pay(desk, card(30_00))
    clock_of(desk).advance(days=31)
    assert codes(desk) == []
    clock_of(desk).advance(days=1)
    assert codes(desk) == ["MOIS_SANS_VERSEMENT"]
    validated(desk, prepared(desk))
    assert codes(desk) == []


def test_comptabilite_is_told_too_and_nobody_else(desk: Desk, database: Database) -> None:
    pay(desk, cash(950_00))
    assert codes(a_desk(database, Role.COMPTABILITE)) == ["ENCAISSE_MAXIMUM"]
    with pytest.raises(NotAllowed):
        codes(a_desk(database, Role.ENFANCE))
