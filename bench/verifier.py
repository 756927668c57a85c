"""The whole verifier over a journal of payments made by the program itself: entries a second, and whether memory grows with their number.

The town around it was filled without payments, which the verifier says of it: the same findings must come back, and none of the journal.
"""

from __future__ import annotations

import tracemalloc

from bench.cashing import Baskets, baskets_on_hold
from bench.planning_month import town_desk
from bench.table import Figure
from bench.timing import milliseconds
from bench.town import NOW, Town
from models.engine import Database
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.findings import Finding
from tui_portail.services.payment import cash_basket
from tui_portail.services.verification import findings_of

LINES = 4


def measure_verifier(database: Database, town: Town, entries: int) -> list[Figure]:
    """Cash `entries` baskets and verify the chain, then as many again. Two batches are in memory at most: take 1 000 and more."""
    desk = town_desk(database)
    baskets = baskets_on_hold(database, town)
    _cash(desk, baskets, entries)
    taken, few = _verify(desk), _peak(desk)
    _cash(desk, baskets, entries)
    taken_more, many = _verify(desk), _peak(desk)
    return [
        Figure(f"entries verified a second, of {taken[0]}", taken[0] / taken[1] * 1000, ""),
        Figure(f"entries verified a second, of {taken_more[0]}", taken_more[0] / taken_more[1] * 1000, ""),
        Figure(f"memory at its highest, for {taken[0]} entries", few, "kB"),
        Figure(f"memory for {taken_more[0]} entries, to that", many / few, "×", 1.25),
    ]


def _cash(desk: Desk, baskets: Baskets, count: int) -> None:
    for _ in range(count):
        basket_id, _ids = baskets(LINES)
        cash_basket(desk, basket_id, [Tender(Means.CARD, LINES * 250, references={"terminal": "7"})], new_operation())


def _verify(desk: Desk) -> tuple[int, float]:
    with desk.database.read() as connection:
        entries = int(connection.exec_driver_sql("SELECT last_seq FROM journal_head").scalar_one())
        findings: list[Finding] = []
        taken = milliseconds(lambda: findings.extend(findings_of(connection, NOW)))
    wrong = [finding for finding in findings if finding.table not in ("basket", "booking")]
    assert not wrong, wrong[0]
    return entries, taken


def _peak(desk: Desk) -> float:
    """Return the memory that verifying takes at its highest, kB."""
    with desk.database.read() as connection:
        tracemalloc.start()
        for _ in findings_of(connection, NOW):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return peak / 1024
