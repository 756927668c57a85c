"""A desk killed (SIGKILL) at any moment: what it acknowledged is there, what it did not is there whole or not at all, once.

10 kills in `make test`, half on each engine; `make soak` makes 200 (KILLS).
"""

from collections import Counter
from datetime import timedelta

from models.engine import Database
from tests.factories import a_desk, a_family, paris
from tests.faults.after_a_fault import (
    asked_for,
    count,
    holds,
    said,
    sent_again_is_paid_once,
    unfinished,
    work_until_death,
)
from tests.faults.killed_desk import a_desk_of
from tests.tui_portail.services.desk_acts import agent_of
from tui_portail.services.desk import new_operation
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session

KILLS = asked_for("KILLS", 10) // 2  # on each engine
START = paris("2026-12-01 08:30")


def test_a_desk_killed_at_any_moment_loses_nothing_it_acknowledged(database_url: str) -> None:
    database = Database.open(database_url)
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, at=START)
    families = [a_family(desk, last_name=f"Famille{letter}") for letter in "abcd"]
    open_session(desk, 100_00, new_operation())
    agent_id = agent_of(desk).agent_id
    homes = [[family.dossier_id, family.child_id] for family in families]
    acknowledged: list[str] = []
    ends: Counter[str] = Counter()
    gestures = 0
    for kill in range(KILLS):
        at = START + timedelta(minutes=2 * kill)
        orders = {"url": database_url, "agent": agent_id, "families": homes, "at": at.isoformat()}
        told = work_until_death(orders, kill)
        gestures += said(told)["begun"]
        acknowledged += [line["payment"] for line in told if line.get("payment")]
        begun = unfinished(told)
        ends["unfinished" if begun else "between two"] += 1
        after = a_desk_of(database, agent_id, at)
        holds(after, acknowledged, at)
        if begun:
            sent_again_is_paid_once(after, begun)
    assert ends["unfinished"] > KILLS // 3, f"kills fell outside gestures: {ends}"
    assert len(acknowledged) > KILLS
    count(kills=KILLS, gestures=gestures, unanswered=ends["unfinished"])
    database.close()
