"""Two dossiers merged while another desk works on one of them, on PostgreSQL: one after the other, the second told or right."""

import pytest

from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.races.test_two_desks_at_once import meanwhile, told
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import EVENING, EVENING_CENTS, FRIDAY, NEXT_MONDAY, add, book_and_pay, finish
from tests.tui_portail.services.slip_acts import NOTHING
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.merging import merge_dossiers, preview_merge
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session
from tui_portail.services.verification import verify

pytestmark = [pytest.mark.race, pytest.mark.postgresql]
TRANSFERRED = "INSERT INTO payer_transfer"


@pytest.fixture
def desk(postgresql: Database) -> Desk:
    desk = a_desk(postgresql, Role.ENFANCE, Role.REGISSEUR)
    open_session(desk, 0, new_operation())
    return desk


def merge(desk: Desk, kept: Family, other: Family) -> object:
    pairing = preview_merge(desk, kept.dossier_id, other.dossier_id).pairing
    return merge_dossiers(desk, kept.dossier_id, other.dossier_id, pairing, "Deux fois", new_operation())


def test_two_desks_that_merge_two_dossiers_each_its_way_merge_them_once(desk: Desk, postgresql: Database) -> None:
    one, two = a_family(desk), a_family(desk)
    other = a_desk(postgresql, Role.ENFANCE)
    with meanwhile(postgresql, TRANSFERRED, lambda: merge(other, two, one)) as second:
        merge(desk, one, two)
    assert told(second) == "DOSSIER_FUSIONNE"
    assert verify(desk).findings == ()


def test_days_finished_on_a_dossier_being_merged_are_told_where_it_went(desk: Desk, postgresql: Database) -> None:
    kept, merged = a_family(desk), a_family(desk)
    other = a_desk(postgresql)

    def book() -> object:
        return finish(other, merged.dossier_id, add(merged.child_id, EVENING, FRIDAY))

    with meanwhile(postgresql, TRANSFERRED, book) as second:
        merge(desk, kept, merged)
    assert told(second) == "DOSSIER_FUSIONNE"
    assert verify(desk).findings == ()


def test_a_payment_reversed_while_its_account_is_joined_is_owed_by_the_one_that_lives(
    desk: Desk, postgresql: Database
) -> None:
    kept, merged = a_family(desk), a_family(desk)
    paid = book_and_pay(desk, merged.dossier_id, add(merged.child_id, EVENING, FRIDAY, NEXT_MONDAY))
    other = a_desk(postgresql, Role.REGISSEUR)

    def reverse() -> object:
        return reverse_payment(other, paid.payment_id, [1], NOTHING, new_operation())

    with meanwhile(postgresql, TRANSFERRED, reverse) as second:
        merge(desk, kept, merged)
    second.result()
    assert [payer.debt_cents for payer in load_dossier(desk, kept.dossier_id).payers] == [2 * EVENING_CENTS]
    books_hold(postgresql, desk.now())
    assert verify(desk).findings == ()
