"""The demonstration is a real base in everything but its people: what it shows was done by the services and holds."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select

from models import tables as t
from models.database_errors import DatabaseDamaged, DatabaseLocked
from models.engine import Database
from models.migrate import migrate
from models.states import DatabaseKind
from tests.factories import the_commune
from tests.old_base import make_old_base
from tui_portail.dossier_number import is_number
from tui_portail.paper_rules import PaperState
from tui_portail.policy import BasketKind, Means
from tui_portail.services.agents import sign_in
from tui_portail.services.clock import DEMO_START, DemoClock, ServerClock
from tui_portail.services.closing_sheets import closing_sheet, list_sessions
from tui_portail.services.demo import AGENTS, DEMO_PASSWORD, DemoReport, NotADemo, create_demo, demo_agent, demo_exists
from tui_portail.services.demo_families import demo_families
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_search import search
from tui_portail.services.dossiers import DossierView, load_dossier
from tui_portail.services.queue import list_queue
from tui_portail.services.quotients import missing_quotients
from tui_portail.services.rights import Role
from tui_portail.services.setup import initialise
from tui_portail.services.slip_reading import list_slips, load_slip
from tui_portail.services.supporting_documents import papers_of
from tui_portail.services.till import current_session
from tui_portail.services.verification import verify


@pytest.fixture
def desk(made: DemoReport) -> Iterator[Desk]:
    database = Database.open(str(made.path))
    desk = Desk(database, made.path.parent, DemoClock(database))
    desk.sign(demo_agent(desk))
    yield desk
    database.close()


def _count(desk: Desk, table: Table) -> int:
    with desk.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def _dossiers(desk: Desk) -> list[DossierView]:
    with desk.database.read() as connection:
        ids = connection.scalars(select(t.dossier.c.id)).all()
    return [load_dossier(desk, dossier_id) for dossier_id in ids]


def test_it_is_as_large_and_as_varied_as_promised(made: DemoReport, desk: Desk) -> None:
    views = _dossiers(desk)

    assert (made.dossiers, made.children) == (len(views), _count(desk, t.child))
    assert len(views) >= 60 and made.children >= 100
    assert {child.alsh_site for view in views for child in view.children} == {"Mélodie", "Harmonie", "Ados"}
    assert sum(len(view.payers) == 2 and bool(view.children[0].custody) for view in views) >= 4
    assert sum(len(view.guardians) == 1 for view in views) >= 15
    assert {payer.resident for view in views for payer in view.payers} == {True, False}
    assert any(payer.quotient_cents is None for view in views for payer in view.payers)
    assert 2 <= sum(child.meal_supplied is False for view in views for child in view.children) <= 6
    with_years = [bool(child.alsh_years) for view in views for child in view.children]
    assert 20 <= sum(with_years) <= len(with_years) - 20
    assert {why for view in views for child in view.children for _, why in child.alsh_years} == {
        "renouvelé",
        "fréquenté",
    }
    assert sum(payer.avoir_cents > 0 for view in views for payer in view.payers) >= 4
    assert all(is_number(view.number) for view in views)


def test_homonyms_twins_and_names_of_every_kind_are_there(desk: Desk) -> None:
    labels = Counter(view.label for view in _dossiers(desk))

    assert labels["Dupont"] == 2
    assert len(search(desk, "aurelie martin")) == 2
    for text in ("de la tour", "coeurdacier", "oconnor", "nguyen", "d'ormesson", "wisniewski", "yilmaz", "oeuvrard"):
        assert search(desk, text), text
    births = [[child.form.birth_on for child in family.children] for family in demo_families()]
    assert any(len(days) != len(set(days)) for days in births)


def test_papers_are_seen_missing_ending_or_over_and_quotients_to_ask_for(desk: Desk) -> None:
    states = Counter(line.state for view in _dossiers(desk) for line in papers_of(desk, view.dossier_id).lines)

    assert set(states) == set(PaperState)
    assert states[PaperState.VALID] > states[PaperState.MISSING] > 20
    assert 5 <= missing_quotients(desk).total <= 20


def test_everything_written_holds(desk: Desk, made: DemoReport) -> None:
    report = verify(desk)

    assert report.findings == ()
    assert report.payments == made.quittances >= 30
    assert report.avoirs == made.avoirs >= 4


def test_the_till_is_open_and_baskets_wait_with_a_few_minutes_left(desk: Desk) -> None:
    session = current_session(desk)
    rows = list_queue(desk)

    assert session is not None and not session.forgotten
    assert len(rows) >= 3
    [owed] = [row for row in rows if row.expires_at is None]
    assert owed.kind is BasketKind.REGULARISATION, "a child came on Monday evening without booking"
    for row in (row for row in rows if row is not owed):
        assert not row.expired and row.expires_at is not None
        assert timedelta(minutes=5) < row.expires_at - DEMO_START <= timedelta(minutes=15)


def test_november_was_deposited_and_the_rest_waits_in_a_draft(desk: Desk) -> None:
    desk.sign(demo_agent(desk, "regisseur"))
    draft, november = list_slips(desk)

    assert (november.number, november.at.month) == ("BV-2026-0001", 11)
    assert draft.number == "" and draft.payments > 4
    view = load_slip(desk, draft.slip_id)
    assert view.waiting == ()
    assert all(view.cents_of(means) > 0 for means in (Means.CASH, Means.CHEQUE, Means.CARD))


def test_mondays_till_was_closed_with_its_difference_and_this_mornings_continues_it(desk: Desk) -> None:
    [monday] = list_sessions(desk)
    session = current_session(desk)
    sheet = closing_sheet(desk, monday.session_id)

    assert (monday.difference_cents, sheet.cash.reason != "") == (-50, True)
    assert session is not None and session.float_cents == monday.cash_cents == 99_50
    assert len(sheet.cheque_lines) == 2 and all(line.found for line in sheet.cheque_lines)
    assert [change.kind for change in sheet.changes] == ["Versement"]


def test_the_agent_of_both_desks_is_signed_in_without_a_password_and_the_others_have_the_one_printed(
    desk: Desk,
) -> None:
    assert desk.require().roles == {Role.ENFANCE, Role.COMPTABILITE}
    for username, _, roles in AGENTS:
        assert sign_in(desk, username, DEMO_PASSWORD).roles == set(roles)


def test_its_clock_starts_on_the_first_of_december_at_half_past_ten(made: DemoReport) -> None:
    database = Database.open(str(made.path))
    clock = DemoClock(database)
    with database.read() as connection:
        now = clock.now(connection)
    database.close()

    assert DEMO_START <= now < DEMO_START + timedelta(minutes=5)


def test_begun_and_not_ended_it_leaves_nothing_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "demonstration.sqlite3"

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui_portail.services.demo.record_papers", interrupted)  # the families are written
    with pytest.raises(KeyboardInterrupt):
        create_demo(path, the_commune())
    assert list(tmp_path.iterdir()) == [] and not demo_exists(path)


def test_a_real_base_is_never_taken_for_a_demo(tmp_path: Path) -> None:
    path = tmp_path / "mairie.sqlite3"
    initialise(str(path), the_commune(), "clapiers.toml", DatabaseKind.REAL)

    with pytest.raises(NotADemo):
        demo_exists(path)
    database = Database.open(str(path))
    with pytest.raises(NotADemo):
        demo_agent(Desk(database, tmp_path))
    database.close()


def test_a_demonstration_open_at_another_desk_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "demo.sqlite3"
    initialise(str(path), the_commune(), "essai", DatabaseKind.DEMO)
    database = Database.open(str(path))
    with database.read() as connection:
        connection.execute(select(t.site)).all()
    before = path.stat().st_ino

    with pytest.raises(DatabaseLocked) as refused:
        create_demo(path, the_commune())
    assert "ouverte par un autre programme" in refused.value.sentence
    assert path.stat().st_ino == before
    with database.read() as connection:
        connection.execute(select(t.site)).all()
    database.close()


def test_a_creation_that_is_interrupted_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui_portail.services.demo.register_family", interrupted)
    with pytest.raises(KeyboardInterrupt):
        create_demo(tmp_path / "demo.sqlite3", the_commune())
    assert list(tmp_path.iterdir()) == []


def test_a_demo_that_lacks_tables_is_set_aside_and_a_real_base_is_not(tmp_path: Path) -> None:
    demo, real = tmp_path / "demonstration.sqlite3", tmp_path / "portail.sqlite"
    for path, kind in ((demo, DatabaseKind.DEMO), (real, DatabaseKind.REAL)):
        migrate(str(path), kind)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DROP TABLE late_unpaid")

    assert not demo_exists(demo)
    assert not demo.exists() and demo.with_name("demonstration.sqlite3.ancienne").exists()
    with pytest.raises(DatabaseDamaged, match="restaurez la dernière sauvegarde"):
        demo_exists(real)
    assert real.exists()


def test_a_demo_of_a_version_before_is_upgraded_and_a_real_base_left_as_it_is(tmp_path: Path) -> None:
    demo, real = tmp_path / "demo.sqlite3", tmp_path / "mairie.sqlite3"
    make_old_base(str(demo), DatabaseKind.DEMO)
    make_old_base(str(real), DatabaseKind.REAL)
    before = real.read_bytes()

    assert demo_exists(demo)
    database = Database.open(str(demo))
    assert verify(Desk(database, tmp_path, ServerClock(database))).findings == ()
    database.close()
    with pytest.raises(NotADemo):
        demo_exists(real)
    assert real.read_bytes() == before
