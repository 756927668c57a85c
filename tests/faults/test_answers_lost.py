"""A server goes away in every way it can, and the answer of a commit is lost: nobody knows whether it was done, but its operation id."""

import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from sqlalchemy import func, insert, select, text

from models import tables as t
from models.addresses import DatabaseAddress
from models.database_errors import DatabaseUnreachable
from models.driver_errors import failure_of
from models.engine import Database
from tests.factories import a_desk, a_family
from tests.faults.after_a_fault import holds
from tests.tui_portail.services.desk_acts import EVENING, THURSDAY, add, card, clock_of, hold
from tui_portail.services.baskets import BasketAlreadyPaid
from tui_portail.services.desk import new_operation
from tui_portail.services.payment import cash_basket

ON_A_SERVER = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
ADDRESS = DatabaseAddress.parse("postgresql://agent@serveur/mairie")


@pytest.mark.parametrize(
    "state",
    ["57P01", "57P02", "57P03", "57P05", "08000", "08001", "08003", "08006", "08P01", "25P03", "40003", "58030"],
)
def test_a_server_that_says_it_goes_away_is_said_to_be_lost(state: str) -> None:
    failure = failure_of(
        psycopg.errors.lookup(state)("terminating connection") if state != "57P05" else _of_state(state), ADDRESS
    )
    assert isinstance(failure, DatabaseUnreachable)


def _of_state(state: str) -> Exception:
    found = psycopg.OperationalError("idle session timeout")
    found.sqlstate = state
    return found


@pytest.mark.parametrize(
    "words",
    [
        "server closed the connection unexpectedly",
        "SSL connection has been closed unexpectedly",
        "consuming input failed: Connection reset by peer",
        "the connection is closed",
        "connection failed: connection to server at 127.0.0.1, port 5432 failed: Connection refused",
        "connection failed: FATAL:  the database system is starting up",
        "connection failed: FATAL:  the database system is not yet accepting connections",
        "connection failed: FATAL:  the database system is in recovery mode",
        "connection failed: FATAL:  the database system is shutting down",
    ],
)
@pytest.mark.parametrize("lost", [False, True])
def test_a_server_gone_without_a_code_is_said_to_be_lost(words: str, lost: bool) -> None:
    assert isinstance(failure_of(psycopg.OperationalError(words), ADDRESS, lost=lost), DatabaseUnreachable)
    assert isinstance(failure_of(psycopg.InterfaceError(words), ADDRESS, lost=lost), DatabaseUnreachable)


@pytest.mark.parametrize("state", ["53100", "58030", "57014", "25006", "XX000"])
@pytest.mark.parametrize("ended", ["PANIC", "FATAL", "closed"])
def test_what_a_server_said_as_it_stopped_is_not_taken_for_nothing_kept(state: str, ended: str) -> None:
    error = psycopg.errors.lookup(state)("could not write to file pg_wal/xlogtemp: No space left on device")
    assert "perdue" not in str(failure_of(error, ADDRESS))
    with patch.object(type(error), "diag", SimpleNamespace(severity_nonlocalized=ended)):
        failure = failure_of(error, ADDRESS, lost=ended == "closed")
    assert isinstance(failure, DatabaseUnreachable) and "ne le sera pas deux fois" in failure.sentence


def test_a_file_whose_sync_fails_is_not_said_to_have_kept_nothing() -> None:
    for code, words in (("FSYNC", "ne le sera pas deux fois"), ("WRITE", "rien n’a été enregistré")):
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = getattr(sqlite3, f"SQLITE_IOERR_{code}")
        failure = failure_of(error, DatabaseAddress.parse("portail.sqlite"))
        assert failure is not None and words in failure.sentence


@contextmanager
def a_server_that_starts_up() -> Iterator[int]:
    """A port where a server answers as PostgreSQL does while it recovers from a crash."""
    fields = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
    answer = b"E" + (len(fields) + 4).to_bytes(4, "big") + fields
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def refuse() -> None:
            taken, _ = listening.accept()
            with taken:
                taken.recv(4096)
                taken.sendall(answer)

        thread = threading.Thread(target=refuse)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_a_server_that_starts_up_is_said_not_to_answer() -> None:
    with a_server_that_starts_up() as port, pytest.raises(DatabaseUnreachable, match="ne répond pas"):
        Database.open(f"postgresql://agent@127.0.0.1:{port}/portail?sslmode=disable&gssencmode=disable")


@pytest.mark.postgresql
@ON_A_SERVER
def test_a_connection_cut_within_a_savepoint_is_said_to_be_lost(database: Database) -> None:
    with (
        pytest.raises(DatabaseUnreachable, match="est perdue"),
        database.write() as connection,
        connection.begin_nested(),
    ):
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        with database.write() as other:
            other.execute(text(f"SELECT pg_terminate_backend({pid})"))
        connection.execute(insert(t.site).values(code="B", name="B"))


@contextmanager
def answer_of_the_commit_lost(database: Database, *, committed: bool) -> Iterator[list[object]]:
    """Lose the connection at the next commits, just after the server did it or just before; gives those that were asked."""
    dialect: Any = database.engine.dialect
    commit: Callable[[Any], None] = dialect.do_commit
    asked: list[object] = []

    def lose(connection: Any) -> None:
        asked.append(connection)
        if committed:
            commit(connection)
        connection.driver_connection.pgconn.finish() if hasattr(
            connection, "driver_connection"
        ) else connection.pgconn.finish()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    dialect.do_commit = lose
    try:
        yield asked
    finally:
        dialect.do_commit = commit


@pytest.mark.postgresql
@ON_A_SERVER
@pytest.mark.parametrize("committed", [True, False])
def test_a_payment_whose_commit_was_not_answered_is_found_again_by_its_operation(
    database: Database, committed: bool
) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    tenders, operation = [card(basket.due_cents)], new_operation()
    with answer_of_the_commit_lost(database, committed=committed) as asked:
        with pytest.raises(DatabaseUnreachable, match="ne le sera pas deux fois"):
            cash_basket(desk, basket.basket_id, tenders, operation)
        assert len(asked) == 1, "what may be done is not done again without its operation id"
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(t.payment)) == committed
    if committed:
        with pytest.raises(BasketAlreadyPaid):
            cash_basket(desk, basket.basket_id, tenders, new_operation())
    paid = cash_basket(desk, basket.basket_id, tenders, operation)
    assert cash_basket(desk, basket.basket_id, tenders, operation) == paid
    holds(desk, [paid.payment_id], clock_of(desk).instant)
