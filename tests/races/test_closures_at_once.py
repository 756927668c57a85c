"""A closure while another desk books or cashes one of its days, on PostgreSQL: no day slips through, whichever is first."""

from collections.abc import Callable

import pytest

from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.races.test_two_desks_at_once import meanwhile, told
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.closure_acts import close, closed, outcomes, undo
from tests.tui_portail.services.desk_acts import (
    EVENING,
    THURSDAY,
    add,
    book_and_pay,
    clock_of,
    finish,
    hold,
    pay_by_card,
    states_of,
)
from tui_portail.services.closing_days import ClosureRun, close_families, record_closure
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.restored_days import ClosureAlreadyUndone
from tui_portail.services.rights import Role
from tui_portail.services.verification import verify

pytestmark = [pytest.mark.race, pytest.mark.postgresql]
RECORDED, CANCELLED = "INSERT INTO commune_version", "INSERT INTO day_closure_line"
BOOKED, PAID = "INSERT INTO booking", "INSERT INTO payment "


@pytest.fixture
def desk(postgresql: Database) -> Desk:
    return a_desk(postgresql)


def states(desk: Desk, family: Family) -> list[str]:
    return states_of(desk.database, family.child_ids).get((family.child_id, EVENING, THURSDAY), [])


def refusal_of(gesture: Callable[[], object]) -> ClosureAlreadyUndone | None:
    try:
        gesture()
    except ClosureAlreadyUndone as refused:
        return refused
    return None


def test_a_day_booked_while_its_closure_is_recorded_is_refused_by_the_new_calendar(
    desk: Desk, postgresql: Database
) -> None:
    one, other = a_family(desk), a_desk(postgresql)

    def book() -> object:
        return finish(other, one.dossier_id, add(one.child_id, EVENING, THURSDAY))

    with meanwhile(postgresql, RECORDED, book) as second:
        record_closure(desk, closed(THURSDAY), new_operation())
    assert told(second) == "MODIFICATIONS_REFUSEES"
    assert states(desk, one) == []


def test_a_day_booked_just_before_its_closure_is_recorded_is_found_by_it(desk: Desk, postgresql: Database) -> None:
    one, other = a_family(desk), a_desk(postgresql, Role.ENFANCE)
    with meanwhile(postgresql, BOOKED, lambda: close(other, closed(THURSDAY))) as second:
        finish(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    done = second.result()
    assert isinstance(done, ClosureRun)
    assert outcomes(postgresql, done.closure_id) == ["liberee"]
    assert verify(desk).findings == ()


def test_a_payment_under_way_is_waited_for_and_given_back(desk: Desk, postgresql: Database) -> None:
    one, other = a_family(desk), a_desk(postgresql, Role.ENFANCE)
    basket = hold(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    closure_id = record_closure(other, closed(THURSDAY), new_operation())
    with meanwhile(postgresql, PAID, lambda: close_families(other, closure_id, new_operation())) as second:
        pay_by_card(desk, basket.basket_id)
    assert isinstance(second.result(), ClosureRun)
    assert (states(desk, one), outcomes(postgresql, closure_id)) == (["cancelled"], ["avoir"])
    books_hold(postgresql, clock_of(desk).instant)
    assert verify(desk).findings == ()


def test_a_payment_that_comes_after_the_turn_of_its_family_is_refused(desk: Desk, postgresql: Database) -> None:
    one, other = a_family(desk), a_desk(postgresql)
    basket = hold(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    closure_id = record_closure(desk, closed(THURSDAY), new_operation())
    with meanwhile(postgresql, CANCELLED, lambda: pay_by_card(other, basket.basket_id)) as second:
        close_families(desk, closure_id, new_operation())
    assert told(second) in {"PANIER_CLOS", "PANIER_ABANDONNE"}
    assert states(desk, one) == ["released"]


def test_two_desks_that_go_on_with_a_closure_or_undo_it_do_each_family_once(desk: Desk, postgresql: Database) -> None:
    families = [a_family(desk, last_name=name) for name in ("Un", "Deux")]
    for one in families:
        book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    closure_id = record_closure(desk, closed(THURSDAY), new_operation())
    other = a_desk(postgresql, Role.ENFANCE)
    with meanwhile(postgresql, CANCELLED, lambda: close_families(other, closure_id, new_operation())) as second:
        close_families(desk, closure_id, new_operation())
    assert isinstance(second.result(), ClosureRun)
    assert outcomes(postgresql, closure_id) == ["avoir", "avoir"]
    with meanwhile(postgresql, BOOKED, lambda: undo(other, closure_id)) as second:
        first = refusal_of(lambda: undo(desk, closure_id))
    assert None in {first, second.exception()}, "whichever ends it, the other may find it done"
    assert [states(desk, one) for one in families] == [["cancelled", "confirmed"]] * 2
    books_hold(postgresql, clock_of(desk).instant)
    assert verify(desk).findings == ()
