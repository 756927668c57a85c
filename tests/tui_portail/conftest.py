"""Fixtures of the services and commands: a story of the régie told once, for the many tests that only read it."""

from collections.abc import Iterator

import pytest

from tests.conftest import ENGINES
from tests.databases import kept_database
from tests.factories import the_commune
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import clock_of
from tests.tui_portail.services.regie_story import Story, a_story
from tui_portail.services.demo import DemoReport, create_demo


@pytest.fixture(autouse=True)
def the_server_s_own_programs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pg_dump is, for the tests that back a base of the run's server up."""
    if "postgresql_server" in request.fixturenames or "postgresql" in request.node.name:
        server = request.getfixturevalue("postgresql_server")
        monkeypatch.setenv("TUI_PORTAIL_PROGRAMMES_POSTGRESQL", str(server.programs))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> DemoReport:
    """The demonstration, made once by its service for the tests that look at it: they leave it as it is."""
    return create_demo(tmp_path_factory.mktemp("demo") / "demonstration.sqlite3", the_commune())


@pytest.fixture(scope="session", params=ENGINES)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The story on each engine, in a base of its own that its readers leave as it is."""
    with kept_database(request, tmp_path_factory) as database:
        told = a_story(database)
        books_hold(database, clock_of(told.desk).instant)
        yield told
