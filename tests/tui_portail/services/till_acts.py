"""What an agent does at the till in a test, in one line each: count it, close it, open the one that follows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from sqlalchemy import func, select

from models import tables as t
from models.engine import Database
from tests.factories import TUESDAY, a_desk, a_family, the_commune
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, add, cash, clock_of, hold
from tui_portail.commune import Commune
from tui_portail.payment_means import Tender
from tui_portail.policy import Means
from tui_portail.price_grids import FlatTariff, PriceGrid
from tui_portail.services.demo_till import pieces_of
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.rights import Role
from tui_portail.services.sale import CashedBasket
from tui_portail.services.till import TillSessionView, current_session, open_session
from tui_portail.services.till_closing import ClosedTill, close_session
from tui_portail.services.till_counting import TillToClose, till_to_close
from tui_portail.services.till_float import expected_float

WHY = "Rendu de monnaie trop grand"


def to_close(desk: Desk) -> TillToClose:
    found = till_to_close(desk)
    assert found is not None
    return found


def close_till(
    desk: Desk,
    *,
    cash_cents: int | None = None,
    missing: tuple[str, ...] = (),
    values: Mapping[Means, int] | None = None,
    reasons: Mapping[Means, str] | None = None,
    operation: str | None = None,
) -> ClosedTill:
    """Close the open session as the books say, but for the cash counted, the payments whose cheque is missing, and the values given."""
    books = to_close(desk)
    return close_session(
        desk,
        books.session.session_id,
        pieces_of(books.cash_cents if cash_cents is None else cash_cents),
        {
            (cheque.payment_id, cheque.rank): _found(cheque.payment_id, cheque.missing, missing)
            for cheque in books.cheques
        },
        {value.means: value.expected_cents for value in books.values} | dict(values or {}),
        reasons or {},
        operation or new_operation(),
    )


def _found(payment_id: str, was_missing: bool, missing: tuple[str, ...]) -> bool:
    return payment_id not in missing and not was_missing


def next_till(desk: Desk) -> TillSessionView:
    """Close the session open, if there is one, and open the next with the float expected."""
    if current_session(desk) is not None:
        close_till(desk)
    return open_session(desk, expected_float(desk) or 0, new_operation())


@cache
def where_an_evening_costs_ten_euros() -> Commune:
    """The commune of the example, its evenings at 10,00 € for everybody: amounts that a till test can say."""
    commune = the_commune()
    grids = tuple(
        PriceGrid(grid.activity, grid.name, grid.valid_from, grid.valid_until, FlatTariff(10_00))
        if grid.activity == EVENING
        else grid
        for grid in commune.grids
    )
    return replace(commune, grids=grids)


def a_till_desk(database: Database, *roles: Role, at: str = TUESDAY, name: str = "Camille Roux") -> Desk:
    """A desk of both roles, unless others are said, in the commune where an evening costs ten euros."""
    return a_desk(database, *roles, at=at, name=name, commune=where_an_evening_costs_ten_euros())


def sell(desk: Desk, *days: date, by: Callable[[int], Tender] = cash, last_name: str = "Dupont") -> CashedBasket:
    """Sell an evening a day to a family of its own, ten euros each, by one means."""
    family = a_family(desk, last_name=last_name)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, *(days or (FRIDAY,))))
    return cash_basket(desk, basket.basket_id, [by(basket.due_cents)], new_operation())


def account(desk: Desk, name: str) -> int:
    """The balance of an account, in cents."""
    posting = t.posting.c
    with desk.database.read() as connection:
        wanted = select(func.coalesce(func.sum(posting.amount_cents), 0)).where(posting.account == name)
        return int(connection.scalar(wanted) or 0)


def later(desk: Desk, **by: float) -> None:
    """Let time pass to another day; a till that was open is closed in the evening as it should be, and opened that day."""
    was_open = current_session(desk) is not None
    if was_open:
        close_till(desk)
    clock_of(desk).advance(**by)
    if was_open:
        open_session(desk, expected_float(desk) or 0, new_operation())
