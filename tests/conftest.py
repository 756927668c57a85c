"""Fixtures every test may use: a fresh database of each engine."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from models.engine import Database
from tests.databases import PostgresqlServer, SqliteTemplate, kept_database, quick_folder, shared_postgresql
from tests.payfip_server import payfip as payfip
from tests.warm_statements import shared_statements
from tui_portail.services import passwords

# The same examples at each run, so that a change is judged by what it changes; `HYPOTHESIS_PROFILE=search` looks for new ones.
# No deadline: a slow machine is not a wrong rule.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", derandomize=False, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

os.environ["OPENPYXL_LXML"] = "False"  # as the program says before it loads openpyxl: some tests load it first
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(quick_folder()))  # where pytest makes the folders of tests

REAL_HASHER = passwords.hasher
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


def pytest_xdist_auto_num_workers() -> int:
    """Return three workers for two cores: tests wait for their database's server, and little else."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def new_homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders not yet made, numbered here: pytest reads all those it has made to number one more."""
    homes = tmp_path_factory.mktemp("homes")
    return (homes / str(number) for number in count(1))


@pytest.fixture(autouse=True)
def a_home_of_its_own(monkeypatch: pytest.MonkeyPatch, new_homes: Iterator[Path]) -> None:
    """No test reads the settings of whoever runs it, nor writes in their folders."""
    home = next(new_homes)
    home.mkdir()
    for variable in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(home))
    for variable in ("CONFIG", "DATA", "STATE", "CACHE", "RUNTIME"):
        name = f"XDG_{variable}_{'DIR' if variable == 'RUNTIME' else 'HOME'}"
        monkeypatch.setenv(name, str(home / variable.lower()))
    for variable in [name for name in os.environ if name.startswith("TUI_PORTAIL_")]:
        monkeypatch.delenv(variable)


@pytest.fixture(scope="session", autouse=True)
def statements_stay_compiled() -> Iterator[None]:
    with shared_statements():
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Argon2id with the smallest cost, in this process: a tenth of a second of four lanes for each password is a desk's, not a test's."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with patch.object(passwords, "hasher", lambda: quick):
        yield


@pytest.fixture
def real_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id as desks have it, for the tests about its cost."""
    monkeypatch.setattr(passwords, "hasher", REAL_HASHER)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    return SqliteTemplate(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"alone{os.getpid()}"
    with shared_postgresql(run_id) as server:
        yield server


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh migrated database of kind TEST, on each engine: for tests that open it themselves."""
    if request.param == "sqlite":
        template: SqliteTemplate = request.getfixturevalue("sqlite_template")
        yield template.fresh(tmp_path)
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    with server.emptied() as url:
        yield url


@pytest.fixture(scope="module", params=ENGINES)
def module_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A migrated database of kind TEST, opened, on each engine, one for all the tests of a module: they must leave it as they found it."""
    with kept_database(request, tmp_path_factory) as opened:
        yield opened


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database not yet initialised: a missing file, an empty PostgreSQL database."""
    if request.param == "sqlite":
        yield str(tmp_path / "nouvelle" / "portail.sqlite")
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    with server.fresh(empty=True) as url:
        yield url


@pytest.fixture
def database(request: pytest.FixtureRequest, database_url: str) -> Iterator[Database]:
    """A fresh migrated database of kind TEST, opened, on each engine."""
    if database_url.startswith("postgresql"):
        server: PostgresqlServer = request.getfixturevalue("postgresql_server")
        opened = server.opened(database_url)
    else:
        opened = Database.open(database_url)
    yield opened
    opened.close()
