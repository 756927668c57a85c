"""Opening a planning or the queue reads no table whole, whatever SQLite knows of their sizes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from bench.planning_month import town_desk
from bench.town import TINY, make_town
from models.engine import Database
from tui_portail.services.planning import load_planning
from tui_portail.services.queue import list_queue

LARGE = ("booking", "basket", "slot", "child", "payer", "avoir", "avoir_use", "schooling", "alsh_enrolment")


@pytest.mark.parametrize("analysed", [True, False])
def test_opening_a_month_searches_by_index_every_table_that_grows(tmp_path: Path, analysed: bool) -> None:
    def open_month(database: Database) -> None:
        load_planning(town_desk(database), 1, date(2026, 11, 1), date(2026, 12, 31))  # where a tiny town has its slots

    plans = _plans_of(open_month, tmp_path, analysed)
    assert any("COVERING INDEX ix_booking_slot_live" in step for step in plans), (
        "places are counted from the index alone"
    )
    assert not _scans(plans)


@pytest.mark.parametrize("analysed", [True, False])
def test_the_queue_is_read_from_the_open_baskets_alone(tmp_path: Path, analysed: bool) -> None:
    plans = _plans_of(lambda database: list_queue(town_desk(database)), tmp_path, analysed)
    read = [step for step in plans if step.split()[1] == "basket"]
    assert read, plans
    assert all("ix_basket_open" in step for step in read), read
    assert not [step for step in _scans(plans) if "ix_basket_open" not in step]


def _plans_of(act: Callable[[Database], object], folder: Path, analysed: bool) -> list[str]:
    """Return the steps of the plan of every query the act sends, in a tiny town."""
    url = str(folder / "ville.sqlite3")
    make_town(url, TINY)
    database = Database.open(url)
    if not analysed:
        with database.write() as connection:
            connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    sent: list[tuple[str, tuple[object, ...]]] = []

    def note(_connection: Connection, _cursor: object, statement: str, values: tuple[object, ...], *_: object) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, values))

    event.listen(database._reader, "before_cursor_execute", note)
    act(database)
    asked = list(sent)
    with database.read() as connection:
        plans = [
            row[3]
            for statement, values in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    database.close()
    return plans


def _scans(plans: list[str]) -> list[str]:
    return [step for step in plans if step.startswith("SCAN") and step.split()[1] in LARGE]
