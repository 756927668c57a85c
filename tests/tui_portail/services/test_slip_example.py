"""The worked example of the deposit slips: cancelled before validation, or taken off the next slip after it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from models.engine import Database
from tests.factories import a_desk, a_family, the_commune
from tests.tui_portail.services.desk_acts import EVENING, add, cash, cheque, hold
from tests.tui_portail.services.till_acts import pieces_of
from tui_portail.commune import Commune
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.price_grids import FlatTariff, PriceGrid
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.sale import CashedBasket
from tui_portail.services.slips import prepare_slip, validate_slip
from tui_portail.services.till import open_session
from tui_portail.services.verification import verify

UNPAID = "Chèque sans provision"


def where_an_evening_costs(cents: int) -> Commune:
    commune = the_commune()
    grids = tuple(
        PriceGrid(grid.activity, grid.name, grid.valid_from, grid.valid_until, FlatTariff(cents))
        if grid.activity == EVENING
        else grid
        for grid in commune.grids
    )
    return replace(commune, grids=grids)


@pytest.fixture
def desk(database: Database) -> Desk:
    """Evenings at 0,50 €: any of the example's amounts is a number of days."""
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, commune=where_an_evening_costs(50))
    open_session(desk, 100_00, new_operation())
    return desk


def sell(desk: Desk, name: str, cents: int, by: Callable[[int], Tender]) -> CashedBasket:
    calendar, policy = desk.commune().calendar, desk.commune().policy
    running = calendar.running_days(policy.activity(EVENING), date(2026, 12, 3), calendar.last_covered, False)
    days = [day for day, _ in zip(running, range(cents // 50), strict=False)]
    family = a_family(desk, last_name=name)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, *days))
    assert basket.due_cents == cents
    return cash_basket(desk, basket.basket_id, [by(cents)], new_operation())


def four_cheques_and_cash(desk: Desk) -> CashedBasket:
    """Cash 35,50 and cheques of 42,00, 42,00, 43,00 and 44,50; return the last."""
    sell(desk, "Dupont", 35_50, cash)
    for name, cents in (("Martin", 42_00), ("Nguyen", 42_00), ("Petit", 43_00)):
        sell(desk, name, cents, cheque)
    return sell(desk, "Roux", 44_50, cheque)


def test_a_cheque_reversed_before_validation_is_shown_cancelled_and_not_deposited(desk: Desk) -> None:
    last = four_cheques_and_cash(desk)
    slip = prepare_slip(desk, new_operation())
    reverse_payment(desk, last.payment_id, [1], UNPAID, new_operation())

    slip = prepare_slip(desk, new_operation())

    assert (slip.initial_cents, slip.cancelled_cents, slip.final_cents) == (207_00, 44_50, 162_50)
    finals = {total.means: (total.final_cents, total.final_count) for total in slip.totals}
    assert finals == {Means.CASH: (35_50, 1), Means.CHEQUE: (127_00, 3)}
    assert validate_slip(desk, slip.slip_id, pieces_of(35_50), new_operation()).final_cents == 162_50
    assert verify(desk).findings == ()


def test_a_cheque_reversed_after_validation_leaves_that_slip_and_is_taken_off_the_next(desk: Desk) -> None:
    last = four_cheques_and_cash(desk)
    slip = prepare_slip(desk, new_operation())
    validated = validate_slip(desk, slip.slip_id, pieces_of(35_50), new_operation())
    reverse_payment(desk, last.payment_id, [1], UNPAID, new_operation())

    following = prepare_slip(desk, new_operation())

    assert validated.final_cents == 207_00
    assert following.final_cents == -44_50
    assert validate_slip(desk, following.slip_id, {}, new_operation()).number == "BV-2026-0002"
    assert verify(desk).findings == ()
