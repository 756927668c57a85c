"""A month of a régie, as its registers tell it: several means, avoirs, an unpaid cheque, means typed wrong, a debt, a new year."""

from dataclasses import dataclass
from datetime import date

from models.engine import Database
from models.states import MovementKind
from tests.factories import Family, a_child, a_desk, a_family, a_guardian, paris, where_debts_block_nothing
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    MEAL,
    NEXT_WEDNESDAY,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    card,
    cash,
    cheque,
    finish,
    hold,
    pay_by_card,
    remove,
    set_time,
)
from tests.tui_portail.services.till_acts import WHY, close_till
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.cash_movements import record_movement
from tui_portail.services.corrections import correct_payment
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.period_closings import close_due_periods
from tui_portail.services.refunds import request_refund
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.sale import CashedBasket
from tui_portail.services.slips import prepare_slip, validate_slip
from tui_portail.services.till import open_session

UNPAID, WRONG_MEANS = "Chèque sans provision", "Moyen de paiement mal saisi"
DAYS = (THURSDAY, FRIDAY)
NEXT_WEEK = (date(2026, 12, 10), date(2026, 12, 11))
JANUARY = (date(2027, 1, 7), date(2027, 1, 8))
HOSTILE = "=cmd|' /C calc'! A0"  # a parent's first name and name: the counter keeps what is typed


@dataclass(frozen=True)
class Story:
    """The desk where it happened, the two families, and the payments in the order of their quittances."""

    desk: Desk
    dupont: Family
    hostile: Family
    payments: tuple[CashedBasket, ...]

    @property
    def numbers(self) -> list[str]:
        return [cashed.quittance_number for cashed in self.payments]


def a_story(database: Database) -> Story:
    """Tell it. The quittances: 1 evenings, 2 meals typed wrong, 3 a Wednesday, 4 by an avoir and a cheque that comes back, 5 by two
    means of which one comes back, 6 the meals again, 7 a debt paid, 8 just before midnight of the year's end, 9 just after. What was
    received the first day is deposited, and the till closed with a difference; the hostile family leaves; the year is closed.
    """
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, commune=where_debts_block_nothing())
    open_session(desk, 100_00, new_operation())
    dupont = a_family(desk)
    first_name, last_name = HOSTILE.rsplit(" ", 1)
    hostile = a_family(
        desk,
        guardians=[a_guardian(last_name, first_name, quotient_cents=500_00)],
        children=[a_child("Zoé", last_name, renew_alsh_years=(2026,))],
    )
    payments: list[CashedBasket] = []

    def pay(family: Family, activity: str, days: tuple[date, ...], *tenders: Tender) -> CashedBasket:
        """Hold days of the family's child and pay them by these means, the rest by card."""
        basket = hold(desk, family.dossier_id, add(family.child_id, activity, *days))
        rest = basket.due_cents - sum(tender.amount_cents for tender in tenders)
        cashed = cash_basket(desk, basket.basket_id, [*tenders, *([card(rest)] if rest else [])], new_operation())
        payments.append(cashed)
        return cashed

    pay(dupont, EVENING, DAYS, cheque(2_00))
    meals = pay(hostile, MEAL, DAYS, cash(5_00, 20_00))
    pay(hostile, WEDNESDAY_ALSH, (NEXT_WEDNESDAY,), Tender(Means.ANCV, 3_00))
    finish(desk, dupont.dossier_id, remove(dupont.child_id, EVENING, FRIDAY))  # comes back as an avoir
    by_avoir = pay(dupont, EVENING, NEXT_WEEK, cheque(1_95, number="0000777"))
    by_two_means = pay(hostile, EVENING, NEXT_WEEK, cash(50), cheque(50, HOSTILE, "0000888"))
    finish(desk, hostile.dossier_id, remove(hostile.child_id, EVENING, NEXT_WEEK[0]))  # an avoir, soon taken back
    payments.append(
        correct_payment(desk, meals.payment_id, [card(meals.total_cents)], WRONG_MEANS, new_operation()).cashed
    )
    owed = reverse_payment(desk, by_avoir.payment_id, [1], UNPAID, new_operation())
    reverse_payment(
        desk, by_two_means.payment_id, [2], UNPAID, new_operation()
    )  # the cash and the card become an avoir
    record_movement(desk, MovementKind.SUPPLY, 10_00, "Monnaie", new_operation())
    record_movement(desk, MovementKind.DEPOSIT, 1_00, "Dépôt", new_operation())
    record_movement(desk, MovementKind.RETURN, 50, "Un euro tapé pour cinquante centimes", new_operation())
    slip = prepare_slip(desk, new_operation())
    validate_slip(
        desk, slip.slip_id, {50: 1}, new_operation()
    )  # the cash kept as an avoir, and what stands of the rest
    close_till(desk, cash_cents=109_00, reasons={Means.CASH: WHY})  # one euro is missing

    set_time(desk, paris("2026-12-03 09:00"))
    assert owed.debt_basket_id is not None
    payments.append(pay_by_card(desk, owed.debt_basket_id))  # the avoir given back pays a part
    finish(desk, hostile.dossier_id, remove(hostile.child_id, EVENING, NEXT_WEEK[1]))  # owed, and cancelled in time

    for instant, day in zip(("2026-12-31 23:59", "2027-01-01 00:01"), JANUARY, strict=True):
        set_time(desk, paris(instant))
        pay(dupont, EVENING, (day,))
    request_refund(desk, hostile.payer_id, "Départ de la commune", new_operation())
    close_due_periods(desk, new_operation())
    return Story(desk, dupont, hostile, tuple(payments))
