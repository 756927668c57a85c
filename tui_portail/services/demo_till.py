"""The demonstration's till at the end of a day: the day's cash taken out to be deposited, the drawer counted, closed with what it lacks."""

from __future__ import annotations

from collections.abc import Callable

from tui_portail.policy import Means
from tui_portail.services.cash_movements import MovementKind, record_movement
from tui_portail.services.desk import Desk
from tui_portail.services.till_balance import till_balance
from tui_portail.services.till_closing import close_session
from tui_portail.services.till_counting import till_to_close
from tui_portail.till_rules import DENOMINATIONS

CASH_LACKING_CENTS = 50
_WHY = "Rendu de monnaie trop grand, famille non retrouvée"


def end_the_day(desk: Desk, operation: Callable[[], str]) -> None:
    """Take out what the day brought in cash, then close the open session with a small lack of cash, everything else there."""
    balance = till_balance(desk)
    if balance is None:
        raise RuntimeError("the demonstration's till is not open")
    if (brought := balance.cash_cents - balance.session.float_cents) > 0:
        record_movement(desk, MovementKind.DEPOSIT, brought, "Espèces de la journée, à verser", operation())
    books = till_to_close(desk)
    if books is None:
        raise RuntimeError("the demonstration's till is not open")
    close_session(
        desk,
        books.session.session_id,
        pieces_of(books.cash_cents - CASH_LACKING_CENTS),
        {(cheque.payment_id, cheque.rank): True for cheque in books.cheques},
        {value.means: value.expected_cents for value in books.values},
        {Means.CASH: _WHY},
        operation(),
    )


def pieces_of(cents: int) -> dict[int, int]:
    """Return an amount in notes and coins, as few as can be."""
    pieces = {}
    for denomination in DENOMINATIONS:
        pieces[denomination], cents = divmod(cents, denomination)
    return pieces
