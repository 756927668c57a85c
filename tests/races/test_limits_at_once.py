"""N desks want the last place of a limit over two activities, each by its own activity: it is sold once (design, guarantee 2)."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import distinct, func, select

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, the_commune
from tests.races import desks as acts
from tests.races.desks import DESKS, WON, Desks
from tests.races.test_several_desks import school_days, seat
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, HARMONIE, MORNING, set_capacity
from tui_portail.capacity import CapacityLimit
from tui_portail.commune import Commune
from tui_portail.planning import CellKey
from tui_portail.services.desk import Desk

pytestmark = pytest.mark.race
ROUNDS = 5
BY_DESK = (MORNING, EVENING) * (DESKS // 2)


def one_under_six() -> Commune:
    """The shipped commune with one place a day for a child under six, in the morning and the evening together."""
    return replace(the_commune(), limits=(CapacityLimit(HARMONIE, (MORNING, EVENING), 1, under_age=6),))


def families(desk: Desk) -> list[Family]:
    return [
        a_family(desk, last_name=f"Dupont{letter}", children=[a_child(birth_on=date(2021, 5, 2))]) for letter in "abcd"
    ]


def children_on(database: Database, day: date) -> int:
    with database.read() as connection:
        query = select(func.count(distinct(t.booking.c.child_id))).where(t.booking.c.day == day)
        return int(connection.scalar(query) or 0)


@pytest.mark.postgresql
def test_control_without_their_locks_the_limit_is_passed_by_every_desk(postgresql: Database, desks: Desks) -> None:
    """On PostgreSQL only: SQLite's one writer is alone before it counts, there is no lock to leave out."""
    desk = a_desk(postgresql, commune=one_under_six())
    for activity in (MORNING, EVENING):
        set_capacity(postgresql, activity, FRIDAY, 10)
    arguments = [
        (place, family.dossier_id, CellKey(family.child_id, activity, FRIDAY))
        for place, family, activity in zip(seat(desk), families(desk), BY_DESK, strict=True)
    ]
    assert desks.race(acts.book_without_locks, arguments) == [WON] * DESKS, "the race is there to be seen"
    assert children_on(postgresql, FRIDAY) == DESKS


def test_the_last_place_of_a_limit_over_two_activities_is_sold_exactly_once_in_every_round(
    database: Database, desks: Desks
) -> None:
    """The slots exist in no round before: they are made, and locked, by the desks that race."""
    desk = a_desk(database, commune=one_under_six())
    days = school_days(desk, ROUNDS)
    arguments = [
        (place, family.dossier_id, [CellKey(family.child_id, activity, day) for day in days])
        for place, family, activity in zip(seat(desk), families(desk), BY_DESK, strict=True)
    ]
    outcomes = desks.race(acts.book_in_rounds, arguments)
    for of_round in zip(*outcomes, strict=True):
        assert Counter(of_round) == {WON: 1, "COMPLET": DESKS - 1}
    assert [children_on(database, day) for day in days] == [1] * ROUNDS
    books_hold(database, desk.now())
