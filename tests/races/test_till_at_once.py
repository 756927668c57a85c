"""Several desks on the same till: closed once, opened once, never a payment in a session that its closing did not count."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from models import tables as t
from models.engine import Database
from tests.factories import a_family, an_agent
from tests.races import desks as acts
from tests.races.desks import DESKS, WON, Desks, Place
from tests.races.test_two_desks_at_once import meanwhile, told
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, THURSDAY, add, hold
from tests.tui_portail.services.till_acts import a_till_desk, account, close_till, sell, to_close
from tui_portail.services.closing_sheets import closing_sheet, list_sessions
from tui_portail.services.demo_till import pieces_of
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import Role
from tui_portail.services.slips import prepare_slip, validate_slip
from tui_portail.services.till import current_session, open_session
from tui_portail.services.till_balance import till_balance
from tui_portail.services.till_closing import close_session
from tui_portail.services.verification import verify

pytestmark = pytest.mark.race
ROUNDS, BASKETS = 6, 4


def a_regie(database: Database) -> Desk:
    """A desk that books, cashes and answers for the régie, the till open with 100,00 €."""
    desk = a_till_desk(database, Role.ENFANCE, Role.REGISSEUR)
    open_session(desk, 100_00, new_operation())
    return desk


def seats(desk: Desk) -> list[Place]:
    agents = [an_agent(desk.database, Role.REGISSEUR) for _ in range(DESKS)]
    return [Place(desk.database.url, agent.agent_id, desk.now()) for agent in agents]


def test_desks_that_close_then_open_the_till_at_once_do_it_once_in_every_round(
    database: Database, desks: Desks
) -> None:
    desk = a_regie(database)

    outcomes = desks.race(acts.close_and_open_in_rounds, [(place, ROUNDS) for place in seats(desk)])

    for of_round in zip(*outcomes, strict=True):
        assert Counter(closed for closed, _ in of_round) == {WON: 1, "CAISSE_DEJA_CLOTUREE": DESKS - 1}
        assert Counter(opened for _, opened in of_round) == {WON: 1, "CAISSE_DEJA_OUVERTE": DESKS - 1}
    assert [session.number for session in list_sessions(desk)] == list(range(ROUNDS, 0, -1))
    assert current_session(desk) is not None
    books_hold(database, desk.now())


def test_a_payment_made_while_the_till_is_closed_is_counted_by_the_closing_or_refused(
    database: Database, desks: Desks
) -> None:
    desk = a_regie(database)
    baskets = [
        [
            hold(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY)).basket_id
            for one in (a_family(desk, last_name=f"Martin{cashier}x{rank}") for rank in range(BASKETS))
        ]
        for cashier in ("a", "b", "c")
    ]
    first, *others = seats(desk)

    tasks = [(acts.close_as_soon_as_the_count_holds, (first,))] + [
        (acts.cash_in_cash, (place, ids)) for place, ids in zip(others, baskets, strict=True)
    ]
    closings, *payments = desks.race(acts.each_its_own, tasks)

    paid = Counter(outcome for outcomes in payments for outcome in outcomes)
    assert set(closings) <= {WON, "COMPTAGE_DEPASSE", "BASE_OCCUPEE"}
    assert set(paid) <= {WON, "CAISSE_FERMEE", "BASE_OCCUPEE"}
    [session] = list_sessions(desk)
    with database.read() as connection:
        sealed = connection.scalars(select(t.till_closing.c.entry_seq)).one()
        in_session = select(func.count(), func.max(t.payment.c.entry_seq)).where(
            t.payment.c.till_session_id == session.session_id
        )
        count, last = connection.execute(in_session).one()
    assert (count, (last or 0) < sealed) == (paid[WON], True)
    assert session.cash_cents == 100_00 + 10_00 * paid[WON] == account(desk, "caisse")
    assert closing_sheet(desk, session.session_id).quittance_count == paid[WON]
    assert verify(desk).findings == ()


@pytest.mark.postgresql
def test_the_second_of_two_who_close_waits_then_is_told_who_did(postgresql: Database) -> None:
    desk, other = a_regie(postgresql), a_till_desk(postgresql, Role.REGISSEUR, name="Claude Serre")
    with meanwhile(postgresql, "INSERT INTO till_closing", lambda: close_till(other)) as second:
        close_till(desk)
    assert told(second) == "CAISSE_DEJA_CLOTUREE"
    books_hold(postgresql, desk.now())


@pytest.mark.postgresql
def test_a_payment_that_waits_for_a_closing_is_told_that_the_till_is_closed(postgresql: Database) -> None:
    desk, other = a_regie(postgresql), a_till_desk(postgresql, Role.ENFANCE, Role.COMPTABILITE)
    with meanwhile(postgresql, "INSERT INTO till_count", lambda: sell(other)) as second:
        close_till(desk)
    assert told(second) == "CAISSE_FERMEE"
    books_hold(postgresql, desk.now())


@pytest.mark.postgresql
def test_a_closing_that_waits_for_a_payment_is_told_that_its_count_no_longer_holds(postgresql: Database) -> None:
    desk, other = a_regie(postgresql), a_till_desk(postgresql, Role.REGISSEUR)
    books = to_close(other)

    def close() -> object:
        values = {value.means: 0 for value in books.values}
        session_id, pieces = books.session.session_id, pieces_of(books.cash_cents)
        return close_session(other, session_id, pieces, {}, values, {}, new_operation(), seen=books.expected)

    with meanwhile(postgresql, "INSERT INTO payment ", close) as second:
        sell(desk)
    assert told(second) == "COMPTAGE_DEPASSE"
    books_hold(postgresql, desk.now())


@pytest.mark.postgresql
def test_a_slip_validated_while_the_till_opens_takes_its_cash_from_the_session_that_opens(postgresql: Database) -> None:
    desk, other = a_regie(postgresql), a_till_desk(postgresql, Role.REGISSEUR)
    sell(desk, THURSDAY, FRIDAY)
    close_till(desk)
    slip = prepare_slip(other, new_operation())
    with meanwhile(
        postgresql,
        "INSERT INTO till_session",
        lambda: validate_slip(other, slip.slip_id, {20_00: 1}, new_operation()),
    ) as second:
        open_session(desk, 120_00, new_operation())
    assert second.result().number
    balance = till_balance(desk)
    assert balance is not None
    assert (balance.cash_cents, balance.deposited_cents) == (100_00, 20_00)
    assert account(desk, "caisse") == 100_00
