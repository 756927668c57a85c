"""`tui-portail transferer`: a commune's file moved to PostgreSQL, row for row, its chain intact; all of it or nothing.

The file is held for this alone meanwhile. On the server one transaction makes the tables, copies, compares each table's content with what
was read, and recomputes everything as `verifier` does; the file is then renamed, so that nobody goes on in it, and only then is the
transaction committed: there are never two bases to work in. Should the answer of that commit be lost, the server is asked again; while it
is away, the file keeps the name that no desk opens.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from models.addresses import DatabaseAddress
from models.any_version import marks_of, snapshot
from models.database_errors import DatabaseFailure, DatabaseNotEmpty
from models.engine import Database
from models.held_file import held_file
from models.inspection import MOVED_SUFFIX, check_marks
from models.migrate import tables_only
from models.row_copies import content_of, copy_rows
from models.table_contents import Content
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.files import reason, sync_folder
from tui_portail.instants import PARIS
from tui_portail.services.backup_manifest import BaseFacts, read_facts
from tui_portail.services.backup_notes import BASE, MOVED, note
from tui_portail.services.clock import clock_of
from tui_portail.services.desk import Desk
from tui_portail.services.verification import findings_of, verify

Told = Callable[[str, int, int], None]
"""Hears of a table (or of what is being done, 0 in all), the rows done and those there are."""
UNKNOWN = (
    "La liaison avec le serveur s’est coupée au moment d’enregistrer : personne ne sait encore si la base y est. Le fichier s’appelle "
    "maintenant {name}, pour que personne n’y travaille. Le serveur revenu, lancez « tui-portail verifier --base {target} » : si la base "
    "y est, le transfert est fait ; si elle est vide, redonnez au fichier le nom {path} et recommencez."
)
NOTHING = "Rien n’a été transféré : le fichier reste la base, et celle du serveur est vide."


class MoveRefused(PortailError):
    """What was copied is not, or would not be, the same base."""

    code = "TRANSFERT_REFUSE"


@dataclass(frozen=True, slots=True)
class MovedBase:
    """What was moved: where it was, under which name its file stays, where it is, its facts, and the folder of its papers."""

    source: Path
    kept: Path
    target: DatabaseAddress
    facts: BaseFacts
    documents: Path


def move(source_url: str, target_url: str, documents_dir: Path, told: Told) -> MovedBase:
    """Move a SQLite base into an empty PostgreSQL one. Nothing is done when it is refused.

    Raises InvalidInput for other engines, DatabaseNotEmpty, DatabaseLocked when a desk has the file open, MoveRefused, DatabaseFailure.
    """
    source, target = DatabaseAddress.parse(source_url).resolved, DatabaseAddress.parse(target_url)
    if source.path is None or target.dialect != "postgresql":
        raise InvalidInput("Un transfert va d’un fichier (--de) à une base PostgreSQL (--vers postgresql://…).")
    check_marks(source, marks_of(source))
    told("Vérification du fichier", 0, 0)
    documents = _verify_file(source_url, documents_dir)
    aside = _Aside(source.path)
    with held_file(source) as reading, aside.put_back_if_refused(target), tables_only(target) as writing:
        facts = aside.facts = read_facts(reading)
        read = copy_rows(reading, writing, told)
        _compare(read, writing, facts, told)
        if sys.platform != "win32":  # where a file that is open keeps its name
            aside.rename()
    if aside.name is None:
        aside.rename()
    with suppress(DatabaseFailure):  # the base is there, whole: its trail says where it comes from if it can
        note(target_url, MOVED, BASE, "", {"fichier": source.path.name})
    return MovedBase(source.path, aside.name or source.path, target, facts, documents)


class _Aside:
    """The file moved, under the name it keeps from then on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name: Path | None = None
        self.facts: BaseFacts | None = None

    def rename(self) -> None:
        """Give it a name that no desk opens. Raises MoveRefused."""
        day = f"{datetime.now(PARIS):%Y-%m-%d}"
        name = self._path.with_name(f"{self._path.name}{MOVED_SUFFIX}{day}")
        if name.exists():
            name = name.with_name(f"{name.name}-{datetime.now(PARIS):%H%M%S}")
        try:
            self._path.rename(name)
            sync_folder(name.parent)
        except OSError as error:
            raise MoveRefused(
                f"Le fichier {self._path} ne peut pas être renommé ({reason(error)}). {NOTHING}"
            ) from error
        self.name = name

    @contextmanager
    def put_back_if_refused(self, target: DatabaseAddress) -> Iterator[None]:
        """Give the file its name back after any exception, unless the server kept the base although its answer was lost.

        Raises MoveRefused where the server does not say it.
        """
        try:
            yield
        except BaseException as error:
            if self.name is None:
                raise
            try:
                kept = _kept(target, self.facts)
            except DatabaseFailure:
                raise MoveRefused(UNKNOWN.format(name=self.name, target=target, path=self._path)) from error
            if not kept:
                self.name.rename(self._path)
                self.name = None
            if not (kept and isinstance(error, DatabaseFailure)):
                raise


class _Empty(Exception):
    """The base on the server has no table."""


def _kept(target: DatabaseAddress, facts: BaseFacts | None) -> bool:
    """Say whether the server has the base: once the transaction whose answer was lost has ended there, whichever way."""
    try:
        with tables_only(target):  # waits for it, as a second transfer would
            raise _Empty
    except _Empty:
        return False
    except DatabaseNotEmpty:
        with snapshot(target) as server:
            return read_facts(server) == facts


def _verify_file(url: str, documents_dir: Path) -> Path:
    """Recompute the file before it is moved, and return the folder of its papers. Raises MoveRefused."""
    database = Database.open(url, to_write=False)
    try:
        desk = Desk(database, documents_dir, clock_of(database))
        report = verify(desk)
        if not report.sound:
            raise MoveRefused(
                f"La base ne concorde pas ; la première anomalie : {report.findings[0]} Lancez « tui-portail verifier ». {NOTHING}"
            )
        return desk.documents()
    finally:
        database.close()


def _compare(read: dict[str, Content], writing: Connection, facts: BaseFacts, told: Told) -> None:
    """Read everything back on the server and recompute it. Raises MoveRefused at the first difference."""
    written = content_of(writing, lambda table, done, total: told(f"contrôle de {table}", done, total))
    for table, content in read.items():
        if written[table] != content:
            raise MoveRefused(f"La table {table} n’est pas la même une fois copiée. {NOTHING}")
    if read_facts(writing) != facts:
        raise MoveRefused(f"La base copiée ne dit pas la même chose que le fichier. {NOTHING}")
    told("Vérification sur le serveur", 0, 0)
    now = writing.scalars(select(func.clock_timestamp())).one()
    for finding in findings_of(writing, now):
        raise MoveRefused(f"La base copiée ne concorde pas ; la première anomalie : {finding} {NOTHING}")
