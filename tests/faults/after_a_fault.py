"""What every fault is judged by, and the figures it leaves: nothing acknowledged lost, nothing doubled, oversold or out of number."""

import json
import os
import random
import signal
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from models import tables as t
from tests.faults.killed_desk import MAKERS, work_until_killed
from tests.other_desks import processes
from tests.tui_portail.services.books import books_hold
from tui_portail.services.desk import Desk
from tui_portail.services.payment import cash_basket
from tui_portail.services.verification import verify

Line = dict[str, Any]


def asked_for(what: str, few: int) -> int:
    """Return how many faults of a kind to make: `few`, or as many as the environment variable of that name says (`make soak`)."""
    return int(os.environ.get(what, few))


def count(**figures: int) -> None:
    """Add figures to those of the run (`python -m tests.faults` adds them up): what a test that passes has made and found."""
    if kept := os.environ.get("FAULT_FIGURES"):
        with Path(kept).open("a", encoding="utf-8") as file:
            file.write(json.dumps(figures) + "\n")


def holds(desk: Desk, acknowledged: Collection[str], now: datetime) -> None:
    """Assert that the base is whole: verified, its books recomputed, every acknowledged payment there with its quittance, none twice."""
    assert verify(desk).findings == ()
    books_hold(desk.database, now)
    with desk.database.read() as connection:
        payments = list(connection.scalars(select(t.payment.c.id)))
        quittances = list(connection.scalars(select(t.quittance.c.payment_id)))
        operations = list(connection.scalars(select(t.audit_event.c.operation_id)))
    assert set(acknowledged) <= set(payments), "an acknowledged payment is missing"
    assert sorted(payments) == sorted(quittances)
    assert len(set(operations)) == len(operations), "a gesture was done twice"


def unfinished(told: list[Line]) -> Line | None:
    """Return the gesture that was begun and neither answered nor refused, if the desk stopped in the middle of one."""
    done = {line["done"] for line in told if "done" in line}
    begun = [line for line in told if "begun" in line and line["begun"] not in done]
    if not begun or "refused" in told[-1]:
        return None
    return begun[-1]


def work_until_death(orders: dict[str, Any], seed: int) -> list[Line]:
    """Let a desk work in another process until it dies, at a moment that the seed says, and return what it said."""
    chance = random.Random(seed * 7919 + 1)  # noqa: S311 (the same moments for a seed)
    moment = ("statement", "statement", "commit", "answer", "watched")[seed % 5]
    steps = {"statement": chance.randint(60, 400), "commit": chance.randint(4, 25), "answer": chance.randint(3, 15)}
    dies = {} if moment == "watched" else {moment: steps[moment]}
    lines: list[Line] = []
    context = processes()
    ears, mouth = context.Pipe(duplex=False)
    process = context.Process(target=work_until_killed, args=(orders | {"seed": seed, "dies": dies}, mouth))
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


def sent_again_is_paid_once(desk: Desk, begun: Line) -> None:
    """The screen that never had its answer sends the same gesture again: it is done once, whether it had been or not."""
    if begun["gesture"] != "encaisser":
        return
    tenders = [MAKERS[begun["means"]](begun["due"])] if begun["due"] else []
    cashed = cash_basket(desk, begun["basket"], tenders, begun["begun"])
    assert cash_basket(desk, begun["basket"], tenders, begun["begun"]) == cashed
    with desk.database.read() as connection:
        paid = select(func.count()).where(t.payment.c.basket_id == begun["basket"], t.payment.c.corrects_id.is_(None))
        assert connection.scalar(paid) == 1
    assert verify(desk).findings == ()


def said(told: list[Line]) -> Counter[str]:
    """Count what desks said: gestures begun, done, refused."""
    return Counter(word for line in told for word in ("begun", "done", "refused") if word in line)
