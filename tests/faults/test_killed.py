"""A desk killed (SIGKILL) at any moment: what it acknowledged is there, what it did not is there whole or not at all, once.

20 kills in `make test`, half on each engine; `make soak` makes 200 (KILLS=200).
"""

import os
import random
import signal
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, a_family, paris
from tests.faults.killed_desk import MAKERS, a_desk_of, work_until_killed
from tests.other_desks import processes
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import agent_of
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session
from tui_portail.services.verification import verify

KILLS = int(os.environ.get("KILLS", "20")) // 2  # on each engine
START = paris("2026-12-01 08:30")


def test_a_desk_killed_at_any_moment_loses_nothing_it_acknowledged(database_url: str) -> None:
    database = Database.open(database_url)
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, at=START)
    families = [a_family(desk, last_name=f"Famille{letter}") for letter in "abcd"]
    open_session(desk, 100_00, new_operation())
    homes = [[family.dossier_id, family.child_id] for family in families]
    acknowledged: list[str] = []
    ends: Counter[str] = Counter()
    for kill in range(KILLS):
        at = START + timedelta(minutes=2 * kill)
        told = _work_until_killed(database_url, agent_of(desk).agent_id, homes, kill, at)
        done = {line["done"] for line in told if "done" in line}
        acknowledged += [line["payment"] for line in told if line.get("payment")]
        begun = [line for line in told if "begun" in line and line["begun"] not in done]
        refused = bool(told) and "refused" in told[-1]
        ends["unfinished" if begun and not refused else "between two"] += 1
        after = a_desk_of(database, agent_of(desk).agent_id, at)
        assert verify(after).findings == ()
        books_hold(database, at)
        _all_there(database, acknowledged)
        if begun and not refused and begun[-1]["gesture"] == "encaisser":
            _sent_again_is_paid_once(after, begun[-1])
            assert verify(after).findings == ()
    assert ends["unfinished"] > KILLS // 3, f"kills fell outside gestures: {ends}"
    assert len(acknowledged) > KILLS
    database.close()


def _work_until_killed(
    url: str, agent_id: int, homes: list[list[int]], seed: int, at: datetime
) -> list[dict[str, Any]]:
    """Let a desk work in another process until it dies, and return what it said."""
    chance = random.Random(seed * 7919 + 1)  # noqa: S311 (the same moments for a seed)
    moment = ("statement", "statement", "commit", "answer", "watched")[seed % 5]
    count = {"statement": chance.randint(60, 400), "commit": chance.randint(4, 25), "answer": chance.randint(3, 15)}
    orders = {
        "url": url,
        "agent": agent_id,
        "families": homes,
        "seed": seed,
        "at": at.isoformat(),
        "dies": {} if moment == "watched" else {moment: count[moment]},
    }
    lines: list[dict[str, Any]] = []
    context = processes()
    ears, mouth = context.Pipe(duplex=False)
    process = context.Process(target=work_until_killed, args=(orders, mouth))
    process.start()
    mouth.close()  # ours: the end is known when nobody holds it
    left = chance.randint(4, 25)
    with suppress(EOFError):
        while True:
            lines.append(ears.recv())
            left -= "begun" in lines[-1]
            if moment == "watched" and left == 0:
                process.kill()  # whatever it is doing now
    process.join()
    ears.close()
    assert process.exitcode == -signal.SIGKILL, lines[-1:]
    return lines


def _all_there(database: Database, acknowledged: list[str]) -> None:
    with database.read() as connection:
        payments = set(connection.scalars(select(t.payment.c.id)))
        quittances = set(connection.scalars(select(t.quittance.c.payment_id)))
    assert set(acknowledged) <= payments, "an acknowledged payment is missing"
    assert payments == quittances


def _sent_again_is_paid_once(desk: Desk, begun: dict[str, Any]) -> None:
    """The screen that never had its answer sends the same gesture again: it is done once, whether it had been or not."""
    tenders = [MAKERS[begun["means"]](begun["due"])] if begun["due"] else []
    cashed = cash_basket(desk, begun["basket"], tenders, begun["begun"])
    assert cash_basket(desk, begun["basket"], tenders, begun["begun"]) == cashed
    with desk.database.read() as connection:
        paid = select(func.count()).where(t.payment.c.basket_id == begun["basket"], t.payment.c.corrects_id.is_(None))
        assert connection.scalar(paid) == 1
