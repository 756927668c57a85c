"""The disk is full: gestures are refused with its sentence, nothing is half-written, and the same gesture passes once there is room."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import event, text

from models.database_errors import DatabaseFull, DatabaseUnreachable
from models.engine import Database
from tests.databases import PostgresqlServer, SqliteTemplate
from tests.factories import a_desk, a_family
from tests.faults.after_a_fault import holds
from tests.faults.small_disks import SmallDisk, small_disk
from tests.own_servers import own_postgresql
from tests.tui_portail.services.desk_acts import EVENING, MORNING, add, card, clock_of, row_counts
from tui_portail.payment_rules import Tender
from tui_portail.printing import DocumentNotWritten
from tui_portail.services.baskets import load_basket
from tui_portail.services.booking import finish_changes
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.quittances import print_quittance
from tui_portail.services.sale import CashedBasket

MANY = 150  # gestures that no disk of these tests has room for


class Worker:
    """A desk that books and cashes days one by one, and knows the gesture that was refused."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.family = a_family(desk)
        self.payments: list[str] = []
        calendar, policy = desk.commune().calendar, desk.commune().policy
        running = calendar.running_days(policy.activity(EVENING), desk.now().date(), calendar.last_covered, False)
        self.cells = iter([(activity, day) for day in islice(running, 4, 200) for activity in (EVENING, MORNING)])

    def acts(self) -> Iterator[Callable[[], Any]]:
        """Give gestures, each with its operation id kept: to do now, and again."""
        for activity, day in self.cells:
            changes, operation = add(self.family.child_id, activity, day), new_operation()
            book = partial(finish_changes, self.desk, self.family.dossier_id, changes, operation)
            yield book
            [basket] = book().baskets  # the same answer again
            tenders = [card(load_basket(self.desk, basket.basket_id).due_cents)]
            yield partial(self.pay, basket.basket_id, tenders, new_operation())

    def pay(self, basket_id: int, tenders: list[Tender], operation: str) -> CashedBasket:
        cashed = cash_basket(self.desk, basket_id, tenders, operation)
        self.payments.append(cashed.payment_id)
        return cashed

    def work_until_full(self) -> Callable[[], Any]:
        """Do gestures until one is refused for want of room, nothing of it kept; return how to send it again."""
        for act in islice(self.acts(), MANY):
            before = row_counts(self.desk.database)
            try:
                act()
            except DatabaseFull as full:
                assert "est plein" in full.sentence and "Libérez de la place" in full.sentence
                assert row_counts(self.desk.database) == before
                return act
        pytest.fail("the disk of this test is never full")

    def holds(self) -> None:
        holds(self.desk, self.payments, clock_of(self.desk).instant)


def goes_on(worker: Worker, refused: Callable[[], Any], give_room: Callable[[], None]) -> None:
    """Assert that the base is whole while the disk is full, that the gesture passes once there is room, and the next ones."""
    worker.holds()
    with pytest.raises(DatabaseFull):
        refused()
    give_room()
    assert refused() == refused()
    for act in islice(worker.acts(), 4):
        act()
    worker.holds()


def test_a_file_that_may_not_grow_any_more(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    database = Database.open(sqlite_template.fresh(tmp_path))
    worker = Worker(a_desk(database))
    limits = {"now": 0}
    event.listen(
        database.engine,
        "begin",
        lambda connection: (
            connection.exec_driver_sql(f"PRAGMA max_page_count = {limits['now']}") if limits["now"] else None
        ),
    )
    with database.read() as connection:
        limits["now"] = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 4

    def give_room() -> None:
        limits["now"] = 1_000_000

    goes_on(worker, worker.work_until_full(), give_room)
    database.close()


def test_a_disk_with_no_room_left_for_the_file(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disque", 12) as disk:
        database = Database.open(sqlite_template.fresh(disk.folder))
        worker = Worker(a_desk(database))
        next(worker.acts())()
        disk.fill(left=300_000)
        goes_on(worker, worker.work_until_full(), disk.give_room)
        database.close()
        disk.fill()  # its log and its index are to be made when a desk opens it
        with pytest.raises(DatabaseFull):
            Database.open(database.url)
        disk.give_room()
        Database.open(database.url).close()


@contextmanager
def on_a_small_disk(server: PostgresqlServer, disk: SmallDisk) -> Iterator[str]:
    """Give the address of a migrated database of the server, on that disk."""
    space = f"petit_{uuid4().hex[:8]}"
    place = disk.folder / "pg"
    place.mkdir()
    with psycopg.connect(server.uri, autocommit=True) as administrator:
        [data] = administrator.execute("SHOW data_directory").fetchone() or ("",)
        owner = Path(data).stat()

        for folder in (disk.folder, place):
            os.chown(folder, owner.st_uid, owner.st_gid)
        administrator.execute(f"CREATE TABLESPACE {space} LOCATION '{place}'".encode())
        with server.fresh() as url:
            name = url.split("/")[3].split("?")[0]
            administrator.execute(f"ALTER DATABASE {name} SET TABLESPACE {space}".encode())
            yield url
        administrator.execute(f"DROP TABLESPACE {space}".encode())


@pytest.mark.postgresql
def test_a_server_with_no_room_left_for_its_tables(
    postgresql_server: PostgresqlServer, new_homes: Iterator[Path]
) -> None:
    with small_disk(_for_all(), 60) as disk, on_a_small_disk(postgresql_server, disk) as url:
        database = Database.open(url)
        worker = Worker(a_desk(database))
        disk.fill()
        refused = worker.work_until_full()
        goes_on(worker, refused, disk.give_room)
        database.close()


@pytest.mark.postgresql
@pytest.mark.skipif("RESTARTS" not in os.environ, reason="a server of its own: `make soak`")
def test_a_server_with_no_room_left_for_its_log_stops_and_comes_back() -> None:
    """PostgreSQL stops at once where it cannot write its log: whether the commit is there, nobody knows before it starts again."""
    with own_postgresql("wal_recycle = off") as server, small_disk(_for_all(), 80) as disk:
        server.stop("fast")
        log, there = server.folder / "data" / "pg_wal", disk.folder / "pg_wal"
        shutil.copytree(log, there)
        shutil.rmtree(log)
        owner = (server.folder / "data").stat()
        for path in (disk.folder, there, *there.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)
        log.symlink_to(there)
        server.start()
        database = Database.open(server.address())
        worker = Worker(a_desk(database))
        disk.fill()
        lost = None
        for act in islice(worker.acts(), MANY):
            try:
                act()
                with suppress(psycopg.Error), server.connected() as administrator:
                    administrator.execute(
                        "SELECT pg_switch_wal()"
                    )  # each file of the log is 16 MB: a desk would be long to fill one
            except DatabaseUnreachable as failure:
                lost = act
                assert "est plein" not in failure.sentence
                break
        assert lost is not None
        disk.give_room()
        server.start_again()
        assert lost() == lost()
        worker.holds()
        database.close()
        server.stop("fast")  # before its disk is taken away


def _for_all() -> Path:
    """A folder that the server's own account can reach, unlike pytest's."""
    return Path("/dev/shm") / f"portail-disque-{uuid4().hex[:8]}"  # noqa: S108


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", ["audit_event", "posting"])
def test_a_server_that_says_that_its_disk_is_full(database: Database, table: str) -> None:
    """The same said by a trigger, for where no disk can be mounted: at the first row of a table, after others were written."""
    worker = Worker(a_desk(database))
    with database.write() as connection:
        connection.execute(text(FULL))
        connection.execute(text(f"CREATE TRIGGER plein BEFORE INSERT ON {table} EXECUTE FUNCTION plein()"))

    def give_room() -> None:
        with database.write() as connection:
            connection.execute(text(f"DROP TRIGGER plein ON {table}"))

    with patch("tui_portail.services.verification.check_guards", lambda _: iter(())):  # the trigger is this test's own
        goes_on(worker, worker.work_until_full(), give_room)


FULL = """
CREATE FUNCTION plein() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
"""


def test_a_paper_that_finds_no_room_leaves_its_payment_and_is_printed_later(database: Database, tmp_path: Path) -> None:
    with small_disk(tmp_path / "documents", 1) as disk:
        desk = a_desk(database, documents_dir=disk.folder / "papiers")
        worker = Worker(desk)
        *_, pay = islice(worker.acts(), 2)
        cashed = pay()
        disk.fill()
        with pytest.raises(DocumentNotWritten) as refused:
            print_quittance(desk, cashed.quittance_id, new_operation())
        assert "le disque est plein" in refused.value.sentence
        assert "L’opération est enregistrée et le document peut être réimprimé" in refused.value.sentence
        assert [path for path in disk.folder.rglob("*") if path.is_file()] == [disk.folder / "remplissage"]
        worker.holds()
        disk.give_room()
        assert print_quittance(desk, cashed.quittance_id, new_operation()).path.stat().st_size > 1000
