"""`pytest -p tests.as_desk …`: the tests' PostgreSQL base is opened by a desk's account, as a town's desks do (`make soak`).

A right that the program needs and `models/desk_rights.py` does not give shows as « ne peut être que lue ». Tests that reach behind the
services as the base's owner (triggers disabled, a schema changed) are refused here, and are not for this.
"""

from __future__ import annotations

import os
from typing import Any
from unittest.mock import patch

import tests.databases
from models.engine import Database
from tests.databases import KeptDatabase
from tests.desk_account import as_account
from tui_portail.services.server_accounts import give_rights

ROLE = f"poste_{os.getpid()}"


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
