"""The machine loses its power: SQLite's files hold what was synced and chance's share of the rest, and nothing acknowledged is missing.

The desk works in a process that logs its writes (`written_disk.py`) until it is killed; the cut falls at its death or at any write before.
The next desk works on what a cut left. 12 cuts in `make test`, more by POWER_CUTS. PostgreSQL's own log cannot be watched this way:
docs/reliability.md says what its settings must be.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from models.engine import Database
from tests.databases import SqliteTemplate
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
from tests.faults.power_cuts import Disk, said_before, write_down
from tests.faults.written_disk import Record, logged_records, sqlite_library
from tests.tui_portail.services.desk_acts import agent_of
from tui_portail.services.desk import new_operation
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session

POWER_CUTS = asked_for("POWER_CUTS", 12)
CUTS_A_DESK = 4
START = paris("2026-12-01 08:30")
OFTEN = "PRAGMA wal_autocheckpoint = 60"  # pages: by default a short test would never see the log go back into the file

pytestmark = pytest.mark.skipif(
    sqlite_library() is None, reason="this Python's SQLite does not show its symbols: its writes cannot be logged"
)


@pytest.fixture
def world(sqlite_template: SqliteTemplate, tmp_path: Path) -> dict[str, object]:
    """A base alone in its folder, closed, with a till open and four families; what a desk of another process is to know of it."""
    folder = tmp_path / "monde"
    folder.mkdir()
    database = Database.open(sqlite_template.fresh(folder))
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, at=START)
    families = [a_family(desk, last_name=f"Famille{letter}") for letter in "abcd"]
    open_session(desk, 100_00, new_operation())
    database.close()
    [file] = folder.iterdir()
    homes = [[family.dossier_id, family.child_id] for family in families]
    return {"url": str(file), "agent": agent_of(desk).agent_id, "families": homes}


def _cuts(
    records: list[Record], before: dict[str, bytes], cuts: int, chance: random.Random
) -> Iterator[tuple[int, dict[str, bytes]]]:
    """Give what each cut leaves, and after how many records it falls: the last one at the desk's death."""
    disk, ends = Disk(before), sorted({len(records), *(chance.randint(1, len(records)) for _ in range(cuts - 1))})
    for place, record in enumerate(records, start=1):
        if record[0] != "said":
            disk.follow(record)
        if place in ends:
            yield place, disk.after_a_power_cut(chance)


def _work_logged(world: dict[str, object], round_: int, *pragmas: str) -> tuple[list[Record], dict[str, bytes]]:
    """Let a desk work on the base until it dies; return what it wrote, and the files as they were before."""
    file = Path(str(world["url"]))
    log, before = (
        file.parent.with_name(f"journal-{round_}"),
        {path.name: path.read_bytes() for path in file.parent.iterdir()},
    )
    at = START + timedelta(minutes=2 * round_)
    work_until_death(world | {"at": at.isoformat(), "log": str(log), "pragmas": [OFTEN, *pragmas]}, round_)
    return list(logged_records(log)), before


def test_a_power_cut_at_any_write_loses_nothing_acknowledged(world: dict[str, object], tmp_path: Path) -> None:
    acknowledged: list[str] = []
    made = gestures = unfinished_ones = checkpoints = 0
    name = Path(str(world["url"])).name
    for round_ in range(max(1, POWER_CUTS // CUTS_A_DESK)):
        at, chance = START + timedelta(minutes=2 * round_), random.Random(round_)  # noqa: S311 (the same cuts at each run)
        records, before = _work_logged(world, round_)
        checkpoints += sum(record[:2] == ("synced", name) for record in records)
        for place, files in _cuts(records, before, CUTS_A_DESK, chance):
            folder = tmp_path / f"retour-{made}"
            write_down(files, folder)
            told = said_before(records[:place])
            paid = acknowledged + [str(line["payment"]) for line in told if line.get("payment")]
            database = Database.open(str(folder / name))
            desk = a_desk_of(database, int(str(world["agent"])), at)
            holds(desk, paid, at)
            if begun := unfinished(told):
                unfinished_ones += 1
                sent_again_is_paid_once(desk, begun)
            database.close()
            made += 1
        gestures += said(told)["begun"]
        acknowledged, world["url"] = paid, str(folder / name)  # the town goes on with what the last cut left
    assert unfinished_ones > made // 3, "cuts fell outside gestures"
    assert checkpoints, "the log never went back into the file"
    count(power_cuts=made, gestures=gestures, unanswered=unfinished_ones)


def test_without_syncs_a_power_cut_does_lose_payments(world: dict[str, object], tmp_path: Path) -> None:
    """The control: the same cuts, with what SQLite does by default for those who ask it to be fast."""
    records, before = _work_logged(world, 3, "PRAGMA synchronous = OFF")
    lost = damaged = 0
    for place, files in _cuts(records, before, 8, random.Random(0)):  # noqa: S311
        folder = tmp_path / f"perdue-{place}"
        write_down(files, folder)
        paid = {str(line["payment"]) for line in said_before(records[:place]) if line.get("payment")}
        with closing(sqlite3.connect(folder / Path(str(world["url"])).name)) as file:
            try:
                lost += not paid <= {payment for (payment,) in file.execute("SELECT id FROM payment")}
            except sqlite3.DatabaseError:
                damaged += 1
    assert lost, f"the cuts of this test take no payment away ({damaged} files damaged): they prove nothing"
