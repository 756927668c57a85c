"""Fixtures of the screens: a desk of both roles on SQLite, quick passwords, a home for what people print and log."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.engine import Database
from tests.databases import SqliteTemplate
from tests.factories import BOTH_DESKS, Family, a_desk, a_family
from tests.screens.parsed_styles import shared_styles
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.till import open_session


@pytest.fixture(scope="session", autouse=True)
def styles_stay_parsed() -> Iterator[None]:
    with shared_styles():
        yield


@pytest.fixture
def sqlite_database(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite database, for tests about screens and not about engines."""
    opened = Database.open(sqlite_template.fresh(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def desk(sqlite_database: Database) -> Iterator[Desk]:
    """A desk of both roles on Tuesday 1 December 2026, 10:30, with its till open.

    The documents' folder has a short name, always as long: a screen that shows it wraps the same whatever the test's own folder is.
    """
    with tempfile.TemporaryDirectory(prefix="docs-") as documents:
        made = a_desk(sqlite_database, *BOTH_DESKS, documents_dir=Path(documents))
        open_session(made, 50_00, new_operation())
        yield made


@pytest.fixture
def family(desk: Desk) -> Family:
    """A family of two children and one payer."""
    return a_family(desk, children=2, quotient_cents=745_00)
