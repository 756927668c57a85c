"""A base that stops answering when a test says so, and a time that passes when it says so."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from models.database_errors import DatabaseReadOnly, DatabaseUnreachable
from models.engine import Database
from tests.factories import BOTH_DESKS, a_desk, an_agent
from tests.screens.playing import Scene
from tui_portail.services.agents import hash_password
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.till import open_session

PASSWORD = "tilleul-soupe-jeudi"
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what the application does, whichever base is away."""


def a_shared_desk(database: Database, documents: Path) -> Desk:
    """A desk with its till open, where « camille » and « ines » may sit: both may cash."""
    desk = a_desk(database, *BOTH_DESKS, documents_dir=documents)
    open_session(desk, 50_00, new_operation())
    hashed = hash_password(PASSWORD)
    for username, name in (("camille", "Camille Roux"), ("ines", "Inès Leroy")):
        an_agent(database, *BOTH_DESKS, username=username, name=name, password_hash=hashed)
    return desk


class Line:
    """What links a desk to its base. `cut()`: nothing reaches the base; `lose_answer()`: the next write is committed, its answer lost."""

    def __init__(self, database: Database) -> None:
        self._read, self._write = database.read, database.write
        self._is_cut = self._loses = self._is_standby = False
        self.asked = 0
        database.read, database.write = self.read, self.write  # type: ignore[method-assign]

    def cut(self) -> None:
        self._is_cut = True

    def lose_answer(self) -> None:
        self._loses = True

    def stand_by(self) -> None:
        """The base answers again, and can only be read."""
        self._is_cut, self._is_standby = False, True

    def mend(self) -> None:
        self._is_cut = self._loses = self._is_standby = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        self._check()
        with self._read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self._check()
        if self._is_standby:
            raise DatabaseReadOnly("La base ne peut être que lue.")
        with self._write() as connection:
            yield connection
        if self._loses:
            self._loses, self._is_cut = False, True
            raise DatabaseUnreachable("La connexion à la base est perdue.")

    def _check(self) -> None:
        self.asked += 1
        if self._is_cut:
            raise DatabaseUnreachable("Le serveur de la base ne répond pas.")


class Pauses:
    """The application's pauses between two tries: over when the test says so."""

    def __init__(self, scene: Scene | None = None) -> None:
        self._scene = scene
        self.asked: list[float] = []
        self._under_way: list[asyncio.Future[None]] = []
        if scene is not None:
            scene.app.outage.pause = self

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._under_way.append(future)
        await future

    async def over(self, scene: Scene | None = None) -> None:
        """Let the present pauses end, and the application do what it then does."""
        ended, self._under_way = self._under_way, []
        for future in ended:
            if not future.done():
                future.set_result(None)
        shown = scene or self._scene
        assert shown is not None
        await shown.settle()
