"""What the verifier asks of the database grows with the journal, not with its square: else a large base could not be verified at all."""

import re
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench.regie_year import RegieYear
from bench.town import TINY, make_town
from models.engine import Database
from tui_portail.services.verification import findings_of

STEPS = 100  # of SQLite's machine, between two counts: the same at each run, whatever the machine
WEIGHTY = 150


def test_four_times_more_entries_take_four_times_more_steps_whatever_the_query(tmp_path: Path) -> None:
    url = str(tmp_path / "annee.sqlite3")
    town = make_town(url, TINY)
    database = Database.open(url)
    year = RegieYear(database, town, entries_a_day=30)
    year.live(150)
    few = _steps_of(year)
    year.live(600)
    many = _steps_of(year)
    database.close()

    assert year.days > 15, "there are as many more sessions, slips and closings"
    worse = {query: (few[query], steps) for query, steps in many.items() if steps > max(WEIGHTY, 7 * few[query])}
    assert worse == {}


def _steps_of(year: RegieYear) -> Counter[str]:
    """Count the steps of each query of the verifier, lists of values taken as one."""
    counted: Counter[str] = Counter()
    running = [""]

    def count() -> int:
        counted[running[0]] += 1
        return 0

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        running[0] = re.sub(r"\?(, \?)+", "?", statement)

    with year.database.read() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_progress_handler(count, STEPS)
        event.listen(connection.engine, "before_cursor_execute", note)
        found = {finding.table for finding in findings_of(connection, year.now)}
        event.remove(connection.engine, "before_cursor_execute", note)
    assert found <= {"basket", "booking"}, "what the town's own bookings lack"
    return counted
