"""Several agents call the same list at once: no mark is lost, the same debt is never made twice, a merge takes no mark away."""

from collections import Counter

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, a_family, paris
from tests.races.desks import DESKS, WON, Desks, Place
from tests.races.roll_calls import call_the_roll
from tests.races.test_two_desks_at_once import meanwhile, told
from tests.tui_portail.services.attendance_acts import ABSENT, PRESENT, THURSDAY_EVENING, a_full_site, at, mark, states
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import EVENING, THURSDAY, add, agent_of, book_and_pay, merged, set_time
from tui_portail.services.attendance import mark_others_present
from tui_portail.services.desk import new_operation
from tui_portail.services.queue import list_queue
from tui_portail.services.verification import verify

pytestmark = pytest.mark.race
SLOT = at(EVENING)


def test_four_desks_that_mark_one_list_lose_nothing(database: Database, desks: Desks) -> None:
    desk = a_desk(database, at=THURSDAY_EVENING)
    family = a_family(desk, children=3)
    ids = a_full_site(desk, SLOT, 24, dossier_id=family.dossier_id, payer_id=family.payer_id)
    away = [ids[place::DESKS][:3] for place in range(DESKS)]
    place = Place(str(database.address.url), agent_of(desk).agent_id, paris(THURSDAY_EVENING))
    outcomes = desks.race(call_the_roll, [(place, SLOT, mine, family.child_ids) for mine in away])

    absent = {child_id for mine in away for child_id in mine}
    marked = {child_id: state for child_id, state in states(desk, SLOT).items() if child_id in ids}
    assert marked == {child_id: ABSENT if child_id in absent else PRESENT for child_id in ids}
    for round_ in range(len(family.child_ids)):
        assert Counter(mine[4 + round_] for mine in outcomes) == {WON: 1, "ENFANT_ATTENDU": DESKS - 1}
    assert len(list_queue(desk)) == len(family.child_ids), "a debt a child"


@pytest.mark.postgresql
def test_a_child_marked_while_all_the_others_are_is_marked_last(postgresql: Database) -> None:
    desk, other = a_desk(postgresql), a_desk(postgresql, at=THURSDAY_EVENING)
    family = a_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    set_time(desk, paris(THURSDAY_EVENING))
    with meanwhile(postgresql, "INSERT INTO attendance", lambda: mark(other, SLOT, family.child_id, ABSENT)):
        mark_others_present(desk, SLOT, new_operation())
    assert states(desk, SLOT) == {family.child_id: ABSENT}
    books_hold(postgresql, paris(THURSDAY_EVENING))


@pytest.mark.postgresql
def test_a_mark_made_while_its_dossier_is_merged_is_the_kept_dossiers(postgresql: Database) -> None:
    desk, other = a_desk(postgresql), a_desk(postgresql, at=THURSDAY_EVENING)
    kept, twice = a_family(desk), a_family(desk)
    book_and_pay(desk, twice.dossier_id, add(twice.child_id, EVENING, THURSDAY))
    set_time(desk, paris(THURSDAY_EVENING))
    with meanwhile(
        postgresql, "INSERT INTO payer_transfer", lambda: mark(other, SLOT, twice.child_id, PRESENT)
    ) as late:
        merged(desk, kept, twice)
    assert told(late) == "ENFANT_NON_ATTENDU", "the sheet is read again: the child is there under the other record"
    mark(other, SLOT, kept.child_id, PRESENT)
    with postgresql.read() as connection:
        assert connection.scalars(select(t.attendance.c.dossier_id)).all() == [kept.dossier_id]
    assert verify(desk).findings == ()
