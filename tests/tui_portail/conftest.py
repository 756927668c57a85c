"""Fixtures of the services and commands: a story of the régie told once, for the many tests that only read it."""

from collections.abc import Iterator

import pytest

from models.engine import Database
from tests.conftest import ENGINES
from tests.databases import PostgresqlServer, SqliteTemplate
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import clock_of
from tests.tui_portail.services.regie_story import Story, a_story


@pytest.fixture(scope="session", params=ENGINES)
def story(
    request: pytest.FixtureRequest, sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    """The story on each engine, in a base of its own that its readers leave as it is."""
    if request.param == "sqlite":
        database = Database.open(sqlite_template.fresh(tmp_path_factory.mktemp("story")))
        yield _told(database)
        database.close()
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    with server.fresh() as url:
        database = Database.open(url)
        yield _told(database)
        database.close()


def _told(database: Database) -> Story:
    told = a_story(database)
    books_hold(database, clock_of(told.desk).instant)
    return told
