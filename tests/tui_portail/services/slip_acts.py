"""What tests of deposit slips share: payments of any amount, by any means, and the régie's accounts."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache

from sqlalchemy import func, select

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, a_family, the_commune
from tests.tui_portail.services.desk_acts import EVENING, add, cash, cheque, hold
from tests.tui_portail.services.till_acts import pieces_of
from tui_portail.commune import Commune
from tui_portail.payment_rules import Tender
from tui_portail.price_grids import EffortTariff, PriceGrid
from tui_portail.services.corrections import CorrectedPayment, correct_payment
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.late_unpaid import ChequeBack, declare_unpaid
from tui_portail.services.payment import cash_basket
from tui_portail.services.reversal_entry import ReversedPayment
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.sale import CashedBasket
from tui_portail.services.slip_views import SlipLine, SlipTotal, SlipView
from tui_portail.services.slips import prepare_slip, put_back, take_out, validate_slip
from tui_portail.services.till import open_session

UNPAID, NOTHING, WRONG_MEANS = "Chèque sans provision", "Rien n’a été reçu", "Moyen de paiement mal saisi"
THE_DAY = date(2026, 12, 17)
THE_EXAMPLE = (cash(35_50), cheque(42_00), cheque(42_00), cheque(43_00), cheque(44_50))


@cache
def where_an_evening_costs_the_quotient() -> Commune:
    """The commune of the example, whose ALP soir costs what the quotient says: a payment may be of any amount."""
    commune = the_commune()
    whole = EffortTariff(Fraction(1), 0, 10_000_00)
    grid = PriceGrid(EVENING, "Le quotient", date(2025, 9, 1), None, whole)
    grids = (*(one for one in commune.grids if one.activity != EVENING), grid)
    policy = replace(
        commune.policy,
        debt_blocks_bookings=False,
        means={
            means: replace(rule, max_net_cents=None, alsh_under_age=None)
            for means, rule in commune.policy.means.items()
        },
    )
    return replace(commune, grids=grids, policy=policy)


def a_regie(database: Database, *, float_cents: int | None = 100_00, at: str = "2026-12-01 10:30") -> Desk:
    """A desk that books, cashes and answers for the régie; its till open, unless `float_cents` is None."""
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, at=at, commune=where_an_evening_costs_the_quotient())
    if float_cents is not None:
        open_session(desk, float_cents, new_operation())
    return desk


def pay(desk: Desk, *tenders: Tender) -> CashedBasket:
    """A new family pays one evening by these means, whatever they make."""
    cents = sum(tender.amount_cents for tender in tenders)
    family = a_family(desk, quotient_cents=cents)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, THE_DAY))
    assert basket.due_cents == cents
    return cash_basket(desk, basket.basket_id, tenders, new_operation())


def pay_all(desk: Desk, *tenders: Tender) -> list[CashedBasket]:
    """A family for each means."""
    return [pay(desk, tender) for tender in tenders]


def unpaid(desk: Desk, cashed: CashedBasket, *lost: int, reason: str = UNPAID) -> ReversedPayment:
    return reverse_payment(desk, cashed.payment_id, lost or (1,), reason, new_operation())


def came_back(desk: Desk, cashed: CashedBasket, rank: int) -> ChequeBack:
    """Say that a cheque kept by the reversal of its payment came back unpaid."""
    return declare_unpaid(desk, cashed.payment_id, rank, UNPAID, new_operation())


def corrected(desk: Desk, cashed: CashedBasket, *tenders: Tender) -> CorrectedPayment:
    return correct_payment(desk, cashed.payment_id, tenders, WRONG_MEANS, new_operation())


def prepared(desk: Desk) -> SlipView:
    return prepare_slip(desk, new_operation())


def without(desk: Desk, slip: SlipView, payment_id: str) -> SlipView:
    return take_out(desk, slip.slip_id, payment_id, new_operation())


def again_with(desk: Desk, slip: SlipView, payment_id: str) -> SlipView:
    return put_back(desk, slip.slip_id, payment_id, new_operation())


def validated(desk: Desk, slip: SlipView, cash_cents: int | None = None) -> SlipView:
    """Validate a slip with just the cash it deposits, or another sum."""
    counted = pieces_of(slip_cash(slip) if cash_cents is None else cash_cents)
    return validate_slip(desk, slip.slip_id, counted, new_operation())


def slip_cash(slip: SlipView) -> int:
    return max(0, slip.totals[0].final_cents)


def figures(total: SlipTotal) -> tuple[int, int, int, int, int, int]:
    """Initial, cancelled, final: how many, how much."""
    return (
        total.initial_count,
        total.initial_cents,
        total.cancelled_count,
        total.cancelled_cents,
        total.final_count,
        total.final_cents,
    )


def sums(slip: SlipView) -> tuple[int, int, int]:
    return slip.initial_cents, slip.cancelled_cents, slip.final_cents


def by_payment(slip: SlipView) -> dict[str, SlipLine]:
    return {line.payment_id: line for line in slip.lines}


def balance(desk: Desk, account: str) -> int:
    """What an account holds, in cents: debits positive."""
    posting = t.posting.c
    with desk.database.read() as connection:
        total = select(func.coalesce(func.sum(posting.amount_cents), 0)).where(posting.account == account)
        return int(connection.execute(total).scalar_one())
