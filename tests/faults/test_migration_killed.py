"""Two processes migrate at once and the first is killed in the middle: the second waits, then does it all."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from models.engine import Database
from models.migrate import migrate
from models.states import DatabaseKind
from tests.faults.killed_migration import migrate_until
from tests.other_desks import processes

PATIENCE_S = 60.0
IN_THE_MIDDLE = 150  # of some three hundred statements


@pytest.mark.race
def test_a_migration_killed_in_the_middle_is_done_by_the_one_that_waited(empty_url: str) -> None:
    context = processes()
    ours, theirs = context.Pipe()
    first = context.Process(target=migrate_until, args=(empty_url, IN_THE_MIDDLE, theirs))
    first.start()
    theirs.close()
    try:
        assert ours.recv() == "there"
        with ThreadPoolExecutor(1) as waiting:
            second = waiting.submit(migrate, empty_url, DatabaseKind.TEST)
            first.kill()
            report = second.result(PATIENCE_S)
    finally:
        first.kill()
        first.join()
    assert report.created
    Database.open(empty_url).close()
