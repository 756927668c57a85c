"""Fresh bases for the lives of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.databases import SqliteTemplate
from tests.simulation.lives import FreshBase


@pytest.fixture
def fresh_files(sqlite_template: SqliteTemplate, tmp_path: Path) -> FreshBase:
    """Fresh SQLite bases, one a life."""
    numbers = count(1)

    @contextmanager
    def fresh() -> Iterator[str]:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        yield sqlite_template.fresh(folder)

    return fresh
