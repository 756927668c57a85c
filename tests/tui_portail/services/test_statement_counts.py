"""Gestures speak to the base a fixed number of times, whatever they carry (design, « Measures »)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import Engine, event

from models.engine import Database
from tests.factories import a_desk, a_family
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    FRIDAY,
    MEAL,
    MORNING,
    THURSDAY,
    add,
    book_and_pay,
    cash,
    finish,
    hold,
    remove,
)
from tui_portail.services.baskets import load_basket
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.planning import load_planning
from tui_portail.services.queue import list_queue
from tui_portail.services.till import open_session

CASHING, PLANNING = 20, 10


@contextmanager
def statements() -> Iterator[list[str]]:
    """Gather every statement sent to a base, on any connection of this process."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def school_days(desk: Desk, count: int) -> list[date]:
    calendar, policy = desk.commune().calendar, desk.commune().policy
    days = calendar.running_days(policy.activity(EVENING), THURSDAY, calendar.last_covered, False)
    return [day for day, _ in zip(days, range(count), strict=False)]


def cashing(desk: Desk, activities: tuple[str, ...], days: int, with_avoir: bool) -> int:
    """Return how many statements cashing a basket of these days takes."""
    family = a_family(desk, last_name=f"Dupont{'i' * days}")
    if with_avoir:
        book_and_pay(desk, family.dossier_id, add(family.child_id, MORNING, *school_days(desk, 1)))
        finish(desk, family.dossier_id, remove(family.child_id, MORNING, *school_days(desk, 1)))
    changes = [change for activity in activities for change in add(family.child_id, activity, *school_days(desk, days))]
    basket = hold(desk, family.dossier_id, changes)
    assert len(load_basket(desk, basket.basket_id).lines) == len(activities) * days
    tenders = [cash(basket.due_cents)] if basket.due_cents <= 300_00 else []
    with statements() as sent:
        cash_basket(desk, basket.basket_id, tenders, new_operation())
    return len(sent)


@pytest.mark.parametrize("with_avoir", [False, True])
def test_cashing_takes_as_many_statements_for_one_line_as_for_sixty(database: Database, with_avoir: bool) -> None:
    desk = a_desk(database)
    open_session(desk, 0, new_operation())
    counts = {
        1: cashing(desk, (EVENING,), 1, with_avoir),
        20: cashing(desk, (EVENING,), 20, with_avoir),
        60: cashing(desk, (EVENING, BREAK), 30, with_avoir),
    }
    assert len(set(counts.values())) == 1, counts
    assert counts[60] <= CASHING


def test_a_planning_of_a_month_is_read_in_ten_statements_whatever_it_holds(database: Database) -> None:
    desk = a_desk(database)
    small = a_family(desk)
    large = a_family(desk, last_name="Martin", children=5, two_payers=True)
    days = school_days(desk, 18)
    for child_id in large.child_ids:
        finish(desk, large.dossier_id, add(child_id, MEAL, *days) + add(child_id, EVENING, *days))
    counts = []
    for family in (small, large):
        with statements() as sent:
            load_planning(desk, family.dossier_id, date(2026, 12, 1), date(2026, 12, 31))
        counts.append(len(sent))
    assert max(counts) <= PLANNING
    assert abs(counts[0] - counts[1]) <= 1, "no statement a child, a day or a booking"


def test_finishing_a_month_takes_as_many_statements_as_finishing_a_day(database: Database) -> None:
    desk = a_desk(database)
    open_session(desk, 0, new_operation())  # the desk's place and rules are read once, by its first gesture
    counts = []
    for days in (1, 18):
        family = a_family(desk, last_name=f"Dupont{'i' * days}", children=2)
        changes = [c for child in family.child_ids for c in add(child, MEAL, *school_days(desk, days))]
        with statements() as sent:
            finish(desk, family.dossier_id, changes)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 30


def test_the_queue_takes_as_many_statements_for_ten_baskets_as_for_one(database: Database) -> None:
    desk = a_desk(database)
    counts = []
    for baskets in (1, 9):
        for number in range(baskets):
            family = a_family(desk, last_name=f"Dupont{'abcdefghij'[number]}")
            hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
        with statements() as sent:
            list_queue(desk)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 5
