"""The desks of the races, started once for the whole run: a process takes a second to be ready."""

from collections.abc import Iterator

import pytest

from models.engine import Database
from tests.databases import PostgresqlServer
from tests.races.desks import Desks, take_seats


@pytest.fixture(scope="session")
def desks() -> Iterator[Desks]:
    seated = take_seats()
    yield seated
    seated.executor.shutdown()


@pytest.fixture
def postgresql(postgresql_server: PostgresqlServer) -> Iterator[Database]:
    """A fresh database on PostgreSQL, for what cannot happen where the writer is alone."""
    with postgresql_server.fresh() as url:
        opened = Database.open(url)
        yield opened
        opened.close()
