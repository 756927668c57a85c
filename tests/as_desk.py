"""`pytest -p tests.as_desk …`: the tests' PostgreSQL base is opened by a desk's account, as a town's desks do (`make soak`).

A right that the program needs and `models/desk_rights.py` does not give shows as « Votre compte n’a pas ce droit ». A test that reaches
behind the services as the base's owner (triggers disabled, rows no gesture writes) is refused what it asks itself, and skipped.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy.exc import DBAPIError

import tests.databases
from models.engine import Database
from tests.databases import KeptDatabase
from tests.desk_account import as_account
from tui_portail.services.server_accounts import give_rights

ROLE = f"poste_{os.getpid()}"
ROOT = Path(__file__).parents[1]
NO_RIGHT = "42501"


class DeskDatabase(KeptDatabase):
    """The kept database, emptied by its owner and opened by the desks' account."""

    def __init__(self, name: str, address: str) -> None:
        give_rights(address, ROLE, None)
        super().__init__(name, address)

    def opened(self) -> Database:
        """Open the database by the desks' account."""
        owner = self.address
        self.address = as_account(owner, ROLE)
        try:
            return super().opened()
        finally:
            self.address = owner


def pytest_configure(config: Any) -> None:
    """Take the place of the base the tests share."""
    patch.object(tests.databases, "KeptDatabase", DeskDatabase).start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Skip a test which the server refused something that the test itself asked of the base."""
    try:
        return (yield)
    except Exception as failure:
        if _asked_by_a_test(failure):
            pytest.skip("reaches behind the services, as the base's owner")
        raise


def _asked_by_a_test(failure: BaseException) -> bool:
    """Say whether a statement was refused for want of a right, and was a test's own."""
    asked: BaseException | None = failure
    while asked is not None and not isinstance(asked, DBAPIError):
        asked = asked.__cause__
    if asked is None or getattr(asked.orig, "sqlstate", None) != NO_RIGHT:
        return False
    frames = [Path(frame.filename) for frame in traceback.extract_tb(asked.__traceback__)]
    ours = [path for path in frames if path.is_relative_to(ROOT) and "site-packages" not in path.parts]
    return bool(ours) and ours[-1].is_relative_to(ROOT / "tests")
