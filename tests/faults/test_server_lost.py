"""PostgreSQL crashes in the middle of gestures (`pg_ctl stop -m immediate`), or cuts its connections: several desks lose nothing and go on.

Three desks work in processes of their own on a durable server of this module's. 2 crashes and 6 rounds of cuts in `make test`; RESTARTS
and CUTS ask for more.
"""

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from models.engine import Database
from tests.factories import a_desk, a_family, paris
from tests.faults.after_a_fault import asked_for, count, holds
from tests.faults.patient_desk import Room, desks_at_work
from tests.own_servers import OwnPostgresql, own_postgresql
from tests.tui_portail.services.desk_acts import EVENING, MORNING, agent_of, set_capacity
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session

RESTARTS = asked_for("RESTARTS", 2)
CUTS = asked_for("CUTS", 6)
DESKS = 3
START = paris("2026-12-01 08:30")

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgresql]:
    with own_postgresql() as started:
        yield started


@pytest.fixture(scope="module")
def town(server: OwnPostgresql) -> Iterator[tuple[Desk, dict[str, Any]]]:
    """A town where days are nearly full: its desk, and what desks of other processes are to know of it."""
    database = Database.open(server.address())
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, at=START, documents_dir=Path("documents"))
    families = [a_family(desk, last_name=f"Famille{letter}") for letter in "abcd"]
    calendar, policy = desk.commune().calendar, desk.commune().policy
    running = calendar.running_days(policy.activity(EVENING), START.date(), calendar.last_covered, False)
    for day in islice(running, 40):
        for activity in (EVENING, MORNING):
            set_capacity(database, activity, day, 1)
    open_session(desk, 100_00, new_operation())
    homes = [[family.dossier_id, family.child_id] for family in families]
    yield desk, {"url": server.address(), "agent": agent_of(desk).agent_id, "families": homes, "at": START.isoformat()}
    database.close()


def _let_work(room: Room, lines: int) -> None:
    """Let the desks say so many lines, those that wait going on at once."""
    for _ in range(lines):
        room.hear()
        room.go_on()


def _all_done_once(desk: Desk, room: Room) -> int:
    """Assert that the base is whole and holds once each gesture acknowledged; return how many gestures were sent."""
    holds(desk, room.paid(), START)
    done = [line["done"] for line in room.lines if "done" in line]
    assert len(set(done)) == len(done)
    return sum("begun" in line for line in room.lines)


def test_a_server_that_crashes_in_the_middle_of_gestures_loses_and_doubles_none(
    server: OwnPostgresql, town: tuple[Desk, dict[str, Any]]
) -> None:
    desk, orders = town
    chance = random.Random(6)  # noqa: S311 (the same moments at each run)
    with desks_at_work(orders, DESKS) as room:
        for crash in range(RESTARTS):
            _let_work(room, chance.randint(5, 15))
            moment = {"statement": chance.randint(1, 40)} if crash % 2 == 0 else {"commit": chance.randint(1, 4)}
            room.order(crash % DESKS, moment)
            while "at" not in room.hear():
                room.go_on()
            if crash % 3 == 2:
                room.go_on()  # the crash falls somewhere after that statement or commit, not before it
            server.stop()
            room.hear_until_all_wait()
            server.start()
            holds(desk, room.paid(), START)  # as it came back: what was in the middle is there whole or not at all
            room.go_on()
        _let_work(room, 20)
    failed = [line for line in room.lines if "failed" in line]
    assert {line["failed"] for line in failed} <= {
        "BASE_INJOIGNABLE",
        "BASE_OCCUPEE",
    }  # lock time-outs behind a desk made to wait
    assert sum(line["operation"] is not None for line in failed) >= RESTARTS, "the crashes fell outside gestures"
    unanswered = sum(line["operation"] is not None for line in failed)
    count(restarts=RESTARTS, gestures=_all_done_once(desk, room), unanswered=unanswered)


def test_connections_cut_while_desks_work_are_opened_again_and_lose_nothing(
    server: OwnPostgresql, town: tuple[Desk, dict[str, Any]]
) -> None:
    desk, orders = town
    chance = random.Random(7)  # noqa: S311 (the same moments at each run)
    states: list[str] = []
    with desks_at_work(orders, DESKS) as room:
        for cut in range(CUTS):
            _let_work(room, chance.randint(3, 9))
            if cut % 2:
                room.order(cut % DESKS, {"statement": chance.randint(1, 40)})
                while "at" not in room.hear():
                    room.go_on()
            states += _cut(server)
            room.go_on()
        _let_work(room, 20)
    assert {"idle in transaction", "active"} & set(states), "no connection was cut in the middle of a gesture"
    failed = [line for line in room.lines if "failed" in line]
    assert {line["failed"] for line in failed} == {"BASE_INJOIGNABLE"}
    assert any(line["sentence"].startswith("La connexion à la base") and line["operation"] for line in failed)
    unanswered = sum(line["operation"] is not None for line in failed)
    count(cuts=len(states), gestures=_all_done_once(desk, room), unanswered=unanswered)


def _cut(server: OwnPostgresql) -> list[str]:
    """Cut every desk's connection, and return what each was doing."""
    with server.connected() as connection:
        rows = connection.execute(
            "SELECT state, pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    return [state or "" for state, _ in rows]
