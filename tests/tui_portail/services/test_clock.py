"""The demo's clock: one for all the programs that are open on a base, and it stands while none is (design, guarantee 8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from models.engine import Database
from tests.factories import a_desk, a_family
from tests.tui_portail.services.desk_acts import EVENING, THURSDAY, add, finish, hold, pay_by_card, set_capacity
from tui_portail.services.baskets import BasketExpired
from tui_portail.services.clock import DEMO_START, STOPPED_AFTER, DemoClock
from tui_portail.services.desk import Desk


@dataclass
class RealTime:
    """The server's clock, as two programs see it."""

    instant: datetime = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)

    def wait(self, **duration: float) -> None:
        self.instant += timedelta(**duration)


@pytest.fixture
def real_time(monkeypatch: pytest.MonkeyPatch) -> RealTime:
    time = RealTime()

    def server_now(_database: Database, _connection: Connection) -> datetime:
        return time.instant

    monkeypatch.setattr(Database, "server_now", server_now)
    return time


@pytest.fixture
def other(database: Database) -> Iterator[Database]:
    """The same base, opened by another program."""
    opened = Database.open(database.url)
    yield opened
    opened.close()


def opened_by(database: Database) -> DemoClock:
    """The clock of a program that has just opened."""
    clock = DemoClock(database)
    clock.beat()
    return clock


def hour(clock: DemoClock, database: Database) -> datetime:
    with database.read() as connection:
        return clock.now(connection)


def wait_with(clocks: list[DemoClock], time: RealTime, minutes: int) -> None:
    """Let the time of open programs pass, beat by beat."""
    for _ in range(minutes * 12):
        time.wait(seconds=5)
        for clock in clocks:
            clock.beat()


def test_the_first_start_is_on_tuesday_the_first_of_december_at_half_past_ten(
    database: Database, real_time: RealTime
) -> None:
    clock = opened_by(database)
    assert hour(clock, database) == DEMO_START
    real_time.wait(seconds=7)
    assert hour(clock, database) == DEMO_START + timedelta(seconds=7)


def test_a_program_opened_later_reads_the_same_hour_as_the_one_that_was_idle(
    database: Database, other: Database, real_time: RealTime
) -> None:
    first = opened_by(database)
    wait_with([first], real_time, minutes=20)
    real_time.wait(seconds=3)
    second = opened_by(other)

    assert hour(second, other) == hour(first, database) == DEMO_START + timedelta(minutes=20, seconds=3)


def test_the_clock_stands_once_no_program_is_open_and_goes_on_from_there(
    database: Database, real_time: RealTime
) -> None:
    clock = DemoClock(database)
    clock.start()
    real_time.wait(minutes=1)
    clock.stop()
    real_time.wait(seconds=30)
    assert hour(clock, database) == DEMO_START + timedelta(minutes=1)

    real_time.wait(days=2)
    again = opened_by(database)
    real_time.wait(seconds=5)
    assert hour(again, database) == DEMO_START + timedelta(minutes=1, seconds=5)


def test_a_program_that_was_cut_off_does_not_make_the_clock_jump(database: Database, real_time: RealTime) -> None:
    opened_by(database)
    real_time.wait(days=1)
    assert hour(opened_by(database), database) == DEMO_START

    real_time.wait(hours=-5)  # the machine's own clock was put back
    assert hour(opened_by(database), database) == DEMO_START


def test_a_program_that_leaves_does_not_stop_the_clock_of_the_others(
    database: Database, other: Database, real_time: RealTime
) -> None:
    staying, leaving = opened_by(database), DemoClock(other)
    leaving.start()
    real_time.wait(seconds=30)
    leaving.stop()
    staying.beat()
    real_time.wait(seconds=10)

    assert hour(staying, database) == DEMO_START + timedelta(seconds=40)


def test_a_basket_expired_at_one_desk_is_not_cashed_at_another_opened_later(
    database: Database, other: Database, real_time: RealTime, tmp_path: Path
) -> None:
    signed = a_desk(database)
    first = Desk(database, tmp_path, opened_by(database), signed.agent)
    taken, waiting = a_family(first), a_family(first, last_name="Martin")
    set_capacity(database, EVENING, THURSDAY, 1)
    wait_with([], real_time, minutes=1)
    basket = hold(first, taken.dossier_id, add(taken.child_id, EVENING, THURSDAY))
    real_time.wait(minutes=0.5)
    second = Desk(other, tmp_path, opened_by(other), signed.agent)
    wait_with([first.clock, second.clock], real_time, minutes=15)  # type: ignore[list-item]  # both are DemoClock

    finish(first, waiting.dossier_id, add(waiting.child_id, EVENING, THURSDAY))
    with pytest.raises(BasketExpired):
        pay_by_card(second, basket.basket_id)


def test_a_gesture_is_never_judged_before_one_already_recorded(
    database: Database, other: Database, real_time: RealTime, tmp_path: Path
) -> None:
    signed = a_desk(database)
    first = Desk(database, tmp_path, opened_by(database), signed.agent)
    real_time.wait(seconds=40)
    family = a_family(first)
    recorded = first.now()
    real_time.wait(seconds=STOPPED_AFTER.total_seconds() * 5)
    second = Desk(other, tmp_path, DemoClock(other), signed.agent)

    hold(second, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    assert second.now() >= recorded
