"""Opening a month of a family's planning, as the screen does, in a large town and in a small one, in turn."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from bench.table import Figure
from bench.timing import in_turn, median_ratio, percentile, statements_of
from bench.town import NOW, Town
from models.engine import Database
from tui_portail.planning import PlanningSnapshot
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import Desk, SignedAgent
from tui_portail.services.planning import load_planning
from tui_portail.services.rights import Role

FIRST_DAY, LAST_DAY = date(2027, 1, 1), date(2027, 1, 31)
READ_AHEAD = timedelta(weeks=5)  # what the screen reads beyond the month, so that copying a week forward asks nothing


def town_desk(database: Database) -> Desk:
    """Return a desk of both services in a town just filled."""
    desk = Desk(database, Path(tempfile.gettempdir()) / "mesures", FixedClock(database, NOW))
    desk.sign(SignedAgent(1, "mesures", "Camille Roux", frozenset({Role.ENFANCE, Role.COMPTABILITE})))
    return desk


def measure_month(large: tuple[Database, Town], small: tuple[Database, Town], rounds: int) -> list[Figure]:
    """Open the month of `rounds` families of each town, never the same twice running, two children at two sites each."""
    desks = [town_desk(database) for database, _ in (large, small)]
    families = [town.families_with_two_children(rounds) for _, town in (large, small)]

    def opening(which: int, last_day: date = LAST_DAY) -> Callable[[int], PlanningSnapshot]:
        ids = families[which]
        return lambda number: load_planning(desks[which], ids[number % len(ids)], FIRST_DAY, last_day)

    times_large, times_small, times_ahead = in_turn([opening(0), opening(1), opening(0, LAST_DAY + READ_AHEAD)], rounds)
    with statements_of(large[0]) as sent:
        snapshot = opening(0)(rounds // 2)
    busy = sum(len(day.counts) for day in snapshot.places.values())
    among, among_few = (f"{town.bookings:,}".replace(",", " ") for _, town in (large, small))
    return [
        Figure(f"a month among {among} bookings ({busy} slots counted), median", median(times_large), "ms", 15),
        Figure("the same, 95 %", percentile(times_large, 0.95), "ms"),
        Figure("the same, at its best (the machine left alone)", min(times_large), "ms"),
        Figure("with the five weeks read ahead, median", median(times_ahead), "ms"),
        Figure("statements", len(sent), "", 10),
        Figure(f"its time to that among {among_few}", median_ratio(times_large, times_small), "×", 1.5),
    ]
