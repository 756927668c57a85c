"""Reads see one instant, writes are all or nothing, retries are bounded, on both engines."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import psycopg
import pytest
from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from models import tables as t
from models.addresses import DatabaseAddress
from models.database_errors import DatabaseBusy, DatabaseMissing, DatabaseReadOnly, DatabaseTooNew, DatabaseTooSlow
from models.engine import ATTEMPTS, Database, lock_rows, postgresql_engine
from models.server_databases import name_of
from models.states import DatabaseKind
from tests.databases import TEMPLATE, PostgresqlServer

PATIENCE_S = 60.0
COUNT_SITES = select(func.count()).select_from(t.site)


@pytest.fixture
def second_desk(database: Database, database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url)
    yield opened
    opened.close()


def _add_site(connection: Connection, code: str) -> None:
    connection.execute(insert(t.site).values(code=code, name=code))


def _count(database: Database) -> int:
    with database.read() as connection:
        return connection.scalars(COUNT_SITES).one()


def test_a_database_says_what_it_is(database: Database, database_url: str) -> None:
    assert database.kind is DatabaseKind.TEST
    assert database.dialect == ("postgresql" if database_url.startswith("postgresql") else "sqlite")
    again = Database.open(database.url)
    assert again.dialect == database.dialect
    again.close()


def test_a_write_is_kept_whole_or_not_at_all(database: Database) -> None:
    with database.write() as connection:
        _add_site(connection, "A")
    with pytest.raises(RuntimeError, match="the printer caught fire"), database.write() as connection:
        _add_site(connection, "B")
        raise RuntimeError("the printer caught fire")
    assert _count(database) == 1


def test_a_violated_constraint_passes_as_itself_and_keeps_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        _add_site(connection, "A")
        _add_site(connection, "A")
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(t.till).values(regie_id=99, name="Caisse d'une régie absente"))
    assert _count(database) == 0


def test_a_savepoint_lets_a_gesture_go_on_after_a_violation(database: Database) -> None:
    with database.write() as connection:
        _add_site(connection, "A")
        with pytest.raises(IntegrityError), connection.begin_nested():
            _add_site(connection, "A")
        _add_site(connection, "B")
    assert _count(database) == 2


def test_a_read_sees_one_instant_and_waits_for_no_writer(database: Database, second_desk: Database) -> None:
    with database.read() as reading:
        assert reading.scalars(COUNT_SITES).one() == 0
        with second_desk.write() as writing:
            _add_site(writing, "A")
            assert reading.scalars(COUNT_SITES).one() == 0
        assert reading.scalars(COUNT_SITES).one() == 0
    assert _count(database) == 1


def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(DatabaseReadOnly), database.read() as connection:
        _add_site(connection, "A")
    with database.write() as connection:  # and the connection after it can
        _add_site(connection, "B")


def test_many_threads_read_and_write_without_a_lost_update(database: Database) -> None:
    with database.write() as connection:
        connection.execute(
            insert(t.dossier).values(
                id=1, number="1", label="", created_at=datetime(2026, 12, 1, tzinfo=UTC), version=0
            )
        )

    def count_one(connection: Connection) -> None:
        lock_rows(connection, t.dossier, [1])
        version = connection.scalars(select(t.dossier.c.version)).one()
        connection.execute(update(t.dossier).values(version=version + 1))

    def work() -> None:
        for _ in range(5):
            database.run(count_one)
            _count(database)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.scalars(select(t.dossier.c.version)).one() == 20


def test_a_desk_that_finds_rows_locked_waits_then_gives_up(database: Database, second_desk: Database) -> None:
    with second_desk.write() as connection:
        _add_site(connection, "A")
        if database.dialect == "sqlite":  # where the wait is the connection's own, for the whole file
            connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with database.write() as holding:
        lock_rows(holding, t.site, ["A"])
        with pytest.raises(DatabaseBusy) as busy, second_desk.write() as waiting:
            waiting.execute(text("SET LOCAL lock_timeout = 50"))
            lock_rows(waiting, t.site, ["A"])
    assert busy.value.retriable == (database.dialect == "sqlite")
    assert "Recommencez" in busy.value.sentence


def test_rows_with_a_key_of_several_columns_can_be_locked(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(t.regie).values(id=1, code="R", name="R"))
        connection.execute(insert(t.number_series).values(regie_id=1, year=2026, kind="avoir", last_number=0))
        lock_rows(connection, t.number_series, [(1, 2026, "quittance"), (1, 2026, "avoir")])
        lock_rows(connection, t.number_series, [])


def test_a_gesture_stopped_by_the_others_is_tried_again_from_its_start(database: Database) -> None:
    tries: list[int] = []

    def gesture(connection: Connection) -> str:
        tries.append(1)
        _add_site(connection, "A")
        if len(tries) < ATTEMPTS:
            raise DatabaseBusy("occupée", retriable=True)
        return "done"

    assert database.run(gesture) == "done"
    assert (len(tries), _count(database)) == (ATTEMPTS, 1)


def test_a_gesture_always_stopped_gives_up_with_a_sentence(database: Database) -> None:
    tries: list[bool] = []

    def gesture(connection: Connection, *, retriable: bool) -> None:
        tries.append(retriable)
        raise DatabaseBusy("occupée", retriable=retriable)

    with pytest.raises(DatabaseBusy):
        database.run(lambda connection: gesture(connection, retriable=True))
    assert len(tries) == ATTEMPTS
    with pytest.raises(DatabaseBusy):
        database.run(lambda connection: gesture(connection, retriable=False))
    assert len(tries) == ATTEMPTS + 1


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_gestures_in_a_real_deadlock_both_end_well(database: Database) -> None:
    with database.write() as connection:
        for code in ("A", "B"):
            _add_site(connection, code)
    met, one_is_done = threading.Barrier(2), threading.Event()
    tries: list[str] = []

    def gesture(connection: Connection, first: str, second: str) -> None:
        first_time = first not in tries
        tries.append(first)
        if not first_time:
            assert one_is_done.wait(PATIENCE_S)  # a victim quicker than the other's awakening would meet it again
        connection.execute(update(t.site).where(t.site.c.code == first).values(name=t.site.c.name + "+"))
        if first_time:
            met.wait(PATIENCE_S)  # each holds what the other wants
        connection.execute(update(t.site).where(t.site.c.code == second).values(name=t.site.c.name + "+"))

    def at_a_desk(first: str, second: str) -> None:
        database.run(partial(gesture, first=first, second=second))
        one_is_done.set()

    with ThreadPoolExecutor(2) as desks:
        done = [desks.submit(at_a_desk, a, b) for a, b in (("A", "B"), ("B", "A"))]
    for gesture_done in done:
        gesture_done.result()  # what went wrong in a thread fails the test
    with database.read() as connection:
        assert sorted(connection.scalars(select(t.site.c.name))) == ["A++", "B++"]
    assert len(tries) == 3  # one of the two was the victim, once


def test_a_statement_that_never_ends_is_stopped(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    monkeypatch.setattr("models.engine.STATEMENT_TIMEOUT_S", 0.05)
    with pytest.raises(DatabaseTooSlow), database.write() as connection:
        if database.dialect == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 50"))
        connection.execute(text(endless))
    monkeypatch.undo()
    assert _count(database) == 0


def test_every_connection_has_its_time_outs_and_its_durability(database: Database) -> None:
    with database.write() as connection:
        if database.dialect == "sqlite":
            pragmas = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "recursive_triggers")
            }
            assert pragmas == {
                "journal_mode": "wal",
                "synchronous": 2,
                "foreign_keys": 1,
                "busy_timeout": 5000,
                "recursive_triggers": 1,
            }
        else:
            settings = {
                name: connection.exec_driver_sql(f"SHOW {name}").scalar()
                for name in ("transaction_isolation", "lock_timeout", "statement_timeout", "timezone")
            }
            assert settings == {
                "transaction_isolation": "read committed",
                "lock_timeout": "3s",
                "statement_timeout": "15s",
                "timezone": "UTC",
            }


def test_the_instant_is_the_databases_and_in_utc(database: Database) -> None:
    with database.read() as connection:
        first, second = database.server_now(connection), database.server_now(connection)
    assert first.utcoffset() == timedelta(0)
    assert second >= first


def test_an_instant_without_zone_is_refused_and_another_zone_becomes_utc(database: Database) -> None:
    row = {"number": "1", "label": "", "version": 1}
    with pytest.raises(StatementError, match="naive"), database.write() as connection:
        connection.execute(insert(t.dossier).values(**row, created_at=datetime(2026, 12, 1, 9, 30)))
    with pytest.raises(StatementError, match="naive"), database.read() as connection:
        connection.execute(select(t.dossier).where(t.dossier.c.created_at < datetime(2026, 12, 1))).all()
    paris = timezone(timedelta(hours=1))
    with database.write() as connection:
        connection.execute(insert(t.dossier).values(**row, created_at=datetime(2026, 12, 1, 10, 30, tzinfo=paris)))
    with database.read() as connection:
        kept = connection.scalars(select(t.dossier.c.created_at)).one()
    assert (kept, kept.utcoffset()) == (datetime(2026, 12, 1, 9, 30, tzinfo=UTC), timedelta(0))


def test_a_desk_of_another_version_keeps_no_gesture(database: Database) -> None:
    """Given a base upgraded while a desk stayed open, when that desk writes, then nothing is kept and it is told to be updated."""
    with database.read() as connection:
        kept = connection.execute(select(func.count()).select_from(t.audit_event)).scalar()
    row = {"operation_id": "op-old", "gesture": "essai", "fingerprint": "f", "result": "{}", "at": datetime.now(UTC)}
    row |= {"subject": "dossier", "subject_id": "1"}
    for revision in ({}, {"revision": "0001_counter_act"}, {"revision": "9999_later"}):
        with pytest.raises(DatabaseTooNew) as refusal, database.write() as connection:
            connection.execute(insert(t.audit_event).values(row | revision))
        assert "mettez le programme à jour" in refusal.value.sentence
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(t.audit_event)).scalar() == kept


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_line_cut_without_a_word_is_noticed_in_seconds_not_minutes(database_url: str) -> None:
    joined = "&" if "?" in database_url else "?"
    engine = postgresql_engine(DatabaseAddress.parse(f"{database_url}{joined}keepalives_idle=30"))
    try:
        with engine.connect() as connection:
            parameters = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
    finally:
        engine.dispose()
    assert (parameters["tcp_user_timeout"], parameters["keepalives_count"]) == ("20000", "3")
    assert parameters["keepalives_idle"] == "30", "what the address says counts first"


@pytest.mark.postgresql
def test_a_desk_does_not_go_on_in_the_base_that_took_the_place_of_its_own(postgresql_server: PostgresqlServer) -> None:
    """Restored beside, then given its name: what the desk has on its screen is of the other one."""
    with postgresql_server.fresh() as url, psycopg.connect(postgresql_server.uri, autocommit=True) as admin:
        name = name_of(DatabaseAddress.parse(url))
        desk = Database.open(url)
        admin.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        admin.execute(f'ALTER DATABASE "{name}" RENAME TO "{name}_avant"')
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
        try:
            for reach in (desk.read, desk.write, desk.read):
                with pytest.raises(DatabaseMissing, match="a été remplacée par une autre"), reach():
                    pass
            Database.open(url).close()
        finally:
            desk.close()
            postgresql_server.drop(f"{name}_avant")
