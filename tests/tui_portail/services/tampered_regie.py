"""A régie where everything that its tables can hold was written by the services, to be tampered with."""

from datetime import date

from models.engine import Database
from models.states import MovementKind
from tests.factories import a_family, an_agent, paris
from tests.tui_portail.services.desk_acts import EVENING, add, card, cash, cheque, finish, hold, remove, set_time
from tests.tui_portail.services.slip_acts import (
    a_regie,
    came_back,
    corrected,
    pay,
    pay_all,
    prepared,
    unpaid,
    validated,
    without,
)
from tests.tui_portail.services.till_acts import WHY, close_till, next_till, to_close
from tui_portail.policy import Means
from tui_portail.services.cash_movements import record_movement
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.period_closings import close_due_periods
from tui_portail.services.refunds import request_refund
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session

CHANGED_MIND, KEPT = date(2026, 12, 17), date(2026, 12, 18)


def a_regie_with_everything(database: Database) -> Desk:
    """Two sessions closed and a third open, two slips validated and a draft, reversals, a correction, a refund, periods closed.

    The first session closes a cheque and a euro short; the second slip takes off a cheque that the first deposited; the third session
    opens with less than was counted. Of two cheques of a payment deposited, the second comes back once the first was reversed.
    """
    desk = a_regie(database)
    an_agent(database, Role.REGISSEUR)  # somebody else, whom a row may be ascribed to
    two_cheques = pay(desk, cheque(15_00, number="0000128"), cheque(16_00, number="0000129"))
    _, returned, _, _ = pay_all(desk, cash(35_50), cheque(42_00), cheque(43_00, number="0000124"), card(12_00))
    corrected(desk, pay(desk, cash(20_00)), card(20_00))
    record_movement(desk, MovementKind.SUPPLY, 10_00, "Monnaie", new_operation())
    record_movement(desk, MovementKind.WITHDRAWAL, 5_00, "Trop de monnaie", new_operation())
    record_movement(desk, MovementKind.DEPOSIT, 1_00, "Dépôt", new_operation())
    record_movement(desk, MovementKind.RETURN, 50, "Un euro tapé pour cinquante centimes", new_operation())
    validated(desk, prepared(desk))
    lost = pay(desk, cheque(44_50, number="0000125"))
    pay(desk, cheque(7_00, number="0000126"))
    close_till(
        desk,
        cash_cents=to_close(desk).cash_cents - 1_00,
        missing=(lost.payment_id,),
        reasons={Means.CASH: WHY, Means.CHEQUE: "Chèque introuvable"},
    )
    set_time(desk, paris("2026-12-02 09:00"))
    next_till(desk)
    unpaid(desk, returned)
    unpaid(desk, two_cheques, 1)
    came_back(desk, two_cheques, 2)
    _keep_then_refund(desk)
    pay_all(desk, cash(8_00), card(9_00))
    validated(desk, without(desk, prepared(desk), lost.payment_id))
    pay(desk, cash(6_00))
    pay(desk, card(11_00))
    close_till(desk)
    prepared(desk)
    set_time(desk, paris("2027-01-04 09:00"))
    close_due_periods(desk, new_operation())
    open_session(desk, 100_00, new_operation(), "Pièce égarée")
    return desk


def _keep_then_refund(desk: Desk) -> None:
    """Two evenings paid by cash and a cheque, one given back: the cheque returns, the cash is kept, the avoir withdrawn.

    The other evening, owed, is cancelled in time; what was kept is asked back.
    """
    family = a_family(desk, quotient_cents=5_00)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, CHANGED_MIND, KEPT))
    paid = cash_basket(desk, basket.basket_id, [cash(4_00), cheque(6_00, number="0000127")], new_operation())
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, CHANGED_MIND))
    unpaid(desk, paid, 2)
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, KEPT))
    request_refund(desk, family.payer_id, "Départ de la commune", new_operation())
