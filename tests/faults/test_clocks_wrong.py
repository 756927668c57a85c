"""A desk's clock wrong by hours, a machine's that goes backwards, and the nights on which the hour changes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import time_machine
from sqlalchemy import Connection, select
from typer.testing import CliRunner

from models import tables as t
from models.engine import Database
from models.states import DatabaseKind
from tests.databases import PostgresqlServer
from tests.factories import a_desk, a_family, an_agent, paris
from tests.tui_portail.services.desk_acts import (
    EVENING,
    add,
    agent_of,
    audit_of,
    book_and_pay,
    clock_of,
    finish,
    hold,
    pay_by_card,
    row_counts,
    set_time,
)
from tui_portail.cli import app
from tui_portail.errors import InvalidInput
from tui_portail.instants import in_paris
from tui_portail.services.baskets import BasketExpired
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.clock import ClockBehind, ServerClock
from tui_portail.services.clock_correction import ClockNotBehind, clock_state, correct_clock
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.gesture import Done, keep
from tui_portail.services.passwords import hash_password
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.sign_in import sign_in
from tui_portail.services.till import current_session, open_session

DOCUMENTS = Path("documents")
TOLD = "SELECT at FROM told.instant"


# ------------------------------------------------------------------ a desk wrong by hours, a server that is right


@pytest.fixture
def told(postgresql_server: PostgresqlServer) -> Iterator[tuple[Database, psycopg.Connection]]:
    """A base whose server says the instant that a table holds: the clock of this machine is then any desk's."""
    with postgresql_server.fresh() as url, psycopg.connect(url, autocommit=True) as server:
        server.execute("CREATE SCHEMA told")
        server.execute("CREATE TABLE told.instant AS SELECT '2026-12-03 11:59+01'::timestamptz AS at")
        server.execute(
            f"CREATE FUNCTION told.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS '{TOLD}'".encode()
        )
        database = Database.open(f"{url}&options=-csearch_path%3Dtold%2Cpublic%2Cpg_catalog")
        yield database, server
        database.close()


@pytest.mark.postgresql
@pytest.mark.parametrize("hours", [-5, 5])
def test_a_desk_wrong_by_hours_decides_by_the_servers_clock(
    told: tuple[Database, psycopg.Connection], hours: int
) -> None:
    database, server = told
    known = a_desk(database, at="2026-12-01 10:30")
    family = a_family(known)
    friday = add(family.child_id, EVENING, date(2026, 12, 4))  # until Thursday noon
    desk = Desk(database, DOCUMENTS, ServerClock(database))
    desk.sign(agent_of(known))
    with time_machine.travel(paris("2026-12-03 11:59") + timedelta(hours=hours)):
        held = hold(desk, family.dossier_id, friday)
        assert held.expires_at == paris("2026-12-03 12:14")
        assert pay_by_card(desk, held.basket_id).quittance_number.startswith("2026-")
        [paid] = audit_of(database, "encaisser")
        assert paid.at == paris("2026-12-03 11:59")
        server.execute("UPDATE told.instant SET at = '2026-12-03 12:00:01+01'")
        with pytest.raises(ChangesRefused):
            finish(desk, family.dossier_id, add(family.child_id, "ALP_MATIN", date(2026, 12, 4)))
        late = hold(desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 8)))
        server.execute("UPDATE told.instant SET at = '2026-12-03 12:15:02+01'")
        with pytest.raises(BasketExpired):
            pay_by_card(desk, late.basket_id)


# ------------------------------------------------------------------ one machine, whose clock is the clock, goes backwards


class Machine:
    """The instant that the base's machine shows."""

    instant = paris("2026-12-01 10:30")

    def shows(self, text: str) -> None:
        self.instant = paris(text)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    shown = Machine()

    def server_now(_database: Database, _connection: Connection) -> datetime:
        return shown.instant.astimezone(UTC)

    monkeypatch.setattr(Database, "server_now", server_now)
    return shown


def a_real_desk(database: Database, *roles: Role) -> Desk:
    """A desk of a real commune's base: it has no clock of its own."""
    known = a_desk(database, *roles)
    database.kind = DatabaseKind.REAL
    desk = Desk(database, DOCUMENTS, ServerClock(database))
    desk.sign(agent_of(known))
    return desk


def test_a_machine_whose_clock_went_back_writes_nothing_until_it_is_set(database: Database, machine: Machine) -> None:
    family = a_family(a_desk(database))
    desk = a_real_desk(database)
    open_session(desk, 0, new_operation())
    changes = add(family.child_id, EVENING, date(2026, 12, 4))
    before = row_counts(database)
    for text in ("2026-12-01 10:24", "2026-11-30 10:30", "1970-01-01 01:00"):
        machine.shows(text)
        with pytest.raises(ClockBehind) as behind:
            finish(desk, family.dossier_id, changes)
    assert row_counts(database) == before
    assert "jeudi 1 janvier 1970" in behind.value.sentence.replace("1er", "1")
    assert "1er décembre 2026 à 10 h 30" in behind.value.sentence and "à l’heure" in behind.value.sentence
    machine.shows("2026-12-01 10:27")  # what the network corrects
    assert finish(desk, family.dossier_id, changes).baskets


def test_gestures_dated_by_a_clock_in_advance_are_declared_wrong_by_an_administrator(
    database: Database, machine: Machine
) -> None:
    family = a_family(a_desk(database))
    desk = a_real_desk(database)
    boss = Desk(database, DOCUMENTS, ServerClock(database))
    boss.sign(an_agent(database, Role.ADMINISTRATEUR))
    with pytest.raises(ClockNotBehind):
        correct_clock(boss, "Rien", new_operation())
    machine.shows("2027-12-01 10:30")  # a year too late
    open_session(desk, 0, new_operation())
    machine.shows("2026-12-01 10:40")
    changes = add(family.child_id, EVENING, date(2026, 12, 4))
    with pytest.raises(ClockBehind, match="tui-portail horloge"):
        finish(desk, family.dossier_id, changes)
    with pytest.raises(NotAllowed):
        correct_clock(desk, "Pile de l’horloge", new_operation())
    with pytest.raises(InvalidInput):
        correct_clock(boss, "", new_operation())
    assert clock_state(boss).behind
    operation = new_operation()
    assert correct_clock(boss, "Pile de l’horloge", operation) == paris("2027-12-01 10:30")
    assert correct_clock(boss, "Pile de l’horloge", operation) == paris("2027-12-01 10:30")
    assert finish(desk, family.dossier_id, changes).baskets
    [kept] = audit_of(database, "corriger_horloge")
    assert (kept.reason, kept.at) == ("Pile de l’horloge", paris("2026-12-01 10:40"))
    machine.shows("2026-12-01 09:00")  # and backwards again
    with pytest.raises(ClockBehind):
        finish(desk, family.dossier_id, changes)


def test_a_declaration_lets_the_clock_go_back_no_further_and_covers_no_other_wrong_hour(
    database: Database, machine: Machine
) -> None:
    family = a_family(a_desk(database))
    desk = a_real_desk(database, Role.ENFANCE, Role.COMPTABILITE, Role.ADMINISTRATEUR)

    def book(day: int) -> bool:
        return bool(finish(desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, day))).baskets)

    machine.shows("2036-12-01 10:30")
    open_session(desk, 0, new_operation())
    machine.shows("2026-12-01 10:40")
    correct_clock(desk, "Pile de l’horloge", new_operation())
    machine.shows("2026-12-01 17:00")
    assert book(4)
    machine.shows("2026-12-01 10:50")
    with pytest.raises(ClockBehind, match="17 h"):
        book(7)
    with database.write() as connection:  # in advance again, less than the first time
        keep(connection, "sauvegarde", "f" * 64, new_operation(), paris("2030-12-01 10:30"), Done({}, "base"), None)
    machine.shows("2026-12-01 17:30")
    with pytest.raises(ClockBehind, match="2030"):
        book(8)
    correct_clock(desk, "Pile changée", new_operation())
    assert not clock_state(desk).behind
    assert book(8)
    machine.shows("2026-12-01 17:00")
    with pytest.raises(ClockBehind, match="17 h 30"):
        book(10)


def test_the_hour_is_read_and_declared_wrong_by_command(database: Database, machine: Machine) -> None:
    desk = a_desk(database)
    an_agent(database, Role.ADMINISTRATEUR, username="claude", password_hash=hash_password("pluie de mars 34"))
    machine.shows("2027-12-01 10:30")
    sign_in(Desk(database, DOCUMENTS, ServerClock(database)), "claude", "pluie de mars 34")
    machine.shows("2026-12-01 10:40")
    command = ["horloge", "--base", database.url, "--agent", "claude"]
    asked = CliRunner().invoke(app, command, input="pluie de mars 34\n")
    assert "Remettez à l’heure la machine de la base" in asked.output
    answer = CliRunner().invoke(app, [*command, "--heure-fausse", "Pile"], input="pluie de mars 34\n")
    assert answer.exit_code == 0, answer.output
    assert "Heure de la base : mardi 1er décembre 2026 à 10 h 40" in answer.output
    assert "L’heure du mercredi 1er décembre 2027 à 10 h 30 est déclarée fausse" in answer.output
    assert desk.database.kind is DatabaseKind.TEST


# ------------------------------------------------------------------ the nights on which the hour changes


@pytest.mark.parametrize(
    ("night", "day", "last_minute"),
    [
        (paris("2027-03-28 01:50"), date(2027, 4, 1), paris("2027-03-28 03:04")),
        (paris("2026-10-25 02:50"), date(2026, 11, 5), datetime(2026, 10, 25, 1, 4, tzinfo=UTC)),
    ],
    ids=["spring", "autumn"],
)
def test_a_hold_lasts_fifteen_minutes_over_a_change_of_hour(
    database: Database, night: datetime, day: date, last_minute: datetime
) -> None:
    desk = a_desk(database, at=night)
    family = a_family(desk)
    first, second = (
        hold(desk, one.dossier_id, add(one.child_id, EVENING, day))
        for one in (family, a_family(desk, last_name="Martin"))
    )
    assert first.expires_at is not None
    assert first.expires_at - clock_of(desk).instant == timedelta(minutes=15)
    set_time(desk, last_minute)
    assert pay_by_card(desk, first.basket_id).quittance_number
    clock_of(desk).advance(minutes=1)
    with pytest.raises(BasketExpired):
        pay_by_card(desk, second.basket_id)


@pytest.mark.parametrize(
    ("limit", "day"), [("2027-03-29 12:00", date(2027, 3, 30)), ("2026-10-30 12:00", date(2026, 11, 2))]
)
def test_limits_are_noon_in_paris_before_and_after_a_change_of_hour(database: Database, limit: str, day: date) -> None:
    desk = a_desk(database, at=paris(limit) - timedelta(seconds=1))
    family = a_family(desk)
    assert hold(desk, family.dossier_id, add(family.child_id, EVENING, day)).basket_id
    set_time(desk, paris(limit) + timedelta(seconds=1))
    with pytest.raises(ChangesRefused):
        finish(desk, family.dossier_id, add(family.child_id, "ALP_MATIN", day))


@pytest.mark.parametrize("day", ["2026-10-25", "2027-03-28"])
def test_a_till_is_forgotten_at_midnight_in_paris_after_days_of_23_and_25_hours(database: Database, day: str) -> None:
    desk = a_desk(database, at=f"{day} 00:30")
    open_session(desk, 0, new_operation())
    for text, forgotten in (
        (f"{day} 23:59", False),
        (str(date.fromisoformat(day) + timedelta(days=1)) + " 00:01", True),
    ):
        set_time(desk, paris(text))
        session = current_session(desk)
        assert session is not None and session.forgotten is forgotten


def test_numbers_begin_again_at_midnight_in_paris(database: Database) -> None:
    desk = a_desk(database, at=datetime(2026, 12, 31, 22, 50, tzinfo=UTC))
    family = a_family(desk)
    old, new = (
        book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, day))
        for day in _after(desk, (date(2027, 1, 7), date(2027, 1, 8)))
    )
    assert (old.quittance_number, new.quittance_number) == ("2026-000001", "2027-000001")
    with database.read() as connection:
        years = connection.execute(select(t.quittance.c.year, t.quittance.c.issued_at).order_by(t.quittance.c.id)).all()
    assert [(row.year, in_paris(row.issued_at).year) for row in years] == [(2026, 2026), (2027, 2027)]


def _after(desk: Desk, days: tuple[date, ...]) -> Iterator[date]:
    """Give days, forty minutes apart: 23:50 then 00:30 in Paris, 22:50 then 23:30 UTC."""
    for day in days:
        yield day
        clock_of(desk).advance(minutes=40)
