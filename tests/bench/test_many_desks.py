"""Many desks: no gesture reads a whole table; desks of other processes work at once, through a pgbouncer too, and the books stay right."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection

from bench.desks import Load, Run, run_desks
from bench.plans import ask_all, whole_readings
from bench.pooling import installed, pgbouncer
from bench.town import TINY, make_town
from models.database_errors import DatabaseAddressInvalid
from models.engine import SERVER_SETTINGS, Database
from tests.databases import PostgresqlServer

ONE_PROCESS = Load(desks=3, seconds=0.1, think_s=0.01, processes=1, families=2)
JOINS = ("seqscan", "hashjoin", "mergejoin")


@pytest.fixture(scope="module")
def town(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """The address of a tiny town on PostgreSQL, where rows are looked up by index wherever there is one."""
    with postgresql_server.fresh() as url:
        make_town(url, TINY)
        with psycopg.connect(url, autocommit=True) as connection:
            for how in JOINS:
                connection.execute(f"ALTER DATABASE {connection.info.dbname} SET enable_{how} = off".encode())
        yield url


@pytest.mark.postgresql
def test_no_gesture_and_no_screen_reads_a_whole_table_on_postgresql(town: str) -> None:
    database = Database.open(town)
    found = whole_readings(database, ask_all(database))
    database.close()
    assert not [str(one) for one in found if one.needs_an_index]


def test_no_gesture_and_no_screen_reads_a_whole_table_on_sqlite(tmp_path: Path) -> None:
    url = str(tmp_path / "ville.sqlite3")
    make_town(url, TINY)
    with closing(sqlite3.connect(url)) as file, file:
        file.execute("DELETE FROM sqlite_stat1")  # it believes every table large
    database = Database.open(url)
    found = whole_readings(database, ask_all(database))
    database.close()
    assert not [str(one) for one in found if one.needs_an_index]


@pytest.mark.postgresql
def test_desks_of_another_process_serve_families_and_leave_the_books_right(town: str) -> None:
    _served(run_desks(town, TINY, ONE_PROCESS))


@pytest.mark.postgresql
@pytest.mark.skipif(installed() is None, reason="no pgbouncer on this machine")
def test_through_a_pgbouncer_the_desks_share_two_connections_and_keep_their_guarantees(town: str) -> None:
    with pgbouncer(town, size=2) as through:
        database = Database.open(through)
        assert Database.open(database.url).address == database.address
        for transaction in (database.read, database.write, database.read):
            with transaction() as connection:
                assert _settings(connection) == _of_a_connection(town)
        database.close()
        _served(run_desks(through, TINY, ONE_PROCESS))
        with pytest.raises(DatabaseAddressInvalid, match="pgbouncer=1"):
            Database.open(through.replace("&pgbouncer=1", ""))


def _served(run: Run) -> None:
    assert run.of("cash")
    assert not run.deadlocks
    assert not run.wrong


def _settings(connection: Connection) -> dict[str, object]:
    return {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in SERVER_SETTINGS}


def _of_a_connection(url: str) -> dict[str, object]:
    database = Database.open(url)
    with database.read() as connection:
        found = _settings(connection)
    database.close()
    return found
